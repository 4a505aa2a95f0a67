package explain

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
)

// Explainer explains conflicts. It may be used by several goroutines.
type Explainer struct {
	store *git.Store
	index *history.Index
	o     *objects
}

// New makes an explainer. The index must know the targets and the commits of
// the fixes; of a fix that is no commit of the repository only the target's
// side is explained.
func New(store *git.Store, index *history.Index) *Explainer {
	return &Explainer{store: store, index: index, o: newObjects(store)}
}

// Options say how a pick is explained.
type Options struct {
	// Before is a committer date in seconds since 1970. Whether the target has a
	// commit is answered as if later ones did not exist. 0 is no bound.
	Before int64
	// Maker says what makes the file at a path, where somebody has told so: "go
	// mod tidy"; "" for a file of which nobody has. nil where nobody was asked.
	Maker func(path string) string
}

// maker is what makes a file by the word of Options.Maker.
func (o Options) maker(path string) string {
	if o.Maker == nil {
		return ""
	}
	return o.Maker(path)
}

// Explain says for every conflicting file of a pick why it conflicts. A file
// about which nothing could be found out has a Note; an error means that nothing
// can be said at all, as when ctx ended or objects are missing.
func (e *Explainer) Explain(ctx context.Context, p backport.Pick, opts Options) (Report, error) {
	if p.FailedStep < 0 || p.FailedStep >= len(p.Fix.Steps) {
		return Report{}, fmt.Errorf("explain: the pick has no step %d", p.FailedStep)
	}
	a, err := e.analyse(ctx, p, opts)
	if err != nil {
		return Report{}, fmt.Errorf("explain %s on %s: %w", p.Fix.Slug, p.Target.Name, err)
	}
	found := make([]*fileFinding, len(p.Files))
	for _, made := range []bool{false, true} { // what a tool makes gets what work is left
		a.source.exact, a.target.exact = made, made
		for i, f := range p.Files {
			if f.Outcome != backport.Conflict || (generatedPath(f.Path) || opts.maker(f.Path) != "") != made {
				continue
			}
			if found[i], err = a.file(ctx, f); err != nil {
				return Report{}, fmt.Errorf("explain %s: %w", f.Path, err)
			}
		}
	}
	files := slices.DeleteFunc(found, func(f *fileFinding) bool { return f == nil })
	if err := a.twins(ctx, files); err != nil {
		return Report{}, fmt.Errorf("explain %s on %s: %w", p.Fix.Slug, p.Target.Name, err)
	}
	r := Report{Files: []FileReport{}, Commits: map[string]Commit{}}
	for _, f := range files {
		if err := a.judge(ctx, f); err != nil {
			return Report{}, fmt.Errorf("explain %s: %w", f.Path, err)
		}
	}
	if err := a.describe(ctx, files, r.Commits); err != nil {
		return Report{}, fmt.Errorf("explain %s on %s: %w", p.Fix.Slug, p.Target.Name, err)
	}
	for _, f := range files {
		a.sentences(f, r.Commits)
		r.Files = append(r.Files, f.FileReport)
	}
	return r, nil
}

// analysis is the state of one Explain call.
type analysis struct {
	e    *Explainer
	o    *objects
	pick backport.Pick
	step backport.Step
	opts Options
	work *budget

	source, target *side
	own            map[string]bool // the fix's own commits
	changes        []git.Change    // of the step
	has            map[string]string
}

// analyse opens both sides of a pick.
func (e *Explainer) analyse(ctx context.Context, p backport.Pick, opts Options) (*analysis, error) {
	step := p.Fix.Steps[p.FailedStep]
	a := &analysis{e: e, o: e.o, pick: p, step: step, opts: opts, work: &budget{}, own: map[string]bool{}, has: map[string]string{}}
	for _, s := range p.Fix.Steps {
		a.own[s.Commit], a.own[s.Origin] = true, true
	}
	base := step.Base
	if !e.index.Known(base) && e.index.Known(step.Origin) {
		base = ""
		if parents := e.index.Parents(step.Origin); len(parents) > 0 {
			base = parents[0]
		}
	}
	a.source = &side{o: e.o, work: a.work, tip: base, name: "the source"}
	a.target = &side{o: e.o, work: a.work, tip: p.Target.Commit, name: p.Target.Name}
	without := ""
	var err error
	if base != "" && e.index.Known(base) {
		without = base
		if a.source.span, err = e.index.Span(ctx, base, p.Target.Commit); err != nil {
			return nil, err
		}
	}
	if a.target.span, err = e.index.Span(ctx, p.Target.Commit, without); err != nil {
		return nil, err
	}
	err = e.store.ChangesSince(ctx, []string{step.Commit}, []string{step.Base}, 1<<14, func(_ int, changes []git.Change, err error) {
		if err == nil {
			a.changes = append(a.changes, changes...)
		}
	})
	return a, err
}

