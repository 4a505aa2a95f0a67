package backport

import "strings"

// Outcome is what came of one Fix on one Target.
type Outcome string

// The outcomes, from best to worst.
const (
	// Present: the target has the change already.
	Present Outcome = "present"
	// NotAffected: the target never had the code that the fix mends.
	NotAffected Outcome = "not-affected"
	// Clean: git's own merge, byte for byte.
	Clean Outcome = "clean"
	// Resolved: a rung above git's merge answered, with measured confidence.
	Resolved Outcome = "resolved"
	// Proposed: a rung above git's merge answered; a person must look.
	Proposed Outcome = "proposed"
	// Conflict: some region needs a person.
	Conflict Outcome = "conflict"
	// Blocked: prerequisites must go first; a plan was tried and works.
	Blocked Outcome = "blocked"
	// Failed: the pick could not be tried; Pick.Error says why.
	Failed Outcome = "error"
)

// Outcomes lists every Outcome in the order of the constants.
func Outcomes() []Outcome {
	return []Outcome{Present, NotAffected, Clean, Resolved, Proposed, Conflict, Blocked, Failed}
}

// NeedsPerson reports whether somebody has to act before the fix can land.
func (o Outcome) NeedsPerson() bool {
	return o == Proposed || o == Conflict || o == Blocked || o == Failed
}

// HasTree reports whether a Pick of this outcome carries a tree that could be
// committed.
func (o Outcome) HasTree() bool {
	return o == Present || o == Clean || o == Resolved || o == Proposed
}

// Pick is one Fix tried on one Target.
type Pick struct {
	Fix     Fix     `json:"fix"`
	Target  Target  `json:"target"`
	Outcome Outcome `json:"outcome"`
	// Tree is the id of the result tree where Outcome.HasTree, else empty.
	Tree string `json:"tree,omitempty"`
	// StepTrees are the trees after each step, in order; they end with Tree.
	// Set where the outcome is Clean, Resolved or Proposed; of a Conflict they
	// are those of the steps before FailedStep. A step that adds nothing has
	// its predecessor's tree.
	StepTrees []string `json:"step_trees,omitempty"`
	// StepFiles are the files of each step, if they are told apart; Files joins
	// them.
	StepFiles [][]File `json:"-"`
	// Presence says why the outcome is Present.
	Presence *Presence `json:"presence,omitempty"`
	// Files are the paths the fix touches on the target, sorted by path.
	Files []File `json:"files,omitempty"`
	// FailedStep is the index of the step that stopped the pick; 0 otherwise.
	FailedStep int       `json:"failed_step,omitempty"`
	Findings   []Finding `json:"findings,omitempty"`
	Causes     []Cause   `json:"causes,omitempty"`
	// Plans are prerequisites that were tried and that make the fix fit,
	// smallest first; set only where plans were asked for.
	Plans []Plan `json:"plans,omitempty"`
	// Engine says who decided: "memory" (equal ids decide, git merged the
	// files both sides changed) or "git" (git merged the whole trees).
	Engine string `json:"engine,omitempty"`
	// Measured is the record of answers like this one, where a rung above git
	// made it.
	Measured *Measured `json:"measured,omitempty"`
	// Branch is what became of the result branch, nil when none was asked for.
	Branch *Branch `json:"branch,omitempty"`
	// Error is one line for a person: what, where, what to do.
	Error string `json:"error,omitempty"`
	// Missing are objects for want of which the pick could not be tried: this
	// repository is a partial clone, or damaged.
	Missing []string `json:"missing,omitempty"`
}

// Measured is how answers like one fared on real backports, none of which they
// were fitted to: those at least as sure of a resolved one, those about as sure
// of a proposed one.
type Measured struct {
	// Right of Asked answers were what people committed, documentation aside.
	Right int `json:"right"`
	Asked int `json:"asked"`
	// Lessons is how many decisions of this repository's own history were taken
	// into account; 0 if there were none.
	Lessons int `json:"lessons"`
}

