package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"sselandscape/app/job"
	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

func verbs() []verb {
	return []verb{
		{"tour", "DIR", "does the main job by itself on the example, in the new folder DIR", tour},
		{"example", "DIR [--units N] [--researchers R] [--seed S]", "makes a study of fictional organizations", example},
		{"new", "DIR --name NAME --country ISO3[,…] --researcher NAME [--form FILE]", "makes a study", newStudy},
		{"join", "DIR PACKAGE --researcher NAME [--passphrase-file F] [--identity F]", "makes a colleague's copy of a study out of a package", join},
		{"check", "FORM [--explore N] [--xform FILE] [--xlsx FILE] [--json]", "lists the problems of a questionnaire (.xlsx, .csv, .md, folder of CSV sheets, XForm); holds N random interviews; writes it as an XForm or workbook", check},
		{"forms", "DIR [--json]", "lists the questionnaires of a study and their versions", forms},
		{"form", "DIR FORM [--dry-run] [--renamed NAME]… [--json]", "compares a new version of the questionnaire with the one in use, then gives it to new interviews; --renamed confirms that a question is another one under a new name", formVerb},
		{"interview", "DIR --answers FILE.json [--unit ID] [--finish]", "holds an interview from a file of answers", hold},
		{"interviews", "DIR [--json]", "lists the interviews", interviews},
		{"units", "DIR [--json]", "lists the organizations", units},
		{"import", "DIR FILE [--as units] [--map COLUMN=FIELD]… [--encoding E] [--delimiter D] [--sheet S] [--layer L] [--skip-likely] [--doubtful] [--dry-run] [--json]",
			"says what a list of organizations (" + strings.Join(job.ListExts(), ", ") + ") would change, then takes it in", importList},
		{"import", "DIR FILE --as boundaries [--level N] [--map code=COL,name=COL,name:LANG=COL,parent=COL,country=COL] [--layer L] [--encoding E] [--dry-run] [--json]", "says what areas of a file (.geojson, .gpkg, .shp, .zip, .topojson) would change on the study's maps, then keeps them; level 1 is regions, 2 districts, 3 communes", importList},
		{"import", "DIR FILE --as layer [--layer L] [--dry-run] [--json]", "shows a file on the study's map: a layer of points, lines and areas (" + strings.Join(job.OverlayExts(), ", ") + "), or a base map (.mbtiles, .pmtiles)", importList},
		{"import", "DIR FILE --as interviews [--form ID] [--map COLUMN=QUESTION]… [--encoding E] [--delimiter D] [--dry-run] [--json]", "says what interviews held with ODK Collect or KoboCollect (.zip, .csv, .xlsx, .xml, or a folder), or what was changed in a GeoPackage exported from the study (.gpkg), would change, then takes that in; COLUMN=" + job.UnitCodeColumn + " is the unit's id in its list, COLUMN=" + job.LeftOutColumn + " leaves a column out", importList},
		{"boundaries", "DIR [--aside ID] [--use ID] [--json]", "lists the study's own boundaries; puts some aside, or takes them again", boundaries},
		{"problems", "DIR [--json]", "lists the units whose point contradicts the region or country that was answered", problems},
		{"assign", "DIR --to NAME | --share A,B,… | --none [--region R] [--stratum S] [--country C] [--ids FILE]", "gives units to a researcher, or to several evenly; --none takes them back", assign},
		{"targets", "DIR [--by stratum|region|form] [--set VALUE=N]… [--json]", "sets how many interviews are wanted of a part of the units, and lists how far they are", targets},
		{"show", "DIR ID [--json]", "shows a unit or an interview with its history", show},
		{"audit", "DIR ID", "writes the audit log of an interview as ODK's audit.csv", audit},
		{"overview", "DIR [--json]", "counts the interviews and says what needs attention", overview},
		{"package", "DIR -o FILE [--since FILE or DATE] [--news] [--to KEY]… [--passphrase-file F] [--clear] [--without-files]", "makes a package for colleagues, encrypted for the team unless another key, a passphrase or --clear is given", pack},
		{"team", "DIR [--json]", "lists who works on the study, with keys and what is here of each", team},
		{"merge", "DIR PACKAGE|FOLDER… [--dry-run] [--json] [--passphrase-file F] [--identity F]", "says what packages would change, then takes them in; of a folder all packages in it and in its folders, or the colleague's study that it is", mergeVerb},
		{"conflicts", "DIR [--json]", "lists contested answers", conflicts},
		{"resolve", "DIR CONFLICT --take REVISION | --value V [--reason TEXT], or DIR --interview ID --side NAME | --both [--reason TEXT]", "settles a conflict; or all that is contested in an interview, for the side of a researcher, or by making of the other sides interviews of their own", resolve},
		{"erase", "DIR ID [--field F]… --reason TEXT [--backups] [--dry-run] [--json]", "erases answers, or all of an interview or a unit, for good and on every laptop that takes in the next package; --backups deletes this laptop's older backups, too", erase},
		{"undo", "DIR BATCH", "makes the study read as if a package or a list had not been taken in", undo},
		{"backup", "DIR [--list] [--folder FOLDER | --no-folder] [--json]", "writes a verified copy into the study's backups, and into a second folder if one is set; lists them", backup},
		{"restore", "FILE DIR", "makes a study out of a backup in the new folder DIR, as a new laptop", restore},
		{"copy", "FROM DIR", "copies a closed study from a stick, a network or a synchronised folder into the new folder DIR, as a new laptop", copyIn},
		{"recover", "DIR [--dry-run] [--json]", "makes a damaged study anew of its newest good backup and of what can still be read", recoverVerb},
		{"verify", "DIR [--rebuild] [--json]", "checks every hash and signature; prints a digest", verify},
		{"export", "DIR --format F -o FILE [--profile internal|research|public] [--where exact|displaced|region|none] [--identifiers] [--lang L] [--labels] [--columns QUESTION|GROUP|TAG=VALUE]… [--wide] [--per-region] [--no-bom] [--least N] [--dry-run] [--json]", "writes the units with their answers, as far as the profile lets them leave, and notes it in the release log", export},
		{"releases", "DIR [--json]", "lists who exported what, when and for whom, with the SHA-256 of each file", releases},
		{"formats", "", "lists the formats that export writes", formats},
		{"map", "DIR -o FILE.png|svg|pdf [--size WxH] [--bbox W,S,E,N] [--layer L]… [--figure FIGURE [--circles] [--least N]] [--level N] [--color QUESTION] [--multiples form|QUESTION] [--look] [--lang L] [--names UN|ILO|ISO|FILE.csv] [--viewpoint CODE] [--dark] [--atlas]",
			"draws the study's map; layers are " + strings.Join(job.MapLayers, ", ") + ", and base maps and layers by the names of their files; figures by region are count, sum:QUESTION, mean:QUESTION, share:QUESTION=CHOICE; --look is as the map page was left; a viewpoint is a country, by its three letters, as which borders are drawn; multiples are a small map for each form of organization, or for each choice of a question; an atlas has a page for each region", mapVerb},
		{"print", "FORM | DIR ID -o FILE.pdf [--lang L] [--second-lang L]", "writes a blank questionnaire, or an interview of a study, to be printed", printVerb},
		{"locate", "[DIR] [--regions FILE] --points FILE.csv -o FILE.csv", "finds the region of each point (columns lon, lat), at every level that the study or the file of boundaries has; of points in none, the nearest within 5 km and how far it is", locate},
	}
}

