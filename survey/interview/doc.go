// Package interview holds a questionnaire being answered.
//
// Start with three names:
//
//   - [Compile] turns a survey.Form into a [Program], once; it finds cycles and
//     expressions that cannot work.
//   - [Program.Start] and [Program.Resume] give a [Session], which is what changes:
//     answers, what is asked, what is wrong.
//   - [Session.Set] gives an answer and returns everything that changed with it,
//     ready to be put on disk.
//
// How it stays fast: each question has vertices for its relevance, value,
// requiredness, validity and, for repeats, its rows. Edges follow the references
// of expressions and are ranked once. A change visits the vertices behind it in
// the order of ranks and stops where nothing changes. A reference between
// questions of the same repeat is an edge inside each row; any other reference
// into a repeat reaches all rows. Labels and choices are computed when looked at.
//
// Promise: evaluation never ends an interview. An expression that fails gives a
// blank and a note in [Session.Notes] for the author of the form.
package interview
