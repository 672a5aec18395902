-- What is computed from files of the study and kept because computing takes long;
-- local, and may be dropped at will.
CREATE TABLE kept (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
