package backport

// Plan is an ordered list of prerequisites that was tried: with these applied
// first, one after the other, the fix comes out as Outcome says.
type Plan struct {
	// Outcome is Clean or Resolved: the worst of all that the plan applies.
	Outcome Outcome `json:"outcome"`
	// Tree is the id of the target's tree with the prerequisites and the fix.
	Tree string `json:"tree"`
	// Steps are the prerequisites in the order in which they are applied: that
	// of the source's history. Never empty; the fix itself is not among them.
	Steps []Prerequisite `json:"steps"`
	Cost  Cost           `json:"cost"`
	// Findings are what checks without a build say of the tree.
	Findings []Finding `json:"findings,omitempty"`
}

// Doubtful reports whether a check found something of severity Warning or
// higher.
func (p Plan) Doubtful() bool { return len(Warnings(p.Findings)) > 0 }

// Partial reports whether the plan takes less than the whole of some commit.
func (p Plan) Partial() bool {
	for _, s := range p.Steps {
		if len(s.Part) > 0 {
			return true
		}
	}
	return false
}

// Prerequisite is a source commit that a Pick needs, or a part of one.
type Prerequisite struct {
	Commit string `json:"commit"`
	// Base is what its change is taken against: the (first) parent; empty for
	// a root commit.
	Base    string `json:"base,omitempty"`
	Subject string `json:"subject"`
	// Merge says that the commit has several parents.
	Merge bool `json:"merge,omitempty"`
	// Fix says that the commit calls itself a fix.
	Fix bool `json:"fix,omitempty"`
	// Part is what of the commit is needed where that is not all of it; nil for
	// the whole commit.
	Part []Part `json:"part,omitempty"`
	// Files and Lines are what is applied of it: paths, and lines added and
	// removed.
	Files int `json:"files"`
	Lines int `json:"lines"`
}

// Part is what of one file's change in a commit is needed.
type Part struct {
	Path string `json:"path"`
	// Hunks are the changed regions that are needed, in order; nil for all of
	// the file's change.
	Hunks []Hunk `json:"hunks,omitempty"`
}

// Hunk is one changed region of a file in a commit. Lines are 1-based; a
// region without lines on a side stands before that line.
type Hunk struct {
	OldLine  int `json:"old_line"`
	OldLines int `json:"old_lines"`
	NewLine  int `json:"new_line"`
	NewLines int `json:"new_lines"`
}

// Cost is what a Plan brings to a release branch beside the fix.
type Cost struct {
	Commits int `json:"commits"`
	// Files counts different paths; Lines those added and removed.
	Files int `json:"files"`
	Lines int `json:"lines"`
	// Fixes is how many of the commits call themselves fixes.
	Fixes int `json:"fixes"`
}