func tour(c *call, args []string) error {
	rest, err := c.parse(args, 1, 1)
	if err != nil {
		return err
	}
	return job.Tour(c.ctx, rest[0], func(s string) { fmt.Fprintln(c.stdout, s) })
}

func example(c *call, args []string) error {
	var o job.ExampleOptions
	c.flags.IntVar(&o.Units, "units", 0, "")
	c.flags.IntVar(&o.Researchers, "researchers", 0, "")
	c.flags.Uint64Var(&o.Seed, "seed", 0, "")
	rest, err := c.parse(args, 1, 1)
	if err != nil {
		return err
	}
	if o.Units < 0 || o.Researchers < 0 || o.Researchers > 1 && o.Units > 0 && o.Units < o.Researchers {
		return usage("there must be at least one unit per researcher")
	}
	m, err := job.Example(c.ctx, rest[0], o)
	if err != nil {
		return err
	}
	return c.print(m, func(w io.Writer) {
		fmt.Fprintln(w, m.Study)
		for _, p := range m.Packages {
			fmt.Fprintln(w, p)
		}
	})
}

func newStudy(c *call, args []string) error {
	var n job.NewStudy
	var countries list
	c.flags.StringVar(&n.Name, "name", "", "")
	c.flags.Var(&countries, "country", "")
	c.flags.StringVar(&n.Researcher, "researcher", "", "")
	c.flags.StringVar(&n.Form, "form", "", "")
	rest, err := c.parse(args, 1, 1)
	if err != nil {
		return err
	}
	if n.Name == "" || len(countries) == 0 || n.Researcher == "" {
		return usage("--name, --country and --researcher are needed")
	}
	n.Countries = countries
	s, err := job.Create(c.ctx, rest[0], n)
	if err != nil {
		return err
	}
	id := s.Info().ID
	if err := s.Close(); err != nil {
		return err
	}
	if !c.quiet {
		fmt.Fprintf(c.stderr, "the recovery key is in %s; move it to a safe place\n", filepath.Join(rest[0], job.RecoveryFile))
	}
	return c.print(map[string]string{"study": id}, func(w io.Writer) { fmt.Fprintln(w, id) })
}

