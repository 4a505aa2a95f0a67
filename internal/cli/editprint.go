package cli

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/say"
)

// report prints where an edit is, and says by the exit status whether somebody
// has to go on.
func (o *pickOptions) report(got answer, s carry.EditStatus) error {
	if o.json {
		got.Edit = &s
	}
	if o.json || len(got.Picks) > 0 {
		if err := o.print(got); err != nil {
			return err
		}
	}
	if s.State == carry.EditOpen && s.Pick == nil {
		if !o.json {
			o.printOpen(s, len(got.Picks) > 0)
		}
		return also(errNeedsPerson, o.app.flush())
	}
	if !o.json {
		o.printEnd(got, s)
	}
	for _, p := range got.Picks {
		if needsPerson(p) {
			return errNeedsPerson
		}
	}
	return nil
}

// maxOpen bounds the files of an edit that are listed.
const maxOpen = 50

// printOpen says what is left, and what to do about it.
func (o *pickOptions) printOpen(s carry.EditStatus, below bool) {
	a := o.app
	if below {
		fmt.Fprintln(a.Out)
	}
	at := ""
	if n := len(s.Fix.Steps); n > 1 {
		at = fmt.Sprintf(", commit %d of %d, %s", s.Step+1, n, short(s.Fix.Steps[s.Step].Commit))
	}
	fmt.Fprintf(a.Out, "%s %s\n", a.style(bold, "worktree "+say.Visible(s.Worktree)), a.style(dim, "(on "+say.Visible(s.Target.Name)+at+")"))
	width := 0
	for _, f := range s.Open {
		width = max(width, min(utf8.RuneCountInString(say.Visible(f.Path)), maxNames))
	}
	for i, f := range s.Open {
		if i == maxOpen {
			fmt.Fprintf(a.Out, "  and %s (git status there has all)\n", say.Count(len(s.Open)-i, "more file"))
			break
		}
		path := say.Visible(f.Path)
		fill := strings.Repeat(" ", max(width-utf8.RuneCountInString(path), 0))
		state, p := openText(f), yellow
		if f.Left == "" {
			p = green
		}
		fmt.Fprintf(a.Out, "  %s%s  %s\n", path, fill, a.style(p, state))
	}
	fmt.Fprintln(a.Err)
	o.untracked(s)
	var steps []step
	if s.Left() > 0 {
		steps = append(steps, step{"resolve what is left there, in a tool or editor", a.self("pick", "--continue", "--edit")})
	}
	steps = append(steps,
		step{"go on when nothing is left", a.self("pick", "--continue")},
		step{"give it up", a.self("pick", "--abort")})
	printSteps(a.Err, steps)
}

// openText says how it is with one file.
func openText(f carry.EditFile) string {
	text := "resolved"
	switch {
	case len(f.Markers) > 0:
		text = f.Left + " in line " + numbers(f.Markers)
	case f.Left != "" && backport.SubmoduleKind(f.Kind) && f.Sides != nil && f.Sides.Theirs != "":
		text = "take the fix's with git update-index --cacheinfo " + shellWord("160000,"+f.Sides.Theirs+","+f.Path) + ", or another commit (submodule)"
	case f.Left != "" && f.Kind != "":
		text = f.Left + " (" + say.Visible(f.Kind) + ")"
	case f.Left != "":
		text = f.Left
	case f.Proposed != "":
		text = "proposed by " + say.Visible(f.Proposed) + ": look at it"
	}
	if f.Known > 0 {
		text += fmt.Sprintf("; %d of %s filled in as resolved before: look at it", f.Known, say.Count(f.Chunks, "region"))
	}
	return text
}

// numbers are the first few of a list.
func numbers(list []int) string {
	var out []string
	for i, n := range list {
		if i == maxRanges {
			return strings.Join(out, ",") + fmt.Sprintf(" and %d more", len(list)-i)
		}
		out = append(out, fmt.Sprint(n))
	}
	return strings.Join(out, ",")
}

// untracked names files that are left out.
func (o *pickOptions) untracked(s carry.EditStatus) {
	if n := len(s.Untracked); n > 0 {
		more := ""
		if n > 1 {
			more = fmt.Sprintf(" and %d more", n-1)
		}
		o.app.note("%s%s: not known to git and left out; git add takes a file along", s.Untracked[0], more)
	}
}

// printEnd says what became of the answers, and what can be done next.
func (o *pickOptions) printEnd(got answer, s carry.EditStatus) {
	o.untracked(s)
	if s.Answers > 0 {
		o.app.note("%s kept for the next time (refs/backstay/resolutions)", say.Count(s.Answers, "answer"))
	}
	if s.State == carry.EditOpen { // its branch was refused
		fmt.Fprintln(o.app.Err)
		printSteps(o.app.Err, []step{
			{"go on when the branch is out of the way, or replace it", o.app.self("pick", "--continue", "--force")},
			{"give it up", o.app.self("pick", "--abort")},
		})
		return
	}
	var p *backport.Pick
	if len(got.Picks) > 0 {
		p = &got.Picks[0]
	}
	if p == nil || p.Branch == nil || p.Branch.State == "refused" || !git.IsID(p.Branch.Commit) {
		return
	}
	fmt.Fprintln(o.app.Err)
	name := strings.TrimPrefix(p.Branch.Name, "refs/heads/")
	printSteps(o.app.Err, []step{{"look at it", o.app.git("log", "-p", shorten(p.Target.Ref)+".."+name)}})
}
