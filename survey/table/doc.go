// Package table turns the answers of a study into rectangular tables: one row a
// unit or an interview, one child table a repeat.
//
// Start with three names:
//
//   - [Units] gives the organizations with what their interviews say of them.
//   - [From] gives a [Table] of interviews, with repeats as tables of their own.
//   - [Point] reads a geopoint answer.
//
// Promise: nothing is dropped. A field that no form knows becomes a column at the
// end.
package table
