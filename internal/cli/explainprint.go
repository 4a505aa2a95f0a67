package cli

import (
	"fmt"
	"strings"

	"backstay.dev/backstay/internal/backport"
	report "backstay.dev/backstay/internal/explain"
	"backstay.dev/backstay/internal/say"
)

const (
	// maxWithSides bounds the regions of one pick that are shown with their sides,
	// and shortSide the lines of each; --patch shows all.
	maxWithSides = 6
	shortSide    = 8
	// maxTold bounds the regions whose causes are told, maxDoubts the findings that
	// are printed with one plan.
	maxTold   = 20
	maxDoubts = 6
)

// print says why the picks conflict.
func (o *explainOptions) print(got explanations) error {
	switch {
	case o.json:
		return o.app.printJSON(got)
	case o.dot:
		writeDot(o.app.Out, got.Picks)
		return o.app.flush()
	}
	v := &explainView{pickView: pickView{app: o.app, w: o.app.Out}, options: o, all: got.Picks}
	v.below = v.why
	if got.Rule != "" {
		v.line("%s\n", v.app.style(dim, say.Visible(got.Rule)))
	}
	var picks []backport.Pick
	for _, e := range got.Picks {
		picks = append(picks, e.Pick)
	}
	v.picks(picks)
	return o.app.flush()
}

// explainView prints explanations for a person.
type explainView struct {
	pickView
	options *explainOptions
	all     []explained
}

// why prints what stands below the line of a pick.
func (v *explainView) why(i int) {
	e := v.all[i]
	if e.Problem != "" {
		v.line("%snot explained: %s", strings.Repeat(" ", v.column), say.Visible(e.Problem))
	}
	if e.Report == nil {
		return
	}
	v.gap = true
	if k := v.same(i); k >= 0 {
		v.line("\n    for the same reasons as on %s", say.Visible(v.all[k].Target.Name))
	} else {
		v.regions(e)
	}
	v.plans(e)
	if e.Ladder != nil {
		v.ladder(e)
	}
}

// ladder says what backstay pick makes of the conflict.
func (v *explainView) ladder(e explained) {
	said := map[backport.Outcome]string{backport.Resolved: "resolved", backport.Proposed: "a proposal"}[e.Ladder.Outcome]
	text := said + " by " + say.Visible(strings.Join(e.Ladder.Rungs, ", "))
	if m := e.Ladder.Measured; m != nil {
		text += fmt.Sprintf(" (such answers were right in %d of %d cases)", m.Right, m.Asked)
	}
	v.line("\n    %s: %s", v.app.style(bold, "pick alone"), text)
	args := []string{"--to", e.Target.Name, "--dry-run", "--patch"}
	v.line("      %s %s", v.app.style(dim, "$"), v.options.ask.again([]string{e.Fix.Name}, args...))
}

// same is an earlier pick of the same fix with the same regions and causes, -1
// if there is none.
func (v *explainView) same(i int) int {
	if v.options.patch {
		return -1
	}
	mine := gist(v.all[i])
	for k := range i {
		if v.all[k].Report != nil && v.all[k].Fix.Slug == v.all[i].Fix.Slug && gist(v.all[k]) == mine {
			return k
		}
	}
	return -1
}

// gist is all that is said of the regions of a pick, but for the target's name
// and the lines there.
func gist(e explained) string {
	var b strings.Builder
	for _, f := range e.Report.Files {
		for _, c := range f.Chunks {
			text := strings.ReplaceAll(c.Cause.Text, e.Target.Name, "\x00")
			fmt.Fprintf(&b, "%q %q %q %q %q\n", f.Path, c.Cause.Kind, text, c.Chunk.Base, c.Chunk.Ours)
		}
	}
	return b.String()
}

// regions prints the conflicting regions of a pick with their causes.
func (v *explainView) regions(e explained) {
	told := 0
	for _, f := range e.Report.Files {
		for _, c := range f.Chunks {
			if told++; told > maxTold && !v.options.patch {
				continue
			}
			place := say.Visible(f.Path)
			if c.Chunk.Line > 0 {
				place += ":" + ranges([]backport.Chunk{c.Chunk})
			}
			v.line("\n    %s  %s", v.app.style(bold, place), v.app.style(yellow, string(c.Cause.Kind)))
			v.text("      ", say.Visible(c.Cause.Text))
			if c.Chunk.Line > 0 && (told <= maxWithSides || v.options.patch) {
				v.sides(e, c)
			}
		}
		if f.Note != "" {
			v.text("      ", "note: "+say.Visible(f.Note))
		}
	}
	if told > maxTold && !v.options.patch {
		v.line("\n    and %s (--patch shows all)", say.Count(told-maxTold, "more region"))
	}
}

// sides prints the three sides of a region. Of a long one the lines are shown
// from where the fix begins to differ from its base.
func (v *explainView) sides(e explained, c report.ChunkReport) {
	limit := shortSide
	if v.options.patch {
		limit = maxSide
	}
	skip := max(commonLines(c.Chunk.Base, c.Chunk.Theirs)-contextLines, 0)
	for i, s := range sidesOf(e.Pick) {
		text, skipped := s.text(c.Chunk), 0
		if i != oursSide && strings.Count(text, "\n") > limit {
			text, skipped = afterLines(text, skip), skip
		}
		v.line("      %s", v.app.style(s.p, s.name))
		if skipped > 0 {
			v.line("      %s (%s before)", v.app.style(s.p, "|"), say.Count(skipped, "line"))
		}
		for _, l := range sideLines(text, limit) {
			v.line("      %s %s", v.app.style(s.p, "|"), l)
		}
	}
}

