package screen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/image/font/sfnt"

	"sselandscape/assets"
)

// TestSignsAreInTheFont looks for characters in the texts of screens and widgets
// that would show as boxes.
func TestSignsAreInTheFont(t *testing.T) {
	font, err := sfnt.Parse(assets.Font())
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for _, pattern := range []string{"*.go", "../view/*.go", "../job/*.go", "../../survey/interview/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			files++
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				l, ok := n.(*ast.BasicLit)
				if !ok || l.Kind != token.STRING {
					return true
				}
				text, _ := strconv.Unquote(l.Value)
				for _, r := range text {
					if g, err := font.GlyphIndex(nil, r); r >= 0x2000 && r < 0xe000 && (err != nil || g == 0) {
						t.Errorf("%s: %q of %q is not in the font", name, r, text)
					}
				}
				return true
			})
		}
	}
	if files < 30 {
		t.Errorf("only %d files were found", files)
	}
}
