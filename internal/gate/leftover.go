package gate

import (
	"bytes"
	"context"
	"fmt"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/outline"
)

// maxGone bounds the definitions of one pick that are followed.
const maxGone = 40

// leftover finds uses of what the fix takes away: a definition that is gone from
// the result, that is nowhere else, and that other files of the target still
// use. On the source these uses were gone before, or went with the fix.
func (c *Checker) leftover(ctx context.Context, _ Question, ch *change, r *report) error {
	left := maxGone
	for _, f := range ch.files {
		fam := family(f.ours.lang)
		if fam == "" || !f.undefines() {
			continue
		}
		still := map[string]bool{}
		for _, s := range f.result.getOutline().Symbols {
			still[s.Name] = true
		}
		for _, s := range f.ours.getOutline().Symbols {
			switch s.Kind {
			case outline.Function, outline.Method, outline.Type, outline.Macro, outline.Constant, outline.Variable:
			default:
				continue
			}
			if still[s.Name] || len(s.Name) < 4 {
				continue
			}
			still[s.Name] = true
			if left--; left < 0 {
				return nil
			}
			if err := c.users(ctx, ch, f, s, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// undefines reports, without parsing, whether the pick may take a definition
// away: a line that it removes has a keyword or begins without a blank, and a
// word that no added line has.
func (f *touched) undefines() bool {
	var old, new [][]byte
	for _, h := range f.hunks {
		for _, l := range f.ours.getLines()[h.OldStart : h.OldStart+h.OldCount] {
			for w := range bytes.FieldsSeq(l) {
				if l[0] != ' ' && l[0] != '\t' || outline.Keyword(f.ours.lang, w) {
					old = append(old, l)
					break
				}
			}
		}
		new = append(new, f.result.getLines()[h.NewStart:h.NewStart+h.NewCount]...)
	}
	if len(old) == 0 {
		return false
	}
	added := wordsOf(bytes.Join(new, nil))
	return !added.hasAll(wordsOf(bytes.Join(old, nil)))
}

// users looks for uses of a symbol that is gone.
func (c *Checker) users(ctx context.Context, ch *change, f *touched, s outline.Symbol, r *report) error {
	v := c.vocabulary(family(f.ours.lang))
	if gone, err := v.absent(ctx, ch.result, f.path, []uint32{wordOf(s.Name)}); err != nil || len(gone) > 0 {
		return err
	}
	here, err := c.uses(ctx, v, ch.result, s.Name)
	if err != nil || here.defined || here.path == "" {
		return err
	}
	there, err := c.uses(ctx, v, ch.after, s.Name)
	if err != nil {
		return err
	}
	if there.path != "" || there.defined {
		return nil
	}
	r.add(backport.Warning, here.path, here.line, "", fmt.Sprintf("%s is still used here; the fix takes it away from %s", s.Name, f.path))
	return nil
}

// usage is where a name is used, as far as it was looked for.
type usage struct {
	defined bool // it is defined somewhere
	path    string
	line    int
}

func (c *Checker) uses(ctx context.Context, v *vocabulary, tree, name string) (a usage, err error) {
	left := maxCallees
	var failed error
	gap, err := v.find(ctx, tree, []uint32{wordOf(name)}, func(path, id string) bool {
		if left--; left < 0 {
			a.defined = true // too common to tell
			return false
		}
		t, err := c.text(ctx, path, id)
		if err != nil {
			failed = err
			return false
		}
		for _, s := range t.getOutline().Symbols {
			if s.Name == name && s.Kind != outline.Import {
				a.defined = true
				return false
			}
		}
		for _, u := range t.getUses() {
			if u.Name == name && a.path == "" {
				a.path, a.line = path, u.Line
			}
		}
		return true
	})
	a.defined = a.defined || gap
	if err == nil {
		err = failed
	}
	return a, err
}