func join(c *call, args []string) error {
	who := c.flags.String("researcher", "", "")
	keys := c.keyFlags()
	rest, err := c.parse(args, 2, 2)
	if err != nil {
		return err
	}
	k, err := keys()
	if err != nil {
		return err
	}
	if *who == "" {
		return usage("--researcher is needed")
	}
	s, err := job.Join(c.ctx, rest[0], rest[1], *who, k)
	if err != nil {
		return err
	}
	defer s.Close()
	return c.print(map[string]string{"study": s.Info().ID}, func(w io.Writer) { fmt.Fprintln(w, s.Info().ID) })
}

func check(c *call, args []string) error {
	explore := c.flags.Int("explore", 0, "")
	asXForm := c.flags.String("xform", "", "")
	asBook := c.flags.String("xlsx", "", "")
	rest, err := c.parse(args, 1, 1)
	if err != nil {
		return err
	}
	if *explore < 0 {
		return usage("--explore takes a number of interviews")
	}
	f, err := job.CheckForm(rest[0], *explore)
	if err != nil {
		return err
	}
	ps := append([]survey.Problem{}, f.Problems...)
	for _, out := range [...]string{*asXForm, *asBook} {
		if out == "" || f.Form == nil {
			continue
		}
		more, err := job.WriteForm(out, f.Form)
		if err != nil {
			return err
		}
		ps = append(ps, more...)
	}
	err = c.print(ps, func(w io.Writer) { c.checked(w, f, ps) })
	if err == nil && !f.Usable {
		err = errProblems
	}
	return err
}

// checked lists problems and what random interviews saw.
func (c *call) checked(w io.Writer, f *job.FormCheck, ps []survey.Problem) {
	for _, p := range ps {
		fmt.Fprintln(w, p)
	}
	if c.quiet {
		return
	}
	if e := f.Explored; e != nil {
		fmt.Fprintf(w, "%d random interviews, %d answers: %d of %d questions were asked\n", e.Interviews, e.Answers, e.Reached, e.Questions)
	}
	if f.Usable && len(ps) == 0 {
		fmt.Fprintf(w, "%s%s: no problems\n", f.Form.Title, version(f.Form))
	}
}

func version(f *survey.Form) string {
	if f.Version == "" {
		return ""
	}
	return ", version " + f.Version
}

func hold(c *call, args []string) error {
	file := c.flags.String("answers", "", "")
	unit := c.flags.String("unit", "", "")
	finish := c.flags.Bool("finish", false, "")
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	if *file == "" {
		return usage("--answers is needed")
	}
	given, err := readAnswers(c, *file)
	if err != nil {
		return err
	}
	return with(rest[0], func(s *job.Study) error {
		if *unit != "" {
			if d, err := s.Document(*unit); err != nil || d == nil {
				return fmt.Errorf("there is no unit %q", *unit)
			}
		}
		iv, err := s.NewInterview(c.ctx, *unit)
		if err != nil {
			return err
		}
		refused, err := iv.Answer(given)
		if err != nil {
			return err
		}
		if *finish {
			if err := iv.Finish(c.ctx, survey.Completed); err != nil {
				return err
			}
		}
		result, reason := iv.Screening()
		fmt.Fprintln(c.stdout, iv.ID)
		if result != "" && !c.quiet {
			fmt.Fprintf(c.stderr, "screening: %s %s\n", result, reason)
		}
		for _, r := range refused {
			fmt.Fprintln(c.stderr, r)
		}
		if len(refused) > 0 {
			return errProblems
		}
		return nil
	})
}

