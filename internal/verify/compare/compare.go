package compare

import (
	"cmp"
	"slices"

	"backstay.dev/backstay/internal/backport"
)

// Functions compares what two changes do to each function, and to each stretch
// between functions. The result is in the order of the original's files and
// lines; what only the backport does follows what it does in the same file, or
// comes last. No change at all gives nothing.
//
// Of a FunctionDiff that differs, Lines have every removed or added line that one
// side has alone, and two lines round each. Kept lines that differ are shown there
// too, but elsewhere only where nothing else differs (FunctionContext). A file as
// a whole (Line 0) stands for its modes, its name, and its contents where they
// have no lines. A last line without an end is followed by one that says so.
func Functions(original, backported []File) []backport.FunctionDiff {
	known := newLines()
	a, b := take(original, known), take(backported, known)
	pairFiles(a, b, known)
	var out []item
	var left, right []*unit
	for _, c := range a {
		if d := c.pair; d != nil {
			out = append(out, headers(c, d)...)
			if c.whole == "" && d.whole == "" && reconcile(c, d, known) {
				c.settled = true
				out = append(out, known.agreed(c, d)...)
				continue
			}
		} else {
			out = append(out, headers(c, nil)...)
		}
		left = append(left, c.cutUp(known)...)
	}
	for _, d := range b {
		if d.pair == nil {
			out = append(out, headers(nil, d)...)
		} else if d.pair.settled {
			continue
		}
		right = append(right, d.cutUp(known)...)
	}
	couples := match(left, right, known)
	for _, p := range couples {
		if p.a != nil && p.b != nil {
			p.reconcile()
		}
	}
	for _, p := range regroup(couples, known) {
		out = append(out, known.item(p))
	}
	slices.SortStableFunc(out, func(x, y item) int {
		return cmp.Or(cmp.Compare(x.file, y.file), cmp.Compare(x.late, y.late), cmp.Compare(x.line, y.line))
	})
	return each(out, func(i item) backport.FunctionDiff { return i.FunctionDiff })
}

// take takes one side's files apart.
func take(files []File, known *lines) []*change {
	budget := maxTotal
	out := make([]*change, len(files))
	for i, f := range files {
		out[i] = newChange(f, i, known, &budget)
	}
	return out
}

// item is a FunctionDiff and where it goes.
type item struct {
	backport.FunctionDiff
	file, late, line int
}

// cutUp makes the units of a change; one without a counterpart is settled first.
func (c *change) cutUp(known *lines) []*unit {
	if c.whole != "" {
		return nil
	}
	c.outlines(known)
	if c.pair == nil || c.pair.whole != "" {
		if s := newSlider(c); s.settle(known) {
			c.set(s.ops())
		}
	}
	return c.cut(known)
}

// agreed makes the items of files whose changes are the same: the backport's
// units are cut as the original's.
func (l *lines) agreed(c, d *change) []item {
	var out []item
	// The lines of one sign are in the same order, so that the n-th of the
	// original is the n-th of the backport.
	place := map[op]op{}
	for _, sign := range []byte{'-', '+'} {
		is := func(o op) bool { return o.sign == sign }
		theirs := filter(d.ops, is)
		for i, o := range filter(c.ops, is) {
			place[o] = theirs[i]
		}
	}
	theirs := map[op]*unit{}
	for _, v := range d.cut(l) {
		for _, o := range v.ops {
			theirs[o] = v
		}
	}
	for _, u := range c.cut(l) {
		v := *most(u.ops, func(o op) *unit { return theirs[place[o]] })
		v.ops = nil
		for _, o := range u.ops {
			v.ops = append(v.ops, place[o])
		}
		slices.SortFunc(v.ops, func(x, y op) int {
			return cmp.Or(cmp.Compare(x.old+x.new, y.old+y.new), -cmp.Compare(x.sign, y.sign))
		})
		out = append(out, l.item(couple{u, &v}))
	}
	return out
}

