package cli

import (
	"fmt"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/say"
)

// maxSide bounds the lines that are shown of one side of a region.
const maxSide = 200

// chunks prints the conflicting regions of a pick, each with its three sides.
func (v *pickView) chunks(p backport.Pick) {
	if p.Outcome != backport.Conflict && p.Outcome != backport.Resolved && p.Outcome != backport.Proposed {
		return
	}
	sides := sidesOf(p)
	for _, f := range p.Files {
		for n, c := range f.Chunks {
			v.line("\n    %s", v.app.style(bold, say.Visible(f.Path)+":"+ranges([]backport.Chunk{c})))
			for _, s := range sides {
				v.line("    %s", v.app.style(s.p, s.name))
				for _, l := range sideLines(s.text(c), maxSide) {
					v.line("    %s %s", v.app.style(s.p, "|"), l)
				}
			}
			if n < len(f.Answers) {
				v.answers(f.Answers[n])
			}
		}
		if f.Outcome == backport.Conflict && len(f.Chunks) == 0 {
			v.line("\n    %s", v.app.style(bold, conflictText(f)))
			for _, s := range []struct{ name, id string }{{"base", side(f).Base}, {"ours", side(f).Ours}, {"theirs", side(f).Theirs}} {
				if s.id == "" {
					v.line("    %-6s  not there", s.name)
				} else {
					v.line("    %-6s  git show %s", s.name, short(s.id))
				}
			}
		}
	}
	v.gap = true
}

// sideOf is one side of a region, and how it is shown.
type sideOf struct {
	name string
	p    paint
	text func(backport.Chunk) string
}

func sidesOf(p backport.Pick) []sideOf {
	return []sideOf{
		{"base, before the fix", dim, func(c backport.Chunk) string { return c.Base }},
		{"ours, " + say.Visible(p.Target.Name), cyan, func(c backport.Chunk) string { return c.Ours }},
		{"theirs, " + short(p.Fix.Steps[p.FailedStep].Commit), green, func(c backport.Chunk) string { return c.Theirs }},
	}
}

func side(f backport.File) backport.Sides {
	if f.Sides == nil {
		return backport.Sides{}
	}
	return *f.Sides
}

// sideLines are the lines of one side, of many the first, fit for a terminal;
// tabs stay.
func sideLines(text string, most int) []string {
	if text == "" {
		return []string{"(nothing)"}
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	more := len(lines) - most
	if more > 0 {
		lines = lines[:most]
	}
	for i, l := range lines {
		parts := strings.Split(l, "\t")
		for k := range parts {
			parts[k] = say.Visible(parts[k])
		}
		lines[i] = strings.Join(parts, "\t")
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("(%s)", say.Count(more, "more line")))
	}
	if !strings.HasSuffix(text, "\n") {
		lines = append(lines, `\ no newline at the end`)
	}
	return lines
}

// answers shows what could stand in the place of a region.
func (v *pickView) answers(answers []backport.Answer) {
	for i, a := range answers {
		name := "answer"
		if i > 0 {
			name = fmt.Sprintf("or %d", i+1)
		}
		v.line("    %s %s", v.app.style(green, name), v.app.style(dim, fmt.Sprintf("(odds %.0f %%) by %s: %s", 100*a.Odds, say.Visible(strings.Join(a.Rungs, ", ")), say.Visible(a.Why))))
		for _, l := range sideLines(a.Text, maxSide) {
			v.line("    %s %s", v.app.style(green, "|"), l)
		}
	}
}
