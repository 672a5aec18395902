package job

type filled struct {
	iv    *Interview
	study *Study
	lang  string
}

func (f *filled) sheet() (*sheet, error) { return nil, nil }
