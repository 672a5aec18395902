// Package match tells whether two organizations may be the same one.
//
// Start with three names:
//
//   - [Key] brings a name into the form in which names are compared.
//   - [Names.Like] finds the names that are most like one that is being typed.
//   - [Index] does so for many names, without comparing each with each.
//
// Promise: a name is most like itself, and likeness is the same both ways.
package match
