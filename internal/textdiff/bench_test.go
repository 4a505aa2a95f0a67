package textdiff

import (
	"bytes"
	"fmt"
	"testing"
)

// edited is a file of 1,000 lines of code's usual length, and two versions of it
// with ten changes each that do not meet.
func edited() (base, ours, theirs []byte) {
	var b, o, t bytes.Buffer
	for i := range 1000 {
		line := fmt.Sprintf("\tif err := step%d(ctx, input); err != nil {\n", i)
		b.WriteString(line)
		switch i % 100 {
		case 30:
			o.WriteString("\t// ours\n" + line)
			t.WriteString(line)
		case 70:
			o.WriteString(line)
			t.WriteString("\ttheirs()\n")
		default:
			o.WriteString(line)
			t.WriteString(line)
		}
	}
	return b.Bytes(), o.Bytes(), t.Bytes()
}

func BenchmarkMerge3(b *testing.B) {
	base, ours, theirs := edited()
	b.SetBytes(int64(len(base) + len(ours) + len(theirs)))
	b.ReportAllocs()
	for b.Loop() {
		if !Merge3(base, ours, theirs).Clean() {
			b.Fatal("conflict")
		}
	}
}

func BenchmarkMerge3Histogram(b *testing.B) {
	base, ours, theirs := edited()
	b.SetBytes(int64(len(base) + len(ours) + len(theirs)))
	b.ReportAllocs()
	for b.Loop() {
		if !Merge3Histogram(base, ours, theirs).Clean() {
			b.Fatal("conflict")
		}
	}
}

func BenchmarkDiff(b *testing.B) {
	base, ours, _ := edited()
	b.ReportAllocs()
	for b.Loop() {
		if len(Diff(base, ours)) != 10 {
			b.Fatal("not ten hunks")
		}
	}
}
