package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/say"
)

// The styles that a [TextOptions.Color] is asked for.
const (
	Bold   = "bold"
	Dim    = "dim"
	Red    = "red"
	Green  = "green"
	Yellow = "yellow"
	Cyan   = "cyan"
)

// TextOptions say how [Text] is shown. The zero value is for a file: no colour,
// no line broken.
type TextOptions struct {
	// Width is the number of columns of the terminal: sentences are broken into
	// lines that fit. 0 where it is none.
	Width int
	// Color paints a text, which has no control characters; nil for none. Its
	// first argument is one of the styles above.
	Color func(style, text string) string
	// Patch shows all lines of all differences; else the first of those that
	// need a look.
	Patch bool
	// More is what to type to see what was left out ("--patch shows all"); "" for
	// nothing.
	More string
}

const (
	// maxShown bounds the functions, deviations and tests that are shown of one
	// backport without Patch, and maxShownLines the lines of each.
	maxShown      = 6
	maxShownLines = 24
	// maxTail bounds the last lines of a failed step without Patch.
	maxTail = 12
	// maxLine bounds the bytes of one line of code or of a log.
	maxLine = 2000
	// maxListed bounds what is listed with Patch, too.
	maxListed = 10_000
)

// Text writes verifications for a person at a terminal: a head line for each,
// verdict first, and below it what led there.
func Text(w io.Writer, vs []backport.Verification, o TextOptions) error {
	t := &texts{TextOptions: o, most: maxShown, lines: maxShownLines, tail: maxTail}
	if o.Patch {
		t.most, t.lines, t.tail = maxListed, maxListed, maxListed
	}
	words := 0
	for _, v := range vs {
		words = max(words, len(verdict(v)))
	}
	for i, v := range vs {
		if i > 0 {
			t.line("")
		}
		t.verification(v, words)
	}
	if len(vs) != 1 {
		if len(vs) > 0 {
			t.line("")
		}
		t.line("%s", tally(vs))
	}
	if t.cut && o.More != "" {
		t.line("\n%s", t.style(Dim, say.Visible(o.More)))
	}
	if _, err := w.Write(t.b.Bytes()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// texts collects the lines of a report.
type texts struct {
	TextOptions
	b bytes.Buffer
	// most, lines and tail are the bounds that hold.
	most, lines, tail int
	// cut says that something was left out.
	cut bool
}

func (t *texts) line(format string, args ...any) { fmt.Fprintf(&t.b, format+"\n", args...) }

func (t *texts) style(style, text string) string {
	if t.Color == nil || text == "" {
		return text
	}
	return t.Color(style, text)
}

// fill pads a text with spaces; n is its number of columns without paint.
func fill(text string, width int) string {
	return strings.Repeat(" ", max(width-utf8.RuneCountInString(text), 0))
}

// sentence prints prose behind a first text that is printed as it is; further
// lines begin at a column.
func (t *texts) sentence(first string, column int, prose string) {
	if t.Width-column < 30 {
		t.line("%s", strings.TrimRight(first+prose, " "))
		return
	}
	line, begun := first, columns(first[strings.LastIndexByte(first, '\n')+1:])
	used := begun
	for word := range strings.SplitSeq(prose, " ") {
		n := columns(word)
		switch {
		case used == begun:
		case used+1+n > t.Width:
			t.line("%s", strings.TrimRight(line, " "))
			line, used, begun = strings.Repeat(" ", column), column, column
		default:
			line += " "
			used++
		}
		line += word
		used += n
	}
	t.line("%s", strings.TrimRight(line, " "))
}

// columns is the width of a text, paint apart: the only escape characters in a
// text are those of the paint.
func columns(s string) int {
	n, paint := 0, false
	for _, r := range s {
		switch {
		case r == '\x1b':
			paint = true
		case paint:
			paint = r != 'm'
		default:
			n++
		}
	}
	return n
}

// more says how many were left out.
func (t *texts) more(indent string, n int, what string) {
	if n > 0 {
		t.cut = true
		t.line("%s%s", indent, t.style(Dim, "and "+say.Count(n, "more "+what)))
	}
}

// column is where what is said of a section begins.
const column = 14

// section begins a section; what follows stands in lines of its own.
func (t *texts) section(name, text string) {
	t.line("")
	t.sentence("  "+t.style(Bold, name)+fill(name, column-2), column, text)
}

func (t *texts) verification(v backport.Verification, words int) {
	word := verdict(v)
	head := word + fill(word, words) + "  "
	t.sentence(t.style(verdictStyle(v.Verdict.State), word)+fill(word, words)+"  ", utf8.RuneCountInString(head),
		strings.Join(nonempty(t.style(Bold, say.Visible(v.Target.Name)), tip(v), title(v)), "  "))
	if v.Verdict.Override != "" {
		t.sentence("  overridden  ", column, say.Visible(v.Verdict.Override))
	}
	if v.Error != "" {
		t.sentence("  "+t.style(Red, "error")+fill("error", column-2), column, say.Visible(v.Error))
	}
	id, subject, found := original(v)
	switch {
	case id != "":
		t.sentence("  original"+fill("original", column-2), column, strings.Join(nonempty(id, subject), "  "))
		if found != "" {
			t.sentence(strings.Repeat(" ", column), column, t.style(Dim, found))
		}
	case found != "":
		t.sentence("  original"+fill("original", column-2), column, "unknown: "+found)
	}
	t.rules(v)
	t.runs(v)
	t.proof(v)
	t.api(v)
	t.functions(v)
	t.audit(v)
	t.trail(v)
	t.findings(v)
}

// nonempty are those texts that say something.
func nonempty(texts ...string) []string {
	var out []string
	for _, s := range texts {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func verdictStyle(s backport.VerdictState) string {
	switch s {
	case backport.Accepted:
		return Green
	case backport.Refused:
		return Red
	}
	return Yellow
}

func (t *texts) rules(v backport.Verification) {
	if len(v.Verdict.Rules) == 0 {
		return
	}
	t.line("")
	names := 0
	for _, r := range v.Verdict.Rules {
		names = max(names, utf8.RuneCountInString(say.Visible(r.Rule)))
	}
	for _, r := range v.Verdict.Rules {
		state, name := say.Visible(r.State), say.Visible(r.Rule)
		t.sentence("  "+t.style(ruleStyle(r.State), state)+fill(state, 8)+name+fill(name, names)+"  ", 12+names, say.Visible(r.Text))
	}
}

func ruleStyle(state string) string {
	switch state {
	case "held":
		return Green
	case "broken":
		return Red
	}
	return Yellow
}

func (t *texts) proof(v backport.Verification) {
	names, states := 0, 0
	for _, r := range proofs(v) {
		names = max(names, utf8.RuneCountInString(say.Visible(r.Platform)))
		states = max(states, utf8.RuneCountInString(proofWord(r.Proof.State)))
	}
	for i, r := range proofs(v) {
		if i == 0 {
			t.section("proof", "")
		}
		p := r.Proof
		name, state := say.Visible(r.Platform), proofWord(p.State)
		t.sentence("    "+name+fill(name, names)+"  "+t.style(proofStyle(p.State), state)+fill(state, states)+"  ",
			4+names+2+states+2, say.Visible(p.Text))
		tests, what := p.Tests, "test"
		if len(tests) == 0 {
			tests, what = p.Files, "file"
		}
		for k, test := range tests {
			if k == t.most {
				t.more("      ", len(tests)-k, what)
				break
			}
			t.line("      %s", say.Visible(test))
		}
	}
}

func proofStyle(s backport.ProofState) string {
	switch s {
	case backport.Proven:
		return Green
	case backport.NotFixed:
		return Red
	}
	return Yellow
}

func (t *texts) api(v backport.Verification) {
	changes := v.APIChanges()
	for i, c := range changes {
		if i == 0 {
			t.section("api", say.Count(len(changes), "change"))
		}
		if i == t.most {
			t.more("    ", len(changes)-i, "change")
			return
		}
		word, style := say.Visible(c.Kind), Dim
		if c.Breaks {
			word, style = word+", breaks", Red
		}
		t.sentence("    "+t.style(style, word)+fill(word, len("changed, breaks"))+"  ", 21,
			strings.Join(nonempty(t.style(Bold, say.Visible(c.Symbol)), say.Visible(c.Text), t.style(Dim, place(c.Path, c.Line, 0)+" ("+shownBy(c)+")")), "  "))
	}
}

func (t *texts) trail(v backport.Verification) {
	for i, h := range v.Trail {
		if i == 0 {
			t.section("trail", "")
		}
		t.sentence("    "+shortID(h.From)+" → ", 4, t.style(Cyan, hopCommit(h))+"  "+strings.Join(nonempty(say.Visible(h.Subject), t.style(Dim, "("+say.Visible(h.Dialect)+")")), "  "))
		if h.Commit == "" {
			t.line("      %s", t.style(Yellow, "this repository has no such commit"))
		}
		for _, b := range h.Branches {
			style := map[string]string{"yes": Green, "no": Red}[b.Has]
			if style == "" {
				style = Yellow
			}
			t.sentence("      "+say.Visible(b.Name)+"  ", 8, t.style(style, hopBranchText(b)))
		}
	}
}

func (t *texts) findings(v backport.Verification) {
	list := found(v)
	for i, f := range list {
		if i == 0 {
			t.section("findings", "")
		}
		if i == maxListed {
			t.more("    ", len(list)-i, "finding")
			return
		}
		style := map[backport.Severity]string{backport.Info: Dim, backport.Error: Red}[f.Severity]
		if style == "" {
			style = Yellow
		}
		where := ""
		if f.Path != "" {
			where = place(f.Path, f.Line, 0) + ": "
		}
		t.sentence("    "+t.style(style, say.Visible(string(f.Severity))+":")+" ", 6, where+say.Visible(f.Text)+" "+t.style(Dim, "["+say.Visible(f.Check)+"]"))
	}
}
