// Package merge puts the work of many researchers together.
//
// A study is a set of revisions that only grows. Merging is the union of sets, so
// any order, any grouping and any repetition give the same state. A revision
// names, per field, the revisions it replaces; a value is current while nothing
// in the set replaces it; two current values that differ are a conflict, and both
// are kept. Clocks never decide.
//
// Start with three names:
//
//   - [Fold] derives the current documents from a set of revisions.
//   - [Plan] says what taking in a package would do; storage/study makes it.
//   - [Conflict] is a contested field with all its values; [Sides] tells how each
//     came about, and [Both] takes all of them for true.
//
// Promise: Fold does not depend on the order of its input.
package merge
