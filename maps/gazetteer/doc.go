// Package gazetteer finds places, organizations and regions by name: in any script, by
// the beginning of a name or of a word in it, and with errors of typing.
//
// Start with two names:
//
//   - [New] prepares names for searching.
//   - [Index.Find] finds those that fit best.
//
// Promise: what is spelled right comes before what is spelled almost so.
package gazetteer
