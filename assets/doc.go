// Package assets holds what is built into the program: questionnaires, boundaries,
// places, the font and the icon. SOURCES.md says where each comes from and under
// which licence; the folder build holds the programs that make the derived ones.
//
// Start with three names: [Form], [Boundaries] and [Font].
package assets
