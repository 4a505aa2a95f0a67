package explain

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

const (
	// maxNamed is how many commits a sentence names.
	maxNamed = 3
	// maxSubject is how many characters of a subject it shows.
	maxSubject = 72
	// shownDigits is how much of an id.
	shownDigits = 10
)

// describe reads what a person wants to know of the commits that are named.
func (a *analysis) describe(ctx context.Context, files []*fileFinding, into map[string]Commit) error {
	for _, f := range files {
		for _, r := range f.chunks {
			ids := append([]string(nil), r.Cause.Commits...)
			for _, list := range [][]LineChange{r.Source, r.Target} {
				for _, c := range list {
					ids = append(ids, c.Commit)
					if c.Twin != "" {
						ids = append(ids, c.Twin)
					}
				}
			}
			for _, id := range ids {
				if _, ok := into[id]; ok {
					continue
				}
				c, err := a.e.store.Commit(ctx, id)
				if err != nil {
					return err
				}
				into[id] = a.commit(c)
			}
		}
	}
	return nil
}

func (a *analysis) commit(c git.Commit) Commit {
	name, _, _ := strings.Cut(c.Author, " <")
	out := Commit{
		ID: c.ID, Subject: plain(c.Subject()), Author: plain(name),
		Date: time.Unix(git.When(c.Author), 0).UTC().Format(time.DateOnly),
	}
	for _, s := range []*side{a.source, a.target} {
		if s.span != nil && out.Request == 0 {
			out.Request = s.span.Request(c.ID)
		}
	}
	return out
}

// plain is a text on one line, without what would steer a terminal.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// clip shortens a text to n characters.
func clip(s string, n int) string {
	r := []rune(plain(s))
	if len(r) <= n {
		return string(r)
	}
	return strings.TrimRight(string(r[:n-1]), " ") + "…"
}

// String is the commit as a sentence names it.
func (c Commit) String() string {
	about := c.Date
	if c.Request > 0 {
		about += fmt.Sprintf(", #%d", c.Request)
	}
	return fmt.Sprintf("%s '%s' (%s)", c.ID[:min(shownDigits, len(c.ID))], clip(c.Subject, maxSubject), about)
}

// list names commits: "A", "A and B", "A, B, C and 4 more".
func list(ids []string, commits map[string]Commit) string {
	var out []string
	for i, id := range ids {
		if i == maxNamed && len(ids) > maxNamed {
			out = append(out, fmt.Sprintf("%d more", len(ids)-maxNamed))
			break
		}
		out = append(out, commits[id].String())
	}
	if len(out) < 2 {
		return strings.Join(out, "")
	}
	return strings.Join(out[:len(out)-1], ", ") + " and " + out[len(out)-1]
}

// sentences says each region's cause in one sentence.
func (a *analysis) sentences(f *fileFinding, commits map[string]Commit) {
	for _, r := range f.chunks {
		r.Cause.Text = a.sentence(f, r, commits)
		f.Chunks = append(f.Chunks, r.ChunkReport)
	}
}

func (a *analysis) sentence(f *fileFinding, r *finding, commits map[string]Commit) string {
	target := plain(a.pick.Target.Name)
	what := r.where(f)
	own := ownOf(r, commits)
	lacks := ", which " + target + " does not have"
	switch r.Cause.Kind {
	case backport.CauseGenerated:
		tool := "a tool"
		if f.maker != "" {
			tool = `"` + clip(f.maker, maxSubject) + `"`
		}
		text := fmt.Sprintf("%s is made by %s: make it again on %s", plain(f.Path), tool, target)
		if len(r.Cause.Commits) > 0 {
			text += "; it differs since " + list(r.Cause.Commits, commits)
		}
		return text
	case backport.CauseMoved:
		return r.moved(target, what, own, commits)
	case backport.CauseAbsent:
		verb := "added by "
		if f.generated || r.missing {
			verb = "made by "
		}
		return what + ", " + verb + list(r.Prerequisites, commits) + lacks
	case backport.CausePrerequisite:
		return what + r.asLeft(commits) + lacks
	case backport.CauseAlteredBackport:
		return what + a.changedBy(r, commits)
	case backport.CauseTargetChange:
		switch {
		case len(own) == 0:
			return what + ", which " + target + " does not have"
		case r.missing:
			return what + ", which " + target + " removed in " + list(own, commits)
		}
		return what + r.there(target) + list(own, commits) + a.later(r, own)
	}
	if len(r.Prerequisites) == 0 {
		return what + "; which commit made it differ on " + target + " could not be found out"
	}
	text := what + r.asLeft(commits) + lacks
	if len(own) > 0 {
		text += "; and " + target + " has a change of its own there: " + list(own, commits)
	}
	if len(r.Altered) > 0 {
		text += "; and " + strings.TrimPrefix(a.changedBy(r, commits), "; ")
	}
	return text
}

