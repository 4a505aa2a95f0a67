package history

import (
	"fmt"
	"testing"

	"backstay.dev/backstay/internal/git"
)

// A list is found again whatever stands before it, and a commit of very many
// paths may have touched any.
func TestTouchedLists(t *testing.T) {
	t.Parallel()
	changes := func(from, to int) []git.Change {
		var out []git.Change
		for i := from; i < to; i++ {
			out = append(out, git.Change{Path: fmt.Sprint(i)})
		}
		return out
	}
	c := &columns{touchAt: make([]int32, 5)}
	for i, list := range [][]git.Change{changes(0, 3), changes(100, 200), nil, changes(0, maxTouched+1)} {
		c.touchAt[i] = int32(len(c.touched))
		c.touched = appendList(c.touched, list)
	}
	c.touchAt[4] = unknownID
	for i, want := range []string{"yes no no", "no yes no", "no no no", "yes yes yes", "yes yes yes"} {
		got := ""
		for _, path := range []string{"2", "150", "300"} {
			word := " no"
			if c.mayTouch(int32(i), hashPath(path)) {
				word = " yes"
			}
			got += word
		}
		if got[1:] != want {
			t.Errorf("commit %d: %s, want %s", i, got[1:], want)
		}
	}
	for _, tt := range []struct {
		list []uint32
		want bool
	}{{[]uint32{0}, true}, {[]uint32{1, 5}, true}, {[]uint32{1}, false}, {[]uint32{anyPath}, true}, {[]uint32{anyPath - 1, 1}, false}} {
		if soundList(tt.list) != tt.want {
			t.Errorf("%v sound: %v", tt.list, !tt.want)
		}
	}
}
