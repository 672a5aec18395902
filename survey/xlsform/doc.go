// Package xlsform reads questionnaires written as XLSForm: the sheets survey,
// choices and settings of a workbook (https://xlsform.org/en/ref-table/).
//
// Start with three names:
//
//   - [ReadXLSX], [ReadCSV] and [ReadMarkdown] turn a file into a [Book] of cells.
//   - [Parse] turns a Book into a survey.Form with everything that is wrong in it,
//     each with sheet, row and column.
//
// Promise: a workbook is never half read. Either the form can be used, or there
// is at least one problem of severity Error.
package xlsform
