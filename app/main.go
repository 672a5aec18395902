// Command sse is the program: the window without arguments, the command line with
// a verb.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"sselandscape/app/cli"
	"sselandscape/app/screen"
	"sselandscape/app/view"
	"sselandscape/assets"
)

// metadata is what FyneApp.toml says too; a test keeps them equal.
var metadata = fyne.AppMetadata{ID: "org.sselandscape.app", Name: "SSE Landscape", Version: cli.Version, Build: 1, Migrations: map[string]bool{"fyneDo": true}}

func main() {
	dir := ""
	if len(os.Args) > 1 {
		if dir = os.Args[1]; slices.Contains(cli.Verbs(), dir) || !isFolder(dir) {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			defer stop()
			os.Exit(cli.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
		}
	}
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		fmt.Fprintln(os.Stderr, "There is no display to open a window on; use a verb instead, for example: sse tour DIR (sse help lists all).")
		os.Exit(2)
	}
	window(dir)
}

func isFolder(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.IsDir()
}

// window runs the program in a window. Most of the heap, about 95 MB, are fonts, borders
// and lists, which stay: with the usual rate of collection it would be twice as large.
// At this rate 200 interviews opened and closed leave it at 299 MB with all textures in
// main memory, and a collection comes with every 20 MB, some 20 keys.
func window(dir string) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(20)
	}
	app.SetMetadata(metadata)
	a := app.NewWithID(metadata.ID)
	a.Settings().SetTheme(view.NewTheme(a.Preferences().Bool("dark")))
	screen.Zoom(a)
	a.SetIcon(fyne.NewStaticResource("icon.png", assets.Icon()))
	w := a.NewWindow(metadata.Name)
	w.SetMaster()
	screen.Show(w, dir).Tend()
	w.ShowAndRun()
}