func readAnswers(c *call, file string) ([]job.Given, error) {
	if file == "-" {
		return job.ReadAnswers(c.stdin)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return job.ReadAnswers(f)
}

type interviewLine struct {
	ID      string `json:"id"`
	Unit    string `json:"unit"`
	Name    string `json:"name"`
	Status  string `json:"status"`
	By      string `json:"by"`
	Started string `json:"started"`
	Answers int    `json:"answers"`
}

func interviews(c *call, args []string) error {
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	return with(rest[0], func(s *job.Study) error {
		us, err := s.Units()
		if err != nil {
			return err
		}
		lines := []interviewLine{}
		for _, u := range us {
			for _, d := range u.Interviews {
				lines = append(lines, interviewLine{d.Entity, u.ID, u.Name, d.Text(survey.FieldStatus), d.Text(survey.FieldInterviewer), d.Text(survey.FieldStarted), answered(d)})
			}
		}
		records, err := s.Records()
		if err != nil {
			return err
		}
		for _, d := range records {
			lines = append(lines, interviewLine{d.Entity, "", s.Title(d), d.Text(survey.FieldStatus), d.Text(survey.FieldInterviewer), d.Text(survey.FieldStarted), answered(d)})
		}
		return c.print(lines, func(w io.Writer) {
			for _, l := range lines {
				fmt.Fprintf(w, "%s  %-11s %-10s %s\n", l.ID, l.Status, l.By, l.Name)
			}
		})
	})
}

// answered counts the answers of an interview, computed ones included.
func answered(d *survey.Document) (n int) {
	for _, f := range d.Fields() {
		if f[0] != '_' {
			n++
		}
	}
	return n
}

type unitLine struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	LocalName  string   `json:"name_local,omitempty"`
	Country    string   `json:"country,omitempty"`
	Region     string   `json:"region_code,omitempty"`
	RegionName string   `json:"region_name,omitempty"`
	Form       string   `json:"form,omitempty"`
	Code       string   `json:"code,omitempty"`
	Stratum    string   `json:"stratum,omitempty"`
	Assigned   string   `json:"assigned_to,omitempty"`
	Screening  string   `json:"screening,omitempty"`
	Reason     string   `json:"screening_reason,omitempty"`
	Lon        *float64 `json:"lon,omitempty"`
	Lat        *float64 `json:"lat,omitempty"`
	Interviews int      `json:"interviews"`
	Contested  int      `json:"contested"`
	Fictional  bool     `json:"fictional,omitempty"`
}

func units(c *call, args []string) error {
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	return with(rest[0], func(s *job.Study) error {
		us, err := s.Units()
		if err != nil {
			return err
		}
		lines, names := []unitLine{}, map[string]string{"": ""}
		for _, u := range us {
			l := unitLine{ID: u.ID, Name: u.Name, LocalName: u.LocalName, Country: u.Country, Region: u.Region, Form: u.Form, Code: u.Code, Stratum: u.Stratum, Assigned: u.Assigned,
				Screening: u.Screening, Reason: u.Reason, Interviews: len(u.Interviews), Contested: u.Contested, Fictional: u.Fictional}
			if _, ok := names[u.Region]; !ok {
				names[u.Region] = s.RegionName(u.Region)
			}
			l.RegionName = names[u.Region]
			if u.Point != nil {
				l.Lon, l.Lat = &u.Point[0], &u.Point[1]
			}
			lines = append(lines, l)
		}
		return c.print(lines, func(w io.Writer) {
			for _, l := range lines {
				fmt.Fprintf(w, "%s  %-10s %-24s %s\n", l.ID, l.Screening, l.RegionName, l.Name)
			}
		})
	})
}

func show(c *call, args []string) error {
	rest, err := c.studyArgs(args, 2, 2)
	if err != nil {
		return err
	}
	return with(rest[0], func(s *job.Study) error {
		d, err := s.Document(rest[1])
		if err != nil {
			return err
		}
		if d == nil {
			return fmt.Errorf("there is nothing with the id %q", rest[1])
		}
		revs, err := s.History(rest[1])
		if err != nil {
			return err
		}
		current := map[survey.Field]survey.Value{}
		for _, f := range d.Fields() {
			current[f] = d.Value(f)
		}
		return c.print(map[string]any{"id": d.Entity, "kind": d.Kind, "current": current, "contested": d.Contested(), "history": revs}, func(w io.Writer) {
			for _, f := range job.Said(d) {
				fmt.Fprintf(w, "%-24s %s\n", f, d.Value(f))
			}
			for _, line := range job.ErasedLines(d) {
				fmt.Fprintln(w, line)
			}
			for _, r := range revs {
				fmt.Fprintf(w, "%s  %s by %s: %d fields\n", r.Time().Format("2006-01-02 15:04"), r.ID, r.Actor, len(r.Patch))
			}
		})
	})
}

