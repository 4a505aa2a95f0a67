package provenance

import "strings"

// A phrase is a claim in words as far as it has been read: "(manually cherry
// picked from commit", "automatic backport of pull request".
type phrase struct {
	open     byte // '(' or '[' it stands in, or 0
	cherry   bool // cherry-pick, else backport
	past     bool // picked, backported
	partial  bool
	manual   bool
	machine  bool // automatic
	from, of bool // the word after the verb
	request  bool // "pull request", "PR" before the number
	repo     string
}

// pick reads "(cherry picked from commit X)" in all its hand-written variants,
// backports in words, and the sentences of bots about pull requests.
func (p *parser) pick(t string) bool {
	c := scan{strings.TrimLeft(t, "* ")} // Markdown: bold, list
	bullet := strings.HasPrefix(t, "* ")
	if bullet && c.s != "" && c.s[0] != '(' {
		return false // the subject of a squashed commit
	}
	ph := phrase{open: c.byte("([")}
	if !c.phrase(&ph) {
		return false
	}
	a := p.ahead()
	sure := ph.target(&c)
	if c.s == "" && (ph.from || ph.of) {
		c.s = a.next()
		sure = ph.target(&c) || sure
	}
	refs := p.refs(&c, &a, sure || ph.open != 0)
	if len(refs) == 0 {
		return ph.open != 0 && ph.past && p.page(&c, &ph)
	}
	if ph.open == 0 && !p.fresh(t) || !goesOn(c.s) && !ph.names(c.s) {
		return false
	}
	out := Claim{Kind: ph.kind(), Dialect: ph.dialect(&c), Repo: ph.repo}
	if p.title && isSkara(t) {
		out.Dialect = "skara"
	}
	if c.words("as", "merged", "into") { // Patchback: "PR #12 as merged into main (X)"
		out.Branch = c.token()
		if r, ok := c.ref(true); ok && len(refs) == 1 {
			refs[0].id = r.id
		}
	} else {
		ph.tail(&c, &a, &out, refs[0].pr != 0)
	}
	for _, r := range refs {
		cl := out
		cl.ID, cl.PR = r.id, r.pr
		if r.repo != "" {
			cl.Repo = r.repo
		}
		if r.id == "" && cl.Kind != Partial {
			cl.Kind = Request
		}
		p.claim(cl)
	}
	p.skip = a.n
	return true
}

func isSkara(t string) bool {
	id, ok := strings.CutPrefix(t, "Backport ")
	return ok && (len(id) == 40 || len(id) == 64)
}

// phrase takes off the words up to the preposition after the verb.
func (c *scan) phrase(ph *phrase) bool {
	if c.any("note:", "note") != "" {
		c.byte(":")
	}
	if c.word("this") {
		c.any("commit", "patch", "change", "PR")
		if c.word("is") {
			c.any("actually", "just", "basically", "effectively")
			c.any("a", "an", "the")
		}
	}
	for {
		switch c.any("partial", "partially", "manual", "manually", "automated", "automatic", "automatically", "auto", "clean", "direct", "straight", "trivial", "simple") {
		case "partial", "partially":
			ph.partial = true
			continue
		case "manual", "manually":
			ph.manual = true
			continue
		case "automated", "automatic", "automatically", "auto":
			ph.machine = true
			continue
		case "":
		default:
			continue
		}
		break
	}
	switch {
	case c.cut("cherry"):
		ph.cherry = true
		if c.s != "" && (c.s[0] == ' ' || c.s[0] == '-') {
			c.s = c.s[1:]
		}
		if !c.cut("pick") {
			return false
		}
	case c.cut("back"):
		if c.s != "" && c.s[0] == '-' {
			c.s = c.s[1:]
		}
		if !c.cut("port") {
			return false
		}
	default:
		return false
	}
	switch {
	case c.cut("ed"):
		ph.past = true
	case c.cut("ing"), c.cut("s"):
	}
	if c.s != "" && isWord(c.s[0]) {
		return false
	}
	c.blanks()
	c.byte(":")
	if c.words("a", "part") || c.word("part") || c.word("parts") {
		ph.partial = true
	}
	ph.from, ph.of = c.word("from"), c.word("of")
	return true
}

// target takes off what may stand between the preposition and the reference,
// and tells whether it promised a commit.
func (ph *phrase) target(c *scan) (sure bool) {
	named := false
	for {
		switch w := c.any("the", "upstream", "commit", "commits", "commitid", "commit-id", "sha", "sha1", "hash", "revision", "change", "changeset", "PR", "PRs", "MR", "pull", "request", "merge"); w {
		case "commit", "commits", "commitid", "commit-id", "sha", "sha1", "hash", "revision", "changeset":
			sure = true
			c.word("id")
			c.byte(":-")
			continue
		case "PR", "PRs", "MR", "request":
			ph.request = true
			c.byte(":")
			continue
		case "":
			if c.byte(":") != 0 {
				continue
			}
		default:
			continue
		}
		// "from oslo-incubator X", "from Neutron commit X": one name.
		if !ph.from || named {
			return sure
		}
		next := *c
		name := strings.Trim(next.token(), "`'\"")
		if name == "" || !isLetter(name[0]) || strings.ContainsAny(name, ":#()@") {
			return sure
		}
		probe := next
		probe.any("commit", "commits")
		if _, ok := probe.ref(false); !ok && probe.s != "" {
			return sure
		}
		if _, ok := c.peekRef(sure || ph.open != 0); ok {
			return sure
		}
		named = true
		if isBranch(name) {
			ph.repo = ""
		} else {
			ph.repo = name
		}
		*c = next
	}
}

func (c *scan) peekRef(sure bool) (ref, bool) {
	probe := *c
	return probe.ref(sure)
}

