package compare

// contextLines is how many kept lines before and behind a changed one make its
// context, as in a unified diff.
const contextLines = 3

// bodyLine is one line of a unified diff.
type bodyLine struct {
	sign byte // ' ', '-' or '+'
	line int32
}

// body is the unified diff of a unit: its script amid its context, without lines
// of other units.
func (u *unit) body() []bodyLine {
	out := make([]bodyLine, 0, 3*len(u.ops))
	next := 0 // no line before it comes again
	behind := -contextLines - 1
	context := func(to, near int) {
		for i := max(next, behind); i < to; i++ {
			if i >= behind+contextLines && i < near-contextLines {
				i = near - contextLines - 1
				continue
			}
			if u.around(i) {
				out = append(out, bodyLine{' ', u.new[i]})
			}
		}
		next = max(next, to)
	}
	for _, o := range u.ops {
		context(o.new, o.new)
		out = append(out, bodyLine{o.sign, o.line})
		behind = o.new
		if o.sign == '+' {
			behind++
		}
	}
	context(min(behind+contextLines, len(u.new)), len(u.new)+contextLines)
	return out
}

// around says whether a line after the change is context of a unit.
func (u *unit) around(i int) bool {
	if u.changedNew[i] || u.gone {
		return false
	}
	return u.newParts.of[i] == u.part
}