func pack(c *call, args []string) error {
	out := c.flags.String("o", "", "")
	var o job.PackageOptions
	var to list
	c.flags.BoolVar(&o.Clear, "clear", false, "")
	c.flags.BoolVar(&o.News, "news", false, "")
	c.flags.BoolVar(&o.WithoutFiles, "without-files", false, "")
	c.flags.Var(&to, "to", "")
	since := c.flags.String("since", "", "")
	passphrase := c.flags.String("passphrase-file", "", "")
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	switch {
	case *out == "":
		return usage("-o is needed")
	case o.Clear && (len(to) > 0 || *passphrase != ""):
		return usage("--clear leaves the package open; --to and --passphrase-file lock it")
	}
	o.To = to
	if o.Passphrase, err = secretOf(*passphrase); err != nil {
		return err
	}
	if _, err := time.Parse("2006-01-02", *since); err == nil {
		o.SinceDay = *since
	} else {
		o.SinceFile = *since
	}
	return with(rest[0], func(s *job.Study) error {
		p, err := s.Package(c.ctx, *out, o)
		if err != nil {
			return err
		}
		if !c.quiet && o.Clear {
			fmt.Fprintln(c.stderr, "warning: the package is not encrypted; give it only to people who may read every answer")
		}
		return c.print(p, func(w io.Writer) {
			fmt.Fprintf(w, "%s: %d revisions, %d files, %d bytes\n", p.Path, p.Revisions, p.Files, p.Bytes)
		})
	})
}

func undo(c *call, args []string) error {
	rest, err := c.studyArgs(args, 2, 2)
	if err != nil {
		return err
	}
	return with(rest[0], func(s *job.Study) error { return s.Undo(c.ctx, rest[1]) })
}

func verify(c *call, args []string) error {
	rebuild := c.flags.Bool("rebuild", false, "")
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	return with(rest[0], func(s *job.Study) error {
		r, err := s.Verify(*rebuild)
		if err != nil {
			return err
		}
		err = c.print(map[string]any{"digest": r.Digest, "revisions": r.Revisions, "entities": r.Entities, "conflicts": r.Conflicts, "problems": r.Problems}, func(w io.Writer) {
			fmt.Fprintf(w, "revisions: %d\nrecords: %d\nconflicts: %d\ndigest: %s\n", r.Revisions, r.Entities, r.Conflicts, r.Digest)
			for _, p := range r.Problems {
				fmt.Fprintln(w, p)
			}
		})
		if err == nil && len(r.Problems) > 0 {
			err = errProblems
		}
		return err
	})
}

func export(c *call, args []string) error {
	var o job.ExportOptions
	c.flags.StringVar(&o.Format, "format", "", "")
	out := c.flags.String("o", "", "")
	c.flags.StringVar((*string)(&o.Profile), "profile", "", "")
	c.flags.StringVar((*string)(&o.Where), "where", "", "")
	c.flags.BoolVar(&o.Identifiers, "identifiers", false, "")
	c.flags.StringVar(&o.Language, "lang", "", "")
	c.flags.BoolVar(&o.Labels, "labels", false, "")
	c.flags.Func("columns", "", func(s string) error { o.Columns = append(o.Columns, strings.Split(s, ",")...); return nil })
	c.flags.BoolVar(&o.Wide, "wide", false, "")
	c.flags.BoolVar(&o.PerRegion, "per-region", false, "")
	c.flags.BoolVar(&o.Unmarked, "no-bom", false, "")
	c.flags.IntVar(&o.Least, "least", 0, "")
	dry := c.flags.Bool("dry-run", false, "")
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	if *out == "" && !*dry || o.Format == "" {
		return usage("--format and -o are needed")
	}
	return with(rest[0], func(s *job.Study) error {
		var e *job.Exported
		var err error
		if *dry {
			e, err = s.PlanExport(c.ctx, o)
		} else {
			e, err = s.Export(c.ctx, o, *out)
		}
		if err != nil {
			return err
		}
		return c.print(e, func(w io.Writer) {
			for _, line := range e.Sentences() {
				fmt.Fprintln(w, line)
			}
		})
	})
}

