package provenance

import "strings"

// reverts reads "This reverts commit X." with what may follow: more ids, "which
// is commit Y upstream", "reversing changes made to Z", whose Z is no claim.
func (p *parser) reverts(t string) bool {
	c := scan{t}
	kind := Reverts
	this := c.word("this")
	if this {
		c.any("commit", "patch", "change", "PR")
		if c.word("is") {
			c.any("a", "an")
		}
	}
	for more := true; more; {
		switch c.any("partially", "partial", "effectively", "effective", "essentially", "basically", "also", "manually", "manual", "full") {
		case "partially", "partial":
			kind = PartlyReverts
		case "":
			more = false
		}
	}
	if c.any("reverts", "revert", "reverting", "reverted") == "" || strings.HasPrefix(c.s, `"`) {
		return false
	}
	if c.any("most", "part", "parts") != "" {
		kind = PartlyReverts
	}
	c.word("of")
	a := p.ahead()
	sure := c.revertTarget()
	listed := c.s == ""
	if listed {
		c.s = bullet(a.next())
		sure = c.revertTarget() || sure
	}
	refs := p.refs(&c, &a, sure)
	if len(refs) == 0 || !this && !p.fresh(t) {
		return false
	}
	// What git wrote stands, whatever a person wrote behind it.
	if full := this && len(refs[0].id) >= 40; !full && !listed && !goesOn(c.s) {
		return false
	}
	// A list, one id per line, perhaps with a subject where a colon announced it.
	for len(refs) < maxList && (listed || c.s == "") {
		next := a
		n := scan{bullet(next.next())}
		more := p.refs(&n, &next, true)
		if len(more) == 0 || more[0].id == "" || !listed && n.s != "" {
			break
		}
		refs, a = append(refs, more...), next
	}
	upstream := p.upstreamOf(c, &a)
	for _, r := range refs {
		p.claim(Claim{Kind: kind, Dialect: "git-revert", ID: r.id, PR: r.pr, Repo: r.repo, Upstream: upstream})
	}
	p.skip = a.n
	return true
}

// revertTarget takes off what may stand between the verb and the reference, and
// tells whether it promised a commit.
func (c *scan) revertTarget() (sure bool) {
	for {
		switch c.any("the", "following", "commit", "commits", "merge", "merges", "upstream", "sha", "PR", "pull", "request") {
		case "commit", "commits", "sha":
			sure = true
			c.byte(":")
		case "":
			c.byte(":")
			return sure
		}
	}
}

// upstreamOf reads "which is commit B upstream" or "(which is upstream commit
// B)", broken over lines anywhere. It moves a only if it succeeds.
func (p *parser) upstreamOf(c scan, a *ahead) string {
	next := *a
	wrap := func() {
		if c.s == "" {
			c.s = next.next()
		}
	}
	for c.byte(",(.") != 0 {
	}
	wrap()
	c.byte("(")
	if !c.word("which") {
		return ""
	}
	wrap()
	c.any("is", "was")
	wrap()
	before := c.word("upstream")
	wrap()
	c.word("commit")
	wrap()
	r, ok := c.ref(true)
	if !ok || r.id == "" {
		return ""
	}
	wrap()
	if !before && !c.word("upstream") {
		return ""
	}
	*a = next
	return r.id
}

func bullet(t string) string { return strings.TrimLeft(t, "-*"+blank) }

// revertTitle peels `Revert "…"` and `Reapply "…"` and tells the innermost
// subject and whether the whole takes it back or brings it back.
func revertTitle(t string) (subject string, reverted, reapplied bool) {
	flips, layers := 0, 0
	for {
		c := scan{t}
		w := c.any("Revert", "Reapply")
		if w == "" || c.s == "" || c.s[0] != '"' && c.s[0] != '\'' {
			break
		}
		quote := c.s[:1]
		inner := c.s[1:]
		if i := strings.LastIndex(inner, quote); i >= 0 {
			inner = inner[:i]
		}
		if trim(inner) == "" {
			break
		}
		if w == "Revert" {
			flips++
		}
		layers++
		t = trim(inner)
	}
	if layers == 0 {
		return "", false, false
	}
	return t, flips%2 == 1, flips%2 == 0
}
