package fileclass

import (
	"bytes"
	"slices"

	"backstay.dev/backstay/internal/textdiff"
)

// mergeList makes the fix's changes of a list to the branch's: items that the
// fix replaced are replaced, those it removed removed, those it added stand
// behind the one they stand behind there. An item of a line of versions that
// the fix does not know moves on as far as the others with Line.
func (e pinEdit) mergeList(o pin, p Prefer) []byte {
	base, theirs, ours := words(e.base), words(e.theirs), words(o)
	for _, h := range diffWords(base, theirs) {
		old, new := base[h.OldStart:h.OldStart+h.OldCount], theirs[h.NewStart:h.NewStart+h.NewCount]
		if len(old) == len(new) {
			ours = moveOn(ours, old, new, p)
			continue
		}
		ours = slices.DeleteFunc(ours, func(w string) bool { return slices.Contains(old, w) && !slices.Contains(new, w) })
		at := 0
		if h.NewStart > 0 {
			if at = slices.Index(ours, theirs[h.NewStart-1]) + 1; at == 0 {
				at = len(ours)
			}
		}
		for i, w := range new {
			if !slices.Contains(ours, w) {
				ours = slices.Insert(ours, min(at+i, len(ours)), w)
			}
		}
	}
	return rebuild(o, ours)
}

// moveOn replaces items of the branch's list as the fix replaced old by new.
func moveOn(ours, old, new []string, p Prefer) []string {
	out := slices.Clone(ours)
	for i, w := range ours {
		if j := slices.Index(old, w); j >= 0 {
			out[i] = new[j]
			continue
		}
		for j := range old {
			if line := cutLast(w).head; line == cutLast(old[j]).head || line == cutLast(new[j]).head || len(ours) == 1 {
				out[i] = p.choose(old[j], w, new[j])
				break
			} else if next, ok := step(old[j], w, new[j]); ok && p == Line {
				out[i] = next
			}
		}
	}
	return out
}

func words(p pin) []string {
	out := make([]string, len(p.items))
	for i := range out {
		out[i] = p.item(i)
	}
	return out
}

func diffWords(a, b []string) []textdiff.Hunk {
	ids := map[string]int32{}
	number := func(words []string) []int32 {
		out := make([]int32, len(words))
		for i, w := range words {
			id, ok := ids[w]
			if !ok {
				id = int32(len(ids))
				ids[w] = id
			}
			out[i] = id
		}
		return out
	}
	return textdiff.DiffSymbols(number(a), number(b))
}

// rebuild is a line with another list, its items set apart as before.
func rebuild(o pin, items []string) []byte {
	gap := []byte(", ")
	if len(o.items) > 1 {
		gap = o.line[o.items[0].end:o.items[1].start]
	}
	head, tail := o.line[:o.items[0].start], o.line[o.items[len(o.items)-1].end:]
	out := bytes.Clone(head)
	for i, w := range items {
		if i > 0 {
			out = append(out, gap...)
		}
		out = append(out, w...)
	}
	return append(out, tail...)
}
