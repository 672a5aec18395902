-- Forms are read fast enough without it.
DROP TABLE kept;
-- What happened while interviews were held (ODK audit log); local. When an
-- interview ends it is written to a file, which travels.
CREATE TABLE event (
  interview TEXT NOT NULL,
  started INTEGER NOT NULL,     -- milliseconds since 1970
  ended INTEGER NOT NULL,       -- 0 where the event has no length
  kind TEXT NOT NULL,           -- question, form start, ...
  node TEXT NOT NULL,
  old TEXT NOT NULL,
  new TEXT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX event_interview ON event(interview);
