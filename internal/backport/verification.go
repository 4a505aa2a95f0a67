package backport

// Verification is what was found out about one backport: commits that stand on
// a target and carry a fix, whoever made them.
type Verification struct {
	// Name is what the user called the backport: a branch, a range, a commit.
	Name string `json:"name"`
	// Target is where it goes; Target.Commit is what it stands on.
	Target Target `json:"target"`
	// Commits are the backport's own, oldest first; Tree is that of the last.
	Commits []string `json:"commits"`
	Tree    string   `json:"tree"`
	// Subject is the first line of the last commit's message.
	Subject string `json:"subject"`
	// Original is the fix that it carries; nil where none was found.
	Original *Fix `json:"original,omitempty"`
	// Found says in one sentence how the original was found, or why not.
	Found string `json:"found,omitempty"`

	// Audit compares the backport with the pick repeated; nil without an
	// original.
	Audit *Audit `json:"audit,omitempty"`
	// Functions are the differences of the differences, in the order of the
	// original's paths and lines.
	Functions []FunctionDiff `json:"functions,omitempty"`
	// Trail are the hops of the provenance chain, beginning with the one that
	// the backport itself names.
	Trail []Hop `json:"trail,omitempty"`
	// API is what the backport changes of what others may use.
	API []APIChange `json:"api,omitempty"`
	// Uncompared are parts of the code whose API could not be compared, each with
	// the reason: what they change is not known.
	Uncompared []string `json:"uncompared,omitempty"`
	// Runs are the platforms that were asked for, in the order of the
	// configuration.
	Runs []Run `json:"runs,omitempty"`
	// Findings are those of all checks without a build.
	Findings []Finding `json:"findings,omitempty"`
	// Verdict is what the policy makes of all this.
	Verdict Verdict `json:"verdict"`
	// Error is one line for a person where the backport could not be examined.
	Error string `json:"error,omitempty"`
}

// AuditState is how a backport compares with the pick repeated.
type AuditState string

// The states of an audit, from best to worst.
const (
	// Faithful: the pick repeated gives the same tree, without a rung above
	// git's merge.
	Faithful AuditState = "faithful"
	// Declared: it deviates, and says so everywhere it does.
	Declared AuditState = "declared"
	// Deviates: some deviation is declared nowhere.
	Deviates AuditState = "deviates"
	// Unrepeated: the pick could not be repeated; Audit.Detail says why.
	Unrepeated AuditState = "unknown"
)

// Audit is a backport beside the pick of its original, repeated on what it
// stands on.
type Audit struct {
	State AuditState `json:"state"`
	// Outcome is what the pick came to with git's merge alone.
	Outcome Outcome `json:"outcome,omitempty"`
	// Expected is the tree that git's merge gives; empty where it conflicts.
	Expected string `json:"expected,omitempty"`
	// Deviations are the places where the backport is other than git's merge,
	// by path and line. A region that git cannot merge is one too.
	Deviations []Deviation `json:"deviations,omitempty"`
	// Detail is one sentence where the state is unknown.
	Detail string `json:"detail,omitempty"`
}

// CheckUndeclared is the check whose findings repeat the deviations that nobody
// declares, for programs that read findings alone.
const CheckUndeclared = "undeclared"

// Deviation is one place where a backport is other than the pick repeated.
type Deviation struct {
	Path string `json:"path"`
	// Line is the 1-based first line of the place in the backport's file, Lines
	// how many lines it has there; 0 where they are gone, the place is then
	// before Line. Both are 0 where the whole file is meant.
	Line  int `json:"line,omitempty"`
	Lines int `json:"lines,omitempty"`
	// Kind is "conflict" (git could not merge this region, so somebody decided),
	// "changed" (git merges it to something else), "added" or "removed" (a file
	// that git's merge lacks, or has) or "mode".
	Kind string `json:"kind"`
	// Expected is what git's merge has there, Actual what the backport has; cut
	// to a few kilobytes. Of a conflict that is not about lines both are words.
	Expected string `json:"expected,omitempty"`
	Actual   string `json:"actual,omitempty"`
	// Declared are the words that declare it, By where they stand: "conflicts"
	// (the Conflicts: paragraph), "note" ([name: what was adapted]) or
	// "override". Both are empty where nobody did.
	Declared string `json:"declared,omitempty"`
	By       string `json:"by,omitempty"`
	// NoConflict says that the words name a conflict in this file, and git merges
	// it without one: it was changed by hand, and the reader is told that it was.
	NoConflict bool `json:"noConflict,omitempty"`
}

// FunctionState is how a function's change in the backport compares with that in
// the original.
type FunctionState string

