package compare

import (
	"bytes"

	"backstay.dev/backstay/internal/outline"
)

// part is a function, type or section of a text.
type part struct {
	name       string // with what encloses it
	bare       string // without
	parent     string
	ordinal    int // among those of the same name
	start, end int // lines, with the comments that lead it
}

// parts are those of one text.
type parts struct {
	all []part
	// of gives the innermost part by line, -1 outside all.
	of []int32
	// before gives the last part that a line in front of this one belongs to, -1
	// if there is none; it has one element more than there are lines.
	before []int32
}

// partsOf reads a text's outline. lines are those of the text.
func partsOf(path string, text []byte, lines []int32, known *lines) *parts {
	lang := outline.Detect(path, text)
	o := outline.Parse(lang, text)
	p := &parts{of: make([]int32, len(lines)), before: make([]int32, len(lines)+1)}
	seen := map[string]int{}
	for _, s := range o.Symbols {
		switch s.Kind {
		case outline.Function, outline.Method, outline.Type, outline.Section:
		default:
			continue
		}
		if s.Start >= len(lines) {
			break
		}
		q := part{name: s.Name, bare: s.Name, parent: s.Parent, start: s.Start, end: min(s.End, len(lines))}
		if s.Parent != "" {
			q.name = s.Parent + "." + s.Name
		}
		q.ordinal = seen[q.name]
		seen[q.name]++
		p.all = append(p.all, q)
	}
	p.paint()
	p.lead(lang, lines, known)
	last := int32(-1)
	for i, n := range p.of {
		p.before[i] = last
		if n >= 0 {
			last = n
		}
	}
	p.before[len(p.of)] = last
	return p
}

// paint finds the innermost part of each line; the parts are in order, enclosing
// ones first.
func (p *parts) paint() {
	var open []int32
	next := 0
	for i := range p.of {
		for next < len(p.all) && p.all[next].start <= i {
			open = append(open, int32(next))
			next++
		}
		for len(open) > 0 && p.all[open[len(open)-1]].end <= i {
			open = open[:len(open)-1]
		}
		p.of[i] = -1
		if len(open) > 0 {
			p.of[i] = open[len(open)-1]
		}
	}
}

// lead gives each part the comments and decorators right above it.
func (p *parts) lead(lang outline.Language, lines []int32, known *lines) {
	for n := range p.all {
		q := &p.all[n]
		around := int32(-1)
		if q.start > 0 {
			around = p.of[q.start-1]
		}
		if around >= 0 && p.all[around].start >= q.start-1 {
			continue // the line above is another part's first
		}
		for q.start > 0 && p.of[q.start-1] == around && leads(lang, known.text[lines[q.start-1]]) {
			q.start--
			p.of[q.start] = int32(n)
		}
	}
}

// leads says whether a line looks like one of a comment, decorator or attribute.
func leads(lang outline.Language, line []byte) bool {
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return false
	}
	switch line[0] {
	case '/':
		return len(line) > 1 && (line[1] == '/' || line[1] == '*')
	case '*', '@':
		return true
	case '#':
		return lang != outline.C && lang != outline.CPP && lang != outline.Markdown
	case '-':
		return len(line) > 1 && line[1] == '-'
	case '%', ';':
		return len(line) > 1 && line[1] == line[0]
	}
	return false
}

// unit is what a change does to one part, or to a stretch between parts.
type unit struct {
	*change
	owner
	ops []op
	// pieces are ops, cut where lines are kept or belong to another unit.
	pieces [][]op
}

// owner is whose a line is.
type owner struct {
	part  int32 // of newParts, or of oldParts if gone; -1 for a stretch
	after int32 // of a stretch: the part in front of it, -1 for none
	gone  bool  // the part is no more after the change
}

// here is the part of a unit; nil for a stretch.
func (u *unit) here() *part {
	switch {
	case u.part < 0:
		return nil
	case u.gone:
		return &u.oldParts.all[u.part]
	}
	return &u.newParts.all[u.part]
}

func (u *unit) name() string {
	if p := u.here(); p != nil {
		return p.name
	}
	return ""
}

// outlines reads the outlines of a change.
func (c *change) outlines(known *lines) {
	if c.newParts != nil || c.whole != "" {
		return
	}
	old := c.OldPath
	if old == "" {
		old = c.Path
	}
	c.oldParts = partsOf(old, c.Before, c.old, known)
	c.newParts = partsOf(c.Path, c.After, c.new, known)
}

