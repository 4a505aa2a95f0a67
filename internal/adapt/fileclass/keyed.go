package fileclass

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// An entry is a piece of a text that stands for itself: a requirement, a
// checksum, the block of a package. The entries of a text joined are the text.
type entry struct {
	// section says which entries it may stand among.
	section string
	// key names the thing; the same in all versions of the text, and unique in
	// each. Empty for what is no entry: brackets, blank lines, titles.
	key string
	// text is whole lines.
	text []byte
}

// A cutter cuts a text into entries.
type cutter struct {
	list []entry
	// owned says that the last entry's text is its own and not part of the
	// text that is cut.
	owned bool
}

func (c *cutter) add(e entry) {
	c.list, c.owned = append(c.list, e), false
}

// extend puts a line behind the last entry, or makes it one without a key.
func (c *cutter) extend(line []byte) {
	if len(c.list) == 0 {
		c.add(entry{text: line})
		return
	}
	last := &c.list[len(c.list)-1]
	if !c.owned {
		last.text, c.owned = bytes.Clone(last.text), true
	}
	last.text = append(last.text, line...)
}

// A policy decides what three-way merging by key leaves open.
type policy struct {
	// both gives the text where the fix changed an entry and the branch has
	// another than the fix started from. ok is false where there is none.
	both func(key string, base, ours, theirs []byte) (text []byte, ok bool)
	// less orders the entries of a sorted section; nil for plain order of keys.
	less func(a, b string) int
	// prune removes what the fix removes even where the branch has another
	// version of it.
	prune bool
	// adopt adds entries that the fix changes and the branch lacks.
	adopt bool
}

// merged is a three-way merge by key: the branch's entries, with what the fix
// changed.
type merged struct {
	policy       policy
	base, theirs map[string]int
	ours         map[string]int
	b, o, t      []entry
	// text replaces the text of entries of ours; nil removes.
	text map[int][]byte
	// after are the new entries that stand after an entry of ours; -1 is the
	// top.
	after map[int][]entry
	// places are the entries of ours in each section, in order.
	places map[string][]int
	sorted map[string]bool
}

// index makes keys unique, by counting those that come again, and maps them to
// their places.
func index(list []entry) map[string]int {
	at := make(map[string]int, len(list))
	seen := make(map[string]int)
	for i := range list {
		key := list[i].key
		if key == "" {
			continue
		}
		if n := seen[key]; n > 0 {
			list[i].key = key + "\x00" + strconv.Itoa(n)
		}
		seen[key]++
		at[list[i].key] = i
	}
	return at
}

// mergeEntries gives the text of the branch with the fix's changes made by key.
// ok is false where an entry has no place or no answer.
func mergeEntries(base, ours, theirs []entry, p policy) (text []byte, ok bool) {
	if p.less == nil {
		p.less = strings.Compare
	}
	m := &merged{
		policy: p, b: base, o: ours, t: theirs, base: index(base), ours: index(ours), theirs: index(theirs),
		text: map[int][]byte{}, after: map[int][]entry{}, places: map[string][]int{}, sorted: map[string]bool{},
	}
	for i, e := range ours {
		if e.key != "" {
			m.places[e.section] = append(m.places[e.section], i)
		}
	}
	m.sort()
	m.remove()
	if !m.change() {
		return nil, false
	}
	return m.join(), true
}

// sort finds the sections whose entries are in order, in ours and in theirs.
func (m *merged) sort() {
	last := map[string]string{}
	for _, list := range [][]entry{m.o, m.t} {
		clear(last)
		for _, e := range list {
			if e.key == "" {
				continue
			}
			if _, known := m.sorted[e.section]; !known {
				m.sorted[e.section] = true
			}
			if before, ok := last[e.section]; ok && m.policy.less(before, e.key) > 0 {
				m.sorted[e.section] = false
			}
			last[e.section] = e.key
		}
	}
}

// remove takes out what the fix took out.
func (m *merged) remove() {
	for _, e := range m.b {
		if e.key == "" {
			continue
		}
		_, kept := m.theirs[e.key]
		i, have := m.ours[e.key]
		if !kept && have && (m.policy.prune || bytes.Equal(m.o[i].text, e.text)) {
			m.text[i] = nil
		}
	}
}

// change brings what the fix added and changed.
func (m *merged) change() bool {
	anchor := map[string]int{}
	for _, e := range m.t {
		if e.key == "" {
			continue
		}
		i, have := m.ours[e.key]
		j, had := m.base[e.key]
		switch {
		case had && bytes.Equal(m.b[j].text, e.text) && m.b[j].section == e.section:
		case !have && had && !m.policy.adopt:
		case !have:
			if !m.insert(e, anchor) {
				return false
			}
		case !had && bytes.Equal(m.o[i].text, e.text):
		case !m.replace(i, j, had, e, anchor):
			return false
		}
		if have {
			anchor[e.section] = i
		}
	}
	return true
}

// replace changes an entry that the branch has too, in its place or, where the
// fix moved it to another section, in that one.
func (m *merged) replace(i, j int, had bool, e entry, anchor map[string]int) bool {
	var base []byte
	if had {
		base = m.b[j].text
	}
	text, ok := threeWay(base, m.o[i].text, e.text), true
	if text == nil {
		text, ok = m.policy.both(e.key, base, m.o[i].text, e.text)
	}
	if !ok {
		return false
	}
	if had && m.b[j].section != e.section && m.o[i].section == m.b[j].section {
		m.text[i] = nil
		return m.insert(entry{e.section, e.key, text}, anchor)
	}
	m.text[i] = text
	return true
}

// oneSide is the reason of an answer that needs none of the rungs here.
const oneSide = "only one side changed the file"

// threeWay is the text where only one side changed, else nil.
func threeWay(base, ours, theirs []byte) []byte {
	switch {
	case bytes.Equal(base, ours), bytes.Equal(ours, theirs):
		return theirs
	case bytes.Equal(base, theirs):
		return ours
	}
	return nil
}

// insert finds the place of a new entry: by order where the section has one,
// else behind its neighbour.
func (m *merged) insert(e entry, anchor map[string]int) bool {
	places := m.places[e.section]
	if len(places) == 0 {
		plain, _, _ := strings.Cut(e.section, ":")
		if places = m.places[plain]; len(places) == 0 {
			return false
		}
		e.section = plain
	}
	at, ok := anchor[e.section]
	switch {
	case m.sorted[e.section]:
		n, _ := slices.BinarySearchFunc(places, e.key, func(i int, key string) int { return m.policy.less(m.o[i].key, key) })
		at = places[0] - 1
		if n > 0 {
			at = places[n-1]
		}
	case !ok:
		at = places[0] - 1
	}
	m.after[at] = append(m.after[at], e)
	return true
}

func (m *merged) join() []byte {
	var out []byte
	for i := -1; i < len(m.o); i++ {
		if i >= 0 {
			text, changed := m.text[i]
			if !changed {
				text = m.o[i].text
			}
			out = append(out, text...)
		}
		more := m.after[i]
		slices.SortStableFunc(more, func(a, b entry) int {
			if a.section == b.section && m.sorted[a.section] {
				return m.policy.less(a.key, b.key)
			}
			return 0
		})
		for _, e := range more {
			if n := len(out); n > 0 && out[n-1] != '\n' {
				out = append(out, '\n')
			}
			out = append(out, e.text...)
		}
	}
	return out
}
