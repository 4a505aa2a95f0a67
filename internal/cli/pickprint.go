package cli

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/say"
)

// print says what came of it: one line for each fix on each target.
func (o *pickOptions) print(got answer) error {
	if o.json {
		if got.Picks == nil {
			got.Picks = []backport.Pick{}
		}
		return o.app.printJSON(got)
	}
	v := &pickView{app: o.app, w: o.app.Out, patch: o.patch}
	if got.Rule != "" {
		v.line("%s\n", v.app.style(dim, say.Visible(got.Rule)))
	}
	v.picks(got.Picks)
	if err := o.printVerified(got.Verifications); err != nil {
		return err
	}
	return o.app.flush()
}

// pickView prints picks for a person.
type pickView struct {
	app   *app
	w     io.Writer
	patch bool
	// remarks say more about a fix, by its slug.
	remarks map[string]string
	// below, if set, prints more below the pick at a position.
	below func(i int)

	// column is where the text after the outcome begins.
	names, column int
	// gap asks for an empty line before the next pick.
	gap bool
}

func (v *pickView) line(format string, args ...any) { fmt.Fprintf(v.w, format+"\n", args...) }

const (
	// maxNames bounds the column of the targets' names.
	maxNames = 40
	// maxFiles bounds the conflicting files that are shown of one pick.
	maxFiles = 10
	// maxRanges bounds the regions that are named of one file.
	maxRanges = 5
	// maxSaid bounds the causes that are told of one pick.
	maxSaid = 2
)

func (v *pickView) picks(picks []backport.Pick) {
	words := len("conflict")
	for _, p := range picks {
		v.names = max(v.names, min(utf8.RuneCountInString(say.Visible(p.Target.Name)), maxNames))
		words = max(words, len(word(p)))
	}
	v.column = 2 + v.names + 2 + words + 2
	for i, p := range picks {
		if i == 0 || picks[i-1].Fix.Slug != p.Fix.Slug {
			if i > 0 {
				v.line("")
			}
			v.fix(p.Fix)
		} else if v.gap {
			v.line("")
		}
		v.gap = false
		v.pick(p, words)
		if v.below != nil {
			v.below(i)
		}
	}
	if len(picks) > 1 {
		v.line("\n%s", summary(picks))
	}
}

// fullID finds full object ids in a text.
var fullID = regexp.MustCompile(`\b([0-9a-f]{12})[0-9a-f]{28}(?:[0-9a-f]{24})?\b`)

// fix prints the heading of a fix.
func (v *pickView) fix(f backport.Fix) {
	name := short(f.ID())
	switch {
	case f.ID() == "":
		name = say.Visible(f.Name) // a patch of no commit that is here
	case len(f.Steps) > 1:
		name = fullID.ReplaceAllString(say.Visible(f.Name), "$1")
	}
	more := ""
	if n := len(f.Steps); n > 1 {
		more = fmt.Sprintf(" (%d commits", n)
		if f.Squash {
			more += ", squashed"
		}
		more += ")"
	}
	v.line("%s %s%s", v.app.style(bold, "fix "+name), say.Visible(f.Subject), more)
	if r := v.remarks[f.Slug]; r != "" {
		v.line("  %s", v.app.style(dim, "("+r+")"))
	}
	for _, note := range f.Notes {
		v.line("  %s", v.app.style(dim, "note: "+say.Visible(note)))
	}
}

// word is the outcome as it is shown.
func word(p backport.Pick) string {
	if p.Branch != nil && p.Branch.State == "refused" {
		return "refused"
	}
	return string(p.Outcome)
}

var paints = map[string]paint{
	"present": cyan, "not-affected": cyan, "clean": green, "resolved": green,
	"proposed": yellow, "refused": yellow, "blocked": yellow, "conflict": red, "error": red,
}

