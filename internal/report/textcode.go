package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/say"
)

func (t *texts) runs(v backport.Verification) {
	if len(v.Runs) == 0 {
		return
	}
	t.section("platforms", "")
	names, states, times := 0, 0, 0
	for _, r := range v.Runs {
		names = max(names, utf8.RuneCountInString(say.Visible(r.Platform)))
		states = max(states, utf8.RuneCountInString(say.Visible(string(r.State))))
		times = max(times, utf8.RuneCountInString(runTime(r)))
	}
	for _, r := range v.Runs {
		name, state, time := say.Visible(r.Platform), say.Visible(string(r.State)), runTime(r)
		first := "    " + name + fill(name, names) + "  " + t.style(runStyle(r.State), state) + fill(state, states) + "  "
		at := 4 + names + 2 + states + 2
		if times > 0 {
			first += fill(time, times) + time + "  "
			at += times + 2
		}
		t.sentence(first, at, strings.Join(runRemarks(r), "; "))
		t.steps(r)
		t.changes(r)
	}
}

func runStyle(s backport.RunState) string {
	switch s {
	case backport.RunPassed:
		return Green
	case backport.RunSkipped:
		return Yellow
	}
	return Red
}

// steps shows the steps of a run that did not pass, each with the last lines
// that it printed.
func (t *texts) steps(r backport.Run) {
	for _, s := range r.Steps {
		if s.State == backport.RunPassed || expected(r, s) && !t.Patch {
			continue
		}
		t.sentence("      ", 8, stepText(s))
		if len(s.Command) > 0 {
			t.line("      %s %s", t.style(Dim, "$"), command(s.Command))
		}
		lines, before := lastLines(s.Tail, t.tail, maxLine)
		if before > 0 {
			t.cut = true
			t.bar("      ", "", Dim, t.style(Dim, "("+say.Count(before, "line")+" before)"))
		}
		for _, l := range lines {
			t.bar("      ", "", Dim, l)
		}
		if s.Log != "" {
			t.line("      %s", t.style(Dim, "log "+say.Visible(s.Log)))
		}
	}
}

// expected reports whether a step is one of the proof that is meant to fail: the
// fix's tests without the fix.
func expected(r backport.Run, s backport.RunStep) bool {
	return s.On == "tests" && s.State == backport.RunFailed && r.Proof != nil && r.Proof.State == backport.Proven
}

// changes shows the tests whose result the backport changes: those that speak
// against it and those that are in doubt, the others as a number.
func (t *texts) changes(r backport.Run) {
	shown, calm := 0, map[string]int{}
	for _, c := range r.Changes {
		if !bad(c) && c.Kind != "flaky" && !t.Patch {
			calm[c.Kind]++
			continue
		}
		if shown++; shown > t.most {
			continue
		}
		style := Yellow
		if bad(c) {
			style = Red
		}
		if !bad(c) && c.Kind != "flaky" {
			style = Dim
		}
		t.sentence("      "+t.style(style, say.Visible(c.Test))+"  ", 8, changeText(c))
	}
	t.more("      ", shown-t.most, "test")
	var parts []string
	for _, kind := range []string{"newly-passing", "new", "gone", "newly-skipped"} {
		if calm[kind] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", calm[kind], strings.ReplaceAll(kind, "-", " ")))
		}
	}
	if len(parts) > 0 {
		t.line("      %s", t.style(Dim, "tests: "+strings.Join(parts, ", ")))
	}
}

// bar prints one line of code or of a log, set off from what is said of it by a
// bar; mark stands before the bar.
func (t *texts) bar(indent, mark, style, line string) {
	t.line("%s", strings.TrimRight(indent+mark+t.style(style, "|")+" "+line, " "))
}

