package adapt

import (
	"cmp"
	"slices"
)

// Experience is what earlier backports of a repository showed: which rungs
// were asked there, and which were right. It answers for any moment of the
// past with what was known then.
type Experience struct {
	records map[string][]record
	lessons int
	sorted  bool
	own     []Own // in the order of their time
}

// record is one answer of a rung at a time.
type record struct {
	at    int64
	right bool
}

// Lesson is what one decision of one backport teaches.
type Lesson struct {
	// At is when people committed it: the committer date, seconds since 1970.
	At int64 `json:"at"`
	// Fix is the commit that was carried, where the lesson is about the whole.
	Fix string `json:"fix,omitempty"`
	// Path and Class say of what.
	Path  string `json:"path"`
	Class string `json:"class"`
	// Given and Right are the rungs that gave an answer, and those of them that
	// gave what people committed.
	Given []string `json:"given"`
	Right []string `json:"right"`
	// Own makes it no lesson of a case, but what all of them together say of the
	// model; nil else.
	Own *Own `json:"own,omitempty"`
}

// Learn adds a lesson.
func (x *Experience) Learn(l Lesson) {
	if x.records == nil {
		x.records = map[string][]record{}
	}
	x.sorted = false
	if l.Own != nil {
		x.own = append(x.own, *l.Own)
		return
	}
	x.lessons++
	for _, rung := range l.Given {
		r := record{l.At, slices.Contains(l.Right, rung)}
		keys := []string{rung, rung + "\x00" + l.Class, rung + "\x00\x00" + l.Path}
		if l.Fix != "" {
			keys = []string{rung, "fix\x00" + l.Fix}
		}
		for _, key := range keys {
			x.records[key] = append(x.records[key], r)
		}
	}
}

// Len is the number of lessons learned.
func (x *Experience) Len() int {
	if x == nil {
		return 0
	}
	return x.lessons
}

// Settle makes the experience ready to be asked, by several goroutines.
func (x *Experience) Settle() {
	if x.sorted {
		return
	}
	for _, list := range x.records {
		slices.SortStableFunc(list, func(a, b record) int { return cmp.Compare(a.at, b.at) })
	}
	slices.SortStableFunc(x.own, func(a, b Own) int { return cmp.Compare(a.Since, b.Since) })
	x.sorted = true
}

// tally is how often a rung was asked and right.
type tally struct{ asked, right float32 }

// of counts the records of a key before a moment, 0 for all. At most the
// latest recent of them count: habits change.
func (x *Experience) of(key string, before int64) tally {
	if x == nil {
		return tally{}
	}
	list := x.records[key]
	n := len(list)
	if before != 0 {
		n, _ = slices.BinarySearchFunc(list, before, func(r record, at int64) int { return cmp.Compare(r.at, at) })
	}
	const recent = 60
	var t tally
	for _, r := range list[max(n-recent, 0):n] {
		t.asked++
		if r.right {
			t.right++
		}
	}
	return t
}

// rate is the share of right answers, drawn to prior where there are few.
func (t tally) rate(prior float32) float32 {
	const weight = 3
	return (t.right + weight*prior) / (t.asked + weight)
}