// most is what the most lines of a script have, the first of several.
func most(ops []op, of func(op) *unit) *unit {
	votes := map[*unit]int{}
	var out *unit
	for _, o := range ops {
		votes[of(o)]++
	}
	for _, o := range ops {
		if u := of(o); out == nil || votes[u] > votes[out] {
			out = u
		}
	}
	return out
}

// item compares the two units of a couple.
func (l *lines) item(p couple) item {
	out := item{FunctionDiff: backport.FunctionDiff{Original: p.a.where(), Backport: p.b.where()}}
	var x, y []bodyLine
	switch {
	case p.b == nil:
		out.State, x = backport.FunctionOriginalOnly, p.a.body()
	case p.a == nil:
		out.State, y = backport.FunctionBackportOnly, p.b.body()
	default:
		x, y = p.a.body(), p.b.body()
		switch {
		case !same(p.a.ops, p.b.ops):
			out.State = backport.FunctionDiffers
		case slices.Equal(x, y) && p.a.crlf == p.b.crlf:
			out.State = backport.FunctionIdentical
		default:
			out.State = backport.FunctionContext
		}
	}
	var all []merged
	all, out.Same = interdiff(x, y)
	switch out.State {
	case backport.FunctionIdentical:
	case backport.FunctionContext:
		out.Same = len(p.a.ops)
		out.Lines = l.fold(all, false)
	default:
		out.Lines = l.fold(all, true)
	}
	if p.a != nil && p.b != nil && p.a.crlf != p.b.crlf {
		side := original
		if p.b.crlf {
			side = ported
		}
		out.Lines = append(out.Lines, backport.DiffLine{Side: side, Op: " ", Text: withCRLF})
	}
	switch {
	case p.a != nil:
		out.file, out.line = p.a.index, p.a.ops[0].new
	case p.b.pair != nil:
		out.file, out.late, out.line = p.b.pair.index, 1, p.b.ops[0].new
	default:
		out.file, out.late, out.line = last, p.b.index, p.b.ops[0].new
	}
	return out
}

// last is behind all files of the original.
const last = 1 << 40

// where says where a unit is; nil for none.
func (u *unit) where() *backport.FunctionPlace {
	if u == nil {
		return nil
	}
	at := u.ops[0]
	for _, o := range u.ops[1:] {
		if at.sign == '+' || o.old != at.old+1 {
			break
		}
		at = o // what comes in place of the first removed lines
	}
	if at.sign == '-' {
		at = u.ops[0]
	}
	return &backport.FunctionPlace{Path: u.Path, Name: u.name(), Line: at.new + 1}
}

// headers compares what no line of the files tells; one of them may be nil.
func headers(c, d *change) []item {
	x, y := c.header(), d.header()
	out := item{}
	switch {
	case c != nil:
		out.file, out.line = c.index, -1
	default:
		out.file, out.late, out.line = last, d.index, -1
	}
	if len(x) > 0 {
		out.Original = &backport.FunctionPlace{Path: c.Path}
	}
	if len(y) > 0 {
		out.Backport = &backport.FunctionPlace{Path: d.Path}
	}
	added := func(list []headerLine) []headerLine {
		return filter(list, func(l headerLine) bool { return l.sign == '+' })
	}
	switch {
	case len(x) == 0 && len(y) == 0:
		return nil
	case len(y) == 0:
		out.State = backport.FunctionOriginalOnly
	case len(x) == 0:
		out.State = backport.FunctionBackportOnly
	case slices.Equal(x, y):
		out.State, out.Same = backport.FunctionIdentical, len(x)
		return []item{out}
	case slices.Equal(added(x), added(y)):
		out.State = backport.FunctionContext
	default:
		out.State = backport.FunctionDiffers
	}
	show := func(side string, l headerLine) {
		out.Lines = append(out.Lines, backport.DiffLine{Side: side, Op: string(rune(l.sign)), Text: l.text})
	}
	for _, l := range x {
		if slices.Contains(y, l) {
			show(both, l)
			out.Same++
		} else {
			show(original, l)
		}
	}
	for _, l := range y {
		if !slices.Contains(x, l) {
			show(ported, l)
		}
	}
	return []item{out}
}
