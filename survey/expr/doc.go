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
// Where the engines of the field disagree it follows JavaRosa: a date is a whole
// number of local days since 1970-01-01, regex() must match the whole text.
//
// Promise: parsing and evaluation never panic, whatever the text.
package expr
