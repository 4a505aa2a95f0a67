package history

// claimGraph has the claims resolved: who names whom. Its nodes are the
// commits, by position, and above them the full ids that are claimed and not
// known: two backports of a commit of another repository meet there.
type claimGraph struct {
	c     *columns
	alien map[string]int32 // node of a claimed id that is not known, by raw id

	// An edge leads from a node to a claim that names it; edges of one node
	// stand together, in order of claims.
	edgeEnd []int32
	edges   []int32 // positions in c.claims

	own []int32 // where each commit's claims begin in c.claims; one more at the end
	// several has the candidates of claims whose abbreviated id fits more than
	// one commit.
	several map[int32][]int32
	node    []int32 // what each claim names; -1 if nothing, or several
	// brought has what else a revert of a merge undoes, in order of positions:
	// see undo.go.
	brought map[int32][]int32
	// requests has the claims that name a request, by what they must agree on.
	requests map[requestKey][]int32
}

// requestKey is a request number and the subject that goes with it: numbers
// alone repeat from repository to repository.
type requestKey struct {
	number  int32
	subject uint64
}

func newClaimGraph(c *columns) *claimGraph {
	g := &claimGraph{
		c: c, alien: map[string]int32{}, several: map[int32][]int32{}, brought: map[int32][]int32{}, requests: map[requestKey][]int32{},
		node: make([]int32, len(c.claims)), own: make([]int32, c.len()+1),
	}
	for k, l := range c.claims {
		g.own[l.commit+1]++
		g.node[k] = -1
		switch {
		case l.kind == claimRequest:
			key := requestKey{l.request, c.subjects[l.commit]}
			g.requests[key] = append(g.requests[key], int32(k))
		case l.kind == claimTitle: // see undo.go
		case int(l.digits) == 2*c.rawLen:
			g.node[k] = g.full(l.id)
		case l.digits >= 7 && int(l.digits) < 2*c.rawLen:
			found := c.abbreviated(l.id, int(l.digits))
			if len(found) == 1 {
				g.node[k] = found[0]
			} else if len(found) > 1 {
				g.several[int32(k)] = found
			}
		}
	}
	for i := range c.len() {
		g.own[i+1] += g.own[i]
	}
	g.resolveTitles()
	g.resolveMerges()
	g.connect()
	return g
}

// full is the node of a full raw id.
func (g *claimGraph) full(raw string) int32 {
	if i := g.c.findRaw([]byte(raw)); i >= 0 {
		return i
	}
	n, ok := g.alien[raw]
	if !ok {
		n = int32(g.c.len() + len(g.alien))
		g.alien[raw] = n
	}
	return n
}

// connect fills edges by counting.
func (g *claimGraph) connect() {
	g.edgeEnd = make([]int32, g.c.len()+len(g.alien)+1)
	each := func(f func(node, claim int32)) {
		for k, node := range g.node {
			if node >= 0 {
				f(node, int32(k))
			}
			for _, n := range g.several[int32(k)] {
				f(n, int32(k))
			}
			for _, n := range g.brought[int32(k)] {
				f(n, int32(k))
			}
		}
	}
	each(func(node, _ int32) { g.edgeEnd[node+1]++ })
	for i := 1; i < len(g.edgeEnd); i++ {
		g.edgeEnd[i] += g.edgeEnd[i-1]
	}
	g.edges = make([]int32, g.edgeEnd[len(g.edgeEnd)-1])
	at := append([]int32(nil), g.edgeEnd...)
	each(func(node, claim int32) {
		g.edges[at[node]] = claim
		at[node]++
	})
}

// naming returns the claims that name a node.
func (g *claimGraph) naming(node int32) []int32 {
	return g.edges[g.edgeEnd[node]:g.edgeEnd[node+1]]
}

// nodeOf finds the node of a commit that may not be known, -1 if nobody names
// it either.
func (g *claimGraph) nodeOf(id string) int32 {
	if i := g.c.find(id); i >= 0 {
		return i
	}
	if n, ok := g.alien[rawOf(id)]; ok && len(id) == 2*g.c.rawLen {
		return n
	}
	return -1
}

// moment bounds what may be consulted: commits of a later committer date do not
// exist. 0 is no bound.
type moment int64

func (m moment) sees(c *columns, i int32) bool { return m == 0 || c.dates[i] <= int64(m) }

// reads reports whether a node is a commit whose own claims may be read.
func (g *claimGraph) reads(node int32, m moment) bool {
	return g.known(node) && m.sees(g.c, node)
}

// names returns the node a claim names at a moment, -1 if none: an abbreviated
// id counts if it fits one commit of those there are, and never the claiming
// commit itself.
func (g *claimGraph) names(claim int32, m moment) int32 {
	node := g.node[claim]
	if node >= 0 && int(g.c.claims[claim].digits) < 2*g.c.rawLen && !m.sees(g.c, node) {
		return -1
	}
	for _, i := range g.several[claim] {
		if m.sees(g.c, i) {
			if node >= 0 {
				return -1
			}
			node = i
		}
	}
	if node == g.c.claims[claim].commit {
		return -1
	}
	return node
}

// origins returns what a commit says it was copied from, in message order, each
// once; of very many the first.
func (g *claimGraph) origins(i int32, m moment) []origin {
	var out []origin
claims:
	for k := g.own[i]; k < g.own[i+1] && len(out) <= maxHops; k++ {
		if g.c.claims[k].kind != claimPick {
			continue
		}
		node := g.names(k, m)
		if node < 0 {
			continue
		}
		for _, o := range out {
			if o.node == node {
				continue claims
			}
		}
		out = append(out, origin{node, k})
	}
	return out
}

// origin is one source of a commit and the claim that says so.
type origin struct{ node, claim int32 }

// maxHops bounds the origins of one message that are compared with one another.
const maxHops = 32

// source finds the one change that a list of origins stands for. Several ids
// are the hops of one way if each but one names another of them as its own
// origin; that one is the source. Otherwise the commit is several changes
// squashed into one, and has no single source.
func (g *claimGraph) source(list []origin, m moment) (origin, bool) {
	if len(list) == 0 || len(list) > maxHops {
		return origin{}, false
	}
	var found origin
	sources := 0
	for _, o := range list {
		if !g.namesAny(o.node, list, m) {
			found = o
			sources++
		}
	}
	return found, sources == 1
}

func (g *claimGraph) namesAny(node int32, list []origin, m moment) bool {
	if !g.reads(node, m) {
		return false
	}
	for k := g.own[node]; k < g.own[node+1]; k++ {
		if g.c.claims[k].kind != claimPick {
			continue
		}
		named := g.names(k, m)
		for _, o := range list {
			if o.node == named && named != node {
				return true
			}
		}
	}
	return false
}

// dialect names how a claim was said.
func (g *claimGraph) dialect(claim int32) string {
	if claim < 0 {
		return ""
	}
	return g.c.dialects[g.c.claims[claim].dialect]
}

// known reports whether a node is a commit of the index.
func (g *claimGraph) known(node int32) bool { return int(node) < g.c.len() }

// reverts reports whether a commit says it reverts something.
func (g *claimGraph) reverts(i int32) bool {
	for k := g.own[i]; k < g.own[i+1]; k++ {
		if g.c.claims[k].undoes() {
			return true
		}
	}
	return false
}
