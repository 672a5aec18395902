// Package xlsform reads and writes questionnaires as XLSForm: the sheets survey,
// choices and settings of a workbook (https://xlsform.org/en/ref-table/).
//
// Start with three names:
//
//   - [Read] turns a file into a [Book] of cells: a workbook, Markdown or CSV;
//     [ReadCSV] does it for a folder of CSV files.
//   - [Parse] turns a Book into a survey.Form with everything that is wrong in it,
//     each with sheet, row and column.
//   - [BookOf] is the way back, and [WriteXLSX] makes a workbook of it.
//
// Files are taken for hostile until read: sizes, counts and depths are limited,
// and what exceeds them is refused with a sentence that says what to do.
//
// Promise: a workbook is never half read. Either the form can be used, or there
// is at least one problem of severity Error.
package xlsform
