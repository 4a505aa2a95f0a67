package adapt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"backstay.dev/backstay/internal/adapt/calibrate"
	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/adapt/fileclass"
	"backstay.dev/backstay/internal/adapt/place"
	"backstay.dev/backstay/internal/adapt/reuse"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

const (
	// Confident is the measured precision, of answers at least as sure, from
	// which a pick is resolved. The gates come after it and take some of these
	// back, so what is given as resolved is right more often (docs/quality.md).
	// At 0.95 a fifth of git's conflicts would be resolved instead of a quarter.
	Confident = 0.92
	// floor is the measured precision that answers about as sure must have, too:
	// the best must not carry the doubtful along.
	floor = 0.8
)

// NothingLeft is why an answer is refused that drops the whole fix.
const NothingLeft = "nothing of the fix would be left"

// resolves reports whether a score is that of a resolved pick.
func (m *Model) resolves(score float64) bool {
	return m.Scale.From(score).Precision() >= Confident && m.Scale.At(score).Precision() >= floor
}

// Adapter answers questions about one repository.
type Adapter struct {
	store   *git.Store
	model   *Model
	print   func() string // of the model, made once
	rungs   []rung
	objects *trees
	// places finds what moved.
	places *place.Finder
	known  *reuse.Store // nil for none
	check  Check        // nil for none
}

// New makes an adapter that reads from a store and writes its results there.
func New(store *git.Store, model *Model) *Adapter {
	return &Adapter{store: store, model: model, print: sync.OnceValue(model.print), rungs: ladder(), objects: newTrees(store), places: place.New(store)}
}

// With has the adapter know what chunks were resolved to before.
func (a *Adapter) With(known *reuse.Store) *Adapter {
	b := *a
	b.known = known
	return &b
}

// WithCheck has the adapter ask these checks. The shipped model was fitted with
// them; without, answers are taken for unsuspicious.
func (a *Adapter) WithCheck(check Check) *Adapter {
	b := *a
	b.check = check
	return &b
}

// Answer is what the ladder makes of a fix.
type Answer struct {
	// Outcome is Resolved, Proposed or Conflict: in the last case no rung could
	// answer, and Refused says why.
	Outcome backport.Outcome
	Refused string
	// Missing are the objects for want of which there is no answer.
	Missing []string
	// Tree is the result, empty for a Conflict.
	Tree string
	// Step is the source it was made from; Neighbour says that this was an
	// earlier backport.
	Step      backport.Step
	Neighbour bool
	// Files are the paths of that source. Those that a rung answered name it.
	Files []backport.File
	// Confidence is the measured precision of answers like this one: Right of
	// Asked, none of which the measure was fitted on.
	Confidence   float64
	Right, Asked int
	// Findings tell what a person should know of the answer.
	Findings []backport.Finding
	// Example is what can be learned from the answer once the truth is known.
	Example Example
}

// Adapt climbs the ladder. An error concerns the repository; what the ladder
// cannot do is an answer.
func (a *Adapter) Adapt(ctx context.Context, q Question) (Answer, error) {
	var trials []*trial
	for i := range q.Attempts {
		t, err := a.open(ctx, &q, &q.Attempts[i])
		if err != nil {
			return Answer{}, err
		}
		if i == 0 {
			if err := a.neighbours(ctx, &q, t); err != nil {
				return Answer{}, err
			}
		}
		trials = append(trials, t)
		if i > 0 {
			continue
		}
		if err := a.here(ctx, &q, t); err != nil {
			return Answer{}, err
		}
		moved, err := a.moved(ctx, &q, t)
		if err != nil {
			return Answer{}, err
		}
		if moved != nil {
			trials = append(trials, moved)
		}
	}
	for _, t := range trials {
		files := map[*conflict.File]*[2]bag{}
		for _, p := range t.parts {
			p.shapes(t, files)
		}
		t.asked = cmp.Or(q.Before, q.Now)
	}
	if err := a.surround(ctx, &q, trials); err != nil {
		return Answer{}, fmt.Errorf("adapt: %w", err)
	}
	out := Answer{Outcome: backport.Conflict, Example: exampleOf(trials)}
	model := q.Experience.model(a.model, a.print, q.Before)
	for _, t := range trials {
		model.judge(t, &q)
	}
	slices.SortStableFunc(trials, func(a, b *trial) int { return cmp.Compare(b.score, a.score) })
	for _, t := range trials {
		if t.refused != "" {
			out.Refused = cmp.Or(out.Refused, t.refused)
			continue
		}
		tree, err := a.tree(ctx, t)
		if errors.Is(err, errMarkers) {
			out.Refused = cmp.Or(out.Refused, err.Error())
			continue
		}
		if err != nil {
			return out, err
		}
		carries, err := a.carries(ctx, t, q.Onto, tree)
		if err != nil {
			return out, err
		}
		if !carries {
			// That nothing of a fix is wanted is for people to say.
			out.Refused = cmp.Or(out.Refused, NothingLeft)
			continue
		}
		a.settle(t, model, tree, &out)
		return out, nil
	}
	return out, nil
}

