-- Entities have numbers that stay: the rows of current are never deleted, only emptied,
-- and revisions name them. A text in one index fewer is half the pages that change at
-- random when a million interviews are merged.
DROP INDEX revision_entity;
DROP TABLE current;
CREATE TABLE current (
  n INTEGER PRIMARY KEY,
  entity TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  form TEXT NOT NULL,           -- of the newest revision that has one
  form_version TEXT NOT NULL,
  form_lamport INTEGER NOT NULL,-- and its place among the others
  form_revision TEXT NOT NULL,
  revisions INTEGER NOT NULL,   -- that count; 0: all came with batches that were undone
  contested INTEGER NOT NULL,   -- fields
  deleted INTEGER NOT NULL
) STRICT;
INSERT INTO current SELECT NULL, entity, kind, '', '', 0, '', 0, 0, 0 FROM revision GROUP BY entity ORDER BY min(n);
CREATE INDEX current_kind ON current(kind, n);
CREATE INDEX current_contested ON current(n) WHERE contested > 0;

ALTER TABLE revision ADD COLUMN entity_n INTEGER NOT NULL DEFAULT 0; -- current.n of its entity
-- The laptop that erased answers from it and signed what is left; '' for the others.
ALTER TABLE revision ADD COLUMN witness TEXT NOT NULL DEFAULT '';
UPDATE revision SET entity_n = (SELECT current.n FROM current WHERE current.entity = revision.entity);
CREATE INDEX revision_entity ON revision(entity_n);

-- How many entities a batch was about.
ALTER TABLE batch ADD COLUMN entities INTEGER NOT NULL DEFAULT 0;

-- The revisions that erase answers, by number; derived.
CREATE TABLE erasure (revision INTEGER PRIMARY KEY) STRICT;
