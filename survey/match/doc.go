// Package match tells whether two organizations may be the same one.
//
// Start with two names:
//
//   - [Key] brings a name into the form in which names are compared.
//   - [Names.Like] finds the names that are most like one that is being typed.
//
// Promise: a name is most like itself, and likeness is the same both ways.
package match
