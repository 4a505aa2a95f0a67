package adapt

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/adapt/fileclass"
	"backstay.dev/backstay/internal/adapt/place"
	"backstay.dev/backstay/internal/backport"
)

// placed is the kind of a part that is the whole text of a file to which the
// fix's change of another path was carried, and where it merges.
const placed = "placed"

// moved lays the fix out once more, with what it changes in files that the
// target lacks carried to where their content lives there; nil if nothing was
// found.
func (a *Adapter) moved(ctx context.Context, q *Question, t *trial) (*trial, error) {
	if t.refused != "" {
		return nil, nil
	}
	touched := map[string]bool{}
	for _, f := range t.attempt.Files {
		touched[f.Path] = true
	}
	out := &trial{attempt: t.attempt}
	found := false
	var trees place.Trees
	for _, p := range t.parts {
		out.parts = append(out.parts, p.again())
		if p.kind != "modify/delete" || p.sides.Ours != "" || p.sides.Base == "" || p.sides.Theirs == "" {
			continue
		}
		if trees == (place.Trees{}) {
			var err error
			if trees, err = a.trees(ctx, q, t.attempt.Step); err != nil {
				return nil, err
			}
		}
		text, err := a.texts(ctx, backport.Sides{Ours: p.sides.Base, Theirs: p.sides.Theirs})
		if errors.Is(err, errNoText) {
			continue
		}
		if err != nil {
			return nil, err
		}
		got, err := a.places.Carry(ctx, place.Change{Trees: trees, Path: p.path, Base: text[1], Theirs: text[2]})
		if err != nil {
			return nil, fmt.Errorf("look for %s: %w", p.path, err)
		}
		if got.Verdict != place.Placed && got.Verdict != place.Partly {
			continue
		}
		for _, l := range got.Landings {
			if touched[l.Path] {
				continue // git has merged something there already
			}
			touched[l.Path], found = true, true
			a.land(out, l)
		}
	}
	if !found {
		return nil, nil
	}
	return out, nil
}

// here offers, for files that conflict in place, what comes of bringing each of
// the fix's changes to where its surroundings stand in the target's file now.
func (a *Adapter) here(ctx context.Context, q *Question, t *trial) error {
	if t.refused != "" {
		return nil
	}
	var trees place.Trees
	for k := 0; k < len(t.parts); {
		p := t.parts[k]
		parts := t.parts[k:t.run(k)]
		k += len(parts)
		if p.kind != "contents" || len(p.file.Base) == 0 {
			continue
		}
		if trees == (place.Trees{}) {
			var err error
			if trees, err = a.trees(ctx, q, t.attempt.Step); err != nil {
				return err
			}
		}
		got, err := a.places.Carry(ctx, place.Change{Trees: trees, Path: p.path, Base: p.file.Base, Theirs: p.file.Theirs})
		if err != nil {
			return fmt.Errorf("look for what moved in %s: %w", p.path, err)
		}
		for _, l := range got.Landings {
			if got.Verdict != place.Placed || l.Path != p.path || len(l.File.Chunks) > 0 {
				continue
			}
			texts, ok := fileclass.Cut(p.file, l.File.Text(nil))
			for i, part := range parts {
				if ok {
					part.offer(&option{text: bytes.Clone(texts[i]), answers: []conflict.Answer{{Rung: l.Rung, Why: l.Why}}})
				}
			}
		}
	}
	return nil
}

// run is where the parts of the file at part k end.
func (t *trial) run(k int) int {
	end := k + 1
	for t.parts[k].file != nil && end < len(t.parts) && t.parts[end].file == t.parts[k].file {
		end++
	}
	return end
}

// again is a part to be judged anew.
func (p *part) again() *part {
	q := *p
	q.options = nil
	for _, o := range p.options {
		q.options = append(q.options, &option{text: o.text, fate: o.fate, answers: o.answers, person: o.person})
	}
	return &q
}

// land adds the decisions that a landing leaves.
func (a *Adapter) land(t *trial, l place.Landing) {
	class := fileclass.Class(l.Path)
	evidence := []conflict.Answer{{Rung: l.Rung, Why: l.Why}}
	if len(l.File.Chunks) == 0 {
		t.parts = append(t.parts, &part{path: l.Path, kind: placed, class: class, file: l.File, mode: l.Mode, options: []*option{{text: l.File.Text(nil), answers: evidence}}})
		return
	}
	for _, c := range l.File.Chunks {
		p := &part{path: l.Path, kind: "contents", class: class, file: l.File, chunk: c, mode: l.Mode, options: options(c, a.rungs)}
		for _, o := range p.options {
			o.add(evidence[0])
		}
		t.parts = append(t.parts, p)
	}
}

// trees are the three trees of a step on the target.
func (a *Adapter) trees(ctx context.Context, q *Question, s backport.Step) (place.Trees, error) {
	t := place.Trees{Base: a.store.Format.EmptyTree(), Ours: q.Onto}
	theirs, err := a.store.Commit(ctx, s.Commit)
	if err != nil {
		return t, err
	}
	t.Theirs = theirs.Tree
	if s.Base == "" {
		return t, nil
	}
	base, err := a.store.Commit(ctx, s.Base)
	t.Base = base.Tree
	return t, err
}
