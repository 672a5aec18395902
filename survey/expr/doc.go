// Package expr is the expression language of XForms questionnaires: XPath 1.0 with
// the functions of the ODK XForms specification and the ${name} references of
// XLSForm.
//
// Start with three names:
//
//   - [Parse] turns text into a tree; an [Error] says where it went wrong.
//   - [Compile] binds references and functions and gives a [Program].
//   - [Program.Eval] computes it in a [Context] and gives a [Value].
//
// [Print] writes a tree back, [Check] says what looks wrong in it without knowing
// the form, [Comparisons] lists the literals that answers are compared with.
//
// Where the engines of the field disagree it follows JavaRosa: number() of a date
// counts whole days from 1970-01-01, regex() must match the whole text, a blank
// index means the first row, an impossible date is an error ([ErrNoDate]; an
// interview shows a blank). Three things it settles itself:
//
//   - Where a date-time is reckoned with or compared, its local time of day counts
//     as a part of a day, so that an end can be compared with a start.
//   - date() and number() of a date-time take the day as it is written, whatever
//     its offset.
//   - date() and date-time() of a fraction undo decimal-date-time(), which counts
//     from midnight UTC; of a whole number they give a local day.
//
// Nodes are what an interview and its lists offer ([Node]). Places, columns and
// their indexes are used where an expression allows ([Placed], [Index]); kinds of
// nodes, text between elements and namespaces where a document has them ([Kinded],
// [Mixed], [Attributed], [Named]).
//
// Promise: parsing and evaluation never panic, whatever the text, and end: length,
// nesting, patterns and the nodes that conditions look at have limits.
package expr
