package structure

import (
	"bytes"
	"slices"
	"strings"
)

// entry is one of several things that stand beside one another: an import, an
// element of a list, a member.
type entry struct {
	key  string // the same thing has the same key in all texts
	text []byte // its lines, or for lists in one line its characters
	// void entries only part others: blank lines, comments of their own. They
	// are never added, and removed only with the target's consent.
	void bool
}

// orders are the ways in which people sort.
var orders = [...]func(a, b string) int{
	strings.Compare,
	func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) },
	func(a, b string) int { return strings.Compare(sortable(a), sortable(b)) },
}

// sortable leaves only letters, digits, and what parts the words of a path.
func sortable(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		switch {
		case r == '"' || r == '\'' || r == '`' || r == ';' || r == ',':
			return -1
		case r == '-' || r == '_':
			return '_'
		}
		return r
	}, s))
}

// group is a run of entries between voids.
type group struct{ start, end int }

func groups(list []entry) []group {
	var out []group
	for i := 0; i < len(list); {
		if list[i].void {
			i++
			continue
		}
		j := i
		for j < len(list) && !list[j].void {
			j++
		}
		out = append(out, group{i, j})
		i = j
	}
	return out
}

// delta is what the fix does with entries.
type delta struct {
	added   []int           // of theirs, in order
	removed map[string]bool // keys
	changed map[string]bool // keys of entries whose text differs
}

func deltaOf(base, theirs []entry) delta {
	d := delta{removed: map[string]bool{}, changed: map[string]bool{}}
	old := map[string][]byte{}
	for _, e := range base {
		if !e.void {
			old[e.key] = e.text
		}
	}
	now := map[string]bool{}
	for i, e := range theirs {
		if e.void {
			continue
		}
		now[e.key] = true
		if text, ok := old[e.key]; !ok {
			d.added = append(d.added, i)
		} else if !bytes.Equal(text, e.text) {
			d.changed[e.key] = true
		}
	}
	for _, e := range base {
		if !e.void && !now[e.key] {
			d.removed[e.key] = true
		}
	}
	return d
}

// merged is the outcome of a merge of entries.
type merged struct {
	list   []entry
	have   map[string]bool // keys of the list
	sorted bool            // an entry was placed by order
	moved  bool            // an entry was placed at an end, for want of better
	lone   bool            // an entry was placed with the blank line beside it
	bare   bool            // blank lines may stand side by side that did not before
	fresh  bool            // the target has no entries
	inner  bool            // an entry that both sides changed was merged word by word
}

// inner merges the text of an entry that both sides changed.
type inner func(base, ours, theirs []byte) ([]byte, bool)

func (f inner) merge(base, ours, theirs []byte) ([]byte, bool) {
	if f == nil {
		return nil, false
	}
	return f(base, ours, theirs)
}

// merge makes the fix's changes to base in the target's entries. In order are
// the keys of entries above and below which the caller does not merge, but which
// belong to the same runs: they tell how the target sorts.
//
// An entry that both sides changed is merged by inner, if there is one. It refuses where that
// does not work, where an entry stands twice in a text, and where the fix removes
// one that the target changed.
func merge(base, ours, theirs []entry, above, below []string, inner inner) (merged, bool) {
	if twice(base) || twice(ours) || twice(theirs) {
		return merged{}, false
	}
	d := deltaOf(base, theirs)
	was, is := byKey(base), byKey(theirs)
	var m merged
	if len(groups(ours)) == 0 && len(ours) <= 1 {
		m.list, m.bare, m.fresh = only(theirs, d.added), true, true
		return m, true
	}
	m.have = map[string]bool{}
	for _, e := range ours {
		if e.void {
			m.list = append(m.list, e)
			continue
		}
		switch {
		case d.removed[e.key]:
			if !bytes.Equal(e.text, was[e.key]) {
				return merged{}, false
			}
			m.bare = true
			continue
		case d.changed[e.key]:
			switch {
			case bytes.Equal(e.text, was[e.key]):
				e.text = is[e.key]
			case !bytes.Equal(e.text, is[e.key]):
				text, ok := inner.merge(was[e.key], e.text, is[e.key])
				if !ok {
					return merged{}, false
				}
				e.text, m.inner = text, true
			}
		}
		m.have[e.key] = true
		m.list = append(m.list, e)
	}
	for _, i := range d.added {
		if !m.have[theirs[i].key] {
			m.place(theirs, i, above, below)
			m.have[theirs[i].key] = true
		}
	}
	return m, true
}

// only keeps some entries, and the voids between.
func only(list []entry, keep []int) []entry {
	var out []entry
	for i, e := range list {
		if e.void || slices.Contains(keep, i) {
			out = append(out, e)
		}
	}
	return out
}

// tidy takes out blank lines that parted what is no longer there: of several
// side by side all but one, and those beside a blank line or a bracket above or
// below the chunk. Where the target has nothing, a blank line parts what is new
// from one side only if it has one on the other.
func (m *merged) tidy(above, below []byte) {
	if !m.bare {
		return
	}
	blank := func(e entry) bool { return e.void && len(bytes.TrimSpace(e.text)) == 0 }
	list := slices.CompactFunc(m.list, func(a, b entry) bool { return blank(a) && blank(b) })
	above, below = bytes.TrimSpace(above), bytes.TrimSpace(below)
	clearAbove := len(above) == 0 || above[len(above)-1] == '(' || above[len(above)-1] == '{'
	clearBelow := len(below) == 0 || closes(below)
	if len(list) > 0 && blank(list[0]) && (clearAbove || m.fresh && !clearBelow) {
		list = list[1:]
	}
	if n := len(list); n > 0 && blank(list[n-1]) && (clearBelow || m.fresh && !clearAbove) {
		list = list[:n-1]
	}
	m.list = list
}