// errCarries ends a walk.
var errCarries = errors.New("some of the fix is there")

// carries reports whether a result has something of the fix: of one that changes
// code more than its tests and documentation.
func (a *Adapter) carries(ctx context.Context, t *trial, onto, tree string) (bool, error) {
	if tree == onto || !slices.ContainsFunc(t.attempt.Files, func(f backport.File) bool { return !beside(f.Path) }) {
		return tree != onto, nil
	}
	err := a.objects.Diff(ctx, onto, tree, nil, func(path string, _, _ git.Entry) error {
		if beside(path) {
			return nil
		}
		return errCarries
	})
	if err == nil || errors.Is(err, errCarries) {
		return err != nil, nil
	}
	return false, fmt.Errorf("adapt: %w", err)
}

// beside reports whether a file only stands beside the code that a fix mends.
func beside(path string) bool {
	return Documentation(path) || fileclass.Class(path) == fileclass.Test
}

// tree writes the result of a trial.
func (a *Adapter) tree(ctx context.Context, t *trial) (string, error) {
	edits, err := a.edits(t)
	if err != nil || len(edits) == 0 {
		return t.attempt.Tree, err
	}
	tree, err := a.objects.edit(ctx, t.attempt.Tree, edits)
	if err != nil {
		return "", fmt.Errorf("adapt: %w", err)
	}
	return tree, nil
}

// settle fills in the answer from the best trial.
func (a *Adapter) settle(t *trial, m *Model, tree string, out *Answer) {
	out.Outcome, out.Refused = backport.Resolved, ""
	measured := m.Scale.From(t.score) // answers at least this sure
	if !m.resolves(t.score) {
		out.Outcome = backport.Proposed
		measured = m.Scale.At(t.score) // answers about this sure
	}
	out.Tree, out.Step, out.Neighbour = tree, t.attempt.Step, t.attempt.Neighbour
	out.Confidence, out.Right, out.Asked = measured.Precision(), measured.Right, measured.Asked
	out.Files = t.files(out)
	if t.attempt.Neighbour {
		name, commit := t.attempt.source()
		out.Findings = append(out.Findings, backport.Finding{
			Check: "source", Severity: backport.Info, Commit: commit,
			Text: "carried from " + name + " instead of the original, which does not fit",
		})
	}
}

// neighbours adds to the options of the fix what earlier backports make of the
// same places, where git merged those.
func (a *Adapter) neighbours(ctx context.Context, q *Question, t *trial) error {
	for i := 1; i < len(q.Attempts); i++ {
		n := &q.Attempts[i]
		open := map[string]bool{}
		if !n.Clean {
			for _, f := range n.Files {
				open[f.Path] = open[f.Path] || f.Outcome == backport.Conflict
			}
		}
		name, _ := n.source()
		why := name + " has it so"
		for k := 0; k < len(t.parts); {
			p := t.parts[k]
			parts := t.parts[k:t.run(k)]
			k += len(parts)
			if open[p.path] {
				continue
			}
			e, err := a.objects.lookup(ctx, n.Tree, p.path)
			if err != nil {
				return err
			}
			if p.file == nil {
				p.offer(fateOption("neighbour", why, fate{e.Mode, entryID(e)}))
				continue
			}
			if e.Mode == 0 {
				continue
			}
			o, err := a.store.Read(ctx, e.ID(), maxText)
			if err != nil {
				continue // too large
			}
			texts, ok := reuse.Results(p.file.Merge, o.Content)
			for j, part := range parts {
				if j < len(ok) && ok[j] {
					part.offer(&option{text: texts[j], answers: []conflict.Answer{{Rung: "neighbour", Why: why}}})
				}
			}
		}
	}
	return nil
}

func entryID(e git.Entry) string {
	if e.Mode == 0 {
		return ""
	}
	return e.ID()
}

