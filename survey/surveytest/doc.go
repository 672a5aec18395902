// Package surveytest writes tests of questionnaires as what they are: a form as
// Markdown tables, an interview as a little scenario.
//
// Start with three names:
//
//   - [Form] reads a form and fails the test where it has errors.
//   - [Start] begins an interview about a form; its methods answer and expect.
//   - [RandomForm] draws a form of any shape, for laws that hold of all forms.
//
// Promise: a failing expectation names the line of the test, the question and
// what was there in its place, and the interview goes on.
package surveytest
