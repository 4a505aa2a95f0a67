package adapt

import (
	"context"
	"errors"
	"fmt"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/adapt/fileclass"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

// Attempt is one source of the fix as git merged it into the target.
type Attempt struct {
	// Step is what was merged: a step of the fix itself, or an earlier
	// backport of it.
	Step backport.Step
	// Neighbour says that it is an earlier backport.
	Neighbour bool
	// Made names a neighbour that is no commit of the repository, but what has
	// just become of the fix elsewhere: the name of that target.
	Made string
	// Tree is git's result; where it is not Clean, the tree as git leaves it,
	// with markers in the files that conflict.
	Clean bool
	Tree  string
	// Files are the paths the source touches, as the engine reports them.
	Files []backport.File
}

// Question asks for one step of a fix on one target.
type Question struct {
	// Onto is the target's tree, Target the commit it belongs to.
	Onto, Target string
	// Attempts begin with the fix itself, which git did not merge cleanly. The
	// others are earlier backports, the most promising first.
	Attempts []Attempt
	// Fix is the commit that the step is known by, for what became of it
	// elsewhere.
	Fix string
	// Before hides what is known only since then: a committer date in seconds
	// since 1970, 0 for no bound.
	Before int64
	// Now is the time where there is no bound, in seconds since 1970: how old
	// an earlier backport is says how far it has come.
	Now int64
	// Experience is what the history of this repository taught; may be nil.
	Experience *Experience
}

// trial is an attempt on its way.
type trial struct {
	attempt *Attempt
	parts   []*part
	// refused says why no rung can answer, "" if all can.
	refused string
	// surroundings are the columns that need no odds; row is all of them.
	surroundings, row []float32
	score             float64
	changes           []change // of the source
	date, asked       int64    // when the source was committed, and when it is now
	rest              bool     // where the truth is known: see ExampleAttempt
}

// part is one decision: a chunk, or the fate of a file.
type part struct {
	path, kind string
	sides      backport.Sides
	class      string
	file       *conflict.File  // nil for a fate
	chunk      *conflict.Chunk // nil for a fate, and for a file that is placed
	mode       git.Mode        // of the file; 0 for a fate
	options    []*option       // the best first, once they are judged
}

const (
	// maxText bounds one side of a file that is adapted, in bytes.
	maxText = 4 << 20
	// maxParts bounds the decisions of one attempt.
	maxParts = 400
)

// source names an earlier backport for a person, and its commit if there is
// one to look at.
func (t *Attempt) source() (name, commit string) {
	if t.Made != "" {
		return "the result on " + t.Made, ""
	}
	return "the earlier backport " + t.Step.Commit[:min(12, len(t.Step.Commit))], t.Step.Commit
}

// open lays out the decisions that an attempt leaves and asks the rungs.
func (a *Adapter) open(ctx context.Context, q *Question, attempt *Attempt) (*trial, error) {
	t := &trial{attempt: attempt}
	if attempt.Clean {
		return t, nil
	}
	for _, f := range attempt.Files {
		if f.Outcome != backport.Conflict {
			continue
		}
		if err := a.openFile(ctx, q, t, f); err != nil {
			return nil, fmt.Errorf("adapt %s: %w", f.Path, err)
		}
		if t.refused != "" {
			return t, nil
		}
	}
	if len(t.parts) == 0 { // else the tree, markers and all, would be the answer
		t.refused = "git does not say what conflicts"
	}
	return t, nil
}

func (a *Adapter) openFile(ctx context.Context, q *Question, t *trial, f backport.File) error {
	class := fileclass.Class(f.Path)
	s := backport.Sides{}
	if f.Sides != nil {
		s = *f.Sides
	}
	switch {
	case f.Kind == "contents" && s.Ours != "" && s.Theirs != "":
		left, err := a.objects.lookup(ctx, t.attempt.Tree, f.Path)
		if err != nil {
			return err
		}
		text, err := a.texts(ctx, s)
		if errors.Is(err, errNoText) || err == nil && !left.Mode.IsRegular() { // where a link leads is no text
			t.refused = f.Path + " is no text, or too large"
			return nil
		}
		if err != nil {
			return err
		}
		file := conflict.New(f.Path, text[0], text[1], text[2])
		if len(file.Chunks) == 0 {
			t.refused = "git's regions of " + f.Path + " are not known"
		}
		if len(t.parts)+len(file.Chunks) > maxParts {
			t.refused = fmt.Sprintf("more than %d regions conflict", maxParts)
			return nil
		}
		byFile := fileclass.ByChunk(file)
		for i, c := range file.Chunks {
			p := &part{path: f.Path, kind: f.Kind, sides: s, class: class, file: file, chunk: c, mode: left.Mode, options: options(c, a.rungs)}
			if err := a.reuse(ctx, q, p); err != nil {
				return err
			}
			if i < len(byFile) {
				for _, answer := range byFile[i] {
					p.offer(&option{text: answer.Text, answers: []conflict.Answer{answer}})
				}
			}
			t.parts = append(t.parts, p)
		}
	case f.Kind == "modify/delete":
		p := &part{path: f.Path, kind: f.Kind, sides: s, class: class}
		p.options = append(p.options, fateOption("gone", "the file stays away", fate{}))
		side, why := s.Theirs, "the file comes as the fix has it"
		if side == "" {
			side, why = s.Ours, "the file stays as the target has it"
		}
		if side != "" {
			e, err := a.objects.lookup(ctx, t.attempt.Tree, f.Path)
			if err != nil {
				return err
			}
			mode := git.ModeFile
			if e.Mode != 0 {
				mode = e.Mode
			}
			p.options = append(p.options, fateOption("kept", why, fate{mode: mode, id: side}))
		}
		t.parts = append(t.parts, p)
	case backport.SubmoduleKind(f.Kind):
		t.refused = f.Path + " is a submodule"
	default:
		t.refused = f.Kind + " of " + f.Path
	}
	return nil
}

// reuse offers what the same chunk was resolved to before.
func (a *Adapter) reuse(ctx context.Context, q *Question, p *part) error {
	if a.known == nil {
		return nil
	}
	found, err := a.known.Find(ctx, p.chunk.Base, p.chunk.Ours, p.chunk.Theirs, q.Before)
	if err != nil {
		return err
	}
	for _, r := range found[:min(len(found), maxAnswers)] {
		why := "the same region was resolved so before, by " + r.By
		p.offer(&option{text: r.Result, person: r.ByHand(), answers: []conflict.Answer{{Rung: "reuse", Why: why}}})
	}
	return nil
}

func fateOption(rung, why string, f fate) *option {
	return &option{fate: &f, answers: []conflict.Answer{{Rung: rung, Why: why}}}
}

var (
	errNoText  = errors.New("no text")
	errMarkers = errors.New("a rung left conflict markers")
)

// texts reads the sides of a file; a missing base is empty.
func (a *Adapter) texts(ctx context.Context, s backport.Sides) (text [3][]byte, err error) {
	for i, id := range []string{s.Base, s.Ours, s.Theirs} {
		if id == "" {
			continue
		}
		o, err := a.store.Read(ctx, id, maxText)
		if errors.Is(err, git.ErrTooLarge) || err == nil && (o.Kind != "blob" || git.Binary(o.Content)) {
			return text, errNoText
		}
		if err != nil {
			return text, err
		}
		text[i] = o.Content
	}
	return text, nil
}

// edits is what the best options make of the tree that git left.
func (a *Adapter) edits(t *trial) ([]git.PathEdit, error) {
	var out []git.PathEdit
	for i := 0; i < len(t.parts); {
		p := t.parts[i]
		if p.file == nil {
			f := p.options[0].fate
			out = append(out, git.PathEdit{Path: p.path, Mode: f.mode, ID: f.id})
			i++
			continue
		}
		var answers [][]byte
		for ; i < len(t.parts) && t.parts[i].file == p.file; i++ {
			answers = append(answers, t.parts[i].options[0].text)
		}
		if p.kind == placed {
			answers = nil
		}
		text := p.file.Text(answers)
		if markers(text, p.file.Base, p.file.Ours, p.file.Theirs) {
			return nil, errMarkers
		}
		id, err := a.store.Write("blob", text)
		if err != nil {
			return nil, err
		}
		out = append(out, git.PathEdit{Path: p.path, Mode: p.mode, ID: id})
	}
	return out, nil
}
