-- What is current in the fields of an entity lies together by revision, so that somebody
-- who enters an organization anew changes a few pages and not one for every field.
DROP TABLE head;
DROP TABLE absent;
-- What revisions say that nothing replaces, of entities that have several of them.
CREATE TABLE head (
  entity INTEGER NOT NULL,      -- current.n
  revision INTEGER NOT NULL,    -- revision.n
  field INTEGER NOT NULL,       -- field.n
  value INTEGER NOT NULL,       -- of the SHA-256 of the value; 0 for a blank one
  PRIMARY KEY (entity, revision, field)
) STRICT, WITHOUT ROWID;
-- The heads of a field: contested where the least value is not the greatest.
CREATE TABLE spread (
  entity INTEGER NOT NULL,
  field INTEGER NOT NULL,
  heads INTEGER NOT NULL,       -- how many; a field without has no row
  least INTEGER NOT NULL,       -- values
  greatest INTEGER NOT NULL,
  PRIMARY KEY (entity, field)
) STRICT, WITHOUT ROWID;
-- What is replaced by a revision that counts, here or not.
CREATE TABLE replaced (entity INTEGER NOT NULL, field INTEGER NOT NULL, revision TEXT NOT NULL, PRIMARY KEY (entity, field, revision)) STRICT, WITHOUT ROWID;
