package history

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"backstay.dev/backstay/internal/git"
)

// Span is the commits that one commit reaches and another does not: what a
// branch has since it parted from another. It is valid for as long as the
// process lives; later updates do not change it.
type Span struct {
	x   *Index
	c   *columns
	tip int32
	in  set
}

// Span returns what tip reaches and without does not, the tip among it; without
// "" is all that tip reaches. Which paths these commits touched is found out if
// it is not known yet. Both must be known.
func (x *Index) Span(ctx context.Context, tip, without string) (*Span, error) {
	x.work.Lock()
	defer x.work.Unlock()
	c := x.columns.Load()
	s := &Span{x: x, c: c, tip: c.find(tip)}
	if s.tip < 0 {
		return nil, fmt.Errorf("read the history of %.64q: %w", tip, &git.MissingError{IDs: []string{tip}})
	}
	s.in = c.reach(0, s.tip)
	if without != "" {
		other := c.find(without)
		if other < 0 {
			return nil, fmt.Errorf("read the history of %.64q: %w", without, &git.MissingError{IDs: []string{without}})
		}
		for w, bits := range c.reach(0, other) {
			s.in[w] &^= bits
		}
	}
	return s, x.keepTouched(ctx, c, s.in)
}

// Has reports whether the span holds a commit.
func (s *Span) Has(id string) bool {
	i := s.c.find(id)
	return i >= 0 && s.in.has(i)
}

// Trail is the history of one path along first parents.
type Trail struct {
	// Commits are those that may have touched the path, newest first, at most
	// the limit given. A commit between two of them did not, as compared with
	// its first parent; one that is listed may not have either.
	Commits []string
	// End is the first commit that does not belong any more: it lies outside
	// the span or on a line above. "" if the line
	// ends with a root, or with a commit whose parents are cut off, and where
	// the limit was reached.
	End string
	// Root is the commit without parents with which the line ended, if it did.
	Root string
	// Cut says that the limit was reached.
	Cut bool
}

// Line is a set of commits that trails went along. A trail stops at the lines
// above its own: a merged branch has then come back to where it left.
type Line struct {
	c     *columns
	in    set
	above *Line
}

// NewLine returns an empty line; above may be nil.
func (s *Span) NewLine(above *Line) *Line {
	return &Line{c: s.c, in: newSet(s.c.len()), above: above}
}

// Has reports whether a commit is on the line or on one above it.
func (l *Line) Has(id string) bool {
	i := l.c.find(id)
	return i >= 0 && (l.in.has(i) || l.above.has(i))
}

func (l *Line) has(i int32) bool {
	for ; l != nil; l = l.above {
		if l.in.has(i) {
			return true
		}
	}
	return false
}

// Trail follows first parents from a commit for as long as the span holds them
// and they are on no line above the given one, to which it adds them, and lists
// those that may have touched the path.
func (s *Span) Trail(from, path string, limit int, line *Line) Trail {
	s.x.work.Lock() // touched grows
	defer s.x.work.Unlock()
	var t Trail
	hash := hashPath(path)
	for i := s.c.find(from); i >= 0; {
		if !s.in.has(i) || line.above.has(i) {
			t.End = s.c.id(i)
			return t
		}
		line.in.add(i)
		if s.c.mayTouch(i, hash) {
			if len(t.Commits) == limit {
				t.Cut = true
				return t
			}
			t.Commits = append(t.Commits, s.c.id(i))
		}
		parents := s.c.parentsOf(i)
		if len(parents) == 0 {
			t.Root = s.c.id(i)
			return t
		}
		i = parents[0]
	}
	return t
}

// Parents are a commit's parents as Index.Parents has them.
func (s *Span) Parents(id string) []string {
	i := s.c.find(id)
	if i < 0 {
		return nil
	}
	return s.c.idsOf(s.c.parentsOf(i))
}

// Request is the number of the pull or merge request that brought a commit into
// the span, 0 if nobody says so: the commit's own, or that of the merge by which
// the span's first-parent line came to reach it.
func (s *Span) Request(id string) int {
	i := s.c.find(id)
	if i < 0 {
		return 0
	}
	if n := s.c.requests[i]; n > 0 {
		return int(n)
	}
	if !s.in.has(i) {
		return 0
	}
	var line []int32 // oldest last
	for j := s.tip; j >= i && s.in.has(j); {
		line = append(line, j)
		parents := s.c.parentsOf(j)
		if len(parents) == 0 {
			break
		}
		j = parents[0]
	}
	// The first on the line that reaches the commit; those after it do, too.
	slices.Reverse(line)
	at, _ := slices.BinarySearchFunc(line, i, func(j, i int32) int {
		if s.c.isAncestor(i, j) {
			return 1
		}
		return -1
	})
	if at == len(line) {
		return 0
	}
	return int(s.c.requests[line[at]])
}

// Namesakes are the commits of the span that have the subject of the given one,
// whatever a backport adds to it, newest first and at most a few. before is as
// in Query.
func (s *Span) Namesakes(id string, before int64) []string {
	return s.c.namesakes(s.c.find(id), before, s.in.has)
}

// Namesakes are the commits that the target reaches and the fix does not, and that
// have the fix's subject; none if that is empty. Else as of a span.
func (x *Index) Namesakes(fix, target string, before int64) []string {
	c := x.columns.Load()
	i, tip := c.find(fix), c.find(target)
	if i < 0 || tip < 0 || c.subjects[i] == noSubject {
		return nil
	}
	return c.namesakes(i, before, func(j int32) bool { return c.isAncestor(j, tip) && !c.isAncestor(j, i) })
}

// namesakes are commits with the subject of one, of those that are in something.
func (c *columns) namesakes(of int32, before int64, in func(int32) bool) []string {
	if of < 0 {
		return nil
	}
	var out []string
	for j := int32(len(c.subjects)) - 1; j >= 0 && len(out) < maxNamesakes; j-- {
		if c.subjects[j] == c.subjects[of] && j != of && moment(before).sees(c, j) && in(j) {
			out = append(out, c.id(j))
		}
	}
	return out
}

// Origins are the commits that a commit says it was carried from, as far as they
// are known, each once and in the order of its message; a source known by its
// request number is found where number and subject agree. before is as in
// Query.
func (x *Index) Origins(id string, before int64) []string {
	x.work.Lock()
	defer x.work.Unlock()
	c, g := x.columns.Load(), x.graph()
	i := c.find(id)
	if i < 0 {
		return nil
	}
	var out []string
	add := func(node int32) {
		if g.known(node) && node != i && !slices.Contains(out, c.id(node)) {
			out = append(out, c.id(node))
		}
	}
	for _, o := range g.origins(i, moment(before)) {
		add(o.node)
	}
	for k := g.own[i]; k < g.own[i+1]; k++ {
		l := c.claims[k]
		if l.kind != claimRequest {
			continue
		}
		for j, n := range c.requests {
			if n == l.request && c.subjects[j] == c.subjects[i] && moment(before).sees(c, int32(j)) {
				add(int32(j))
			}
		}
	}
	return out
}

// Order sorts full commit ids: parents before children, unrelated ones by date.
// Ids that are not known come first.
func (x *Index) Order(ids []string) {
	c := x.columns.Load()
	slices.SortStableFunc(ids, func(a, b string) int {
		i, j := c.find(a), c.find(b)
		if i < 0 || j < 0 {
			return cmp.Compare(min(i, 0), min(j, 0))
		}
		return c.before(i, j)
	})
}
