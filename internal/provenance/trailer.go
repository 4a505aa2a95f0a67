package provenance

import "strings"

// maxKey is the longest trailer key that means something here, in bytes.
const maxKey = 20

// trailer splits "Key: value". The key is in lower case with blanks made '-',
// so that "Upstream Status" and "Upstream-Status" are one.
func trailer(t string) (key, value string, ok bool) {
	var buf [maxKey]byte
	for i := 0; i < len(t) && i <= maxKey; i++ {
		b := t[i]
		switch {
		case b == ':' && i > 1:
			return string(buf[:i]), trim(t[i+1:]), true
		case i == maxKey:
		case isLetter(b):
			buf[i] = b | 0x20
			continue
		case isDigit(b), b == '-':
			buf[i] = b
			continue
		case b == ' ' && i > 0:
			buf[i] = '-'
			continue
		}
		break
	}
	return "", "", false
}

// trailerLine reads a trailer that has a meaning here and tells whether it had.
func (p *parser) trailerLine(key, value string) bool {
	c := scan{value}
	switch key {
	case "git-commit", "alt-commit":
		p.ids(c, "suse")
	case "master-commit":
		p.ids(c, "xen")
	case "rebased-from":
		p.ids(c, "bitcoin")
	case "github-pull":
		return p.requestOf(c, "bitcoin")
	case "backport-of":
		if r, ok := c.ref(true); ok && len(r.id) >= 40 {
			p.claim(Claim{Kind: Picked, Dialect: "skara", ID: r.id, Repo: r.repo})
			return true
		}
		return false
	case "cherry-picked-from", "cherry-pick-of", "cherry-pick-from", "cherry-picked-commit":
		return p.ids(c, "cherry-pick") || p.requestOf(c, "cherry-pick")
	case "backported-from", "backport-from", "backport-commit":
		return p.ids(c, "backport-of") || p.requestOf(c, "backport-of")
	case "upstream-commit":
		p.ids(c, "stable-bracket")
	case "upstream-status":
		p.yocto(value)
	case "upstream":
		p.pages(value, "buildroot", Picked)
	case "origin":
		p.origin(c)
	case "applied-upstream":
		p.pages(value, "dep3", Picked)
	case "pr-url":
		if r := urlRef(value); r.pr != 0 {
			p.prURL, p.prURLLine = r, p.line
		}
	case "backport-pr-url":
		p.backportURL = urlRef(value)
	case "reviewed-on": // Gitea and Forgejo; Gerrit's has another address
		if r := urlRef(value); r.pr != 0 && strings.Contains(value, "/pulls/") {
			p.rec.PR = r.pr
		}
	case "fixes", "fix":
		if !p.idList(c, &p.rec.Fixes) {
			p.bugs(value, false)
		}
	case "stable-dep-of":
		p.idList(c, &p.rec.NeededBy)
	case "depends-on", "x-mfc-with":
		p.idList(c, &p.rec.Depends)
	case "cc":
		p.stableCc(value)
	case "change-id":
		if len(value) == 41 && value[0] == 'I' {
			p.rec.ChangeID = value
		}
	case "cve":
		p.redhat = true
	case "bugzilla", "bz", "jira":
		p.redhat = true
		p.bugs(value, true)
	case "references": // SUSE
		p.bugs(value, false)
	case "bug", "bugs", "buglink", "bug-url", "closes", "close", "resolves", "issue", "pr", "closes-bug", "related-bug", "partial-bug":
		p.bugs(value, true)
	default:
		if strings.HasPrefix(key, "bug-") {
			p.bugs(value, true)
			return true
		}
		return false
	}
	return true
}

// ids claims every id of a list; "(partial)" behind one belongs to it.
func (p *parser) ids(c scan, dialect string) bool {
	found := false
	for {
		c.any("commit", "commits")
		r, ok := c.ref(true)
		if !ok || r.id == "" {
			return found
		}
		cl := Claim{Kind: Picked, Dialect: dialect, ID: r.id, Repo: r.repo, PR: r.pr}
		if c.cut("(partial)") {
			cl.Kind = Partial
			c.blanks()
		}
		p.claim(cl)
		found = true
		c.byte(",;")
		c.word("and")
	}
}

func (p *parser) requestOf(c scan, dialect string) bool {
	r, ok := c.ref(false)
	if !ok || r.pr == 0 || r.id != "" {
		return false
	}
	p.claim(Claim{Kind: Request, Dialect: dialect, PR: r.pr, Repo: r.repo})
	return true
}

// pages claims every commit, else every request, whose address, "commit:X" or
// "commit X" stands in text.
func (p *parser) pages(text, dialect string, kind Kind) bool {
	found := false
	sure := false
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(blank+",[]()<>\"'", r) }) {
		if strings.EqualFold(w, "commit") || strings.EqualFold(w, "commit:") {
			sure = true
			continue
		}
		c := scan{w}
		named := c.cut("commit:") || sure
		sure = false
		r, ok := c.ref(named)
		switch {
		case !ok || !named && r.id == "" && !strings.Contains(w, "://"):
		case r.id != "":
			p.claim(Claim{Kind: kind, Dialect: dialect, ID: r.id, Repo: r.repo, PR: r.pr})
			found = true
		default:
			p.claim(Claim{Kind: Request, Dialect: dialect, PR: r.pr, Repo: r.repo})
			found = true
		}
	}
	return found
}