// Presence is the evidence that a target has a fix already.
type Presence struct {
	// How is "ancestor" (the commit itself is in the target's history),
	// "trailer" (a commit there names it), "patch-id" (a commit there makes
	// the same change), "authorship" (a commit there has the same author, author
	// date and subject: it was carried and adapted) or "content" (merging it
	// changes nothing).
	How string `json:"how"`
	// Commit is the commit on the target that carries it, empty for content.
	Commit string `json:"commit,omitempty"`
	// Dialect names how a trailer said it ("git-x", "stable-upstream", …).
	Dialect string `json:"dialect,omitempty"`
	// Parts is how many commits of a merge are there, each of them, where nobody
	// speaks of the merge itself; Commit is then that of the weakest evidence.
	Parts int `json:"parts,omitempty"`
}

// KindDriver is the Kind of a file that only a program could merge, a merge
// driver of the user's git, which is not run.
const KindDriver = "merge driver"

// SubmoduleKind reports whether a Kind is one of git's for submodules, whose
// contents are in another repository.
func SubmoduleKind(kind string) bool { return strings.HasPrefix(kind, "submodule") }

// File is the result for one path.
type File struct {
	Path string `json:"path"`
	// Outcome is Present, Clean or Conflict, and what later rungs add.
	Outcome Outcome `json:"outcome"`
	// Rung is the method that decided: "git" for git's own merge.
	Rung string `json:"rung,omitempty"`
	// Confidence is the rung's measured precision, 0 to 1; 0 where the rung
	// has none. git's own clean result has 1.
	Confidence float64 `json:"confidence,omitempty"`
	// Kind is git's stable word for a conflict ("contents", "modify/delete").
	Kind string `json:"kind,omitempty"`
	// Detail is git's sentence about it, or why no chunks are shown.
	Detail string `json:"detail,omitempty"`
	// Sides are the blobs that conflict; nil where git named none.
	Sides *Sides `json:"sides,omitempty"`
	// Chunks are the conflicting regions of a contents conflict.
	Chunks []Chunk `json:"chunks,omitempty"`
	// Answers are, for each of Chunks, texts that could stand there, the most
	// likely first; at most three.
	Answers [][]Answer `json:"answers,omitempty"`
}

// Sides are the three versions of a conflicting file as blob ids; an empty one
// means that this side lacks the file.
type Sides struct {
	Base   string `json:"base,omitempty"`
	Ours   string `json:"ours,omitempty"`
	Theirs string `json:"theirs,omitempty"`
}

// Chunk is one conflicting region: what the base of the fix had, what the
// target has, and what the fix wants.
type Chunk struct {
	// Line is the 1-based first line of the region on the target; Lines its
	// length there. Lines is 0 where the target has nothing: the region then
	// stands before Line.
	Line   int    `json:"line"`
	Lines  int    `json:"lines"`
	Base   string `json:"base"`
	Ours   string `json:"ours"`
	Theirs string `json:"theirs"`
}

// Answer is a text that could stand in the place of a chunk.
type Answer struct {
	Text string `json:"text"`
	// Rungs are the methods that gave it.
	Rungs []string `json:"rungs"`
	// Odds are the fitted odds that people would have it so, 0 to 1, each
	// answer's for itself: those of several need not add up to 1. The
	// confidence of the file is what was measured.
	Odds float64 `json:"odds"`
	// Why says in one sentence what was done, and on what evidence.
	Why string `json:"why,omitempty"`
}

// Branch says what became of a result branch.
type Branch struct {
	// Name is the full ref, refs/heads/backport/<target>/<fix>.
	Name string `json:"name"`
	// State is "created", "unchanged" (it has these commits already), "moved",
	// "refused" (it has others and stays; Pick.Error says why), or "planned"
	// where a dry run would create or move it.
	State string `json:"state"`
	// Commit is its tip as it is now; empty when only planned.
	Commit string `json:"commit,omitempty"`
}
