package gate

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/outline"
)

// moved finds members that the added code takes from a module in which the
// target does not have them: constants.NONE, where NONE is still in another
// module here, or where the name constants stands for another module than in
// the fix's own file.
func (c *Checker) moved(ctx context.Context, q Question, ch *change, r *report) error {
	for _, f := range ch.files {
		fam := family(f.result.lang)
		if fam == "" || len(f.hunks) == 0 || f.result.lang == outline.Java {
			continue
		}
		here := bindings(f.result)
		if len(here) == 0 {
			continue
		}
		library := f.result.library() // of which trees tell little
		source := bindings(f.after)
		known := map[[2]string]bool{}
		added := f.addedLines()
		uses := f.result.getUses()
		for _, u := range uses {
			if !added[u.Line] {
				known[[2]string{u.Qualifier, u.Name}] = true
			}
		}
		for _, u := range uses {
			key := [2]string{u.Qualifier, u.Name}
			b, ok := here[u.Qualifier]
			if u.Qualifier == "" || !ok || !added[u.Line] || known[key] || f.told[u.Name] || library[u.Qualifier] {
				continue
			}
			known[key] = true
			m := member{b.path, u.Name}
			was := source[u.Qualifier]
			if err := c.seek(ctx, q, ch, f, u, m, was.path, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// member is a name of a module.
type member struct{ module, name string }

// maxSeek bounds the files that are looked into for one member.
const maxSeek = 60

// seek looks for a member on the target and reports it if it is elsewhere.
func (c *Checker) seek(ctx context.Context, q Question, ch *change, f *touched, u outline.Use, m member, was string, r *report) error {
	v := c.vocabulary(family(f.result.lang))
	there, err := c.modules(ctx, v, ch.target, m)
	if err != nil || there.has || there.gap || ch.brings(m) {
		return err
	}
	other := was != "" && was != m.module
	if !other && there.other == "" {
		return nil
	}
	before, err := c.modules(ctx, v, ch.before, member{orElse(was, m.module), m.name})
	if err != nil || !before.has {
		return err
	}
	if known, err := c.promised(ctx, ch, f, m.module); err != nil || known && !other {
		return err
	}
	f.tell(u.Name)
	severity := backport.Warning
	if ok, err := c.vouched(ctx, q, ch, f, u.Line, func(o *neighbour) (bool, error) {
		its, err := c.modules(ctx, v, o.parent, m)
		return !its.has, err
	}); err != nil {
		return err
	} else if ok {
		severity = backport.Info
	}
	switch {
	case there.other != "":
		r.add(severity, f.path, u.Line, "", fmt.Sprintf("on the target %s is taken from %s, not from %s", m.name, there.other, m.module))
	default:
		r.add(severity, f.path, u.Line, "", fmt.Sprintf("%s stands for %s here and for %s in the fix's own file, and %s is not known to have %s", u.Qualifier, m.module, was, m.module, m.name))
	}
	return nil
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// modules says from which modules the files of a tree take a name.
type modules struct {
	has   bool   // from the one asked for
	other string // another one
	gap   bool   // not all could be looked at
}

func (c *Checker) modules(ctx context.Context, v *vocabulary, tree string, m member) (found modules, err error) {
	if found, err = c.scan(ctx, v, tree, m, append(wordsOf([]byte(m.module)), wordOf(m.name))); err != nil || found.has {
		return found, err
	}
	return c.scan(ctx, v, tree, m, wordSet{wordOf(m.name)})
}

// brings reports whether the pick itself changes a module's file so that it has
// a member.
func (ch *change) brings(m member) bool {
	return slices.ContainsFunc(ch.files, func(f *touched) bool {
		return moduleFile(m.module, f.path) && f.result.getWords().has(wordOf(m.name))
	})
}

// touches reports whether a change has a file.
func (ch *change) touches(path string) bool {
	return slices.ContainsFunc(ch.files, func(f *touched) bool { return f.path == path })
}

// scan looks into the files that have all the words.
func (c *Checker) scan(ctx context.Context, v *vocabulary, tree string, m member, words wordSet) (found modules, err error) {
	left := maxSeek
	var failed error
	folder, err := c.goFolder(ctx, tree, m.module)
	if err != nil {
		return found, err
	}
	gap, err := v.find(ctx, tree, words, func(name, id string) bool {
		t, err := c.text(ctx, name, id)
		if err != nil {
			failed = err
			return false
		}
		if moduleFile(m.module, name) || t.lang == outline.Go && path.Dir(name) == folder {
			found.has = true
			return false
		}
		here := bindings(t)
		for _, u := range t.getUses() {
			if u.Name != m.name {
				continue
			}
			b, ok := here[u.Qualifier]
			switch {
			case !ok:
			case b.path == m.module:
				found.has = true
				return false
			default:
				if found.other == "" {
					found.other = b.path
				}
			}
		}
		if b, ok := here[m.name]; ok && strings.TrimSuffix(b.path, "."+m.name) == m.module {
			found.has = true
			return false
		}
		left--
		return left > 0
	})
	found.gap = gap || left <= 0
	if err == nil {
		err = failed
	}
	return found, err
}

// moduleFile reports whether a file is, or belongs to, a module: its path ends
// as the module's does.
func moduleFile(module, name string) bool {
	module = strings.NewReplacer(".", "/", "::", "/", `\`, "/").Replace(module)
	stem := strings.TrimSuffix(name, path.Ext(name))
	for _, p := range []string{stem, path.Dir(name)} {
		if p == module || strings.HasSuffix("/"+p, "/"+module) || strings.HasSuffix("/"+module, "/"+p) && strings.Contains(p, "/") {
			return true
		}
	}
	return false
}