// yocto reads "Upstream-Status: Backport [URL]", the URL perhaps on the next
// line; Red Hat's "Upstream Status" names no state.
func (p *parser) yocto(value string) {
	c := scan{value}
	if c.any("backport", "backported", "accepted") == "" {
		p.redhat = true
		if c.any("pending", "submitted", "denied", "inappropriate", "inactive-upstream") == "" {
			p.pages(value, "yocto", Picked)
		}
		return
	}
	if p.pages(c.s, "yocto", Picked) || c.s != "" {
		return
	}
	a := p.ahead()
	if next := a.next(); strings.HasPrefix(next, "[") || strings.HasPrefix(next, "http") {
		if p.pages(next, "yocto", Picked) {
			p.skip = 1
		}
	}
}

// origin reads DEP-3's "Origin: backport, URL"; a bare URL is legal.
func (p *parser) origin(c scan) {
	kind := Picked
	if c.any("upstream", "backport", "vendor", "other") == "backport" {
		kind = Backported
	}
	p.pages(c.s, "dep3", kind)
}

// stableCc reads the prerequisite of "Cc: <stable@…> # 3.3.x: a1f84a3: sched: …".
func (p *parser) stableCc(value string) {
	to, remark, ok := strings.Cut(value, "#")
	if !ok || !strings.Contains(to, "stable") {
		return
	}
	for i, w := range strings.Fields(remark) {
		if i == 2 {
			return
		}
		if id, ok := hexID(w); ok && w[len(id):] == ":" {
			add(&p.rec.Depends, id)
			return
		}
	}
}

func (p *parser) idList(c scan, list *[]string) bool {
	found := false
	for {
		c.any("commit", "commits")
		r, ok := c.ref(true)
		if !ok || r.id == "" {
			return found
		}
		add(list, r.id)
		found = true
		c.byte(",;")
		c.word("and")
	}
}

// bugs takes what looks like a bug number out of a trailer: "rhbz#123", "#12",
// "RHEL-12", a URL; if bare is true also digits alone, as the first word.
func (p *parser) bugs(value string, bare bool) {
	for i, w := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(blank+",;", r) }) {
		if i == 16 {
			return
		}
		w, _, _ = strings.Cut(strings.TrimLeft(w, "([<\"'"), "](") // Markdown
		w = strings.TrimRight(w, ")]>.:\"'")
		if isBug(w) || bare && i == 0 && w != "" && strings.Trim(w, "0123456789") == "" {
			add(&p.rec.Bugs, w)
		}
	}
}

func isBug(w string) bool {
	if i := strings.IndexAny(w, "#"); i >= 0 && i+1 < len(w) && isDigit(w[i+1]) {
		return true
	}
	if strings.Contains(w, "://") {
		return true
	}
	// KEY-123, b/123 and b:123, but not CVE-2024-1.
	i := strings.LastIndexAny(w, "-/:")
	return i > 0 && i+1 < len(w) && strings.Trim(w[i+1:], "0123456789") == "" &&
		isLetter(w[0]) && !strings.ContainsAny(w[:i], "-/:.")
}

// fixes reads "Fixes X" and "Fixes #12" without a colon.
func (p *parser) fixes(t string) bool {
	c := scan{t}
	if c.any("fixes", "fix") == "" {
		return p.followUp(t)
	}
	if strings.HasPrefix(c.s, "(") {
		return false // "Fix (#12)": the request, not the bug
	}
	c.any("issue", "bug")
	bug := c
	sure := c.any("commits", "commit") != ""
	r, ok := c.ref(sure)
	switch {
	case !ok || !goesOn(c.s):
		return false
	case r.id != "":
		add(&p.rec.Fixes, r.id)
	default:
		p.bugs(bug.token(), false)
	}
	return true
}

// followUp reads "Follow-up for X", "Followup to: X".
func (p *parser) followUp(t string) bool {
	c := scan{t}
	if c.any("follow-up", "followup", "fixup", "fix-up") == "" && !c.words("follow", "up") {
		return false
	}
	c.any("for", "to", "of", "on")
	c.byte(":")
	return p.idList(c, &p.rec.Fixes)
}

// caused reads "Regression from X", "Broken by commit X", "Introduced in X".
func (p *parser) caused(t string) bool {
	c := scan{t}
	if !p.fresh(t) || c.any("regression", "broken", "introduced", "caused") == "" ||
		c.any("from", "in", "since", "by", "with") == "" {
		return false
	}
	return p.idList(c, &p.rec.Fixes)
}
