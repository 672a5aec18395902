package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"

	"sselandscape/maps/region"
)

// addChoices puts the regions of the countries of a questionnaire into its list
// admin1, so that answers and boundaries share their codes. The choice for areas
// that are missing stays last.
func addChoices(file string, p *region.Pack) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(f).ReadAll()
	f.Close()
	if err != nil {
		return err
	}
	head := rows[0]
	list, name, label, country := slices.Index(head, "list_name"), slices.Index(head, "name"), slices.Index(head, "label::English (en)"), slices.Index(head, "country")
	if min(list, name, label, country) < 0 {
		return fmt.Errorf("%s: columns are missing", file)
	}
	asked := map[string]bool{}
	for _, r := range rows {
		asked[r[name]] = asked[r[name]] || r[list] == "country"
	}
	at := slices.IndexFunc(rows, func(r []string) bool { return r[list] == "admin1" })
	rows = slices.DeleteFunc(rows, func(r []string) bool { return r[list] == "admin1" && r[country] != "ANY" })
	at = slices.IndexFunc(rows[min(at, len(rows)-1):], func(r []string) bool { return r[list] == "admin1" }) + min(at, len(rows)-1)
	atlas := region.New(p)
	var fresh [][]string
	for _, c := range p.Countries {
		if !asked[c.Code] {
			continue
		}
		for _, r := range atlas.In(c.Code) {
			row := make([]string, len(head))
			row[list], row[name], row[label], row[country] = "admin1", r.Code, r.Name, c.Code
			fresh = append(fresh, row)
		}
	}
	return writeCSV(file, slices.Insert(rows, at, fresh...))
}

func writeCSV(file string, rows [][]string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	return f.Close()
}
