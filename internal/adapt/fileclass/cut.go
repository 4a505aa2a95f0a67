package fileclass

import (
	"bytes"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// Cut takes a text for the whole file apart into one for each chunk. ok is
// false where the text differs from git's merge outside the chunks too.
func Cut(f *conflict.File, text []byte) (answers [][]byte, ok bool) {
	stable := f.Text(make([][]byte, len(f.Chunks)))
	var at []int // in stable lines, where each chunk stands
	lines := 0
	for _, r := range f.Merge.Regions {
		switch r.Kind {
		case textdiff.Conflict:
			at = append(at, lines)
		case textdiff.Theirs:
			lines += r.Theirs.Len()
		default:
			lines += r.Ours.Len()
		}
	}
	answers = make([][]byte, len(f.Chunks))
	all := textdiff.Lines(text)
	chunk := 0
	for _, h := range textdiff.Diff(stable, text) {
		if h.OldCount > 0 {
			return nil, false
		}
		place := reach(stable, all, h)
		for chunk < len(at) && at[chunk] < place.first {
			chunk++
		}
		if chunk == len(at) || at[chunk] > place.last || answers[chunk] != nil {
			return nil, false
		}
		shift := at[chunk] - h.OldStart
		answers[chunk] = bytes.Join(all[h.NewStart+shift:h.NewStart+shift+h.NewCount], nil)
	}
	return answers, true
}

type span struct{ first, last int }

// reach is how far lines put into the old text can slide without another
// result: the old lines before which they can stand.
func reach(old []byte, all [][]byte, h textdiff.Hunk) span {
	lines := textdiff.Lines(old)
	s := span{h.OldStart, h.OldStart}
	for n := 0; s.first > 0 && bytes.Equal(lines[s.first-1], all[h.NewStart+h.NewCount-1-n]) && h.NewStart-1-n >= 0; n++ {
		s.first--
	}
	for n := 0; s.last < len(lines) && h.NewStart+n < len(all) && bytes.Equal(lines[s.last], all[h.NewStart+n]); n++ {
		s.last++
	}
	return s
}
