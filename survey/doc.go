// Package survey is the vocabulary of a study: what a questionnaire is made of,
// what an answer is, and what gets recorded. It has no files, no SQL and no window.
//
// Start with three names:
//
//   - [Form], a questionnaire as written (an XLSForm); it never changes.
//   - [Value], an answer or the typed reason why there is none.
//   - [Revision], one immutable act recorded in a study. A study is a set of
//     revisions; everything else is derived from that set.
//
// Promise: the JSON forms of [Value] and [Revision] stay readable. A field that a
// later version adds is kept, not dropped, by an earlier one.
package survey
