package provenance

import "strings"

// upstream reads the forms of the kernel's stable trees and their kin:
// "commit X upstream.", "[ Upstream commit X ]".
func (p *parser) upstream(t string) bool {
	c := scan{t}
	open := c.byte("([")
	if c.words("this", "is") {
		c.word("the")
	}
	small := strings.HasPrefix(c.s, "u")
	var out Claim
	switch {
	case c.word("upstream"):
		c.word("commit")
		c.byte(":")
		out.Dialect = "stable-bracket"
		if small && open == '[' {
			out.Dialect = "dpdk"
		}
	case c.word("commit"):
		out.Dialect = "stable-upstream"
	default:
		return false
	}
	r, ok := c.ref(true)
	if !ok || r.id == "" {
		return false
	}
	word := c.word("upstream")
	switch {
	case out.Dialect == "stable-upstream" && !word:
		return false
	case open != 0:
		if c.s != "" && strings.IndexByte("]),;:.-", c.s[0]) < 0 {
			return false
		}
	case strings.TrimRight(c.s, " .") != "" && c.s[0] != ',' && c.s[0] != ';':
		return false // prose: "Upstream commit X introduced …"
	case !p.fresh(t):
		return false
	}
	out.Kind, out.ID, out.Repo = Picked, r.id, r.repo
	p.claim(out)
	return true
}

// header reads the headers without a colon that CIQ's kernels have, and
// "commit X" below them or below a header of Red Hat's kernels.
func (p *parser) header(t string) bool {
	c := scan{t}
	switch {
	case 'A' <= t[0] && t[0] <= 'Z':
		return false
	case c.word("commit"):
		return p.plainCommit(c)
	case c.word("jira"):
		p.bugs(c.s, false)
	case c.any("cve", "cve-bf", "cve-pre", "commit-author", "commit-source") != "":
	case p.ciq && c.word("upstream-diff"):
		p.adapted = true
		add(&p.rec.Notes, fold(t))
	default:
		return false
	}
	p.ciq = true
	return true
}

func (p *parser) plainCommit(c scan) bool {
	id, ok := hexID(c.s)
	if !ok || len(id) != len(c.s) || len(id) < 12 || p.squash {
		return false
	}
	a := p.ahead()
	switch {
	case p.ciq:
		p.claim(Claim{Kind: Picked, Dialect: "ciq", ID: id})
	case p.redhat && strings.HasPrefix(a.next(), "Author:"):
		p.claim(Claim{Kind: Picked, Dialect: "rhel", ID: id})
	default:
		return false
	}
	return true
}

// gitRepo reads "rhel-8.git commit X".
func (p *parser) gitRepo(t string) {
	const mark = ".git commit "
	i := strings.Index(t, mark)
	if i < 1 || strings.ContainsAny(t[:i], blank) {
		return
	}
	c := scan{t[i+len(mark):]}
	if id, ok := hexID(c.s); ok && strings.Trim(c.s[len(id):], " .)") == "" {
		p.claim(Claim{Kind: Picked, Dialect: "rhel-hop", ID: id, Repo: t[:i+len(".git")]})
	}
}

// mergedFrom reads OpenSSL's "(Merged from https://…/pull/12)".
func (p *parser) mergedFrom(t string) bool {
	c := scan{t}
	if c.byte("(") == 0 || !c.words("merged", "from") {
		return false
	}
	r, ok := c.ref(false)
	if ok && r.pr != 0 {
		p.rec.PR = r.pr
	}
	return ok
}

// gitlab reads "See merge request group/project!12", which GitLab puts below
// its merge commits.
func (p *parser) gitlab(t string) {
	c := scan{t}
	if !c.words("see", "merge", "request") {
		return
	}
	if r, ok := c.ref(false); ok && r.pr != 0 && c.s == "" {
		p.rec.PR = r.pr
	}
}
