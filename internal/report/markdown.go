package report

import (
	"fmt"
	"io"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/say"
)

// GitHubLimit is the length that GitHub allows a comment, in characters.
const GitHubLimit = 65536

// MarkdownOptions say how [Markdown] is written.
type MarkdownOptions struct {
	// Limit is the number of bytes that must suffice; 0 for [GitHubLimit].
	Limit int
}

const (
	// maxComment bounds the lines of one difference or log in a comment, and
	// maxCommentLine the bytes of one of them.
	maxComment     = 80
	maxCommentLine = 300
	// maxEntries bounds what is listed in a comment of each kind.
	maxEntries = 200
)

// signs stand before states, so that a table can be read at a glance.
var signs = map[string]string{
	"accepted": "✅", "held": "✅", "passed": "✅", "proven": "✅", "yes": "✅",
	"refused": "❌", "broken": "❌", "failed": "❌", "limit": "❌", "error": "❌", "not-fixed": "❌", "no": "❌",
	"overridden": "⚠️", "warning": "⚠️",
}

// sign is that of a state, of all that is open or unknown the same.
func sign(state string) string {
	if s, ok := signs[state]; ok {
		return s
	}
	return "❔"
}

// Markdown writes verifications as a comment on a pull request: GitHub's dialect,
// which GitLab, Gitea and Forgejo read as well. What does not fit is left out,
// the details first, and said.
func Markdown(w io.Writer, vs []backport.Verification, o MarkdownOptions) error {
	if o.Limit <= 0 {
		o.Limit = GitHubLimit
	}
	var blocks []block
	if len(vs) != 1 {
		blocks = append(blocks, block{items: []string{"**" + tally(vs) + "**\n\n"}, what: "line"})
	}
	for _, v := range vs {
		blocks = append(blocks, markdown(v)...)
	}
	if _, err := io.WriteString(w, pack(blocks, o.Limit)); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// markdown are the blocks of one verification.
func markdown(v backport.Verification) []block {
	word := verdict(v)
	head := fmt.Sprintf("### %s %s on %s\n\n", sign(word), strings.ToUpper(word[:1])+word[1:], span(v.Target.Name))
	about := "Backport " + strings.Join(nonempty(span(tip(v)), prose(title(v))), " ") + "\n"
	if v.Error != "" {
		about += "**Error:** " + prose(v.Error) + "\n"
	}
	id, subject, found := original(v)
	switch {
	case id != "" && subject != title(v):
		about += "Original " + span(id) + " " + prose(subject) + "\n"
	case id != "":
		about += "Original " + span(id) + "\n"
	}
	if found != "" {
		about += "Found: " + prose(found) + "\n"
	}
	if v.Verdict.Override != "" {
		about += "**Overridden:** " + prose(v.Verdict.Override) + "\n"
	}
	lines := strings.Split(strings.TrimSuffix(about, "\n"), "\n")
	blocks := []block{
		{items: []string{head}, what: "line"},
		{level: 1, items: []string{strings.Join(lines, "\\\n") + "\n\n"}, what: "line"},
		ruleTable(v), platformTable(v), proofList(v), findingList(v), apiList(v),
		changeList(v), functionDetails(v), auditDetails(v), trailDetails(v), logDetails(v),
	}
	var filled []block
	for _, b := range blocks {
		if len(b.items) > maxEntries {
			b.left, b.items = len(b.items)-maxEntries, b.items[:maxEntries]
		}
		if len(b.items) > 0 {
			filled = append(filled, b)
		}
	}
	return filled
}

func ruleTable(v backport.Verification) block {
	b := block{level: 1, row: true, what: "rule", open: "| Rule | |\n|---|---|\n", close: "\n"}
	for _, r := range v.Verdict.Rules {
		b.items = append(b.items, stateRow(r.State, prose(r.Rule), prose(r.Text)))
	}
	return b
}

func platformTable(v backport.Verification) block {
	b := block{level: 1, row: true, what: "platform", open: "| Platform | |\n|---|---|\n", close: "\n"}
	for _, r := range v.Runs {
		said := nonempty(runTime(r))
		for _, more := range runRemarks(r) {
			said = append(said, prose(more))
		}
		b.items = append(b.items, stateRow(string(r.State), span(r.Platform), strings.Join(said, "; ")))
	}
	return b
}

// stateRow is a row of a table: what it is about, its state, and what there is to
// say. Two columns, so that it can be read on a phone.
func stateRow(state, name, text string) string {
	return "| " + sign(state) + " " + cell(name) + " | " + cell(strings.Join(nonempty(prose(state), text), ": ")) + " |\n"
}

func proofList(v backport.Verification) block {
	b := block{level: 1, what: "proof", open: "**Proof** (the fix's tests without it, then with it)\n\n", close: "\n"}
	for _, r := range proofs(v) {
		b.items = append(b.items, fmt.Sprintf("- %s %s on %s: %s\n", sign(string(r.Proof.State)), prose(proofWord(r.Proof.State)), span(r.Platform), prose(r.Proof.Text)))
	}
	return b
}

func findingList(v backport.Verification) block {
	b := block{level: 1, what: "finding", open: "**Findings**\n\n", close: "\n"}
	for _, f := range found(v) {
		where := ""
		if f.Path != "" {
			where = span(place(f.Path, f.Line, 0)) + ": "
		}
		b.items = append(b.items, fmt.Sprintf("- %s %s: %s%s (%s)\n", severitySign(f.Severity), prose(string(f.Severity)), where, prose(f.Text), span(f.Check)))
	}
	return b
}

func severitySign(s backport.Severity) string {
	if s == backport.Info {
		return "ℹ️"
	}
	return sign(string(s))
}

func apiList(v backport.Verification) block {
	b := block{level: 1, what: "change", open: "**API**\n\n", close: "\n"}
	for _, c := range v.APIChanges() {
		word := prose(c.Kind)
		if c.Breaks {
			word = "❌ " + word + ", breaks"
		}
		b.items = append(b.items, fmt.Sprintf("- %s: %s in %s: %s (%s)\n", word, span(c.Symbol), span(place(c.Path, c.Line, 0)), prose(c.Text), span(shownBy(c))))
	}
	return b
}

func changeList(v backport.Verification) block {
	b := block{level: 1, what: "test", open: "**Tests**\n\n", close: "\n"}
	for _, r := range v.Runs {
		for _, c := range r.Changes {
			if bad(c) || c.Kind == "flaky" {
				mark := "⚠️"
				if bad(c) {
					mark = "❌"
				}
				b.items = append(b.items, fmt.Sprintf("- %s %s on %s: %s\n", mark, span(c.Test), span(r.Platform), prose(changeText(c))))
			}
		}
	}
	return b
}

// details begins a section that is closed at first; summary is HTML.
func details(summary string) (open, close string) {
	return "<details><summary>" + summary + "</summary>\n\n", "</details>\n\n"
}

func functionDetails(v backport.Verification) block {
	b := block{level: 2, what: "function"}
	b.open, b.close = details(bold(functionTally(v.Functions), "<b>", "</b>"))
	for _, f := range v.Functions {
		if f.State == backport.FunctionIdentical {
			continue
		}
		var where []string
		for _, p := range functionPlaces(f) {
			where = append(where, span(functionName(p))+" in "+span(place(p.Path, p.Line, 0)))
		}
		b.items = append(b.items, "**"+prose(functionWord(f.State))+"**: "+strings.Join(where, " → ")+"\n\n"+fence("diff", differenceLines(f))+"\n")
	}
	switch {
	case len(b.items) > 0:
		b.open += "`-` before the bar: only the original's change has this line, `+`: only the backport's.\n\n"
	case len(v.Functions) > 0: // all are identical: nothing to open
		b.level, b.open, b.close, b.items = 1, "", "", []string{bold(functionTally(v.Functions), "**", "**") + "\n\n"}
	}
	return b
}

// differenceLines are the lines of a difference of differences: first the side
// that alone has the line, as a diff that forges paint, then its own mark.
func differenceLines(f backport.FunctionDiff) []string {
	var out []string
	for i, l := range f.Lines {
		if i == maxComment {
			return append(out, "# and "+say.Count(len(f.Lines)-i, "more line"))
		}
		mark := map[string]string{"original": "-", "backport": "+"}[l.Side]
		if l.Side == "folded" {
			out = append(out, "# "+say.Count(l.Count, "line")+" alike")
			continue
		}
		if mark == "" {
			mark = " "
		}
		out = append(out, strings.TrimRight(mark+" | "+op(l)+" "+code(l.Text, maxCommentLine), " "))
	}
	return out
}

func auditDetails(v backport.Verification) block {
	b := block{level: 2, what: "deviation"}
	if v.Audit == nil {
		return b
	}
	if len(v.Audit.Deviations) == 0 {
		if text := auditText(v.Audit); text != "" {
			b.level = 1
			b.items = []string{"**Audit**: " + prose(text) + "\n\n"}
		}
		return b
	}
	b.open, b.close = details(bold(deviationTally(v.Audit), "<b>", "</b>"))
	for _, d := range sortedDeviations(v.Audit) {
		mark := "✅"
		if d.By == "" {
			mark = "❌"
		}
		item := mark + " " + span(place(d.Path, d.Line, d.Lines)) + " " + prose(deviationWord(d.Kind)) + "; " + prose(declaration(d)) + "\n\n"
		if d.Expected != "" || d.Actual != "" {
			lines := append(sideLines("-", "git's merge", d.Expected), sideLines("+", "the backport", d.Actual)...)
			item += fence("diff", lines) + "\n"
		}
		b.items = append(b.items, item)
	}
	return b
}

// sideLines are the lines of one side of a deviation, each with a mark.
func sideLines(mark, name, text string) []string {
	lines, more := codeLines(text, maxComment/2, maxCommentLine)
	for i := range lines {
		lines[i] = strings.TrimRight(mark+" "+lines[i], " ")
	}
	if more > 0 {
		lines = append(lines, "# and "+say.Count(more, "more line"))
	}
	if len(lines) == 0 {
		lines = []string{"# " + name + " has nothing here"}
	}
	return lines
}

func trailDetails(v backport.Verification) block {
	b := block{level: 2, what: "hop"}
	b.open, b.close = details("<b>Trail</b> of " + say.Count(len(v.Trail), "hop"))
	for _, h := range v.Trail {
		item := "- " + span(shortID(h.From)) + " → " + strings.Join(nonempty(span(hopCommit(h)), prose(h.Subject), "("+span(h.Dialect)+")"), " ")
		if h.Commit == "" {
			item += ": ❌ this repository has no such commit"
		}
		for _, at := range h.Branches {
			item += "\n  - " + sign(at.Has) + " " + span(at.Name) + ": " + prose(hopBranchText(at))
		}
		b.items = append(b.items, item+"\n")
	}
	if len(b.items) > 0 {
		b.close = "\n" + b.close
	}
	return b
}

// logDetails are the last lines of the steps that did not pass.
func logDetails(v backport.Verification) block {
	b := block{level: 2, what: "log"}
	for _, r := range v.Runs {
		for _, s := range r.Steps {
			if s.State == backport.RunPassed || s.Tail == "" || expected(r, s) {
				continue
			}
			lines, before := lastLines(s.Tail, maxComment, maxCommentLine)
			for i := range lines {
				lines[i] = "| " + lines[i] // no line of a log is a command to a bot
			}
			if before > 0 {
				lines = append([]string{"(" + say.Count(before, "line") + " before)"}, lines...)
			}
			open, end := details("<b>Log</b>: " + inHTML(r.Platform) + " " + inHTML(stepText(s)))
			b.items = append(b.items, open+span(command(s.Command))+"\n\n"+fence("text", lines)+"\n"+end)
		}
	}
	return b
}
