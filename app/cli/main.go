package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"sselandscape/app/job"
	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
)

// The exit codes.
const (
	exitDone = iota
	exitProblems
	exitUsage
	exitCannotOpen
	exitCancelled
)

// call is one call of the program.
type call struct {
	ctx    context.Context
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	flags  *flag.FlagSet
	json   bool
	quiet  bool
}

// verb is something the program does.
type verb struct {
	name  string
	args  string // as the help shows them
	short string
	run   func(c *call, args []string) error
}

// Verbs lists the names of all verbs, so that the window's main knows them.
func Verbs() []string {
	var out []string
	for _, v := range verbs() {
		out = append(out, v.name)
	}
	return append(out, "help", "version", "-h", "--help", study.ReaderVerb)
}

// usageError is a wrong call.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usage(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// errProblems ends a call that listed what was wrong.
var errProblems = errors.New("problems were listed")

// Main runs a verb and returns the exit code.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		help(stdout)
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "--help":
		help(stdout)
		return exitDone
	case "version":
		fmt.Fprintln(stdout, Version)
		return exitDone
	}
	if args[0] == study.ReaderVerb { // the program started itself
		return study.ReadCopy(stdout)
	}
	for _, v := range verbs() {
		if v.name == args[0] {
			c := &call{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr}
			return c.exit(v, c.do(v, args[1:]))
		}
	}
	fmt.Fprintf(stderr, "sse: there is no verb %q; `sse help` lists them\n", args[0])
	return exitUsage
}

// do runs the verb after its flags are set up.
func (c *call) do(v verb, args []string) error {
	c.flags = flag.NewFlagSet(v.name, flag.ContinueOnError)
	c.flags.SetOutput(io.Discard)
	c.flags.BoolVar(&c.json, "json", false, "print one JSON value")
	c.flags.BoolVar(&c.quiet, "q", false, "say less")
	c.flags.Bool("v", false, "say more")
	return v.run(c, args)
}

// parse reads flags, which may stand before, between and behind the arguments,
// and checks the number of arguments; max -1 is any number.
func (c *call) parse(args []string, min, max int) ([]string, error) {
	var rest []string
	for {
		if err := c.flags.Parse(args); err != nil {
			return nil, &usageError{err.Error()}
		}
		if args = c.flags.Args(); len(args) == 0 {
			break
		}
		rest, args = append(rest, args[0]), args[1:]
	}
	if len(rest) < min || max >= 0 && len(rest) > max {
		return nil, usage("the number of arguments is wrong")
	}
	return rest, nil
}

// studyArgs is parse for verbs whose first argument is a study folder, which
// SSE_STUDY may give instead.
func (c *call) studyArgs(args []string, min, max int) ([]string, error) {
	rest, err := c.parse(args, 0, -1)
	if err != nil {
		return nil, err
	}
	if dir := os.Getenv("SSE_STUDY"); dir != "" && len(rest) == min-1 {
		rest = append([]string{dir}, rest...)
	}
	if len(rest) < min || max >= 0 && len(rest) > max {
		return nil, usage("the number of arguments is wrong")
	}
	return rest, nil
}

// exit says what went wrong and turns it into an exit code.
func (c *call) exit(v verb, err error) int {
	if err == nil {
		return exitDone
	}
	if errors.Is(err, errProblems) {
		return exitProblems
	}
	var u *usageError
	if errors.Is(err, flag.ErrHelp) || errors.As(err, &u) {
		fmt.Fprintf(c.stderr, "sse %s: %v\nusage: sse %s %s\n", v.name, err, v.name, v.args)
		return exitUsage
	}
	var f *job.FormError
	if errors.As(err, &f) {
		for _, p := range f.Problems {
			fmt.Fprintln(c.stderr, p)
		}
	}
	fmt.Fprintf(c.stderr, "sse %s: %v\n", v.name, err)
	return codeOf(err)
}

// codeOf gives the exit code of an error.
func codeOf(err error) int {
	if errors.Is(err, context.Canceled) {
		return exitCancelled
	}
	for _, e := range []error{study.ErrBusy, study.ErrNewer, study.ErrNotStudy, study.ErrDamaged, study.ErrReadOnly, study.ErrFull, study.ErrExists, study.ErrPlace,
		exchange.ErrAltered, exchange.ErrNotPackage, exchange.ErrNewerPackage, os.ErrNotExist, os.ErrPermission} {
		if errors.Is(err, e) {
			return exitCannotOpen
		}
	}
	return exitProblems
}

// print writes one JSON value, or what people gets to write.
func (c *call) print(v any, people func(w io.Writer)) error {
	if !c.json {
		people(c.stdout)
		return nil
	}
	e := json.NewEncoder(c.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(v)
}

func help(w io.Writer) {
	fmt.Fprint(w, "sse maps the social and solidarity economy: interviews, merging, maps, exports.\nWithout a verb it opens the window.\n\n")
	for _, v := range verbs() {
		fmt.Fprintf(w, "  sse %-10s %s\n      %s\n", v.name, v.args, v.short)
	}
	fmt.Fprint(w, "\nEverywhere: --json prints one JSON value, -q says less. A study folder may be given by SSE_STUDY.\n"+
		"Exit codes: 0 done, 1 done with problems that are listed, 2 wrong call,\n3 cannot open (busy, newer, damaged, no permission, no place for a study), 4 cancelled.\n"+
		"Studies are refused on network drives, in synchronised folders and on sticks, where answers can be lost;\nSSE_ALLOW_ANY_PLACE=1 lets them be there all the same: for tests, and servers with no other disk.\n")
}

// with opens a study for the time of a function.
func with(dir string, f func(s *job.Study) error) error {
	s, err := job.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f(s), s.Close())
}

// list is a flag that may be given several times, or once with commas.
type list []string

func (l *list) String() string { return strings.Join(*l, ",") }
func (l *list) Set(s string) error {
	for _, x := range strings.Split(s, ",") {
		if x = strings.TrimSpace(x); x != "" {
			*l = append(*l, x)
		}
	}
	return nil
}
