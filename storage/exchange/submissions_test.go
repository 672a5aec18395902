package exchange_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"sselandscape/storage/exchange"
)

// zipOf is an archive of names and texts.
func zipOf(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = io.WriteString(w, parts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// told writes interviews as lines: the row and its cells, those of repeats indented.
func told(s *exchange.Submissions, x *exchange.Submission) (out []string) {
	if x.Bad != "" {
		return []string{"bad: " + x.Bad}
	}
	if s.Format == "xml" {
		r, err := s.Document(x)
		if err != nil {
			return []string{x.File + ": " + err.Error()}
		}
		defer r.Close()
		b, err := io.ReadAll(io.LimitReader(r, 1<<20))
		return []string{fmt.Sprintf("%s: %s %v", x.File, b, err)}
	}
	var walk func(r *exchange.TableRow, indent string)
	walk = func(r *exchange.TableRow, indent string) {
		t := s.Tables[r.Table]
		line := fmt.Sprint(indent, t.Name, " ", r.Row)
		for _, c := range r.Cells {
			line += fmt.Sprintf(" %s=%s", t.Columns[c.Column], c.Text)
		}
		out = append(out, line)
		for _, b := range r.Below {
			walk(b, indent+" ")
		}
	}
	walk(&x.TableRow, "")
	return out
}

// readSubmissions reads a file to its end.
func readSubmissions(path string) (out []string, problems string, err error) {
	s, err := exchange.OpenSubmissions(ctx, path, exchange.SubmissionOptions{})
	if err != nil {
		return nil, "", err
	}
	defer s.Close()
	for x, err := range s.All(ctx) {
		if err != nil {
			return out, fmt.Sprint(s.Problems), err
		}
		out = append(out, told(s, x)...)
	}
	return out, fmt.Sprint(s.Problems), nil
}

func TestSubmissions(t *testing.T) {
	xml := `<data id="f"><a>1</a></data>`
	book := workbook(t, func(f *excelize.File) {
		f.SetSheetName("Sheet1", "Visits")
		for _, name := range []string{"farm", "crop", "notes"} {
			f.NewSheet(name)
		}
		rows := map[string][][]any{
			"Visits": {{"a", "_uuid", "_index"}, {"x", "u1", 1}, {"y", "u2", 2}},
			"farm":   {{"f", "_index", "_parent_table_name", "_parent_index"}, {"f2", 1, "Visits", 2}, {"f1", 2, "Visits", 1}, {"lost", 3, "Visits", 9}},
			"crop":   {{"c", "_index", "_parent_table_name", "_parent_index"}, {"rice", 1, "farm", 1}, {"millet", 2, "farm", 1}},
			"notes":  {{"written by hand"}},
		}
		for sheet, rs := range rows {
			for i, r := range rs {
				f.SetSheetRow(sheet, fmt.Sprint("A", i+1), &r)
			}
		}
	})
	cases := map[string]struct {
		name     string
		data     []byte
		want     []string
		problems string
	}{
		"Central": {"f.csv.zip", zipOf(t, "f.csv", "a,SET-OF-farm,KEY\nx,k1/farm,k1\ny,k2/farm,k2\n", "f-farm.csv", "f,PARENT_KEY,KEY\nf2,k2,k2/farm[1]\nf1,k1,k1/farm[1]\n",
			"f-farm-crop.csv", "c,PARENT_KEY,KEY\nrice,k2/farm[1],k2/farm[1]/crop[1]\nmillet,k2/farm[1],k2/farm[1]/crop[2]\nlost,k9,k9/x\n", "media/p.csv", "no,table\n", "__MACOSX/._f.csv", "x"),
			[]string{"f 2 a=x SET-OF-farm=k1/farm KEY=k1", " f-farm 3 f=f1 PARENT_KEY=k1 KEY=k1/farm[1]", "f 3 a=y SET-OF-farm=k2/farm KEY=k2", " f-farm 2 f=f2 PARENT_KEY=k2 KEY=k2/farm[1]",
				"  f-farm-crop 2 c=rice PARENT_KEY=k2/farm[1] KEY=k2/farm[1]/crop[1]", "  f-farm-crop 3 c=millet PARENT_KEY=k2/farm[1] KEY=k2/farm[1]/crop[2]"}, "f-farm-crop!4: the row belongs to an interview that is not in the file"},
		"KoboToolbox": {"v.xlsx", book, []string{"Visits 2 a=x _uuid=u1 _index=1", " farm 3 f=f1 _index=2 _parent_table_name=Visits _parent_index=1", "Visits 3 a=y _uuid=u2 _index=2",
			" farm 2 f=f2 _index=1 _parent_table_name=Visits _parent_index=2", "  crop 2 c=rice _index=1 _parent_table_name=farm _parent_index=1", "  crop 3 c=millet _index=2 _parent_table_name=farm _parent_index=1"},
			"notes: warning: the sheet does not say"},
		"Korean text":       {"v.csv", []byte("\xc0\xcc\xb8\xa7,KEY\n\xc7\xf9\xb5\xbf\xc1\xb6\xc7\xd5,k1\n\xb8\xb6\xc0\xbb\xb1\xe2\xbe\xf7,k2\n"), []string{"v 2 이름=협동조합 KEY=k1", "v 3 이름=마을기업 KEY=k2"}, ""},
		"submission":        {"a.xml", []byte(xml), []string{"a.xml: " + xml + " <nil>"}, ""},
		"archive of XML":    {"a.zip", zipOf(t, "i/b/b.xml", xml, "i/a/a.xml", `<x/>`, "i/a/p.jpg", "x"), []string{"i/a/a.xml: <x/> <nil>", "i/b/b.xml: " + xml + " <nil>"}, ""},
		"a row of too much": {"a.csv", []byte("a,KEY\n1,k1,more\n2,k2\n"), []string{"bad: it has 3 cells, but there are 2 columns", "a 3 a=2 KEY=k2"}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, problems, err := readSubmissions(listFile(t, c.name, c.data))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if (c.problems == "") != (problems == "[]") || !strings.Contains(problems, c.problems) {
				t.Error(problems)
			}
		})
	}
}

func TestAttachments(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"in/a/a.xml": `<data id="f"/>`, "in/a/p.jpg": "photo", "secret.jpg": "secret", "in/media/m.jpg": "media"} {
		os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755)
		os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)
	}
	if err := os.Symlink(filepath.Join(dir, "secret.jpg"), filepath.Join(dir, "in/a/link.jpg")); err != nil {
		t.Log(err)
	}
	for name, path := range map[string]string{"folder": filepath.Join(dir, "in"), "archive": listFile(t, "a.zip", zipOf(t, "a/a.xml", `<data id="f"/>`, "a/p.jpg", "photo", "media/m.jpg", "media"))} {
		t.Run(name, func(t *testing.T) {
			s, err := exchange.OpenSubmissions(ctx, path, exchange.SubmissionOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for x, err := range s.All(ctx) {
				if err != nil {
					t.Fatal(err)
				}
				for file, want := range map[string]string{"p.jpg": "photo", "m.jpg": "media"} {
					r, err := s.Attachment(x, file)
					if err != nil {
						t.Fatal(file, err)
					}
					if b, _ := io.ReadAll(r); string(b) != want {
						t.Errorf("%s: %s", file, b)
					}
					r.Close()
				}
				for _, file := range []string{"../../secret.jpg", "..", "", "/etc/hosts", `..\..\secret.jpg`, "link.jpg", "a.xml/../p.jpg", "none.jpg"} {
					if r, err := s.Attachment(x, file); err == nil {
						r.Close()
						t.Errorf("%q is opened", file)
					} else if !os.IsNotExist(err) && err != fs.ErrNotExist {
						t.Errorf("%q: %v", file, err)
					}
				}
			}
		})
	}
}

