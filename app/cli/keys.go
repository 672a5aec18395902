package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"sselandscape/app/job"
)

// keyFlags are those of keys that open packages; the function reads them.
func (c *call) keyFlags() func() (job.Keys, error) {
	passphrase := c.flags.String("passphrase-file", "", "")
	var identities list
	c.flags.Var(&identities, "identity", "")
	return func() (k job.Keys, err error) {
		if k.Passphrase, err = secretOf(*passphrase); err != nil {
			return k, err
		}
		for _, file := range identities {
			ids, err := identitiesOf(file)
			if err != nil {
				return k, err
			}
			k.Identities = append(k.Identities, ids...)
		}
		return k, nil
	}
}

// maxSecret is how long a file of keys may be, in bytes.
const maxSecret = 1 << 20

func readSecret(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSecret))
	return string(b), err
}

// secretOf reads a passphrase: the first line of a file; "" for none.
func secretOf(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	s, err := readSecret(file)
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(s, "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", fmt.Errorf("the passphrase file %q is empty; write the passphrase into its first line", file)
	}
	return line, nil
}

// identitiesOf reads secret keys, a line each; lines that begin with # say something.
func identitiesOf(file string) (out []string, err error) {
	s, err := readSecret(file)
	if err != nil {
		return nil, err
	}
	for lines := bufio.NewScanner(strings.NewReader(s)); lines.Scan(); {
		if l := strings.TrimSpace(lines.Text()); l != "" && l[0] != '#' {
			out = append(out, l)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("the file %q holds no secret key; such a line begins with AGE-SECRET-KEY-", file)
	}
	return out, nil
}

func team(c *call, args []string) error {
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	return with(rest[0], func(s *job.Study) error {
		ms, err := s.TeamWork(c.ctx)
		if err != nil {
			return err
		}
		if ms == nil {
			ms = []job.Member{}
		}
		return c.print(ms, func(w io.Writer) {
			for _, m := range ms {
				me := ""
				if m.Me {
					me = ", this laptop"
				}
				if m.Key == "" {
					fmt.Fprintf(w, "%s (no key yet): %s\n", m.Name, m.Sentence())
					continue
				}
				fmt.Fprintf(w, "%s (key %s%s): %s\n  %s\n", m.Name, m.Sign, me, m.Sentence(), m.Key)
			}
		})
	})
}
