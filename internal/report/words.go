package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/say"
)

// shortID is an object id as people write it. What is none stays as it is.
func shortID(id string) string {
	if len(id) >= 40 && len(id) <= 64 && strings.Trim(id, "0123456789abcdef") == "" {
		return id[:12]
	}
	return say.Visible(id)
}

// seconds is a time as people say it: "0.4 s", "3 min 12 s", "1 h 04 min".
func seconds(s float64) string {
	switch {
	case math.IsNaN(s) || s < 0 || s > 1e9:
		return "?"
	case s < 99.95:
		return fmt.Sprintf("%.1f s", s)
	case s < 3599.5:
		n := int(math.Round(s))
		return fmt.Sprintf("%d min %02d s", n/60, n%60)
	}
	n := int(math.Round(s / 60))
	return fmt.Sprintf("%d h %02d min", n/60, n%60)
}

// place is a path with a line, or a range of lines: "net/dial.go:41-44".
func place(path string, line, lines int) string {
	switch {
	case line <= 0:
		return say.Visible(path)
	case lines > 1:
		return fmt.Sprintf("%s:%d-%d", say.Visible(path), line, line+lines-1)
	}
	return fmt.Sprintf("%s:%d", say.Visible(path), line)
}

// verdicts are all states of a verdict, from best to worst.
var verdicts = []backport.VerdictState{backport.Accepted, backport.Overridden, backport.Open, backport.Refused}

// verdict is the word for what the policy says; a backport that could not be
// examined has none.
func verdict(v backport.Verification) string {
	if !slices.Contains(verdicts, v.Verdict.State) {
		return "unknown"
	}
	return string(v.Verdict.State)
}

