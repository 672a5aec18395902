package xlsform

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sselandscape/survey"
)

// accepted lists the parameters of each kind of question. Of kinds that are not
// listed the cell is kept unread.
func accepted(q *survey.Question) []string {
	switch q.Kind {
	case survey.Range:
		return []string{"start", "end", "step", "tick_interval", "placeholder", "tick_labelset"}
	case survey.Geopoint:
		return []string{"allow-mock-accuracy", "capture-accuracy", "warning-accuracy", "reference-geometry"}
	case survey.Geotrace, survey.Geoshape:
		return []string{"allow-mock-accuracy", "incremental", "reference-geometry"}
	case survey.StartGeopoint, survey.BackgroundGeopoint:
		return []string{"allow-mock-accuracy"}
	case survey.String:
		return []string{"rows"}
	case survey.Image:
		return []string{"app", "max-pixels"}
	case survey.Audio, survey.BackgroundAudio:
		return []string{"quality"}
	case survey.Audit:
		return []string{"location-priority", "location-min-interval", "location-max-age", "track-changes", "track-changes-reasons", "identify-user"}
	case survey.SelectOne, survey.SelectMultiple, survey.Rank:
		out := []string{"randomize", "seed"}
		if q.File != "" {
			out = append(out, "value", "label")
		}
		return out
	default:
		return nil
	}
}

// parameters reads "start=1 end=5; step=1" and checks it.
func (p *parser) parameters(r record, q *survey.Question) {
	cell := r.get("parameters")
	known := accepted(q)
	if cell == "" || known == nil {
		return
	}
	bad := func(hint, format string, args ...any) { p.add(r.problem("parameters", hint, format, args...)) }
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return r == ' ' || r == ';' || r == ',' || r == '\n' || r == '\t' }) {
		k, v, ok := strings.Cut(part, "=")
		if k = strings.ToLower(k); !ok || k == "" || v == "" || strings.Contains(v, "=") {
			bad("write key=value, several with a space between", "%q is no parameter", part)
			return
		}
		if !slices.Contains(known, k) {
			bad("known are "+strings.Join(known, ", "), "a question of the type %s has no parameter %s", q.Kind, k)
			continue
		}
		put(&q.Parameters, k, v)
	}
	switch q.Kind {
	case survey.Range:
		p.rangeParameters(r, q)
	case survey.Geopoint, survey.Geotrace, survey.Geoshape, survey.StartGeopoint, survey.BackgroundGeopoint:
		p.geoParameters(r, q)
	case survey.Image:
		p.imageParameters(r, q)
	case survey.Audit:
		p.auditParameters(r, q)
	case survey.SelectOne, survey.SelectMultiple, survey.Rank:
		p.selectParameters(r, q)
	case survey.Audio:
		p.oneOf(r, q, "quality", "voice-only", "low", "normal", "external")
	case survey.BackgroundAudio:
		p.oneOf(r, q, "quality", "voice-only", "low", "normal")
	case survey.String:
		if v, given := q.Parameters["rows"]; given && !whole(v) {
			bad("write rows=5", "rows must be a whole number, not %q", v)
		}
	default:
	}
}

func whole(s string) bool { _, err := strconv.Atoi(s); return err == nil }

