// Package view holds the widgets of our own: text in any script, the field that
// hands keys on, the list of choices, the table with its index and filters, the map.
// They draw and report; they know no study.
//
// Start with three names: [Map], [Table] and [Field].
package view
