package explain

import (
	"slices"
	"testing"

	"backstay.dev/backstay/internal/textdiff"
)

// TestDiffIsKept asks twice what two blobs differ in: the second answer needs no text.
func TestDiffIsKept(t *testing.T) {
	t.Parallel()
	o := newObjects(nil)
	old, now := []byte("a\nb\nc\n"), []byte("a\nB\nc\nd\n")
	want := textdiff.Diff(old, now)
	for _, texts := range [][2][]byte{{old, now}, {}} {
		if got := o.diff([2]string{"1", "2"}, texts[0], texts[1]); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
	if got := o.diff([2]string{"2", "1"}, now, old); !slices.Equal(got, reversed(want)) {
		t.Errorf("the other way round: %v, want %v", got, reversed(want))
	}
}
