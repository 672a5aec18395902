package view

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"sselandscape/assets"
)

// Theme is the look of the program: calm colours with enough contrast, and one
// font for every script.
type Theme struct {
	fyne.Theme
	Dark bool
}

// NewTheme makes the theme in its light or dark colours.
func NewTheme(dark bool) *Theme { return &Theme{theme.DefaultTheme(), dark} }

var fontResource = fyne.NewStaticResource("sse-landscape-asia.otf", assets.Font())

// Font implements fyne.Theme: one font, whatever the style.
func (t *Theme) Font(fyne.TextStyle) fyne.Resource { return fontResource }

var lightColors = map[fyne.ThemeColorName]color.Color{
	theme.ColorNameBackground:          color.NRGBA{250, 249, 246, 255},
	theme.ColorNameForeground:          color.NRGBA{34, 38, 42, 255},
	theme.ColorNamePrimary:             color.NRGBA{15, 105, 98, 255},
	theme.ColorNameForegroundOnPrimary: color.NRGBA{255, 255, 255, 255},
	theme.ColorNameButton:              color.NRGBA{232, 230, 223, 255},
	theme.ColorNameInputBackground:     color.NRGBA{255, 255, 255, 255},
	theme.ColorNameInputBorder:         color.NRGBA{138, 140, 138, 255},
	theme.ColorNameFocus:               color.NRGBA{15, 105, 98, 80},
	theme.ColorNameSelection:           color.NRGBA{15, 105, 98, 60},
	theme.ColorNameHover:               color.NRGBA{0, 0, 0, 18},
	theme.ColorNameSeparator:           color.NRGBA{214, 211, 203, 255},
	theme.ColorNamePlaceHolder:         color.NRGBA{96, 98, 98, 255},
	theme.ColorNameError:               color.NRGBA{170, 30, 20, 255},
	theme.ColorNameWarning:             color.NRGBA{146, 90, 0, 255},
	theme.ColorNameSuccess:             color.NRGBA{20, 110, 60, 255},
}

var darkColors = map[fyne.ThemeColorName]color.Color{
	theme.ColorNameBackground:          color.NRGBA{28, 31, 34, 255},
	theme.ColorNameForeground:          color.NRGBA{232, 231, 226, 255},
	theme.ColorNamePrimary:             color.NRGBA{92, 192, 178, 255},
	theme.ColorNameForegroundOnPrimary: color.NRGBA{16, 22, 22, 255},
	theme.ColorNameButton:              color.NRGBA{54, 59, 63, 255},
	theme.ColorNameInputBackground:     color.NRGBA{40, 44, 48, 255},
	theme.ColorNameInputBorder:         color.NRGBA{120, 124, 126, 255},
	theme.ColorNameFocus:               color.NRGBA{92, 192, 178, 90},
	theme.ColorNameSelection:           color.NRGBA{92, 192, 178, 70},
	theme.ColorNameHover:               color.NRGBA{255, 255, 255, 22},
	theme.ColorNameSeparator:           color.NRGBA{66, 71, 75, 255},
	theme.ColorNamePlaceHolder:         color.NRGBA{168, 170, 168, 255},
	theme.ColorNameError:               color.NRGBA{255, 138, 122, 255},
	theme.ColorNameWarning:             color.NRGBA{242, 184, 84, 255},
	theme.ColorNameSuccess:             color.NRGBA{120, 208, 150, 255},
}

// Color implements fyne.Theme.
func (t *Theme) Color(n fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	set, v := lightColors, theme.VariantLight
	if t.Dark {
		set, v = darkColors, theme.VariantDark
	}
	if c, ok := set[n]; ok {
		return c
	}
	return t.Theme.Color(n, v)
}

// Size implements fyne.Theme: a little more room for lines of several scripts.
func (t *Theme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameText:
		return 14
	case theme.SizeNameInnerPadding:
		return 6
	}
	return t.Theme.Size(n)
}

// IsDark says whether the program shows its dark colours.
func IsDark() bool {
	t, ok := fyne.CurrentApp().Settings().Theme().(*Theme)
	return ok && t.Dark
}

// themeColor is a colour of the current theme.
func themeColor(n fyne.ThemeColorName) color.Color {
	a := fyne.CurrentApp()
	return a.Settings().Theme().Color(n, a.Settings().ThemeVariant())
}