// offer adds an option, or its evidence to an equal one.
func (p *part) offer(o *option) {
	for _, old := range p.options {
		if o.fate == nil && old.fate == nil && string(old.text) == string(o.text) ||
			o.fate != nil && old.fate != nil && o.fate.id == old.fate.id {
			for _, a := range o.answers {
				old.add(a)
			}
			old.person = old.person || o.person
			return
		}
	}
	p.options = append(p.options, o)
}

// judge fills in the odds of a trial, best options first, and its score.
func (m *Model) judge(t *trial, q *Question) {
	for _, p := range t.parts {
		p.records(m, q)
	}
	t.weigh(m.Options, q)
	t.score = m.Cases.P(t.row)
}

// weigh gives every option its odds, puts the best first, and lays out the row
// of the whole.
func (t *trial) weigh(options calibrate.Forest, q *Question) {
	for _, p := range t.parts {
		best := 0.0
		for _, o := range p.options {
			o.odds = options.P(o.row)
			best = max(best, o.odds)
		}
		for _, o := range p.options {
			if o.person { // no history to fit to has shown what that is worth
				o.odds = best
			}
		}
		slices.SortStableFunc(p.options, func(a, b *option) int {
			return cmp.Or(cmp.Compare(flag(b.person), flag(a.person)), cmp.Compare(b.odds, a.odds), cmp.Compare(len(b.answers), len(a.answers)))
		})
	}
	t.row = append(slices.Clone(t.surroundings), t.certainty(q)...)
}

var certaintyNames = []string{
	"min", "log-sum", "second", "margin", "novel-source", "novel", "fix-kept", "evidence", "neighbour-parts", "lone-parts", "all-ours",
	"git-rate", "git-asked", "case-rate", "case-asked", "fix-rate", "fix-asked",
}

// leastNames are columns of the least sure option, which the whole stands on.
var leastNames = strings.Fields(`evidence options is-ours is-theirs base-lines ours-lines theirs-lines text-lines fix-added fix-removed
	target-added target-removed base-ours base-theirs text-ours text-theirs lines-from target-kept
	prior class-rate class-asked path-rate path-asked other-class best-class
	rung:adjacent rung:replay rung:tokens rung:neighbour rung:imports
	class:code class:test class:ci class:manifest language:c language:go language:java language:python language:ruby`)

func caseFeatures() []string {
	out := append(slices.Clone(surroundingNames), certaintyNames...)
	for _, n := range leastNames {
		out = append(out, "least:"+n)
	}
	return out
}

// certainty are the columns that tell how sure the parts are. Documentation
// does not count: an entry of a changelog that people worded otherwise does no
// harm.
func (t *trial) certainty(q *Question) []float32 {
	least, second, margin, logs := 1.0, 1.0, 1.0, 0.0
	var source, novel, neighbours, lone float32
	kept, evidence := float32(1), float32(20)
	ours := len(t.parts) > 0
	var worst *option
	for _, p := range t.parts {
		o := p.options[0]
		ours = ours && (o.has("ours") || o.has("gone"))
		if Documentation(p.path) {
			continue
		}
		if o.odds < least {
			least, second, worst = o.odds, least, o
		} else {
			second = min(second, o.odds)
		}
		if len(p.options) > 1 {
			margin = min(margin, o.odds-p.options[1].odds)
		}
		logs += math.Log(o.odds)
		evidence = min(evidence, float32(len(o.answers)))
		neighbours += flag(o.has("neighbour"))
		lone += flag(len(p.options) == 1)
		source += o.row[columns["novel-source"]]
		novel += o.row[columns["novel"]]
		if p.kind == "contents" {
			kept = min(kept, o.row[columns["fix-kept"]])
		}
	}
	git := q.Experience.of("git", q.Before)
	whole := q.Experience.of("case", q.Before)
	fix := q.Experience.of("fix\x00"+q.Fix, q.Before)
	row := []float32{
		float32(least), float32(logs), float32(second), float32(margin), source, novel, kept, evidence, neighbours, lone, flag(ours),
		git.rate(0.95), git.asked, whole.rate(0.4), whole.asked, fix.rate(0.5), fix.asked,
	}
	for _, n := range leastNames {
		if worst == nil {
			row = append(row, -1)
			continue
		}
		row = append(row, worst.row[columns[n]])
	}
	return row
}

var columns = func() map[string]int {
	out := map[string]int{}
	for i, n := range optionFeatures() {
		out[n] = i
	}
	return out
}()
