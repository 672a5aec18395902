// Package notation reads what people type into the XForms lexical form that is
// stored, and writes stored answers as people read them.
//
// Start with three names:
//
//   - [Numbers] reads 1,234,567.8, 12,34,567, 1 234 and १२३४.
//   - [Dates] reads 2026-03-01, 3 mar, yesterday, 2082-11-17 BS and 2569 BE.
//   - [ParsePosition] reads decimal degrees, degrees with minutes and seconds,
//     geo: URIs, addresses of web maps and plus codes.
//
// Promise: what can be read in two ways is refused, and the error names both. Each
// error is a plain sentence that says what is wrong and how to write it; what a
// function of this package writes, its parser reads back as the same answer.
package notation
