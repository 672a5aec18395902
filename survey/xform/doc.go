// Package xform reads and writes XForms documents, the form format of the ODK
// family (https://getodk.github.io/xforms-spec/), and the submissions that go
// with them.
//
// Start with three names:
//
//   - [Write] turns a survey.Form into the XForm that pyxform would make of the
//     same workbook.
//   - [Read] turns an XForm into a survey.Form, with everything that is wrong in
//     it.
//   - [WriteSubmission] and [ReadSubmission] do the same for the answers of one
//     interview; [Entries] says where each stands, and what the form does not know.
//
// Promise: documents from others are read with limits on size, depth and number
// of nodes; entities and document types are refused.
package xform
