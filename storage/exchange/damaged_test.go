package exchange_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
)

// takeWhatever plans and applies a package, and says what was wrong with it.
func takeWhatever(s *study.Study, file string, keys exchange.Keys) error {
	p, err := exchange.ReadPackage(file, keys)
	if err != nil {
		return err
	}
	if _, err := s.Plan(ctx, p); err != nil {
		return err
	}
	_, _, err = s.Apply(ctx, p, nil)
	return err
}

// unzipped is what a package that is not locked holds, "" for one that cannot be read.
func unzipped(b []byte) string {
	in := bytes.NewReader(b)
	z, err := gzip.NewReader(in)
	if err != nil {
		return ""
	}
	z.Multistream(false)
	all, err := io.ReadAll(z)
	if err != nil || in.Len() > 0 || z.OS != 255 || z.Name != "" || !z.ModTime.IsZero() || b[8] != 4 {
		return ""
	}
	return string(all)
}

// bytesOf hashes all files of a study.
func bytesOf(t *testing.T, dir string) string {
	t.Helper()
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		fmt.Fprintf(h, "%s %d\n%s", path, len(b), b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// TestDamagedPackages cuts a package at every percent and changes a byte at many places,
// open and locked: it is refused, and the study stays as it was, byte for byte. Of an open
// one a few bits of the compression say nothing; changing them changes nothing.
func TestDamagedPackages(t *testing.T) {
	ben := create(t, "one", "ben")
	for i := range 5 {
		unit(t, ben, fmt.Sprint("Unit ", i))
	}
	if _, err := ben.AddFile([]byte("a photo"), "image/jpeg"); err != nil {
		t.Fatal(err)
	}
	secret, public, err := exchange.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	places, err := strconv.Atoi(os.Getenv("SSE_DAMAGES"))
	if err != nil {
		places = 200
	}
	keys := exchange.Keys{Identities: []string{secret}}
	for name, lock := range map[string]exchange.Lock{"open": {}, "locked": {Recipients: []string{public}}} {
		t.Run(name, func(t *testing.T) {
			ana := create(t, "one", "ana")
			file := filepath.Join(t.TempDir(), "x"+exchange.PackageExt)
			if _, err := exchange.WritePackage(ctx, file, ben, exchange.Packing{Lock: lock, Check: keys}); err != nil {
				t.Fatal(err)
			}
			good, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := bytesOf(t, ana.Info().Dir)
			refused := func(what string, b []byte) {
				t.Helper()
				if err := os.WriteFile(file, b, 0o600); err != nil {
					t.Fatal(err)
				}
				if err := takeWhatever(ana, file, keys); err == nil {
					t.Fatalf("%s: it was taken in", what)
				}
				if bytesOf(t, ana.Info().Dir) != want {
					t.Fatalf("%s: the study is not as it was", what)
				}
			}
			for i := range 100 {
				refused(fmt.Sprintf("cut at %d %%", i), good[:len(good)*i/100])
			}
			rng := rand.New(rand.NewPCG(1, 2))
			whole, idle := unzipped(good), 0
			for range places {
				b := bytes.Clone(good)
				at := rng.IntN(len(b))
				b[at] ^= byte(1 + rng.IntN(255))
				if idle++; idle <= places/20 && whole != "" && unzipped(b) == whole {
					continue // a bit between blocks that says nothing (RFC 1951, 3.2.4)
				}
				idle--
				refused(fmt.Sprintf("byte %d of %d changed", at, len(b)), b)
			}
			refused("something behind the end", append(bytes.Clone(good), 0))
			if err := os.WriteFile(file, good, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := takeWhatever(ana, file, keys); err != nil {
				t.Fatalf("the whole package: %v", err)
			}
		})
	}
}

// TestLocks opens packages by keys and passphrases, the right ones and others.
func TestLocks(t *testing.T) {
	ben := create(t, "one", "ben")
	unit(t, ben, "A secret name")
	secret, public, err := exchange.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	other, recovery, err := exchange.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	if p, err := exchange.PublicKey(secret); err != nil || p != public {
		t.Errorf("public key %q %v", p, err)
	}
	id := func(s ...string) exchange.Keys { return exchange.Keys{Identities: s} }
	for name, c := range map[string]struct {
		lock exchange.Lock
		keys exchange.Keys
		want error
	}{
		"for a key":                  {exchange.Lock{Recipients: []string{public, recovery}}, id(secret), nil},
		"by the recovery key":        {exchange.Lock{Recipients: []string{public, recovery}}, id(other), nil},
		"for another key":            {exchange.Lock{Recipients: []string{public}}, id(other), exchange.ErrLocked},
		"without a key":              {exchange.Lock{Recipients: []string{public}}, id(), exchange.ErrLocked},
		"a passphrase":               {exchange.Lock{Recipients: []string{recovery}, Passphrase: "words"}, exchange.Keys{Passphrase: "words"}, nil},
		"a passphrase, recovery key": {exchange.Lock{Recipients: []string{recovery}, Passphrase: "words"}, id(other), nil},
		"a wrong passphrase":         {exchange.Lock{Recipients: []string{recovery}, Passphrase: "words"}, exchange.Keys{Passphrase: "Words"}, exchange.ErrPassphrase},
		"no passphrase":              {exchange.Lock{Recipients: []string{recovery}, Passphrase: "words"}, id(), exchange.ErrPassphrase},
		"no passphrase, another key": {exchange.Lock{Recipients: []string{recovery}, Passphrase: "words"}, id(secret), exchange.ErrPassphrase},
		"open, though keys are here": {exchange.Lock{}, id(secret), nil},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "x"+exchange.PackageExt)
			if _, err := exchange.WritePackage(ctx, file, ben, exchange.Packing{Lock: c.lock, Check: c.keys}); err != nil && c.want == nil {
				t.Fatal(err)
			}
			if b, err := os.ReadFile(file); err != nil || (len(c.lock.Recipients) > 0) == bytes.HasPrefix(b, []byte("\x1f\x8b")) {
				t.Errorf("begins with %q %v", b[:min(len(b), 20)], err)
			}
			ana := create(t, "one", "ana")
			if err := takeWhatever(ana, file, c.keys); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}