// The states of a function's change.
const (
	// FunctionIdentical: the same lines are removed and added, amid the same.
	FunctionIdentical FunctionState = "identical"
	// FunctionContext: the same lines are removed and added, amid others.
	FunctionContext FunctionState = "context"
	// FunctionDiffers: other lines are removed or added.
	FunctionDiffers FunctionState = "differs"
	// FunctionOriginalOnly: the backport does not change it.
	FunctionOriginalOnly FunctionState = "original-only"
	// FunctionBackportOnly: the original does not change it.
	FunctionBackportOnly FunctionState = "backport-only"
)

// FunctionDiff is the change of one function, or of a stretch of a file outside
// all functions, in the original and in the backport.
type FunctionDiff struct {
	State FunctionState `json:"state"`
	// Original and Backport say where it is; nil where that side does not
	// change it.
	Original *FunctionPlace `json:"original,omitempty"`
	Backport *FunctionPlace `json:"backport,omitempty"`
	// Lines are the difference of the differences, equal stretches folded; empty
	// where the state is identical.
	Lines []DiffLine `json:"lines,omitempty"`
	// Same counts the removed and added lines that both sides share.
	Same int `json:"same"`
}

// FunctionPlace is a function in a file.
type FunctionPlace struct {
	Path string `json:"path"`
	// Name is the function's, with what encloses it ("Server.Close"); empty
	// outside all functions.
	Name string `json:"name,omitempty"`
	// Line is the 1-based first changed line, after the change.
	Line int `json:"line"`
}

// DiffLine is one line of a difference of differences.
type DiffLine struct {
	// Side is "both", "original" (only the original's difference has this line),
	// "backport" (only the backport's) or "folded": Count lines that both have
	// are left out.
	Side string `json:"side"`
	// Op is " ", "-" or "+" as in the difference that the line stands in; empty
	// where folded.
	Op    string `json:"op,omitempty"`
	Text  string `json:"text,omitempty"`
	Count int    `json:"count,omitempty"`
}

// Hop is one step of a provenance chain: a commit says that it comes from
// another.
type Hop struct {
	// From is the commit that says so, Dialect how ("git-x", "stable-upstream").
	From    string `json:"from"`
	Dialect string `json:"dialect"`
	// Named is what it names, as written; Commit the full id, empty where this
	// repository has no such commit.
	Named   string `json:"named"`
	Commit  string `json:"commit,omitempty"`
	Subject string `json:"subject,omitempty"`
	// Branches tell where that commit, or a backport of it, is on the branches
	// newer than the target.
	Branches []HopBranch `json:"branches,omitempty"`
}

// HopBranch says whether a newer branch has what a hop names.
type HopBranch struct {
	Name string `json:"name"`
	// Has is "yes", "no", or "declined": a recorded decision says that it is not
	// wanted there.
	Has    string `json:"has"`
	Commit string `json:"commit,omitempty"`
	Text   string `json:"text,omitempty"`
}

// A PlatformAPIChange is a change of the API with the platforms whose built
// libraries show it; without any, the code does.
type PlatformAPIChange struct {
	APIChange
	Platforms []string
}

// APIChanges are those of the code, then those of the libraries: one that
// several platforms show, by its path, symbol and kind, is told once, as the
// first of them has it.
func (v *Verification) APIChanges() []PlatformAPIChange {
	// Several functions may have one name: they are told apart by their order.
	type key struct {
		path, symbol, kind string
		nth                int
	}
	var out []PlatformAPIChange
	for _, c := range v.API {
		out = append(out, PlatformAPIChange{APIChange: c})
	}
	at := map[key]int{}
	for _, r := range v.Runs {
		seen := map[key]int{}
		for _, c := range r.API {
			k := key{c.Path, c.Symbol, c.Kind, 0}
			seen[k]++
			k.nth = seen[k]
			i, ok := at[k]
			if !ok {
				i = len(out)
				at[k] = i
				out = append(out, PlatformAPIChange{APIChange: c})
			}
			out[i].Platforms = append(out[i].Platforms, r.Platform)
			out[i].Breaks = out[i].Breaks || c.Breaks
		}
	}
	return out
}

// APIChange is a change of what others may use of a project.
type APIChange struct {
	// Path is the file or, for a built library, the library; Symbol the name
	// with what encloses it.
	Path   string `json:"path"`
	Line   int    `json:"line,omitempty"`
	Symbol string `json:"symbol"`
	// Kind is "added", "removed" or "changed".
	Kind string `json:"kind"`
	// Breaks says that what used the old may fail with the new.
	Breaks bool `json:"breaks"`
	// Level is how it was found out: "types", "syntax" or "abi".
	Level string `json:"level"`
	Text  string `json:"text"`
}
