-- Revisions and batches get numbers, which indexes of millions of rows need; a
-- revision names the batch that brought it first, and batches name what was here
-- already when they came. What is derived says no more than what it is asked for:
-- the state itself is folded from the revisions, which are few per entity.
CREATE TABLE revision_4 (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,      -- UUIDv7
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
  patch TEXT NOT NULL,          -- canonical JSON {field: value}; null once it is redacted
  replaces TEXT NOT NULL,       -- canonical JSON {field: [revision id, ...]}, or ''
  hash BLOB NOT NULL,           -- SHA-256 of the canonical bytes
  sig BLOB NOT NULL,            -- Ed25519 by the device
  batch INTEGER,                -- that brought it; NULL: made on this laptop
  redacted INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO revision_4 (id, entity, kind, form, form_version, device, seq, actor, wall, tz, lamport, patch, replaces, hash, sig, batch)
  SELECT id, entity, kind, form, form_version, device, seq, actor, wall, tz, lamport, patch, CASE WHEN replaces IN ('null', '{}') THEN '' ELSE replaces END, hash, sig,
    (SELECT min(batch.rowid) FROM batch_revision b JOIN batch ON batch.id = b.batch WHERE b.revision = revision.id)
  FROM revision ORDER BY revision.rowid;
CREATE TABLE batch_4 (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  at TEXT NOT NULL,
  source TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  n_new INTEGER NOT NULL,
  state TEXT NOT NULL           -- applied, undone
) STRICT;
INSERT INTO batch_4 SELECT rowid, id, at, source, sha256, n_new, state FROM batch;
CREATE TABLE batch_known (revision INTEGER NOT NULL, batch INTEGER NOT NULL, PRIMARY KEY (revision, batch)) WITHOUT ROWID;
INSERT INTO batch_known SELECT r.n, batch.rowid FROM batch_revision b JOIN batch ON batch.id = b.batch JOIN revision_4 r ON r.id = b.revision WHERE r.batch <> batch.rowid;
DROP TABLE batch_revision;
DROP TABLE batch;
DROP TABLE revision;
ALTER TABLE revision_4 RENAME TO revision;
ALTER TABLE batch_4 RENAME TO batch;
CREATE INDEX revision_entity ON revision(entity);
CREATE INDEX revision_device ON revision(device, seq);
CREATE INDEX revision_batch ON revision(batch) WHERE batch IS NOT NULL;
CREATE INDEX batch_known_batch ON batch_known(batch);

-- Interviews that were begun and of which no revision is made yet; local.
CREATE TABLE begun (interview TEXT PRIMARY KEY, form TEXT NOT NULL, form_version TEXT NOT NULL, patch TEXT NOT NULL) STRICT;

-- The numbers of the newest revision that this laptop made and saw.
ALTER TABLE own_device ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE own_device ADD COLUMN lamport INTEGER NOT NULL DEFAULT 0;
UPDATE own_device SET seq = (SELECT coalesce(max(seq), 0) FROM revision WHERE device = own_device.id), lamport = (SELECT coalesce(max(lamport), 0) FROM revision);

-- What is derived: it may be dropped and rebuilt at will.
DROP TABLE current;
CREATE TABLE current (
  n INTEGER PRIMARY KEY,
  entity TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  form TEXT NOT NULL,           -- of the newest revision that has one
  form_version TEXT NOT NULL,
  form_lamport INTEGER NOT NULL,-- and its place among the others
  form_revision TEXT NOT NULL,
  revisions INTEGER NOT NULL,
  contested INTEGER NOT NULL,   -- fields
  deleted INTEGER NOT NULL
) STRICT;
CREATE INDEX current_kind ON current(kind, entity);
CREATE INDEX current_contested ON current(entity) WHERE contested > 0;
CREATE TABLE field (n INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
-- What revisions say of the fields of entities that have several of them.
CREATE TABLE head (
  entity INTEGER NOT NULL,      -- current.n
  field INTEGER NOT NULL,       -- field.n
  revision INTEGER NOT NULL,    -- revision.n
  value INTEGER NOT NULL,       -- of the SHA-256 of the value; 0 for a blank one
  replaced INTEGER NOT NULL,    -- by another revision
  -- in this order the least and the greatest current value are found at once
  PRIMARY KEY (entity, field, replaced, value, revision)
) STRICT, WITHOUT ROWID;
-- What is replaced by a revision that is here, and is not here itself.
CREATE TABLE absent (entity INTEGER NOT NULL, field INTEGER NOT NULL, revision TEXT NOT NULL, PRIMARY KEY (entity, field, revision)) STRICT, WITHOUT ROWID;
