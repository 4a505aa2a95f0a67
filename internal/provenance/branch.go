package provenance

import "strings"

// ParseBranch returns what the name of a topic branch claims: the branches that
// backport bots make name the request or the commits they carry and the
// release they are for. The claims have Kind Request or Picked, Dialect
// "branch" and no line; there is none if the name is of no known form.
//
//	backport-12-to-1.7, backport/1.7/pr-12, backport/12/stable28
//	cherry-pick-12-to-release/2.3, automated-cherry-pick-of-#12-upstream-release-1.30
//	mergify/bp/1.7/pr-12, auto-backport-of-pr-12-on-1.x
//	patchback/backports/1.7/<sha>/pr-12, backport-<sha>-3.12, bp-1.7-<sha>_<sha>
func ParseBranch(name string) []Claim {
	if len(name) > 1024 {
		return nil
	}
	c := scan{name}
	switch {
	case c.cut("mergify/bp/"), c.cut("mergify/copy/"):
		return slashed(c.s)
	case c.cut("patchback/backports/"):
		return slashed(c.s)
	case c.cut("backport/"), c.cut("cherry-pick/"):
		if first, target, ok := strings.Cut(c.s, "/"); ok {
			if cl, ok := branchRef(first); ok {
				cl.Target = target
				return []Claim{cl}
			}
		}
		return slashed(c.s)
	case c.cut("bp-"):
		i := strings.LastIndexByte(c.s, '-')
		if i < 1 {
			return nil
		}
		var out []Claim
		for _, id := range strings.Split(c.s[i+1:], "_") {
			if cl, ok := branchRef(id); ok && cl.ID != "" {
				cl.Target = c.s[:i]
				out = append(out, cl)
			}
		}
		return out
	}
	c.cut("auto-")
	c.cut("automated-")
	if !c.cut("backport-") && !c.cut("backport_") && !c.cut("cherry-pick-") && !c.cut("cherrypick-") {
		return nil
	}
	c.cut("of-")
	c.cut("pr-")
	var out []Claim
	for {
		cl, ok := branchRef(c.s)
		if !ok {
			break
		}
		out = append(out, cl)
		i := strings.IndexByte(c.s, '-')
		if i < 0 {
			c.s = ""
			break
		}
		c.s = c.s[i+1:]
		if !strings.HasPrefix(c.s, "#") {
			break
		}
	}
	c.cut("to-")
	c.cut("on-")
	c.cut("upstream-")
	for i := range out {
		out[i].Target = c.s
	}
	return out
}

// slashed reads "1.7/<sha>/pr-12", "1.7/pr-12" and "1.7/commit-<sha>"; the name
// of the release may have slashes too.
func slashed(s string) []Claim {
	i := strings.LastIndexByte(s, '/')
	if i < 1 {
		return nil
	}
	last := scan{s[i+1:]}
	target := s[:i]
	if !last.cut("pr-") && !last.cut("commit-") {
		return nil
	}
	cl, ok := branchRef(last.s)
	if !ok {
		return nil
	}
	if j := strings.LastIndexByte(target, '/'); j > 0 {
		if id, ok := hexID(target[j+1:]); ok && len(id) == 40 {
			cl.Kind, cl.ID, target = Picked, id, target[:j]
		}
	}
	cl.Target = target
	return []Claim{cl}
}

// branchRef reads the number of a request or an id at the start of s, up to a
// '-'. Seven digits and more are an id: no forge has numbered as far.
func branchRef(s string) (Claim, bool) {
	s, _, _ = strings.Cut(s, "-")
	if id, ok := hexID(s); ok && len(id) == len(s) {
		return Claim{Kind: Picked, Dialect: "branch", ID: id}, true
	}
	s = strings.TrimPrefix(s, "#")
	if n, digits := number(s); digits > 0 && digits == len(s) {
		return Claim{Kind: Request, Dialect: "branch", PR: n}, true
	}
	return Claim{}, false
}