func releases(c *call, args []string) error {
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	return with(rest[0], func(s *job.Study) error {
		rs, err := s.Releases()
		if err != nil {
			return err
		}
		return c.print(rs, func(w io.Writer) {
			for _, r := range rs {
				fmt.Fprintf(w, "%s  %s  %s, %s, places %s, %d units\n", r.At, r.By, r.Format, r.Profile, r.Where, r.Rows)
				for _, f := range r.Files {
					fmt.Fprintf(w, "    %s  %s\n", f.SHA256, f.Name)
				}
			}
		})
	})
}

func formats(c *call, args []string) error {
	if _, err := c.parse(args, 0, 0); err != nil {
		return err
	}
	fs := exchange.Formats()
	return c.print(fs, func(w io.Writer) {
		for _, f := range fs {
			fmt.Fprintf(w, "%-12s %s\n", f.Name, f.Title)
		}
	})
}

func mapVerb(c *call, args []string) error {
	out := c.flags.String("o", "", "")
	size := c.flags.String("size", "1280x800", "")
	box := c.flags.String("bbox", "", "")
	var o job.MapOptions
	c.flags.StringVar(&o.Language, "lang", "", "")
	c.flags.BoolVar(&o.Dark, "dark", false, "")
	c.flags.BoolVar(&o.Atlas, "atlas", false, "")
	c.flags.Func("names", "", o.TakeNames)
	c.flags.StringVar((*string)(&o.Viewpoint), "viewpoint", "", "")
	c.flags.IntVar(&o.Level, "level", 1, "")
	c.flags.StringVar(&o.Color, "color", "", "")
	c.flags.StringVar(&o.Multiples, "multiples", "", "")
	c.flags.Func("figure", "", o.TakeFigure)
	c.flags.BoolVar(&o.Figures.Circles, "circles", false, "")
	c.flags.IntVar(&o.Figures.Least, "least", 0, "")
	look := c.flags.Bool("look", false, "")
	c.flags.Func("layer", "", func(l string) error { o.Layers = append(o.Layers, l); return nil })
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	if !job.IsPicture(*out) {
		return usage("-o must name a .png, .svg or .pdf file")
	}
	if _, err := fmt.Sscanf(*size, "%dx%d", &o.Width, &o.Height); err != nil {
		return usage("--size is written as 1280x800")
	}
	if *box != "" {
		b := orb.Bound{}
		if _, err := fmt.Sscanf(*box, "%g,%g,%g,%g", &b.Min[0], &b.Min[1], &b.Max[0], &b.Max[1]); err != nil {
			return usage("--bbox is written as west,south,east,north in degrees")
		}
		o.Bound = &b
	}
	return with(rest[0], func(s *job.Study) error {
		if *look {
			l, err := s.MapLook()
			if err != nil {
				return err
			}
			o.Look = &l
		}
		start := time.Now()
		if err := s.Map(c.ctx, *out, o); err != nil {
			return err
		}
		return c.print(map[string]any{"path": *out, "seconds": time.Since(start).Seconds()}, func(w io.Writer) { fmt.Fprintln(w, *out) })
	})
}

func locate(c *call, args []string) error {
	in := c.flags.String("points", "", "")
	out := c.flags.String("o", "", "")
	regions := c.flags.String("regions", "", "")
	rest, err := c.parse(args, 0, 1)
	if err != nil {
		return err
	}
	if *in == "" || *out == "" {
		return usage("--points and -o are needed")
	}
	dir := os.Getenv("SSE_STUDY")
	if len(rest) == 1 {
		dir = rest[0]
	}
	a, said, err := job.Regions(c.ctx, dir, *regions)
	if err != nil {
		return err
	}
	for _, p := range said {
		fmt.Fprintln(c.stderr, p)
	}
	r, err := job.Locate(c.ctx, a, *in, *out)
	if err != nil {
		return err
	}
	return c.print(r, func(w io.Writer) {
		fmt.Fprintf(w, "%d rows, %d in no region\n", r.Rows, r.Misses)
		if r.Nearest > 0 {
			fmt.Fprintf(w, "%d more in none, with the nearest one instead; the column region_metres says how far it is\n", r.Nearest)
		}
	})
}