// tally counts the verdicts: "3 backports: 2 accepted, 1 refused".
func tally(vs []backport.Verification) string {
	counts := map[string]int{}
	for _, v := range vs {
		counts[verdict(v)]++
	}
	var parts []string
	for _, s := range append(verdicts, "unknown") {
		if n := counts[string(s)]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if len(parts) == 0 {
		return "no backport"
	}
	return say.Count(len(vs), "backport") + ": " + strings.Join(parts, ", ")
}

// title is the subject of a backport, or what stands for it.
func title(v backport.Verification) string {
	if v.Subject == "" {
		return say.Visible(v.Name)
	}
	return say.Visible(v.Subject)
}

// tip is the short id of a backport's last commit; "" without commits.
func tip(v backport.Verification) string {
	if len(v.Commits) == 0 {
		return ""
	}
	return shortID(v.Commits[len(v.Commits)-1])
}

// original says which fix a backport carries, and how that is known where no
// rule says the same.
func original(v backport.Verification) (id, subject, found string) {
	found = say.Visible(v.Found)
	if slices.ContainsFunc(v.Verdict.Rules, func(r backport.RuleResult) bool { return r.Text == v.Found }) {
		found = ""
	}
	if v.Original == nil {
		return "", "", found
	}
	id = shortID(v.Original.ID())
	if id == "" {
		id = say.Visible(v.Original.Name)
	}
	return id, say.Visible(v.Original.Subject), found
}

// functionStates are all states of a function, with the words that count them,
// from what is fine to what needs a look.
var functionStates = []struct {
	state backport.FunctionState
	word  string
}{
	{backport.FunctionIdentical, "identical"},
	{backport.FunctionContext, "context only"},
	{backport.FunctionDiffers, "differs"},
	{backport.FunctionOriginalOnly, "only in the original"},
	{backport.FunctionBackportOnly, "only in the backport"},
}

// functionWord is the word for a state.
func functionWord(s backport.FunctionState) string {
	for _, f := range functionStates {
		if f.state == s {
			return f.word
		}
	}
	return say.Visible(string(s))
}

// functionTally counts functions: "12 functions: 10 identical, 1 context only,
// 1 differs".
func functionTally(fs []backport.FunctionDiff) string {
	var parts []string
	for _, s := range functionStates {
		n := 0
		for _, f := range fs {
			if f.State == s.state {
				n++
			}
		}
		if n > 0 {
			word := s.word
			if s.state == backport.FunctionDiffers && n > 1 {
				word = "differ"
			}
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	if len(parts) == 0 {
		return say.Count(len(fs), "function")
	}
	return say.Count(len(fs), "function") + ": " + strings.Join(parts, ", ")
}

// functionName names a function, or the stretch of a file outside all.
func functionName(p *backport.FunctionPlace) string {
	if p.Name == "" {
		return "outside functions"
	}
	return say.Visible(p.Name)
}

// functionPlaces are where a function is in the original and in the backport;
// one place where both are the same but for the line.
func functionPlaces(f backport.FunctionDiff) []*backport.FunctionPlace {
	switch {
	case f.Original == nil && f.Backport == nil:
		return nil
	case f.Original == nil:
		return []*backport.FunctionPlace{f.Backport}
	case f.Backport == nil:
		return []*backport.FunctionPlace{f.Original}
	case f.Original.Path == f.Backport.Path && f.Original.Name == f.Backport.Name:
		return []*backport.FunctionPlace{f.Backport}
	}
	return []*backport.FunctionPlace{f.Original, f.Backport}
}

// deviationTally counts deviations: "3 deviations: 1 declared nowhere".
func deviationTally(a *backport.Audit) string {
	if n := undeclared(a); n > 0 {
		return fmt.Sprintf("%s: %d declared nowhere", say.Count(len(a.Deviations), "deviation"), n)
	}
	return say.Count(len(a.Deviations), "deviation") + ": all declared"
}

func undeclared(a *backport.Audit) int {
	n := 0
	for _, d := range a.Deviations {
		if d.By == "" {
			n++
		}
	}
	return n
}

// declaration says where a deviation is declared, and in which words.
func declaration(d backport.Deviation) string {
	by := map[string]string{"conflicts": "in the Conflicts: paragraph", "note": "in a note", "override": "by override"}[d.By]
	switch {
	case d.By == "":
		return "declared nowhere"
	case by == "":
		by = "by " + say.Visible(d.By)
	}
	if d.Declared == "" {
		return "declared " + by
	}
	text := "declared " + by + ", " + say.Visible(d.Declared)
	if d.NoConflict {
		text += "; git merges this file without a conflict"
	}
	return text
}

// deviationWord says what a kind of deviation means.
func deviationWord(kind string) string {
	switch kind {
	case "conflict":
		return "git could not merge this, somebody decided"
	case "changed":
		return "git merges this to something else"
	case "added":
		return "git's merge lacks this file"
	case "removed":
		return "git's merge has this file"
	case "mode":
		return "another file mode"
	}
	return say.Visible(kind)
}

// auditText says in one sentence what repeating the pick showed; "" where the
// deviations say it.
func auditText(a *backport.Audit) string {
	switch {
	case a == nil:
		return ""
	case a.State == backport.Faithful:
		return "faithful: the pick repeated gives the same tree"
	case a.State == backport.Unrepeated:
		return "unknown: " + say.Visible(a.Detail)
	}
	return ""
}

// testTally counts the tests of a run: "412 passed, 2 failed"; "" where nothing
// is known of single tests.
func testTally(r backport.Run) string {
	var parts []string
	for _, s := range []backport.TestState{backport.TestPassed, backport.TestFailed, backport.TestFlaky, backport.TestSkipped} {
		if n := r.Tests[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return strings.Join(parts, ", ")
}

// runSeconds is how long all steps of a run took together.
func runSeconds(r backport.Run) float64 {
	sum := 0.0
	for _, s := range r.Steps {
		sum += s.Seconds
	}
	return sum
}

// runTime is that for a reader; "" where nothing was run.
func runTime(r backport.Run) string {
	if len(r.Steps) == 0 {
		return ""
	}
	return seconds(runSeconds(r))
}

// shownBy is how a change of the API was found out, and on which platforms.
func shownBy(c backport.PlatformAPIChange) string {
	if len(c.Platforms) == 0 {
		return say.Visible(c.Level)
	}
	return say.Visible(c.Level + " on " + strings.Join(c.Platforms, ", "))
}

// runRemarks are what else there is to say of a run, a few words each.
func runRemarks(r backport.Run) []string {
	var out []string
	if t := testTally(r); t != "" {
		out = append(out, t)
	}
	if r.Cached {
		out = append(out, "cached")
	}
	if len(r.Kept) == 0 && r.Kind != "ci" && len(r.Steps) > 0 {
		out = append(out, "not confined")
	}
	if r.Detail != "" {
		out = append(out, say.Visible(r.Detail))
	}
	return out
}

// stepName says what one step did, and where: "test on the backport".
func stepName(s backport.RunStep) string {
	on := map[string]string{
		"backport": "the backport", "target": "the target without the fix", "tests": "the target with the fix's tests alone",
	}[s.On]
	if on == "" {
		on = say.Visible(s.On)
	}
	return say.Visible(s.Name) + " on " + on
}

// stepText adds what became of it: "test on the backport: exit 1".
func stepText(s backport.RunStep) string {
	switch {
	case s.Detail != "":
		return stepName(s) + ": " + say.Visible(s.Detail)
	case s.State == backport.RunFailed && s.Exit >= 0:
		return stepName(s) + fmt.Sprintf(": exit %d", s.Exit)
	}
	return stepName(s) + ": " + say.Visible(string(s.State))
}

// command is a command as one line.
func command(words []string) string {
	var out []string
	for _, w := range words {
		if w == "" || strings.ContainsAny(w, " \t\n'\"\\$*?;&|<>()`") {
			w = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		out = append(out, say.Visible(w))
	}
	return strings.Join(out, " ")
}

// changeText says how a test's result changed: "newly failing: TestX (passed
// before)".
func changeText(c backport.TestChange) string {
	text := strings.ReplaceAll(say.Visible(c.Kind), "-", " ")
	var more []string
	if c.Before != "" && c.After != "" {
		more = append(more, fmt.Sprintf("%s before, %s after", say.Visible(string(c.Before)), say.Visible(string(c.After))))
	}
	if c.Reruns > 0 {
		more = append(more, "run again "+say.Count(c.Reruns, "time"))
	}
	if c.Text != "" {
		more = append(more, say.Visible(c.Text))
	}
	if len(more) > 0 {
		text += " (" + strings.Join(more, "; ") + ")"
	}
	return text
}

// bad reports whether a changed test speaks against the backport.
func bad(c backport.TestChange) bool { return c.Kind == "newly-failing" }

// proofWord is a proof's state for a reader.
func proofWord(s backport.ProofState) string {
	return strings.ReplaceAll(say.Visible(string(s)), "-", " ")
}

// proofs are the runs that say something of the fix's tests.
func proofs(v backport.Verification) []backport.Run {
	var out []backport.Run
	for _, r := range v.Runs {
		if r.Proof != nil {
			out = append(out, r)
		}
	}
	return out
}

// hopCommit is what a hop names: the commit's id, or the name as written where
// this repository has no such commit.
func hopCommit(h backport.Hop) string {
	if h.Commit == "" {
		return say.Visible(h.Named)
	}
	return shortID(h.Commit)
}

// hopBranchText says whether a newer branch has it: "main: yes, 4b1e22f09a1c".
func hopBranchText(b backport.HopBranch) string {
	text := say.Visible(b.Has)
	if b.Commit != "" {
		text += ", " + shortID(b.Commit)
	}
	if b.Text != "" {
		text += ", " + say.Visible(b.Text)
	}
	return text
}

// found are the findings that are told as such: undeclared deviations stand with
// all others.
func found(v backport.Verification) []backport.Finding {
	return slices.DeleteFunc(slices.Clone(v.Findings), func(f backport.Finding) bool { return f.Check == backport.CheckUndeclared })
}
