package provenance

import "strings"

// titleLine reads the first line of a message.
func (p *parser) titleLine(t string) {
	if p.mergeTitle(t) {
		return
	}
	p.adapted = strings.HasPrefix(t, "BACKPORT:")
	p.bodyLine(t)

	l := cutLead(t)
	if l.version {
		p.pick(l.rest)
	}
	if l.id != "" {
		p.claim(Claim{Kind: Picked, Dialect: "patchback", ID: l.id, PR: l.pr})
	}
	// What stands in parentheses at the end, from the last to the first.
	rest, numbers, gh := l.rest, []int(nil), false
	for len(numbers) < 8 {
		s, ok := cutTail(rest)
		if !ok {
			break
		}
		rest = s.rest
		switch {
		case s.claim.Kind != "":
			p.claim(s.claim)
		case s.pr != 0:
			numbers, gh = append(numbers, s.pr), s.gh
		}
	}
	switch n := len(numbers); {
	case n > 1 && l.version:
		p.claim(Claim{Kind: Request, Dialect: "cpython", PR: numbers[n-1]})
		p.rec.PR = numbers[0]
	case n == 1 && l.version && gh:
		p.claim(Claim{Kind: Request, Dialect: "cpython", PR: numbers[0]})
	case n > 0:
		p.rec.PR = numbers[0]
	}
	subject, reverted, reapplied := revertTitle(rest)
	switch {
	case reverted:
		p.rec.RevertSubject = subject
	case reapplied:
		p.rec.ReapplySubject = subject
	}
}

// mergeTitle reads "Merge pull request #12 from owner/branch" and its kin.
func (p *parser) mergeTitle(t string) bool {
	c := scan{t}
	switch {
	case c.words("merge", "branch"): // GitLab's title; the number is in the body
		name, ok := strings.CutPrefix(c.token(), "'")
		return ok && p.mergedBranch(strings.TrimRight(name, "'"))
	case !c.words("merge", "pull", "request"):
		return false
	}
	// Gitea puts the request's title in between: "'Fix it' (#12) from …".
	if i := strings.LastIndex(c.s, "' (#"); i > 0 && c.s[0] == '\'' {
		c.s = c.s[i+3:]
	}
	r, ok := c.ref(false)
	if !ok || r.pr == 0 {
		return false
	}
	p.rec.PR = r.pr
	c.byte(")")
	if c.word("from") {
		name := c.token()
		if _, branch, ok := strings.Cut(name, "/"); ok {
			name = branch
		}
		p.mergedBranch(name)
	}
	return true
}

func (p *parser) mergedBranch(name string) bool {
	claims := ParseBranch(name)
	for _, b := range claims {
		p.claim(b)
	}
	return len(claims) > 0
}

// A lead is what stands in brackets before a title.
type lead struct {
	kept, rest string // brackets that belong to the title, and the title
	version    bool   // a bracket named a release
	id         string // Patchback's "[PR #12/1234abcd backport]"
	pr         int
}

func cutLead(t string) lead {
	l := lead{rest: t}
	for strings.HasPrefix(l.rest, "[") {
		i := strings.IndexByte(l.rest, ']')
		if i < 0 {
			break
		}
		inner := trim(l.rest[1:i])
		if !decoration(inner) {
			l.kept += l.rest[:i+1]
		} else {
			l.version = true
			c := scan{inner}
			if n, size := marked(inner); size > 0 && c.word("PR") {
				c.s = inner[size:]
				if c.byte("/") != 0 {
					if id, ok := hexID(c.s); ok {
						l.id, l.pr = id, n
					}
				}
			}
		}
		l.rest = l.rest[i+1:]
		if l.version {
			l.rest = strings.TrimPrefix(l.rest, ":")
		}
		if l.kept != "" && strings.HasPrefix(l.rest, " ") {
			l.kept = strings.TrimRight(l.kept, " ") + " "
		}
		l.rest = trim(l.rest)
	}
	return l
}

// decoration tells whether the text in a leading bracket is about where a
// commit goes, not what it does: a release, "backport", "PATCH 6.1.y".
func decoration(s string) bool {
	lower := strings.ToLower(s)
	for _, w := range [...]string{"backport", "cherry-pick", "cherry pick", "cherrypick"} {
		if strings.Contains(lower, w) {
			return true
		}
	}
	c := scan{s}
	if c.any("PATCH", "SRU", "stable-only", "stable") != "" || c.words("stable", "only") {
		return true
	}
	return isRelease(s)
}

// isRelease tells whether s looks like the name of a release branch: "1.7",
// "v20.x", "release/1.7", "7-2-stable", "stable28", "branch-3.1". "JENKINS-12",
// "5274" and "releases/1.0.toml" do not.
func isRelease(s string) bool {
	for _, w := range [...]string{"releases", "release", "stable", "branch", "maintenance", "maint", "rel", "support", "lts", "hotfix"} {
		if rest, ok := strings.CutPrefix(s, w); ok {
			return isVersion(strings.TrimLeft(rest, "/-_"))
		}
		if rest, ok := strings.CutSuffix(s, "-"+w); ok {
			return isVersion(rest)
		}
	}
	return strings.Contains(s, ".") && isVersion(s)
}

func isVersion(s string) bool {
	s = strings.TrimPrefix(s, "v")
	return s != "" && isDigit(s[0]) && strings.Trim(s, "0123456789.-_xyX") == ""
}

// A tailMark is what stands in parentheses at the end of a title.
type tailMark struct {
	rest  string // the title before it
	pr    int    // "(#12)", "(GH-12)"
	gh    bool
	claim Claim // "(backport #12)", "(cherry picked from commit X)"
}

func cutTail(t string) (tailMark, bool) {
	i := strings.LastIndexByte(t, '(')
	if i < 1 || t[len(t)-1] != ')' || t[i-1] != ' ' {
		return tailMark{}, false
	}
	inner := t[i+1 : len(t)-1]
	m := tailMark{rest: trim(t[:i])}
	if n, size := marked(inner); size > 0 && size == len(inner) {
		m.pr, m.gh = n, inner[0]|0x20 == 'g'
		return m, m.rest != ""
	}
	c := scan{inner}
	ph := phrase{}
	if c.word("copy") {
		ph.machine = true
	} else if !c.phrase(&ph) {
		return tailMark{}, false
	}
	if c.s == "" {
		return m, m.rest != ""
	}
	sure := ph.target(&c)
	r, ok := c.ref(sure)
	if !ok || !goesOn(c.s) {
		return tailMark{}, false
	}
	m.claim = Claim{Kind: ph.kind(), Dialect: "backport-of", ID: r.id, PR: r.pr, Repo: r.repo, Line: 0}
	switch {
	case r.id == "" && ph.cherry:
		m.claim.Kind, m.claim.Dialect = Request, "cherry-pick"
	case r.id == "":
		m.claim.Kind, m.claim.Dialect = Request, "mergify"
	case ph.cherry:
		m.claim.Dialect = "git-x"
	}
	return m, m.rest != ""
}
