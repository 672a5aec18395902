package job

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/paulmach/orb"

	"sselandscape/assets"
	"sselandscape/maps/layer"
	"sselandscape/maps/paint"
	"sselandscape/maps/region"
	"sselandscape/maps/text"
)

// Atlas is the embedded boundaries, read when first asked for.
var Atlas = sync.OnceValue(func() *region.Atlas {
	a, err := region.Read(assets.Boundaries())
	if err != nil {
		panic(fmt.Errorf("the built-in boundaries are damaged: %w", err))
	}
	return a
})

// Face is the embedded font.
var Face = sync.OnceValue(func() *text.Face {
	f, err := text.New(assets.Font())
	if err != nil {
		panic(fmt.Errorf("the built-in font is damaged: %w", err))
	}
	return f
})

// Painter draws the embedded boundaries.
var Painter = sync.OnceValue(func() *paint.Painter { return paint.New(Atlas(), Face()) })

// gazetted is a place of the embedded gazetteer.
type gazetted struct {
	layer.Place
	local string // its name in a local script or spelling, "" if that is not known
}

// gazette is the embedded gazetteer, the largest places first.
var gazette = sync.OnceValue(func() (out []gazetted) {
	r, err := assets.Places()
	if err != nil {
		panic(fmt.Errorf("the built-in list of places is damaged: %w", err))
	}
	for lines := bufio.NewScanner(r); lines.Scan(); {
		f := strings.Split(lines.Text(), "\t")
		if len(f) < 6 {
			continue
		}
		lon, _ := strconv.ParseFloat(f[3], 64)
		lat, _ := strconv.ParseFloat(f[4], 64)
		population, _ := strconv.Atoi(f[5])
		out = append(out, gazetted{layer.Place{Name: f[0], Country: f[2], At: orb.Point{lon, lat}, Population: population}, f[1]})
	}
	return out
})

// Places are the towns of the gazetteer as a layer of maps.
var Places = sync.OnceValue(func() *layer.Places {
	out := &layer.Places{}
	for _, t := range gazette() {
		out.Places = append(out.Places, t.Place)
	}
	return out
})