func isBranch(name string) bool {
	switch strings.ToLower(name) {
	case "master", "main", "trunk", "develop", "unstable":
		return true
	}
	return strings.Contains(name, "stable") || strings.Contains(name, "release")
}

// refs takes off a list of references: "A", "A and B", "A, commit B", going on
// over line ends.
func (p *parser) refs(c *scan, a *ahead, sure bool) []ref {
	var out []ref
	for len(out) < maxList {
		r, ok := c.ref(sure)
		if !ok && len(out) == 0 {
			return nil
		}
		if !ok {
			break
		}
		out = append(out, r)
		before, beforeAhead := *c, *a
		sep := false
		for c.byte(",;&+") != 0 || c.word("and") {
			sep = true
		}
		if sep && c.s == "" {
			c.s = a.next()
		}
		c.any("commits", "commit")
		if _, ok := c.peekRef(sure); !sep || !ok {
			*c, *a = before, beforeAhead
			break
		}
	}
	return out
}

// page records "(backported from URL)" where the address is not a commit's: a
// mail, a review.
func (p *parser) page(c *scan, ph *phrase) bool {
	u := strings.TrimRight(c.token(), ")]>")
	u = strings.TrimLeft(u, "<")
	if !ph.from || !strings.Contains(u, "://") {
		return false
	}
	p.claim(Claim{Kind: ph.kind(), Dialect: ph.dialect(c), Repo: u})
	return true
}

// goesOn tells whether rest may follow a reference that ends a claim. A verb
// may not: "Backport of X is risky" is prose.
func goesOn(rest string) bool {
	c := scan{rest}
	if c.s == "" || !isWord(c.s[0]) {
		return true
	}
	return c.any("from", "on", "in", "to", "into", "onto", "for", "which", "by", "with", "without", "and", "as", "done", "upstream") != ""
}

// names tells whether rest may be "repo branch)" behind the id of a claim in
// parentheses.
func (ph *phrase) names(rest string) bool {
	rest, _, _ = strings.Cut(rest, ")")
	return ph.open != 0 && ph.from && strings.Count(trim(rest), " ") < 2
}

func (ph *phrase) kind() Kind {
	switch {
	case ph.partial:
		return Partial
	case ph.manual, ph.past && !ph.cherry:
		return Backported
	}
	return Picked
}

func (ph *phrase) dialect(c *scan) string {
	switch {
	case ph.open == '(' && ph.cherry && (ph.past || ph.from):
		return "git-x"
	case ph.open == '(' && ph.past:
		return "ubuntu"
	case ph.machine && ph.cherry:
		return "automated-pick"
	case ph.machine:
		return "mergify"
	case ph.cherry:
		return "cherry-pick"
	}
	next := *c
	switch {
	case ph.request && next.words("on", "branch"):
		return "meeseeks"
	case next.word("by") && strings.HasPrefix(next.s, "@"):
		return "gitea"
	case strings.HasPrefix(c.s, "as merged into"):
		return "patchback"
	}
	return "backport-of"
}

// tail reads what stands behind the reference: "repo branch)", "from main.",
// "on branch 1.x (title)", "as merged into main (X)".
func (ph *phrase) tail(c *scan, a *ahead, out *Claim, request bool) {
	text := c.s
	if ph.open != 0 {
		closing := map[byte]string{'(': ")", '[': "]"}[ph.open]
		next := *a
		for i := 0; i < 2 && !strings.Contains(text, closing); i++ {
			line := next.next()
			if line == "" || line[0] == '(' || line[0] == '[' || strings.Count(line, " ") > 2 {
				text = ""
				break
			}
			text += " " + line
		}
		before, _, ok := strings.Cut(text, closing)
		if !ok {
			return
		}
		text = before
		*a = next
	}
	w := scan{strings.TrimLeft(text, blank+",")}
	prep := w.any("from", "on", "in", "into", "onto", "to", "for")
	w.any("the", "branch")
	name := w.token()
	clean := strings.Trim(name, "`'\".,;:")
	switch {
	case clean == "" || prep == "" && ph.open == 0 || clean[0] == '(' || clean[0] == '#':
	case w.s != "" && prep == "" && !strings.ContainsAny(w.s, blank):
		out.Repo, out.Branch = clean, strings.Trim(w.s, "`'\".,;:")
	case w.s != "" && w.s[0] != '(' && clean == name:
	case prep == "into" || prep == "onto" || prep == "to" || prep == "for", request && prep == "on":
		out.Target = clean
	case prep != "":
		out.Branch = clean
	default:
		out.Repo = clean
	}
}

// glued reads the line of git cherry-pick -x where git before 1.8 glued it to
// a one-line message: "Fix it.(cherry picked from commit X)".
func (p *parser) glued(t string) {
	const mark = "(cherry picked from commit "
	if t[len(t)-1] != ')' {
		return
	}
	i := strings.LastIndex(t, mark)
	if i < 1 || strings.IndexByte(blank, t[i-1]) >= 0 {
		return
	}
	id := t[i+len(mark) : len(t)-1]
	if full, ok := hexID(id); ok && len(full) == len(id) && (len(id) == 40 || len(id) == 64) {
		p.claim(Claim{Kind: Picked, Dialect: "git-x", ID: full})
	}
}

// freebsd reads "MFC X" and "MFC: X, Y".
func (p *parser) freebsd(t string) bool {
	c := scan{t}
	if !c.cut("MFC") || c.s == "" || isWord(c.s[0]) {
		return false
	}
	c.byte(":")
	c.blanks()
	a := p.ahead()
	refs := p.refs(&c, &a, false)
	for _, r := range refs {
		if r.id != "" {
			p.claim(Claim{Kind: Picked, Dialect: "freebsd", ID: r.id, Repo: r.repo})
		}
	}
	return len(refs) > 0
}