// bomb is an archive whose table unpacks to many times its size, and what it says of
// that.
func bomb(t testing.TB, size, said int) []byte {
	t.Helper()
	var one bytes.Buffer
	w, _ := flate.NewWriter(&one, 9)
	w.Write(make([]byte, 1<<20))
	w.Flush()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	packed := bytes.Repeat(one.Bytes(), size>>20)
	e, err := z.CreateRaw(&zip.FileHeader{Name: "f.csv", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(nil), CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(said)})
	if err == nil {
		_, err = e.Write(packed)
	}
	if err != nil {
		t.Fatal(err)
	}
	z.Close()
	return b.Bytes()
}

// TestHostileSubmissions wants a sentence.
func TestHostileSubmissions(t *testing.T) {
	sound := zipOf(t, "f.csv", "a,KEY\n"+strings.Repeat("x,k\n", 1000))
	many := make([]string, 0, 60)
	for i := range 30 {
		many = append(many, fmt.Sprintf("d%d/f.csv", i), "a,KEY\n1,k\n")
	}
	cases := map[string]struct {
		file string
		data []byte
		want string
	}{
		"empty":                 {"a.csv", nil, "empty"},
		"no rows":               {"a.csv", []byte("\n\n"), "no rows"},
		"another ending":        {"a.doc", []byte("a,b"), "can be read"},
		"cut archive":           {"a.zip", sound[:len(sound)-30], "copied whole"},
		"damaged archive":       {"a.zip", append(append([]byte{}, sound[:40]...), append(bytes.Repeat([]byte{0xff}, 8), sound[48:]...)...), "damaged"},
		"text as archive":       {"a.zip", []byte("a,b\n1,2\n"), "cannot be read"},
		"out of the folder":     {"a.zip", zipOf(t, "../../f.csv", "a,KEY\n"), "lead out"},
		"absolute":              {"a.zip", zipOf(t, "/etc/f.csv", "a,KEY\n"), "lead out"},
		"backslashes":           {"a.zip", zipOf(t, `..\f.csv`, "a,KEY\n"), "lead out"},
		"twice":                 {"a.zip", zipOf(t, "f.csv", "a,KEY\n", "f.csv", "a,KEY\n"), "twice"},
		"nothing in it":         {"a.zip", zipOf(t, "readme.txt", "x"), "no interviews"},
		"bomb":                  {"a.zip", bomb(t, 80<<20, 80<<20), "unpacks to more"},
		"bomb that lies":        {"a.zip", bomb(t, 80<<20, 20), "damaged"},
		"several tables":        {"a.zip", zipOf(t, many...), "several tables"},
		"repeats alone":         {"a.csv", []byte("a,PARENT_KEY,KEY\n1,k,k/1\n"), "repeats alone"},
		"a picture":             {"a.csv", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"), "no text"},
		"too many columns":      {"a.csv", []byte(strings.Repeat("x,", 30_000) + "\n"), "more than 20000 cells"},
		"cut workbook":          {"a.xlsx", workbook(t, func(f *excelize.File) {})[:700], "damaged"},
		"a row below itself":    {"a.zip", zipOf(t, "f.csv", "a,KEY\n1,k\n", "f-r.csv", "b,PARENT_KEY,KEY\n1,x,y\n2,y,x\n"), "not in the file"},
		"an unclosed quotation": {"a.csv", []byte("a,KEY\n\"x,k1\ny,k2\n"), "not closed"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, problems, err := readSubmissions(listFile(t, c.file, c.data))
			if all := fmt.Sprint(got, problems, err); !strings.Contains(all, c.want) {
				t.Errorf("%s: not %q", all, c.want)
			}
		})
	}
}