// fileFinding is a file's report in the making.
type fileFinding struct {
	FileReport
	generated bool
	maker     string // see Options
	chunks    []*finding
}

// finding is a region's report in the making.
type finding struct {
	ChunkReport
	path string
	// fixLine and fixLines are the lines of the base that the fix changes, from
	// 1; none stand before fixLine. 0 if that is not known.
	fixLine, fixLines int
	// fixAdds is the file that the fix adds to a folder the target lacks.
	fixAdds string
	// source and target are the file's versions on the two sides.
	source, target *chain
	// steps has each commit's step at this path, by commit.
	steps map[string]step
	// base and ours are the lines that differ, by line number from 1.
	base, ours map[int][]byte
	// missing says that the target has no such file, removed that it had one;
	// created that the base's file was made by the source's commits.
	missing, created bool
	// added says that both sides added the file, removes that the fix removes it.
	added, removes bool
}

// sides is a conflicting file's three versions, and where they are found.
type sides struct {
	backport.Sides
	basePath, oursPath string
}

// file finds out which commits made a file conflict.
func (a *analysis) file(ctx context.Context, f backport.File) (*fileFinding, error) {
	s := sides{}
	if f.Sides != nil {
		s.Sides = *f.Sides
	}
	if err := a.locate(ctx, f.Path, &s); err != nil {
		return nil, err
	}
	out := &fileFinding{FileReport: FileReport{Path: f.Path, BasePath: s.basePath, TargetPath: s.oursPath, Kind: f.Kind}}
	err := out.forgive(a.lookAt(ctx, f, s, out))
	if err != nil {
		return nil, err
	}
	if len(out.chunks) == 0 {
		out.chunks = []*finding{{path: f.Path}}
	}
	return out, nil
}

// forgive notes in a file's report why it is incomplete, if an error says no
// more than that.
func (f *fileFinding) forgive(err error) error {
	var lacks *git.MissingError
	switch {
	case errors.Is(err, errBudget):
		f.Note = err.Error()
	case errors.As(err, &lacks):
		f.Note = "objects are missing in this clone"
	default:
		return err
	}
	return nil
}

// lookAt explains a file line by line where all three sides are texts, else as
// a whole.
func (a *analysis) lookAt(ctx context.Context, f backport.File, s sides, out *fileFinding) error {
	if backport.SubmoduleKind(f.Kind) {
		return a.whole(ctx, f, s, out)
	}
	if err := a.generatedFile(ctx, f.Path, s, out); err != nil {
		return err
	}
	if s.Ours != "" && s.Base != "" && (s.Theirs != "" || f.Kind == "contents") {
		if err := a.text(ctx, f, s, out); !errors.Is(err, errNoText) {
			return err
		}
		out.chunks = nil
	}
	return a.whole(ctx, f, s, out)
}

// locate finds where the sides of a file lie: one of them may have renamed it.
func (a *analysis) locate(ctx context.Context, path string, s *sides) error {
	s.basePath, s.oursPath = path, path
	if s.Base == "" {
		s.basePath = ""
	} else if a.source.tip != "" {
		l, err := a.o.find(ctx, a.step.Base, path)
		if err != nil {
			return err
		}
		for _, c := range a.changes {
			if l.id != s.Base && c.OldID == s.Base {
				s.basePath = c.Path
				break
			}
		}
	}
	if s.Ours == "" {
		s.oursPath = ""
		return nil
	}
	l, err := a.o.find(ctx, a.target.tip, path)
	if err != nil || l.id == s.Ours || s.basePath == "" {
		return err
	}
	if l, err = a.o.find(ctx, a.target.tip, s.basePath); err == nil && l.id == s.Ours {
		s.oursPath = s.basePath
	}
	return err
}