const (
	// oursSide is the target's place among the three sides.
	oursSide = 1
	// contextLines are shown before the first line that differs.
	contextLines = 2
)

// commonLines is how many lines two texts begin with alike.
func commonLines(a, b string) int {
	n := 0
	for {
		x, restA, okA := strings.Cut(a, "\n")
		y, restB, okB := strings.Cut(b, "\n")
		if x != y || !okA || !okB {
			return n
		}
		a, b = restA, restB
		n++
	}
}

// afterLines is a text without its first n lines.
func afterLines(text string, n int) string {
	for range n {
		_, text, _ = strings.Cut(text, "\n")
	}
	return text
}

// plans prints the plans of a pick, each with a command to paste.
func (v *explainView) plans(e explained) {
	for i, p := range e.Plans {
		title := fmt.Sprintf("plan %d", i+1)
		v.line("\n    %s: %s", v.app.style(bold, title), planText(p))
		for _, s := range p.Steps {
			v.line("      %s %s", v.app.style(yellow, short(s.Commit)), say.Visible(s.Subject))
			for _, part := range s.Part {
				v.line("        only %s", partText(part))
			}
		}
		v.line("      %s %s", v.app.style(dim, "$"), v.options.command(e.Pick, p))
		v.doubts(p)
		if p.Partial() && !p.Doubtful() {
			v.line("      %s", v.app.style(dim, "(a part may use what the rest of its commit brings: build the result)"))
		}
	}
	switch {
	case len(e.Plans) > 0 || e.Search == nil || generatedOnly(e.Report):
	case e.Search.Spent:
		v.line("\n    %s", "no plan found in "+v.options.budget.String()+"; --budget 30s looks longer")
	case len(e.Search.Candidates) == 0:
		v.line("\n    %s", "no commit of the source would make it fit: adapt these regions")
	default:
		v.line("\n    %s", "no plan: "+tried(e.Search)+", and the fix fits after none; adapt these regions")
	}
	if len(e.Plans) > 0 && e.Search.Spent {
		v.line("      %s", v.app.style(dim, "(time was up: there may be smaller plans; --budget 30s looks longer)"))
	}
}

// doubts are the findings that make a plan doubtful.
func (v *explainView) doubts(p backport.Plan) {
	doubts := backport.Warnings(p.Findings)
	for _, f := range doubts[:min(len(doubts), maxDoubts)] {
		v.text("      ", v.finding(f))
	}
	if more := len(doubts) - maxDoubts; more > 0 {
		v.line("      %s", v.app.style(dim, "and "+say.Count(more, "more finding")+"; --json has them all"))
	}
}

// generatedOnly reports whether all that conflicts is made by tools.
func generatedOnly(r *report.Report) bool {
	for _, c := range r.Causes() {
		if c.Kind != backport.CauseGenerated {
			return false
		}
	}
	return true
}

func tried(s *planSearch) string {
	if len(s.Candidates) == 1 {
		return short(s.Candidates[0]) + " was tried"
	}
	return say.Count(len(s.Candidates), "commit") + " were tried"
}

// planText is a plan in short: "clean after 2 commits (3 files, 57 lines; 1 is a
// fix itself)".
func planText(p backport.Plan) string {
	what := say.Count(p.Cost.Commits, "commit")
	if p.Partial() {
		what = "a part of " + what
	}
	size := say.Count(p.Cost.Files, "file") + ", " + say.Count(p.Cost.Lines, "line")
	switch {
	case p.Cost.Fixes == 1 && p.Cost.Commits == 1:
		size += "; it is a fix itself"
	case p.Cost.Fixes == 1:
		size += "; 1 is a fix itself"
	case p.Cost.Fixes > 1:
		size += fmt.Sprintf("; %d are fixes themselves", p.Cost.Fixes)
	}
	return fmt.Sprintf("%s after %s (%s)", p.Outcome, what, size)
}

// partText names what is needed of a file: "net/retry.go:41-44,80".
func partText(p backport.Part) string {
	var lines []backport.Chunk
	for _, h := range p.Hunks {
		lines = append(lines, backport.Chunk{Line: h.NewLine, Lines: h.NewLines})
	}
	if len(lines) == 0 {
		return say.Visible(p.Path)
	}
	return say.Visible(p.Path) + ":" + ranges(lines)
}

// command is a line that carries the fix by a plan. Where the target is no
// branch it only tries to.
func (o *explainOptions) command(pick backport.Pick, p backport.Plan) string {
	ask := o.ask
	for _, s := range p.Steps {
		if len(s.Part) == 0 {
			ask.after = append(ask.after, short(s.Commit))
		}
		for _, part := range s.Part {
			ask.after = append(ask.after, formatPart(short(s.Commit), part))
		}
	}
	args := []string{"--to", pick.Target.Name}
	if pick.Target.Ref == "" {
		args = append(args, "--dry-run")
	}
	return ask.again([]string{pick.Fix.Name}, args...)
}
