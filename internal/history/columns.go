package history

import (
	"bytes"
	"encoding/hex"
	"slices"
)

// columns holds what is known of every commit, one array per property. A
// commit is its position: parents always have lower positions than their
// children, so that every walk is one pass over the arrays. A columns value
// that was published is not changed but for sigs, slots, patchIDs, touchAt and
// touched.
type columns struct {
	rawLen int    // bytes of an object id
	ids    []byte // rawLen bytes each

	parents   []int32  // of all commits, one after the other
	parentEnd []uint32 // where each commit's parents end in parents

	dates    []int64  // committer date, seconds since 1970, 0 to 1<<53
	levels   []int64  // corrected date: see level
	requests []int32  // own pull or merge request number, 0 if unknown
	subjects []uint64 // hash of provenance.NormalSubject
	works    []uint64 // hash of author, author date and subject: see workHash
	sorted   []int32  // positions in order of id

	claims   []claim // in order of the claiming commit, then of its message
	dialects []string

	sigs     []uint64 // which paths a commit changes: see signature
	slots    []int32  // patch-id: position in patchIDs, or unknownID, noID, triedID
	patchIDs []byte   // rawLen bytes each

	touchAt []int32  // where each commit's paths begin in touched, or unknownID, triedID
	touched []uint32 // see touched.go
}

// claim is one claim of a message, reduced to what the index answers.
type claim struct {
	commit  int32 // position of the claiming commit
	kind    claimKind
	dialect uint8  // position in dialects
	digits  uint8  // of id; 0 for a request
	request int32  // request number, 0 if none
	id      string // the id's bytes, the last half byte filled up with zeros; of claimTitle titleID
}

// claimKind is the part of provenance.Kind that the index answers from.
type claimKind uint8

const (
	claimPick    claimKind = 1 // picked or backported, by id
	claimRevert  claimKind = 2 // reverts, by id
	claimRequest claimKind = 3 // picked or backported, known by request number only
	claimTitle   claimKind = 4 // reverts what has this subject; id is its hash
)

// Values of slots that are no position.
const (
	unknownID int32 = -1
	noID      int32 = -2 // a merge, an empty change, a change too large
	triedID   int32 = -3 // objects were missing when this process looked
)

func (c *columns) len() int { return len(c.dates) }

func (c *columns) rawID(i int32) []byte {
	return c.ids[int(i)*c.rawLen : (int(i)+1)*c.rawLen]
}

func (c *columns) id(i int32) string { return hex.EncodeToString(c.rawID(i)) }

func (c *columns) parentsOf(i int32) []int32 {
	from := uint32(0)
	if i > 0 {
		from = c.parentEnd[i-1]
	}
	return c.parents[from:c.parentEnd[i]]
}

// find returns the position of a full id in hexadecimal, -1 if it is unknown.
func (c *columns) find(id string) int32 {
	if len(id) != 2*c.rawLen {
		return -1
	}
	raw, err := hex.DecodeString(id)
	if err != nil {
		return -1
	}
	return c.findRaw(raw)
}

func (c *columns) findRaw(raw []byte) int32 {
	at, ok := slices.BinarySearchFunc(c.sorted, raw, func(i int32, raw []byte) int {
		return bytes.Compare(c.rawID(i), raw)
	})
	if !ok {
		return -1
	}
	return c.sorted[at]
}

// maxCandidates is how many commits an abbreviated id may fit before it is
// given up.
const maxCandidates = 8

// abbreviated returns the commits whose ids begin with the given digits; raw
// has them as bytes. More than maxCandidates count as none.
func (c *columns) abbreviated(raw string, digits int) []int32 {
	at, _ := slices.BinarySearchFunc(c.sorted, raw, func(i int32, raw string) int {
		return bytes.Compare(c.rawID(i), []byte(raw))
	})
	var found []int32
	for ; at < len(c.sorted) && hasPrefix(c.rawID(c.sorted[at]), raw, digits); at++ {
		if len(found) == maxCandidates {
			return nil
		}
		found = append(found, c.sorted[at])
	}
	return found
}

func hasPrefix(id []byte, raw string, digits int) bool {
	whole := digits / 2
	if len(id) < len(raw) || string(id[:whole]) != raw[:whole] {
		return false
	}
	return digits%2 == 0 || id[whole]>>4 == raw[whole]>>4
}

// level computes the corrected committer dates from position from on: a
// commit's own date or, where a clock was slow, one second after its latest
// parent. They grow along every line of descent, and commits that are not
// related come in the order of their dates (the "corrected commit date" of
// gitformat-commit-graph(5)).
func (c *columns) level(from int) {
	c.levels = slices.Grow(c.levels[:from], c.len()-from)[:c.len()]
	for i := from; i < c.len(); i++ {
		date := c.dates[i]
		for _, p := range c.parentsOf(int32(i)) {
			date = max(date, c.levels[p]+1)
		}
		c.levels[i] = date
	}
}

// sort fills sorted.
func (c *columns) sort() {
	c.sorted = make([]int32, c.len())
	for i := range c.sorted {
		c.sorted[i] = int32(i)
	}
	slices.SortFunc(c.sorted, func(a, b int32) int { return bytes.Compare(c.rawID(a), c.rawID(b)) })
}

// before orders commits: parents before children, unrelated ones by date.
func (c *columns) before(a, b int32) int {
	switch {
	case c.levels[a] != c.levels[b]:
		if c.levels[a] < c.levels[b] {
			return -1
		}
		return 1
	default:
		return bytes.Compare(c.rawID(a), c.rawID(b))
	}
}

// patchID returns a commit's patch-id, nil if it has none or it is not known.
func (c *columns) patchID(i int32) []byte {
	slot := c.slots[i]
	if slot < 0 {
		return nil
	}
	return c.patchIDs[int(slot)*c.rawLen : (int(slot)+1)*c.rawLen]
}
