package expr

import (
	"crypto/ed25519"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// digest hashes text: digest(text, algorithm[, encoding]), in base64 or hex (ODK
// XForms specification, digest).
func digest(_ *Context, a []Value) (Value, error) {
	h, err := hash([]byte(a[0].String()), a[1].String())
	if err != nil {
		return Value{}, err
	}
	if len(a) < 3 || a[2].String() == "base64" {
		return Text(base64.StdEncoding.EncodeToString(h)), nil
	}
	if e := a[2].String(); e != "hex" {
		return Value{}, fmt.Errorf("%q is no encoding; known are base64 and hex", e)
	}
	return Text(hex.EncodeToString(h)), nil
}

func hash(data []byte, algorithm string) ([]byte, error) {
	switch algorithm {
	case "MD5":
		s := md5.Sum(data)
		return s[:], nil
	case "SHA-1":
		s := sha1.Sum(data)
		return s[:], nil
	case "SHA-256":
		s := sha256.Sum256(data)
		return s[:], nil
	case "SHA-384":
		s := sha512.Sum384(data)
		return s[:], nil
	case "SHA-512":
		s := sha512.Sum512(data)
		return s[:], nil
	}
	return nil, fmt.Errorf("%q is no algorithm; known are MD5, SHA-1, SHA-256, SHA-384 and SHA-512", algorithm)
}

// decode64 reads base64 of either alphabet, padded or not.
func decode64(s string) ([]byte, error) {
	s = strings.NewReplacer("-", "+", "_", "/", "\n", "", "\r", "").Replace(trim(s))
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
}

func base64Decode(_ *Context, a []Value) (Value, error) {
	b, err := decode64(a[0].String())
	if err != nil {
		return Value{}, fmt.Errorf("the text is no base64: %w", err)
	}
	return Text(strings.ToValidUTF8(string(b), "\uFFFD")), nil
}

// extractSigned(message, key) gives the message of a signed text, which is base64
// of an Ed25519 signature and the message after it, or a blank where the signature
// does not belong to the public key, which is base64 too (JavaRosa).
func extractSigned(_ *Context, a []Value) (Value, error) {
	signed, err := decode64(a[0].String())
	key, err2 := decode64(a[1].String())
	if err != nil || err2 != nil || len(signed) < ed25519.SignatureSize || len(key) != ed25519.PublicKeySize {
		return Value{}, nil
	}
	message := signed[ed25519.SignatureSize:]
	if !ed25519.Verify(key, message, signed[:ed25519.SignatureSize]) {
		return Value{}, nil
	}
	return Text(strings.ToValidUTF8(string(message), "\uFFFD")), nil
}
