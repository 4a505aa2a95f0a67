package gate

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/outline"
	"backstay.dev/backstay/internal/textdiff"
)

// placement finds hunks of the fix that landed in another function than the one
// they were made for, while that one is there on the target too. A patch tool
// that looks at surrounding lines alone puts a hunk wherever they fit, with an
// offset it reports as success.
//
// Hunks are told by the lines they add and remove; one whose lines the target
// has otherwise is not compared.
func (c *Checker) placement(_ context.Context, _ Question, ch *change, r *report) error {
	for _, f := range ch.files {
		if f.same || f.result == f.after || len(f.origin) == 0 || len(f.hunks) == 0 {
			continue
		}
		made := map[string][]textdiff.Hunk{}
		for _, h := range f.origin {
			key := hunkText(f.before, f.after, h)
			made[key] = append(made[key], h)
		}
		landed := map[string][]textdiff.Hunk{}
		for _, h := range f.hunks {
			key := hunkText(f.ours, f.result, h)
			landed[key] = append(landed[key], h)
		}
		for _, h := range f.hunks {
			key := hunkText(f.ours, f.result, h)
			if len(landed[key]) != len(made[key]) {
				continue // which belongs to which cannot be told
			}
			at := made[key][0]
			made[key], landed[key] = made[key][1:], landed[key][1:]
			f.place(h, at, r)
		}
	}
	return nil
}

// place compares where a hunk landed with where it was made.
func (f *touched) place(landed, made textdiff.Hunk, r *report) {
	if f.after.headings(made.NewStart) == f.result.headings(landed.NewStart) {
		return // without parsing: everything above that encloses it is the same
	}
	want, ok := function(f.before, f.after, made)
	if !ok {
		return
	}
	got, _ := function(f.ours, f.result, landed)
	if got == want {
		return
	}
	if !f.ours.has(want) {
		return // it has another name here, or is gone
	}
	if got != (place{}) && !f.before.has(got) {
		return // the target made a function of its own out of it
	}
	text := fmt.Sprintf("this change was made for %s and landed in %s", want, got)
	if got == (place{}) {
		text = fmt.Sprintf("this change was made for %s and landed outside of it", want)
	}
	r.add(backport.Error, f.path, landed.NewStart, "", text)
}

// has reports whether a text defines a function.
func (t *text) has(p place) bool {
	return slices.ContainsFunc(t.getOutline().Symbols, func(s outline.Symbol) bool {
		return (s.Kind == outline.Function || s.Kind == outline.Method) && s.Name == p.name && s.Parent == p.parent
	})
}

// place is a function, method or macro of a file, by name.
type place struct{ parent, name string }

func (p place) String() string {
	if p.parent == "" {
		return p.name
	}
	return p.parent + "." + p.name
}

// function is the innermost function around a hunk: of what it adds in the new
// text, or of what it removes in the old one. A hunk that has whole functions
// in it, or parts of several, is in none.
func function(old, new *text, h textdiff.Hunk) (place, bool) {
	t, start, end := new, h.NewStart, h.NewStart+h.NewCount
	if h.NewCount == 0 {
		t, start, end = old, h.OldStart, h.OldStart+h.OldCount
	}
	var found place
	for n := start; n < end; n++ {
		here := place{}
		for _, s := range t.getOutline().Enclosing(n) {
			if s.Kind == outline.Function || s.Kind == outline.Method {
				if s.Start >= start {
					return place{}, false
				}
				here = place{s.Parent, s.Name}
			}
		}
		if n > start && here != found {
			return place{}, false
		}
		found = here
	}
	return found, found != place{}
}

// hunkText is what a hunk removes and adds.
func hunkText(old, new *text, h textdiff.Hunk) string {
	var b []byte
	for i := range h.OldCount {
		b = append(append(b, '-'), old.getLines()[h.OldStart+i]...)
	}
	for i := range h.NewCount {
		b = append(append(b, '+'), new.getLines()[h.NewStart+i]...)
	}
	return string(b)
}

// headings are the lines that enclose a line by their indentation, innermost
// first, as one text.
func (t *text) headings(n int) string {
	lines := t.getLines()
	for n < len(lines) && len(bytes.TrimSpace(lines[n])) == 0 {
		n++
	}
	if n >= len(lines) {
		return ""
	}
	var b []byte
	depth := indentation(lines[n])
	for i := n - 1; i >= 0 && n-i < maxHeadings; i-- {
		trimmed := bytes.TrimSpace(lines[i])
		if len(trimmed) == 0 || trimmed[0] == '{' || trimmed[0] == '}' || trimmed[0] == ')' || trimmed[0] == '#' {
			continue
		}
		if d := indentation(lines[i]); d < depth || depth == 0 {
			b = append(append(b, trimmed...), '\n')
			if depth = d; depth == 0 {
				break
			}
		}
	}
	return string(b)
}

// maxHeadings bounds how many lines up the first heading is looked for.
const maxHeadings = 5_000

func indentation(line []byte) int {
	return len(line) - len(bytes.TrimLeft(line, " \t"))
}
