package exchange_test

import (
	"path/filepath"
	"testing"

	"sselandscape/storage/exchange"
)

// BenchmarkFormats writes 100,000 units from memory in each format.
func BenchmarkFormats(b *testing.B) {
	d := field(100_000, pointAt).ready()
	for _, f := range exchange.Formats() {
		b.Run(f.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.WriteFile(ctx, filepath.Join(b.TempDir(), "units"+f.Ext), d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