func twice(list []entry) bool {
	seen := map[string]bool{}
	for _, e := range list {
		if e.void {
			continue
		}
		if seen[e.key] {
			return true
		}
		seen[e.key] = true
	}
	return false
}

func byKey(list []entry) map[string][]byte {
	out := map[string][]byte{}
	for _, e := range list {
		if !e.void {
			out[e.key] = e.text
		}
	}
	return out
}

// place inserts entry i of theirs where the target would have it: in the run of
// entries in which its neighbours are, in order if that run and the fix's are
// sorted alike, else beside the neighbour.
func (m *merged) place(theirs []entry, i int, above, below []string) {
	e := theirs[i]
	if m.alone(theirs, i) {
		return
	}
	prev, next := m.anchor(theirs, i, -1), m.anchor(theirs, i, 1)
	runs := groups(m.list)
	if len(runs) == 0 {
		m.list = append(m.list, e)
		return
	}
	run := m.run(runs, theirs, i, prev, next)
	keys := make([]string, 0, run.end-run.start)
	for _, x := range m.list[run.start:run.end] {
		keys = append(keys, x.key)
	}
	var up, down []string
	if run.start == 0 {
		up = above
	}
	if run.end == len(m.list) {
		down = below
	}
	if at, ok := inOrder(keys, up, down, siblings(theirs, i), e.key); ok {
		m.sorted = true
		m.list = slices.Insert(m.list, run.start+at, e)
		return
	}
	at := run.end
	switch {
	case prev >= run.start && prev < run.end:
		at = prev + 1
	case next >= run.start && next < run.end:
		at = next
	default:
		m.moved = true
		if i == 0 && len(theirs) > 1 {
			at = run.start
		}
	}
	m.list = slices.Insert(m.list, at, e)
}

// alone inserts an entry that stands alone between voids in the fix, a function
// for instance: behind the run of the one before it or before that of the one
// behind it, with the void between. It says whether it did.
func (m *merged) alone(theirs []entry, i int) bool {
	above, below := i > 0 && theirs[i-1].void, i+1 < len(theirs) && theirs[i+1].void
	if !above && !below || len(siblings(theirs, i)) > 1 {
		return false
	}
	e := theirs[i]
	m.lone = true
	if len(groups(m.list)) == 0 {
		if below {
			m.list = append(m.list, e, theirs[i+1])
		} else {
			m.list = append(m.list, theirs[i-1], e)
		}
		return true
	}
	for j := i - 1; above && j >= 0; j-- {
		if at := m.find(theirs[j]); at >= 0 {
			for at++; at < len(m.list) && !m.list[at].void; {
				at++
			}
			m.list = slices.Insert(m.list, at, theirs[i-1], e)
			return true
		}
	}
	for j := i + 1; below && j < len(theirs); j++ {
		if at := m.find(theirs[j]); at >= 0 {
			for at > 0 && !m.list[at-1].void {
				at--
			}
			m.list = slices.Insert(m.list, at, e, theirs[i+1])
			return true
		}
	}
	m.moved = true
	if above {
		m.list = append(m.list, theirs[i-1], e)
	} else {
		m.list = slices.Insert(m.list, 0, e, theirs[i+1])
	}
	return true
}

// find is where an entry stands in the merged list, or -1.
func (m *merged) find(e entry) int {
	if e.void || !m.have[e.key] {
		return -1
	}
	return slices.IndexFunc(m.list, func(x entry) bool { return !x.void && x.key == e.key })
}

// anchor is where in the merged list the nearest neighbour of entry i of theirs
// stands, in a direction, within its run; -1 if there is none.
func (m *merged) anchor(theirs []entry, i, step int) int {
	for j := i + step; j >= 0 && j < len(theirs) && !theirs[j].void; j += step {
		if at := m.find(theirs[j]); at >= 0 {
			return at
		}
	}
	return -1
}

// run is the run of the merged list that an entry belongs to: that of its
// neighbours, else that whose keys begin as it does.
func (m *merged) run(runs []group, theirs []entry, i, prev, next int) group {
	for _, at := range [2]int{prev, next} {
		for _, r := range runs {
			if at >= r.start && at < r.end {
				return r
			}
		}
	}
	best, most := runs[len(runs)-1], -1
	for _, r := range runs {
		for _, e := range m.list[r.start:r.end] {
			if n := head(e.key, theirs[i].key); n > most {
				best, most = r, n
			}
		}
	}
	return best
}

// head is how many bytes two strings have in common at their beginning.
func head(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// siblings are the keys of the run that entry i belongs to.
func siblings(list []entry, i int) []string {
	start, end := i, i+1
	for start > 0 && !list[start-1].void {
		start--
	}
	for end < len(list) && !list[end].void {
		end++
	}
	var out []string
	for _, e := range list[start:end] {
		out = append(out, e.key)
	}
	return out
}

// plain is how many entries in order are no accident, whatever the fix's are.
const plain = 4

// inOrder tells before which of keys a new one belongs, if they are sorted with
// what stands above and below: in some way that the fix's are sorted in too, or
// too many to be sorted by accident.
func inOrder(keys, above, below, siblings []string, key string) (int, bool) {
	all := append(append(slices.Clone(above), keys...), below...)
	if len(all) < 2 {
		return 0, false
	}
	for _, order := range orders {
		if !slices.IsSortedFunc(all, order) || len(all) < plain && !slices.IsSortedFunc(siblings, order) {
			continue
		}
		at, _ := slices.BinarySearchFunc(keys, key, order)
		return at, true
	}
	return 0, false
}

// texts are the texts of entries, joined.
func texts(list []entry) []byte {
	var out []byte
	for _, e := range list {
		out = append(out, e.text...)
	}
	return out
}
