// Command sse-cli is the command line without a window: pure Go, no C compiler,
// no display.
package main

import (
	"context"
	"os"
	"os/signal"

	"sselandscape/app/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(cli.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