// pick prints one fix on one target; what does not fit in its line stands
// below, in the same column.
func (v *pickView) pick(p backport.Pick, words int) {
	name := say.Visible(p.Target.Name)
	texts := v.texts(p)
	for i, text := range texts {
		if i > 0 {
			v.line("%s%s", strings.Repeat(" ", v.column), text)
			continue
		}
		fill := strings.Repeat(" ", max(v.names-utf8.RuneCountInString(name), 0))
		said := word(p)
		line := fmt.Sprintf("  %s%s  %s%s  %s", name, fill, v.app.style(paints[said], said), strings.Repeat(" ", words-len(said)), text)
		v.line("%s", strings.TrimRight(line, " "))
	}
	if v.below == nil {
		v.causes(p)
	}
	for _, f := range p.Findings {
		v.line("%s%s", strings.Repeat(" ", v.column), v.finding(f))
	}
	if v.patch {
		v.chunks(p)
	}
}

// causes tells why a pick conflicts: a sentence for each of the first regions,
// that names the file where there are several.
func (v *pickView) causes(p backport.Pick) {
	indent := strings.Repeat(" ", v.column)
	several := slices.ContainsFunc(p.Causes, func(c backport.Cause) bool { return c.Path != p.Causes[0].Path })
	for i, c := range p.Causes {
		if i == maxSaid {
			v.line("%s%s", indent, v.app.style(dim, "and "+say.Count(len(p.Causes)-i, "more region")))
			break
		}
		text := c.Text
		if several && !strings.Contains(text, c.Path) {
			text = c.Path + ": " + text
		}
		v.text(indent, say.Visible(text))
	}
}

// text prints a sentence, on a terminal broken into lines that fit.
func (v *pickView) text(indent, s string) {
	width := v.app.OutWidth - len(indent)
	if width < 40 {
		v.line("%s%s", indent, s)
		return
	}
	line, used := "", 0
	for word := range strings.FieldsSeq(s) {
		n := utf8.RuneCountInString(word)
		if used > 0 && used+1+n > width {
			v.line("%s%s", indent, line)
			line, used = "", 0
		}
		if used > 0 {
			line += " "
			used++
		}
		line += word
		used += n
	}
	v.line("%s%s", indent, line)
}

// texts says of a pick what its outcome leaves open.
func (v *pickView) texts(p backport.Pick) []string {
	switch {
	case p.Error != "":
		return []string{say.Visible(p.Error)}
	case p.Outcome == backport.Present:
		return []string{presence(p.Presence)}
	case p.Outcome == backport.Conflict, p.Outcome == backport.Blocked:
		return conflictTexts(p)
	case p.Outcome == backport.Resolved, p.Outcome == backport.Proposed:
		return append(branchTexts(p), adaptedTexts(p)...)
	case p.Branch != nil:
		return branchTexts(p)
	}
	return []string{say.Count(len(p.Files), "file")}
}

// branchTexts says which branch was written.
func branchTexts(p backport.Pick) []string {
	if p.Branch != nil {
		name := say.Visible(strings.TrimPrefix(p.Branch.Name, "refs/heads/"))
		state := map[string]string{"unchanged": " (unchanged)", "moved": " (replaced)", "planned": " (dry run)"}[p.Branch.State]
		return []string{"→ " + name + state}
	}
	return nil
}

// adaptedTexts says what the methods above git did, and how surely.
func adaptedTexts(p backport.Pick) []string {
	var out []string
	shown, all := 0, 0
	for _, f := range p.Files {
		if f.Rung == "" || f.Rung == "git" {
			continue
		}
		if all++; shown < maxFiles {
			shown++
			lines := ""
			if len(f.Chunks) > 0 {
				lines = ":" + ranges(f.Chunks)
			}
			out = append(out, fmt.Sprintf("%s%s  by %s", say.Visible(f.Path), lines, say.Visible(f.Rung)))
		}
	}
	if all > shown {
		out = append(out, "and "+say.Count(all-shown, "more file"))
	}
	if m := p.Measured; m != nil {
		sure := "answers this sure"
		if p.Outcome == backport.Resolved {
			sure = "answers at least this sure"
		}
		text := fmt.Sprintf("%s were what people committed in %d of %d cases (%d %%)", sure, m.Right, m.Asked, 100*m.Right/max(m.Asked, 1))
		if m.Lessons > 0 {
			text += "; with " + say.Count(m.Lessons, "lesson") + " of this repository"
		}
		out = append(out, text)
	}
	return out
}

