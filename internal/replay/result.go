package replay

import (
	"backstay.dev/backstay/internal/backport"
)

// Result is what became of one case: a line of the command's JSON output.
type Result struct {
	Fix      string           `json:"fix"`
	Onto     string           `json:"onto"`
	Expected string           `json:"expected"`
	Outcome  backport.Outcome `json:"outcome"`
	// Tree is the result where the outcome has one; nil otherwise. Where the
	// fix is present it is the target's own tree.
	Tree *string `json:"tree"`
	// ExpectedTree is the tree that people committed; nil where Expected is
	// empty or cannot be read.
	ExpectedTree *string `json:"expected_tree"`
	// Exact says that the two trees are equal, CodeExact that they are but for
	// paths that hold no code. nil where there is nothing to compare with; false
	// where there is no result tree.
	Exact     *bool `json:"exact"`
	CodeExact *bool `json:"code_exact"`
	// Right says that the two trees are equal but for documentation and
	// changelogs: the test that a model is fitted to. It is not in the JSON.
	Right bool `json:"-"`
	// GateMS is what checking took, in milliseconds; not in the JSON.
	GateMS float64 `json:"-"`
	// MS is the time in milliseconds: that of the case's batch on one worker,
	// shared out evenly, since cases of a batch are merged together.
	MS       float64            `json:"ms"`
	Files    []File             `json:"files"`
	Findings []backport.Finding `json:"findings"`
	Causes   []backport.Cause   `json:"causes"`
	// Error says why the outcome is "error".
	Error string `json:"error,omitempty"`
}

// File is the result for one path of a case.
type File struct {
	Path       string           `json:"path"`
	Outcome    backport.Outcome `json:"outcome"`
	Rung       string           `json:"rung"`
	Confidence float64          `json:"confidence"`
}

// newResult is the result of a case that has not been tried yet. Its lists are
// not nil, so that JSON has "[]".
func newResult(c Case) Result {
	return Result{
		Fix: c.Fix, Onto: c.Onto, Expected: c.Expected,
		Files: []File{}, Findings: []backport.Finding{}, Causes: []backport.Cause{},
	}
}

func (r *Result) fail(err error) {
	r.Outcome, r.Error = backport.Failed, err.Error()
	if r.ExpectedTree != nil {
		r.Exact, r.CodeExact = new(bool), new(bool)
	}
}

// take reads a pick into the result. Exact is settled; CodeExact only where it
// follows from that.
func (r *Result) take(p backport.Pick) {
	r.Outcome, r.Error = p.Outcome, p.Error
	r.Findings = append(r.Findings, p.Findings...)
	r.Causes = append(r.Causes, p.Causes...)
	for _, f := range p.Files {
		r.Files = append(r.Files, File{Path: f.Path, Outcome: f.Outcome, Rung: f.Rung, Confidence: f.Confidence})
	}
	if p.Outcome.HasTree() {
		r.Tree = &p.Tree
	}
	if r.ExpectedTree != nil {
		exact := r.Tree != nil && *r.Tree == *r.ExpectedTree
		r.Right = exact
		code := exact
		r.Exact, r.CodeExact = &exact, &code
	}
}

// different reports whether there is a result tree that is not what people
// committed.
func (r *Result) different() bool { return r.Tree != nil && r.Exact != nil && !*r.Exact }