// functions shows the difference of the differences.
func (t *texts) functions(v backport.Verification) {
	if len(v.Functions) == 0 {
		return
	}
	t.section("functions", functionTally(v.Functions))
	var shown []backport.FunctionDiff
	for _, f := range v.Functions {
		if f.State != backport.FunctionIdentical && (f.State != backport.FunctionContext || t.Patch) {
			shown = append(shown, f)
		}
	}
	for i, f := range shown {
		if i == 0 {
			t.sentence("    ", 4, t.style(Dim, "before the bar: < only the original's change has this line, > only the backport's"))
		}
		if i == t.most {
			t.more("    ", len(shown)-i, "function")
			return
		}
		t.function(f)
	}
}

func (t *texts) function(f backport.FunctionDiff) {
	var where []string
	for _, p := range functionPlaces(f) {
		where = append(where, t.style(Bold, functionName(p))+"  "+place(p.Path, p.Line, 0))
	}
	style := Yellow
	if f.State == backport.FunctionContext {
		style = Dim
	}
	t.sentence("\n    "+t.style(style, functionWord(f.State))+"  ", 6, strings.Join(where, " → "))
	for i, l := range f.Lines {
		if i == t.lines {
			t.more("        ", len(f.Lines)-i, "line")
			return
		}
		switch l.Side {
		case "folded":
			t.bar("      ", "  ", Dim, t.style(Dim, "("+say.Count(l.Count, "line")+" alike)"))
		case "original":
			t.bar("      ", t.style(Yellow, "<")+" ", Dim, t.style(Yellow, op(l)+code(l.Text, maxLine)))
		case "backport":
			t.bar("      ", t.style(Cyan, ">")+" ", Dim, t.style(Cyan, op(l)+code(l.Text, maxLine)))
		default:
			text := op(l) + code(l.Text, maxLine)
			if l.Op == " " || l.Op == "" {
				text = t.style(Dim, text)
			}
			t.bar("      ", "  ", Dim, text)
		}
	}
}

// op is what a line's own difference does with it, one column.
func op(l backport.DiffLine) string {
	if l.Op == "+" || l.Op == "-" {
		return l.Op
	}
	return " "
}

// audit shows where the backport is other than the pick repeated: first what is
// declared nowhere.
func (t *texts) audit(v backport.Verification) {
	if v.Audit == nil {
		return
	}
	if text := auditText(v.Audit); text != "" {
		t.section("audit", text)
		if len(v.Audit.Deviations) == 0 {
			return
		}
	} else {
		t.section("audit", deviationTally(v.Audit))
	}
	for i, d := range sortedDeviations(v.Audit) {
		if i == t.most {
			t.more("    ", len(v.Audit.Deviations)-i, "deviation")
			return
		}
		style := Dim
		if d.By == "" {
			style = Red
		}
		t.line("\n    %s  %s", t.style(Bold, place(d.Path, d.Line, d.Lines)), deviationWord(d.Kind))
		t.sentence("      ", 8, t.style(style, declaration(d)))
		if d.By == "" || t.Patch {
			t.side("git's merge", Dim, d.Expected, d)
			t.side("the backport", Cyan, d.Actual, d)
		}
	}
}

// side prints one side of a deviation.
func (t *texts) side(name, style, text string, d backport.Deviation) {
	if d.Expected == "" && d.Actual == "" {
		return // a file as a whole, or its mode
	}
	t.line("      %s", t.style(style, name))
	if text == "" {
		t.bar("      ", "", style, t.style(Dim, "(nothing)"))
	}
	lines, more := codeLines(text, t.lines, maxLine)
	for _, l := range lines {
		t.bar("      ", "", style, l)
	}
	t.more("      ", more, "line")
}

// sortedDeviations are the deviations, those that are declared nowhere first,
// else in their order.
func sortedDeviations(a *backport.Audit) []backport.Deviation {
	var first, then []backport.Deviation
	for _, d := range a.Deviations {
		if d.By == "" {
			first = append(first, d)
		} else {
			then = append(then, d)
		}
	}
	return append(first, then...)
}