func presence(p *backport.Presence) string {
	if p == nil {
		return ""
	}
	if p.Parts > 1 {
		one := *p
		one.Parts = 0
		return fmt.Sprintf("each of its %d commits, one of them %s", p.Parts, presence(&one))
	}
	switch p.How {
	case "ancestor":
		return "in its history"
	case "trailer":
		return fmt.Sprintf("picked as %s (%s)", short(p.Commit), say.Visible(p.Dialect))
	case "patch-id":
		return fmt.Sprintf("the same change as %s (patch-id)", short(p.Commit))
	case "authorship":
		return fmt.Sprintf("carried as %s, with changes (author, date and title are the same)", short(p.Commit))
	}
	return "merging it changes nothing"
}

// conflictTexts has a line for each file that conflicts.
func conflictTexts(p backport.Pick) []string {
	var out []string
	if n := len(p.Fix.Steps); n > 1 {
		out = append(out, fmt.Sprintf("commit %d of %d, %s:", p.FailedStep+1, n, short(p.Fix.Steps[p.FailedStep].Commit)))
	}
	shown, all := 0, 0
	for _, f := range p.Files {
		if f.Outcome != backport.Conflict {
			continue
		}
		if all++; shown < maxFiles {
			shown++
			out = append(out, conflictText(f))
		}
	}
	if all > shown {
		out = append(out, "and "+say.Count(all-shown, "more file")+" (--json has all)")
	}
	return out
}

func conflictText(f backport.File) string {
	path := say.Visible(f.Path)
	switch {
	case len(f.Chunks) > 0:
		return path + ":" + ranges(f.Chunks)
	case f.Kind == "modify/delete" && f.Sides != nil && f.Sides.Ours == "":
		return path + "  not on this branch (modify/delete)"
	case f.Kind == "modify/delete" && f.Sides != nil && f.Sides.Theirs == "":
		return path + "  deleted by the fix, changed on this branch (modify/delete)"
	case f.Kind == "binary":
		return path + "  changed on both sides (binary)"
	case backport.SubmoduleKind(f.Kind):
		return path + "  changed on both sides (submodule)"
	case f.Detail == "":
		return fmt.Sprintf("%s  (%s)", path, f.Kind)
	}
	detail := strings.TrimSpace(f.Detail)
	if _, rest, ok := strings.Cut(detail, "): "); ok && strings.HasPrefix(detail, "CONFLICT") {
		detail = rest
	}
	return fmt.Sprintf("%s  %s (%s)", path, say.Visible(detail), f.Kind)
}

// ranges names the lines of chunks on the target: "41-52,80".
func ranges(chunks []backport.Chunk) string {
	var out []string
	for i, c := range chunks {
		if i == maxRanges {
			return strings.Join(out, ",") + fmt.Sprintf(" and %d more", len(chunks)-i)
		}
		if c.Lines > 1 {
			out = append(out, fmt.Sprintf("%d-%d", c.Line, c.Line+c.Lines-1))
		} else {
			out = append(out, fmt.Sprint(c.Line))
		}
	}
	return strings.Join(out, ",")
}

func (v *pickView) finding(f backport.Finding) string {
	where := ""
	if f.Path != "" {
		where = say.Visible(f.Path) + ": "
		if f.Line > 0 {
			where = fmt.Sprintf("%s:%d: ", say.Visible(f.Path), f.Line)
		}
	}
	p := map[backport.Severity]paint{backport.Info: dim, backport.Warning: yellow, backport.Error: red}[f.Severity]
	return v.app.style(p, string(f.Severity)+":") + " " + where + say.Visible(f.Text)
}

// summary counts the outcomes.
func summary(picks []backport.Pick) string {
	counts := map[string]int{}
	for _, p := range picks {
		counts[word(p)]++
	}
	var parts []string
	for _, o := range append(backport.Outcomes(), "refused") {
		if n := counts[string(o)]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	return say.Count(len(picks), "pick") + ": " + strings.Join(parts, ", ")
}