// Long lines and many rows of repeats take no memory to speak of.
func TestSubmissionsInLittleMemory(t *testing.T) {
	var rows bytes.Buffer
	rows.WriteString("c,PARENT_KEY,KEY\n")
	for i := range 400_000 {
		fmt.Fprintf(&rows, "%s,k%d,r%d\n", strings.Repeat("x", 700), i%10, i)
	}
	cases := map[string]struct {
		file string
		data []byte
		want string
		most uint64 // MiB allocated in all
	}{
		"a cell of 64 MB":   {"a.csv", append(append([]byte("a,KEY\n"), bytes.Repeat([]byte("x"), 64<<20)...), ",k1\n"...), "more than 32767", 24},
		"a line of 64 MB":   {"a.csv", append([]byte("a,KEY\n"), bytes.Repeat([]byte("x,"), 32<<20)...), "more than 20000 cells", 24},
		"repeats of 280 MB": {"a.zip", zipOf(t, "f.csv", "a,KEY\n1,k1\n", "f-r.csv", rows.String()), "split the file", 1200},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := listFile(t, c.file, c.data)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got, problems, err := readSubmissions(path)
			runtime.ReadMemStats(&after)
			if all := fmt.Sprint(got, problems, err); !strings.Contains(all, c.want) {
				t.Errorf("%.300s: not %q", all, c.want)
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > c.most {
				t.Errorf("%d MiB were allocated", used)
			}
		})
	}
}

func fuzzSubmissions(f *testing.F, name string) {
	f.Fuzz(func(t *testing.T, b []byte) {
		readSubmissions(listFile(t, name, b))
	})
}

func FuzzSubmissionTable(f *testing.F) {
	for _, s := range []string{"a,KEY\n1,k\n", "a;_uuid\r\n\"x\";1\n", "\xff\xfea\x00,\x00K\x00", "KEY,PARENT_KEY\n"} {
		f.Add([]byte(s))
	}
	fuzzSubmissions(f, "a.csv")
}

func FuzzSubmissionZip(f *testing.F) {
	f.Add(zipOf(f, "f.csv", "a,KEY\n1,k\n", "f-r.csv", "b,PARENT_KEY,KEY\n1,k,k/r[1]\n"))
	f.Add(zipOf(f, "a/a.xml", `<data id="f"/>`, "a/p.jpg", "x"))
	f.Add(zipOf(f, "../a.csv", "x"))
	fuzzSubmissions(f, "a.zip")
}
