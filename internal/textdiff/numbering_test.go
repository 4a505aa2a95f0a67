package textdiff

import (
	"slices"
	"testing"
)

func TestNumbering(t *testing.T) {
	t.Parallel()
	n := Numbering{}
	got := n.All([][]byte{[]byte("a"), []byte("b"), []byte("a"), nil})
	if want := []int32{0, 1, 0, 2}; !slices.Equal(got, want) {
		t.Errorf("numbers %v, want %v", got, want)
	}
	if got := n.Of([]byte("b")); got != 1 {
		t.Errorf("the number of a piece known is %d, want 1", got)
	}
}
