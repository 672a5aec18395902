package exchange

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
)

// Lock says for whom a package is encrypted, as age does it (age-encryption.org/v1). The
// zero Lock leaves it open.
type Lock struct {
	// Recipients are public keys: age1pq1… (hybrid, safe from quantum computers) or age1….
	Recipients []string
	// Passphrase opens the package, too, for somebody whose key is not known.
	Passphrase string
}

// Keys open packages.
type Keys struct {
	Identities []string // secret keys, AGE-SECRET-KEY-…
	Passphrase string
}

// ErrLocked means that none of the keys opens a package.
var ErrLocked = errors.New("the package is locked, and not for this laptop; ask the sender to make it for your key, or for the passphrase")

// ErrPassphrase means that a package asks for a passphrase, or for another one.
var ErrPassphrase = errors.New("the package opens with a passphrase only; ask the sender for it")

// passphraseHead begins a package that a passphrase opens. A line with the length of the
// part that holds the key follows, then that part, encrypted by the passphrase, then the
// package, encrypted for that key and the recipients. age itself cannot mix them.
const passphraseHead = "sse package with a passphrase\n"

const ageHead = "age-encryption.org/"

// NewIdentity makes a key pair: the secret one, and the public one to give away.
func NewIdentity() (secret, public string, err error) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return "", "", err
	}
	return id.String(), id.Recipient().String(), nil
}

// PublicKey is the public key of a secret one.
func PublicKey(secret string) (string, error) {
	ids, err := age.ParseIdentities(strings.NewReader(secret))
	if err != nil || len(ids) != 1 {
		return "", errors.New("it is no secret key; it should begin with AGE-SECRET-KEY-")
	}
	switch id := ids[0].(type) {
	case *age.HybridIdentity:
		return id.Recipient().String(), nil
	case *age.X25519Identity:
		return id.Recipient().String(), nil
	}
	return "", errors.New("this kind of secret key is not known")
}

// encrypt locks what is written to the returned writer, which must be closed.
func encrypt(w io.Writer, l Lock) (io.WriteCloser, error) {
	if len(l.Recipients) == 0 && l.Passphrase == "" {
		return open{w}, nil
	}
	to, err := age.ParseRecipients(strings.NewReader(strings.Join(l.Recipients, "\n")))
	if len(l.Recipients) > 0 && err != nil {
		return nil, fmt.Errorf("a key to encrypt for cannot be read: %w", err)
	}
	if l.Passphrase != "" {
		r, err := passphrasePart(w, l.Passphrase)
		if err != nil {
			return nil, err
		}
		to = append(to, r)
	}
	z, err := age.Encrypt(w, to...)
	if err != nil {
		return nil, fmt.Errorf("encrypt; keys of both kinds, age1pq1… and age1…, cannot be mixed: %w", err)
	}
	return z, nil
}

// open writes as it is.
type open struct{ io.Writer }

func (open) Close() error { return nil }

// passphrasePart writes a key that the passphrase opens.
func passphrasePart(w io.Writer, passphrase string) (age.Recipient, error) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return nil, err
	}
	scrypt, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, err
	}
	var part strings.Builder
	z, err := age.Encrypt(&part, scrypt)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(z, id.String()); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(w, "%s%d\n%s", passphraseHead, part.Len(), part.String())
	return id.Recipient(), err
}

// maxScrypt limits what a hostile package can make a laptop compute: 2^18 is the work
// that age asks for by itself, about a second.
const maxScrypt = 20

// decrypt opens a package; one that is not locked is read as it is.
func decrypt(in *bufio.Reader, k *opened) (*bufio.Reader, error) {
	if head, _ := in.Peek(len(passphraseHead)); string(head) == passphraseHead {
		if err := k.part(in); err != nil {
			return nil, err
		}
	}
	if head, _ := in.Peek(len(ageHead)); string(head) != ageHead {
		return in, nil
	}
	ids, err := k.identities()
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 && k.asked {
		return nil, ErrPassphrase
	}
	if len(ids) == 0 {
		return nil, ErrLocked
	}
	r, err := age.Decrypt(in, ids...)
	var none *age.NoIdentityMatchError
	switch {
	case errors.As(err, &none) && k.asked:
		return nil, ErrPassphrase
	case errors.As(err, &none):
		return nil, ErrLocked
	case err != nil:
		return nil, ErrAltered
	}
	return bufio.NewReaderSize(r, 1<<16), nil
}

// opened are the keys for a package, with what its passphrase gave.
type opened struct {
	Keys
	secret string // that the passphrase opened
	asked  bool   // the package has a passphrase
}

func (k *opened) identities() ([]age.Identity, error) {
	var out []age.Identity
	for _, s := range append([]string{k.secret}, k.Identities...) {
		if s == "" {
			continue
		}
		ids, err := age.ParseIdentities(strings.NewReader(s))
		if err != nil {
			return nil, fmt.Errorf("a secret key cannot be read: %w", err)
		}
		out = append(out, ids...)
	}
	return out, nil
}

// part reads the part with the key. It is opened once: that takes a second by design.
func (k *opened) part(in *bufio.Reader) error {
	in.Discard(len(passphraseHead))
	var n int
	if _, err := fmt.Fscanf(in, "%d\n", &n); err != nil || n < 1 || n > 1<<16 {
		return ErrAltered
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(in, b); err != nil {
		return ErrAltered
	}
	k.asked = true
	if k.Passphrase == "" || k.secret != "" {
		return nil // another key may open it
	}
	scrypt, err := age.NewScryptIdentity(k.Passphrase)
	if err != nil {
		return err
	}
	scrypt.SetMaxWorkFactor(maxScrypt)
	r, err := age.Decrypt(strings.NewReader(string(b)), scrypt)
	if err != nil {
		return ErrPassphrase
	}
	secret, err := io.ReadAll(io.LimitReader(r, 1<<16))
	if err != nil {
		return ErrAltered
	}
	k.secret = string(secret)
	return nil
}
