package adapt

import (
	"context"
	"errors"
	"fmt"

	"backstay.dev/backstay/internal/adapt/fileclass"
	"backstay.dev/backstay/internal/adapt/reuse"
	"backstay.dev/backstay/internal/git"
)

// Mark writes the truth into an example: expected is the tree that people
// committed. What is documentation may differ from it without harm.
func (a *Adapter) Mark(ctx context.Context, e *Example, expected string) error {
	for i := range e.Attempts {
		t := e.Attempts[i].trial
		if t == nil || t.refused != "" {
			continue
		}
		if err := a.mark(ctx, &e.Attempts[i], t, expected); err != nil {
			return fmt.Errorf("mark an example: %w", err)
		}
	}
	return nil
}

func (a *Adapter) mark(ctx context.Context, e *ExampleAttempt, t *trial, expected string) error {
	decided := map[string]bool{}
	e.Rest = true
	for k := 0; k < len(t.parts); {
		p := t.parts[k]
		run := t.run(k) - k
		decided[p.path] = true
		want, err := a.objects.lookup(ctx, expected, p.path)
		if err != nil {
			return err
		}
		if p.file == nil {
			for j := range e.Parts[k].Options {
				e.Parts[k].Options[j].Right = optionOf(t.parts[k], e.Parts[k].Options[j]).fate.id == entryID(want)
			}
			k += run
			continue
		}
		if want.Mode == 0 {
			e.Rest = e.Rest && Documentation(p.path) // nothing of the file is left
			k += run
			continue
		}
		o, err := a.store.Read(ctx, want.ID(), maxText)
		if err != nil {
			return err
		}
		if p.kind == placed {
			option := &e.Parts[k].Options[0]
			option.Right = string(optionOf(p, *option).text) == string(o.Content)
			k += run
			continue
		}
		texts, ok := reuse.Results(p.file.Merge, o.Content)
		if len(texts) != run {
			return errors.New("regions and results differ in number")
		}
		whole := true
		for j := range run {
			whole = whole && ok[j]
			for n := range e.Parts[k+j].Options {
				o := &e.Parts[k+j].Options[n]
				o.Right = ok[j] && string(optionOf(t.parts[k+j], *o).text) == string(texts[j])
			}
		}
		if !Documentation(p.path) && (!whole || string(p.file.Text(texts)) != string(o.Content)) {
			e.Rest = false
		}
		k += run
	}
	if !e.Rest {
		return nil
	}
	same, err := a.same(ctx, t.attempt.Tree, expected, decided)
	e.Rest = same
	return err
}

// optionOf finds the option of a part that an example's was made from. Options
// of a trial are put in order by their odds, those of an example are not.
func optionOf(p *part, e ExampleOption) *option {
	for _, o := range p.options {
		if len(o.row) > 0 && len(e.Row) > 0 && &o.row[0] == &e.Row[0] {
			return o
		}
	}
	return &option{fate: &fate{}}
}

// Documentation reports whether a path holds text for people only.
func Documentation(path string) bool {
	switch fileclass.Class(path) {
	case fileclass.Docs, fileclass.Changelog, fileclass.Fragment:
		return true
	}
	return false
}

// same reports whether two trees are equal but for documentation and the paths
// decided.
func (a *Adapter) same(ctx context.Context, x, y string, decided map[string]bool) (bool, error) {
	err := a.objects.Diff(ctx, x, y, nil, func(path string, _, _ git.Entry) error {
		if decided[path] || Documentation(path) {
			return nil
		}
		return errDiffers
	})
	if errors.Is(err, errDiffers) {
		return false, nil
	}
	return err == nil, err
}

var errDiffers = errors.New("trees differ")