// ownOf are the target's own commits in a region.
func ownOf(r *finding, commits map[string]Commit) []string {
	altered := map[string]bool{}
	for _, p := range r.Altered {
		altered[p.Backport] = true
	}
	var own []string
	for _, c := range r.Target {
		if _, ok := commits[c.Commit]; ok && !altered[c.Commit] {
			own = append(own, c.Commit)
		}
	}
	return own
}

// where says what the fix changes, as its author knows it.
func (f *finding) where(file *fileFinding) string {
	path := file.BasePath
	if path == "" {
		path = file.Path
	}
	if f.fixAdds != "" {
		path = f.fixAdds
	}
	switch {
	case f.fixLine == 0 && file.BasePath == "":
		return "the fix adds " + plain(path)
	case f.removes:
		return "the fix removes " + plain(path)
	case f.fixLine == 0:
		return "the fix changes " + plain(path)
	case f.fixLines == 0:
		return fmt.Sprintf("the fix adds lines before line %d", f.fixLine)
	case f.fixLines == 1:
		return fmt.Sprintf("the fix changes line %d", f.fixLine)
	}
	return fmt.Sprintf("the fix changes lines %d to %d", f.fixLine, f.fixLine+f.fixLines-1)
}

// asLeft says what the source did to the lines before.
func (f *finding) asLeft(commits map[string]Commit) string {
	some, all := false, true
	for _, c := range f.Source {
		some, all = some || len(c.Wrote) > 0, all && len(c.Wrote) > 0
	}
	switch {
	case f.Chunk.Base == "" && f.Chunk.Ours == "" && f.BaseLine == 0:
		return " as left by " + list(f.Prerequisites, commits)
	case some && (f.Adjacent || f.fixLine > 0 && f.fixLines == 0):
		return " next to lines as left by " + list(f.Prerequisites, commits)
	case some:
		return " as left by " + list(f.Prerequisites, commits)
	}
	return " where lines were removed by " + list(f.Prerequisites, commits)
}

// there says what the target did to the lines.
func (f *finding) there(target string) string {
	wrote, removed := false, false
	for _, c := range f.Target {
		wrote, removed = wrote || len(c.Wrote) > 0, removed || len(c.Removed) > 0
	}
	switch {
	case f.Adjacent:
		return ", next to which " + target + " has a change of its own: "
	case f.added:
		return ", where " + target + " has another one: "
	case removed && !wrote:
		return ", which " + target + " removed in "
	case wrote && !removed && len(f.base) == 0:
		return ", where " + target + " has lines of its own: "
	}
	return ", which " + target + " changed itself in "
}

// later says that a change of the target carries one that is not in the fix's
// own history.
func (a *analysis) later(r *finding, own []string) string {
	if len(own) != 1 {
		return ""
	}
	for _, c := range r.Target {
		if c.Commit != own[0] {
			continue
		}
		if c.Twin != "" || a.source.span == nil {
			return ""
		}
		for _, id := range a.e.index.Origins(c.Commit, a.opts.Before) {
			if !a.e.index.IsAncestor(id, a.source.tip) {
				return fmt.Sprintf(", a backport of %s, which is not in the history of the fix", id[:min(shownDigits, len(id))])
			}
		}
	}
	return ""
}

// changedBy names the altered backports of a region.
func (a *analysis) changedBy(r *finding, commits map[string]Commit) string {
	var out []string
	for i, p := range r.Altered {
		if i == maxNamed {
			break
		}
		out = append(out, fmt.Sprintf("%s on %s is a backport of %s that differs from it: %s",
			commits[p.Backport], plain(a.pick.Target.Name), commits[p.Original], p.Difference))
	}
	return "; " + strings.Join(out, "; ")
}

// moved says where the target has what the fix changes.
func (f *finding) moved(target, what string, own []string, commits map[string]Commit) string {
	place := plain(f.Elsewhere.Path)
	if f.Elsewhere.Line > 0 {
		place += fmt.Sprintf(":%d", f.Elsewhere.Line)
	}
	text := what + ", which " + target + " has at " + place
	if f.fixAdds != "" {
		text = what + " to a folder which " + target + " has at " + place
	}
	switch {
	case len(f.Prerequisites) > 0:
		text += "; the source moved it in " + list(f.Prerequisites, commits)
	case len(own) > 0:
		text += " since " + list(own, commits)
	}
	return text
}