// succeed finds for each part before the change what it is after it: the part of
// its name, else the one that has most of its lines.
func (c *change) succeed() {
	out := make([]int32, len(c.oldParts.all))
	type key struct {
		name    string
		ordinal int
	}
	byName := make(map[key]int32, len(c.newParts.all))
	for i, p := range c.newParts.all {
		byName[key{p.name, p.ordinal}] = int32(i)
	}
	taken := make([]bool, len(c.newParts.all))
	for i, p := range c.oldParts.all {
		out[i] = -1
		if n, ok := byName[key{p.name, p.ordinal}]; ok {
			out[i], taken[n] = n, true
		}
	}
	votes := map[[2]int32]int{}
	c.kept(func(i, j int) {
		if a, b := c.oldParts.of[i], c.newParts.of[j]; a >= 0 && b >= 0 && out[a] < 0 && !taken[b] {
			votes[[2]int32{a, b}]++
		}
	})
	var list []candidate
	for pair, n := range votes {
		list = append(list, candidate{int(pair[0]), int(pair[1]), float64(n)})
	}
	best(list, func(a, b int) {
		if out[a] < 0 && !taken[b] {
			out[a], taken[b] = int32(b), true
		}
	})
	c.successor, c.origin = out, make([]int32, len(c.newParts.all))
	for i := range c.origin {
		c.origin[i] = -1
	}
	for i, n := range out {
		if n >= 0 {
			c.origin[n] = int32(i)
		}
	}
}

// kept calls f for each line that a change keeps.
func (c *change) kept(f func(old, new int)) {
	i, j := 0, 0
	for i < len(c.old) && j < len(c.new) {
		switch {
		case c.changedOld[i]:
			i++
		case c.changedNew[j]:
			j++
		default:
			f(i, j)
			i, j = i+1, j+1
		}
	}
}

// owner says whose a line of a script is.
func (c *change) owner(o op) owner {
	if o.sign == '+' {
		if n := c.newParts.of[o.new]; n >= 0 {
			return owner{part: n}
		}
	} else if n := c.oldParts.of[o.old]; n >= 0 {
		if s := c.successor[n]; s >= 0 {
			return owner{part: s}
		}
		return owner{part: n, gone: true}
	}
	return owner{part: -1, after: c.newParts.before[min(o.new, len(c.new))]}
}

// cut makes the units of a change, in the order of their first lines.
func (c *change) cut(known *lines) []*unit {
	c.succeed()
	byOwner := map[owner]*unit{}
	var out []*unit
	for _, g := range groups(c.ops) {
		where := each(g, c.owner)
		attach(g, where, known)
		begun := map[*unit]int{}
		for i, o := range g {
			u := byOwner[where[i]]
			if u == nil {
				u = &unit{change: c, owner: where[i]}
				byOwner[where[i]] = u
				out = append(out, u)
			}
			u.ops = append(u.ops, o)
			n, ok := begun[u]
			if !ok {
				n = len(u.pieces)
				begun[u] = n
				u.pieces = append(u.pieces, nil)
			}
			u.pieces[n] = append(u.pieces[n], o)
		}
	}
	return out
}

// attach gives blank lines outside all parts to what changes beside them, and
// lines that are removed outside to the stretch where others come instead.
func attach(g []op, where []owner, known *lines) {
	into := -1
	for i, o := range g {
		if o.sign != '+' || where[i].part >= 0 || known.blank(o.line) {
			continue
		}
		if into >= 0 && where[into] != where[i] {
			into = -1
			break
		}
		into = i
	}
	for i, o := range g {
		if into >= 0 && o.sign == '-' && where[i].part < 0 {
			where[i] = where[into]
		}
	}
	free := func(i int) bool { return where[i].part < 0 && known.blank(g[i].line) }
	for i := 1; i < len(g); i++ {
		if free(i) && where[i-1].part >= 0 && g[i].sign == g[i-1].sign {
			where[i] = where[i-1]
		}
	}
	for i := len(g) - 2; i >= 0; i-- {
		if free(i) && where[i+1].part >= 0 && g[i].sign == g[i+1].sign {
			where[i] = where[i+1]
		}
	}
}
