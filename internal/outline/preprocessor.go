package outline

import "bytes"

// A branch is what stands between two lines of a conditional, and what it does
// to the depth of brackets.
type branch struct {
	begin, end int
	net, least int
	never      bool // #if 0
}

// even says whether a branch closes what it opens.
func (b branch) even() bool { return b.net == 0 && b.least == 0 }

// A conditional is an #if with its branches.
type conditional []branch

// preprocess takes the preprocessor lines out of a text, notes macros and
// includes, and leaves of a conditional whose branches don't balance only the
// first: "if (a) {" next to "#else" and "if (b) {" opens one bracket, not two.
func (o *outliner) preprocess() {
	dropped := make([]int32, len(o.toks)+1) // +1 where a dropped branch begins, -1 where it ends
	var open []conditional
	outer := branch{}
	now := &outer
	for i := 0; i < len(o.toks); i++ {
		if o.toks[i].kind != Directive {
			if !o.toks[i].directive {
				now.count(o, i)
			}
			continue
		}
		name := bytes.TrimLeft(o.text(i)[1:], " \t")
		end := i + 1
		for end < len(o.toks) && o.toks[end].directive && o.toks[end].kind != Directive {
			end++
		}
		switch string(name) {
		case "if", "ifdef", "ifndef":
			open = append(open, conditional{{begin: end, never: string(name) == "if" && end == i+2 && o.is(i+1, "0")}})
			now = &open[len(open)-1][0]
		case "else", "elif", "elifdef", "elifndef":
			if n := len(open); n > 0 {
				now.end = i
				open[n-1] = append(open[n-1], branch{begin: end})
				now = &open[n-1][len(open[n-1])-1]
			}
		case "endif":
			n := len(open)
			if n == 0 {
				o.problem(o.line(i), "unexpected #endif")
				break
			}
			now.end = i
			kept := open[n-1].settle(dropped)
			if open = open[:n-1]; n > 1 {
				inner := open[n-2]
				now = &inner[len(inner)-1]
			} else {
				now = &outer
			}
			now.least = min(now.least, now.net+kept.least)
			now.net += kept.net
		case "define":
			o.macro(i, end)
		case "include", "import", "include_next":
			o.include(i)
		}
		i = end - 1
	}
	if len(open) > 0 {
		o.problem(o.line(open[len(open)-1][0].begin-1), "unterminated #if")
	}
	kept, depth := make([]lexeme, 0, len(o.toks)), int32(0)
	for i, t := range o.toks {
		depth += dropped[i]
		if depth == 0 && !t.directive {
			kept = append(kept, t)
		}
	}
	o.all, o.toks = o.toks, kept
}

// count follows the depth of brackets.
func (b *branch) count(o *outliner, i int) {
	if o.toks[i].kind != Punct || o.toks[i].end != o.toks[i].start+1 {
		return
	}
	switch o.src[o.toks[i].start] {
	case '{', '(':
		b.net++
	case '}', ')':
		b.net--
		b.least = min(b.least, b.net)
	}
}

// settle drops the branches that don't count, and gives what is left.
func (c conditional) settle(dropped []int32) branch {
	all := true
	for _, b := range c {
		all = all && b.even()
	}
	if all {
		return branch{}
	}
	keep := 0
	if c[0].never {
		keep = 1
	}
	left := branch{}
	for n, b := range c {
		if n == keep {
			left = b
			continue
		}
		dropped[b.begin]++
		dropped[b.end]--
	}
	return left
}

// macro notes a #define from lexeme i until before end.
func (o *outliner) macro(i, end int) {
	if i+1 >= end {
		return
	}
	s := Symbol{Kind: Macro, MinArgs: -1, MaxArgs: -1}
	if i+2 < end && o.is(i+2, "(") && o.toks[i+2].start == o.toks[i+1].end {
		s.MinArgs, s.MaxArgs = 0, 0
		for at := i + 3; at < end && !o.is(at, ")"); at++ {
			switch {
			case o.is(at, "..."):
				s.MaxArgs = -1
				if o.word(at - 1) { // args...
					s.MinArgs--
				}
			case o.word(at):
				s.MinArgs++
			}
		}
		if s.MaxArgs == 0 {
			s.MaxArgs = s.MinArgs
		}
	}
	o.add(s, i+1, i, i, end-1)
}

// include notes an #include.
func (o *outliner) include(i int) {
	if i+1 < len(o.toks) && o.toks[i+1].kind == String {
		o.add(Symbol{Kind: Import, Name: unquote(o.text(i + 1))}, i+1, i, i, i+1)
	}
}

// unquote takes the delimiters off a string.
func unquote(s []byte) string {
	return string(bytes.Trim(s, "\"'`<>"))
}
