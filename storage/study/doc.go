// Package study keeps a study on disk: a folder with a database that only this
// program writes, and the files that interviews cite.
//
// Start with three names:
//
//   - [Create] and [Open] give a [Study]; a study is open in one place at a time.
//   - [Study.SaveAnswer] puts one answer on disk; when it returns, pulling the plug
//     loses nothing.
//   - [Study.Append] records acts as revisions; everything else is derived.
//
// The folder holds study.sqlite (live; never copy it, make a package or a backup),
// files/ (named by their SHA-256), maps/ and backups/. The schema is in schema/;
// its scripts are run in order, each in a transaction, and user_version counts
// them.
//
// Looked after it is by [Study.Tend] (the log is put into the file, backups are made),
// [Restore], [CopyIn] and [PlanRecovery]. Folders where a commit may not last are
// refused: see [PlaceError].
//
// What came from others is a [Parcel]: a package, or a colleague's folder that
// [Study.ReadFolder] read with a process of its own, [ReadCopy].
//
// Promise: revisions are never changed and never deleted. A later version of the
// program opens the studies of every earlier one. An earlier version refuses a
// later study and leaves it as it is.
package study
