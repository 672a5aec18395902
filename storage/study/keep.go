package study

// Keep remembers something on this laptop under a key, in place of what was kept;
// "" forgets it. It is in backups, but not in packages.
func (s *Study) Keep(key, value string) error {
	key = keptPrefix + key
	_, err := s.db.Exec(`INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	if value == "" {
		_, err = s.db.Exec(`DELETE FROM meta WHERE key = ?`, key)
	}
	return explain(err)
}

const keptPrefix = "kept/"

// Kept returns what is remembered under keys that begin with a prefix, by the rest
// of the key.
func (s *Study) Kept(prefix string) (map[string]string, error) {
	prefix = keptPrefix + prefix
	rows, err := s.db.Query(`SELECT substr(key, ?), value FROM meta WHERE substr(key, 1, ?) = ?`, len([]rune(prefix))+1, len([]rune(prefix)), prefix)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var k, v string
		if err := rows.Scan(&k, &v); err != nil {
			return nil, err
		}
		out[k] = v
	}
	return out, explain(rows.Err())
}
