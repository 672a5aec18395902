package expr

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

var errNoChance = errors.New("there is no source of chance here")

func random(k *Context, _ []eval) (Value, error) {
	if k.Env == nil || k.Env.Random == nil {
		return Value{}, errNoChance
	}
	return Num(k.Env.Random()), nil
}

// maxToken bounds the length of the identifiers that uuid(length) makes.
const maxToken = 10000

// uuid gives a UUID, or with an argument a token of that many letters and digits.
func uuid(k *Context, args []eval) (Value, error) {
	if len(args) == 0 {
		if k.Env == nil || k.Env.UUID == nil {
			return Value{}, errors.New("there is no source of identifiers here")
		}
		return Text(k.Env.UUID()), nil
	}
	v, err := args[0](k)
	if err != nil {
		return Value{}, err
	}
	n := v.number(k.Env.zone())
	if math.IsNaN(n) || n < 0 || n > maxToken {
		return Value{}, fmt.Errorf("a length of 0 to %d was expected, not %q", maxToken, v)
	}
	if k.Env == nil || k.Env.Random == nil {
		return Value{}, errNoChance
	}
	const signs = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	token := make([]byte, int(n))
	for i := range token {
		token[i] = signs[min(int(k.Env.Random()*float64(len(signs))), len(signs)-1)]
	}
	return Text(string(token)), nil
}

// randomize(nodes[, seed]) shuffles. A seed that is a number counts as its whole
// part, any other text as the first eight bytes of its SHA-256 (ODK XForms
// specification, randomize; JavaRosa).
func randomize(k *Context, a []Value) (Value, error) {
	nodes, err := nodesOf(a[0])
	if err != nil {
		return Value{}, err
	}
	if len(a) == 1 {
		if k.Env == nil || k.Env.Random == nil {
			return Value{}, errNoChance
		}
		return Nodes(shuffle(nodes, int64(k.Env.Random()*parkMillerModulus))...), nil
	}
	seed := a[1].number(k.Env.zone())
	if a[1].kind != numberKind {
		text := trim(a[1].String())
		n, ok := plainNumber(text)
		if !ok && text != "" { // a blank counts as 0
			sum := sha256.Sum256([]byte(a[1].String()))
			return Nodes(Shuffle(nodes, sum[:])...), nil
		}
		seed = n
	}
	if math.IsNaN(seed) || math.Abs(seed) >= 1<<62 {
		seed = 0
	}
	return Nodes(shuffle(nodes, int64(seed))...), nil
}

// Shuffle returns the nodes in an order of chance that the first eight bytes of
// seed settle: an inside-out Fisher-Yates shuffle driven by the generator of Park
// and Miller (ODK XForms specification, randomize).
func Shuffle(nodes []Node, seed []byte) []Node {
	return shuffle(nodes, int64(binary.BigEndian.Uint64(seed)))
}

const parkMillerModulus = 2147483647

func shuffle(nodes []Node, seed int64) []Node {
	state := seed % parkMillerModulus
	if state <= 0 {
		state += parkMillerModulus - 1
	}
	out := make([]Node, len(nodes))
	for i, n := range nodes {
		state = state * 16807 % parkMillerModulus
		j := int(float64(state-1) / (parkMillerModulus - 1) * float64(i+1))
		out[i], out[j] = out[j], n
	}
	return out
}
