package xlsform

import "regexp"

var settingsColumns = []string{"form_title", "form_id", "version", "default_language", "instance_name", "style", "name",
	"allow_choice_duplicates", "clean_text_values", "namespaces", "public_key", "submission_url", "client_editable",
	"auto_send", "auto_delete", "flat", "instance_xmlns", "instance_id", "omit_instanceid", "prefix", "delimiter",
	"sms_keyword", "sms_separator", "sms_allow_media", "sms_date_format", "sms_datetime_format", "sms_response"}

// settings reads the first row below the headers.
func (p *parser) settings(s Sheet) {
	f := p.form
	rs := p.records(s, settingsSheet)
	if len(rs) == 0 {
		return
	}
	r := rs[0]
	p.settingRow = r
	for _, c := range r.cols {
		if v := r.cell(c.index); v != "" {
			f.Settings[c.name] = v
		}
	}
	p.raw = truth(f.Settings["clean_text_values"]) == "false()"
	f.Title, f.ID, f.Version, f.Root = r.get("form_title"), r.get("form_id"), r.get("version"), r.get("name")
	f.DefaultLanguage, f.InstanceName, f.Style = r.get("default_language"), r.get("instance_name"), r.get("style")
	f.Namespaces = namespaces(f.Settings["namespaces"])
	p.expression(r, "instance_name", f.InstanceName)
	if f.Root != "" && !nameRule.MatchString(f.Root) {
		p.add(r.problem("name", nameHint, "%q cannot be the name of the form's root", f.Root))
	}
}

var namespacePair = regexp.MustCompile(`([\w.-]+)\s*=\s*["']([^"']*)["']`)

func namespaces(cell string) map[string]string {
	var out map[string]string
	for _, m := range namespacePair.FindAllStringSubmatch(cell, -1) {
		put(&out, m[1], m[2])
	}
	return out
}