func decimal(s string) (float64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

// oneOf checks a parameter against the values it may have.
func (p *parser) oneOf(r record, q *survey.Question, key string, values ...string) {
	if v, given := q.Parameters[key]; given && !slices.Contains(values, v) {
		p.add(r.problem("parameters", "write one of "+strings.Join(values, ", "), "%s cannot be %q", key, v))
	}
}

func (p *parser) truthParameter(r record, q *survey.Question, key string) {
	v, given := q.Parameters[key]
	if !given {
		return
	}
	switch truth(v) {
	case "true()":
		q.Parameters[key] = "true"
	case "false()":
		q.Parameters[key] = "false"
	default:
		p.add(r.problem("parameters", "write true or false", "%s cannot be %q", key, v))
	}
}

func (p *parser) geoParameters(r record, q *survey.Question) {
	p.truthParameter(r, q, "allow-mock-accuracy")
	p.truthParameter(r, q, "incremental")
	for _, k := range [...]string{"capture-accuracy", "warning-accuracy"} {
		if v, given := q.Parameters[k]; given {
			if _, ok := decimal(v); !ok {
				p.add(r.problem("parameters", "write a number of metres", "%s must be a number, not %q", k, v))
			}
		}
	}
}

var packageName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+$`)

func (p *parser) imageParameters(r record, q *survey.Question) {
	if v, given := q.Parameters["max-pixels"]; given && !whole(v) {
		p.add(r.problem("parameters", "write max-pixels=1024", "max-pixels must be a whole number, not %q", v))
	}
	if q.Appearance != "" && q.Appearance != "annotate" {
		delete(q.Parameters, "app") // other appearances draw by themselves
	}
	if v, given := q.Parameters["app"]; given && !packageName.MatchString(v) {
		p.add(r.problem("parameters", "write the Android package, such as org.example.camera", "%q is no name of an Android package", v))
	}
}

func (p *parser) auditParameters(r record, q *survey.Question) {
	p.truthParameter(r, q, "track-changes")
	p.truthParameter(r, q, "identify-user")
	p.oneOf(r, q, "track-changes-reasons", "on-form-edit")
	p.oneOf(r, q, "location-priority", "no-power", "low-power", "balanced", "high-accuracy")
	interval, hasInterval := q.Parameters["location-min-interval"]
	age, hasAge := q.Parameters["location-max-age"]
	_, hasPriority := q.Parameters["location-priority"]
	if hasInterval != hasAge || hasAge != hasPriority {
		p.add(r.problem("parameters", "give all three or none", "location-priority, location-min-interval and location-max-age belong together"))
		return
	}
	if !hasAge {
		return
	}
	i, err := strconv.Atoi(interval)
	a, err2 := strconv.Atoi(age)
	if err != nil || err2 != nil || i < 0 || a < i {
		p.add(r.problem("parameters", "", "location-min-interval and location-max-age are seconds, and the age is not below the interval"))
	}
}

func (p *parser) selectParameters(r record, q *survey.Question) {
	p.truthParameter(r, q, "randomize")
	if seed, given := q.Parameters["seed"]; given {
		if q.Parameters["randomize"] != "true" {
			p.add(r.problem("parameters", "add randomize=true", "a seed is used only where choices are shuffled"))
		}
		if _, ok := decimal(seed); !ok && !strings.HasPrefix(seed, "${") {
			p.add(r.problem("parameters", "write a number or ${question}", "the seed cannot be %q", seed))
		}
	}
	for _, k := range [...]string{"value", "label"} {
		if v, given := q.Parameters[k]; given && !nameRule.MatchString(v) {
			p.add(r.problem("parameters", nameHint, "%s=%s does not name a column", k, v))
		}
	}
}

// rangeParameters checks the numbers of a range (ODK XForms specification, range;
// the ticks follow the ODK extension attributes).
func (p *parser) rangeParameters(r record, q *survey.Question) {
	bad := func(hint, format string, args ...any) { p.add(r.problem("parameters", hint, format, args...)) }
	n := map[string]float64{"start": 1, "end": 10, "step": 1}
	for _, k := range [...]string{"start", "end", "step", "tick_interval", "placeholder"} {
		v, given := q.Parameters[k]
		if !given {
			continue
		}
		f, ok := decimal(v)
		if !ok {
			bad("write "+k+"=5", "%s must be a number, not %q", k, v)
			return
		}
		n[k] = f
	}
	ticks := q.Parameters["tick_interval"] != "" || q.Parameters["placeholder"] != "" || q.Parameters["tick_labelset"] != ""
	if ticks && !slices.Contains([]string{"", "vertical", "no-ticks", "vertical no-ticks", "no-ticks vertical"}, q.Appearance) {
		bad("use vertical, no-ticks or no appearance", "tick_interval, placeholder and tick_labelset have no meaning for the appearance %q", q.Appearance)
		return
	}
	low, high := min(n["start"], n["end"]), max(n["start"], n["end"])
	tick, hasTick := n["tick_interval"]
	spot, hasSpot := n["placeholder"]
	switch {
	case n["step"] == 0 || hasTick && tick == 0:
		bad("leave it out, or write a number above 0", "step and tick_interval cannot be 0")
	case math.Abs(n["step"]) > high-low:
		bad("choose a smaller step", "the step is larger than the range")
	case hasTick && math.Abs(tick) > high-low:
		bad("choose a smaller interval", "the tick_interval is larger than the range")
	case hasTick && !multiple(tick, n["step"]):
		bad("", "the tick_interval must be a multiple of the step")
	case hasSpot && (spot < low || spot > high):
		bad("", "the placeholder must lie between start and end")
	case hasSpot && !multiple(spot-n["start"], n["step"]):
		bad("", "the placeholder must be the start plus a multiple of the step")
	default:
		p.tickLabels(r, q, n, low, high)
	}
}

// multiple says whether a is a whole multiple of b, as far as decimals tell.
func multiple(a, b float64) bool {
	k := a / b
	return math.Abs(k-math.Round(k)) < 1e-9
}

func (p *parser) tickLabels(r record, q *survey.Question, n map[string]float64, low, high float64) {
	name, given := q.Parameters["tick_labelset"]
	if !given {
		return
	}
	l := p.form.Lists[name]
	if l == nil {
		p.add(r.problem("parameters", "add it to the sheet choices", "there is no list %q for tick_labelset", name))
		return
	}
	unit, hasTick := n["tick_interval"]
	if !hasTick {
		unit = n["step"]
	}
	if strings.Contains(q.Appearance, "no-ticks") {
		if len(l.Choices) > 2 {
			p.add(r.problem("parameters", "keep the labels of start and end", "without ticks at most two labels can be shown, and the list %s has %d", name, len(l.Choices)))
		}
	}
	for _, c := range l.Choices {
		v, ok := decimal(c.Name)
		switch {
		case !ok:
			p.add(r.problem("parameters", "", "the choice %s of the list %s is no number", c.Name, name))
		case v < low || v > high:
			p.add(r.problem("parameters", "", "the choice %s of the list %s lies outside of start and end", c.Name, name))
		case strings.Contains(q.Appearance, "no-ticks") && v != low && v != high:
			p.add(r.problem("parameters", "", "without ticks only start and end can have labels, not %s", c.Name))
		case !multiple(v-n["start"], unit):
			p.add(r.problem("parameters", "", "the choice %s of the list %s does not stand on a tick", c.Name, name))
		}
	}
}
