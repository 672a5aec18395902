-- What is replicated: it only grows.
CREATE TABLE revision (
  id TEXT PRIMARY KEY,          -- UUIDv7
  entity TEXT NOT NULL,
  kind TEXT NOT NULL,
  form TEXT NOT NULL,
  form_version TEXT NOT NULL,
  device TEXT NOT NULL,
  seq INTEGER NOT NULL,
  actor TEXT NOT NULL,
  wall TEXT NOT NULL,
  tz TEXT NOT NULL,
  lamport INTEGER NOT NULL,
  patch TEXT NOT NULL,          -- canonical JSON {field: value}
  replaces TEXT NOT NULL,       -- JSON {field: [revision id, ...]}
  hash BLOB NOT NULL,           -- SHA-256 of the canonical bytes
  sig BLOB NOT NULL             -- Ed25519 by the device
) STRICT;
CREATE INDEX revision_entity ON revision(entity);
CREATE INDEX revision_device ON revision(device, seq);
CREATE TABLE device (id TEXT PRIMARY KEY, label TEXT NOT NULL, pubkey BLOB NOT NULL) STRICT;
CREATE TABLE file (sha256 TEXT PRIMARY KEY, mime TEXT NOT NULL, bytes INTEGER NOT NULL, have INTEGER NOT NULL) STRICT;

-- What is local.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE own_device (id TEXT PRIMARY KEY, private BLOB NOT NULL) STRICT;
CREATE TABLE draft (interview TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (interview, field)) STRICT;
CREATE TABLE batch (id TEXT PRIMARY KEY, at TEXT NOT NULL, source TEXT NOT NULL, sha256 TEXT NOT NULL, n_new INTEGER NOT NULL, state TEXT NOT NULL) STRICT;
CREATE TABLE batch_revision (batch TEXT NOT NULL REFERENCES batch(id), revision TEXT NOT NULL REFERENCES revision(id), PRIMARY KEY (batch, revision)) STRICT;
CREATE INDEX batch_revision_revision ON batch_revision(revision);

-- What is derived: it may be dropped and rebuilt at will.
CREATE TABLE current (entity TEXT PRIMARY KEY, kind TEXT NOT NULL, form TEXT NOT NULL, form_version TEXT NOT NULL, heads TEXT NOT NULL, revisions INTEGER NOT NULL, contested INTEGER NOT NULL, deleted INTEGER NOT NULL) STRICT;
CREATE INDEX current_kind ON current(kind);
CREATE INDEX current_contested ON current(entity) WHERE contested > 0;
