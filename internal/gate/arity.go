package gate

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/outline"
)

const (
	// maxCalls bounds the calls of one pick that are looked up.
	maxCalls = 40
	// maxCallees bounds the files in which one callee is looked for; a name
	// that more files have is too common to tell whose it is.
	maxCallees = 25
)

// arity finds calls of the added code with a number of arguments that no
// definition of that name in the file's folder on the target accepts, and the
// same one on the source does.
func (c *Checker) arity(ctx context.Context, q Question, ch *change, r *report) error {
	left := maxCalls
	for _, f := range ch.files {
		fam := family(f.result.lang)
		if fam == "" || len(f.hunks) == 0 {
			continue
		}
		added := f.addedLines()
		type call struct {
			name string
			args int
		}
		known := map[call]bool{}
		for _, u := range f.result.getUses() {
			if u.Kind == "call" && !added[u.Line] {
				known[call{u.Name, u.Args}] = true
			}
		}
		for _, u := range f.result.getUses() {
			k := call{u.Name, u.Args}
			if u.Kind != "call" || u.Args < 0 || !added[u.Line] || known[k] || f.told[u.Name] {
				continue
			}
			known[k] = true
			if left--; left < 0 {
				return nil
			}
			if err := c.callee(ctx, q, ch, f, u, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// callee compares a call with the definitions of its name on both sides. It
// tells of the same function, by its class and kind, that takes the call on the
// source and not on the target; names alone say little.
func (c *Checker) callee(ctx context.Context, q Question, ch *change, f *touched, u outline.Use, r *report) error {
	v := c.vocabulary(family(f.result.lang))
	here, err := c.definitions(ctx, v, ch.result, f.path, u.Name)
	if err != nil || len(here) == 0 || slices.ContainsFunc(here, func(d callable) bool { return d.accepts(u.Args) }) {
		return err
	}
	there, err := c.definitions(ctx, v, ch.after, f.from, u.Name)
	if err != nil {
		return err
	}
	for _, s := range there {
		for _, d := range here {
			if !s.unknown && s.accepts(u.Args) && s.Parent == d.Parent && s.Kind == d.Kind {
				f.tell(u.Name)
				from, err := c.origin(ctx, q, c.takes(s, u.Args))
				if err != nil {
					return err
				}
				r.lack(u.Name, backport.Warning, f.path, u.Line, from, fmt.Sprintf("%s is called with %s, which it takes on the source%s; on the target it takes %s (%s)",
					u.Name, arguments(u.Args, u.Args), since(from), arguments(d.MinArgs, d.MaxArgs), d.path))
				return nil
			}
		}
	}
	return nil
}

// takes asks for a definition that accepts a number of arguments.
func (c *Checker) takes(want callable, args int) holds {
	return func(ctx context.Context, tree string) (bool, error) {
		id, err := c.objects.file(ctx, tree, want.path)
		if err != nil || id == "" {
			return false, err
		}
		t, err := c.text(ctx, want.path, id)
		if err != nil {
			return false, err
		}
		return slices.ContainsFunc(t.getOutline().Symbols, func(s outline.Symbol) bool {
			return s.Name == want.Name && s.Kind == want.Kind && s.Parent == want.Parent && callable{Symbol: s}.accepts(args)
		}), nil
	}
}

// callable is a definition that can be called.
type callable struct {
	outline.Symbol
	path    string
	unknown bool // how many arguments it takes cannot be told
}

func (d callable) accepts(args int) bool {
	return d.unknown || args >= d.MinArgs && (d.MaxArgs < 0 || args <= d.MaxArgs)
}

// anything accepts every call.
var anything = []callable{{unknown: true}}

// definitions lists what the folder of a file defines by a name. Where that
// cannot be known the answer accepts every call.
func (c *Checker) definitions(ctx context.Context, v *vocabulary, tree, at, name string) ([]callable, error) {
	dir := path.Dir(at)
	if dir != "." {
		e, ok, err := c.objects.Lookup(ctx, tree, dir)
		if err != nil || !ok || !e.IsTree() {
			return nil, err
		}
		tree = e.ID()
	}
	n, err := v.ask(tree).node(ctx, tree, 0)
	if err != nil || n.gap {
		return anything, err
	}
	left := maxCallees
	var found []callable
	word := wordOf(name)
	for _, x := range n.files {
		if !x.words.has(word) {
			continue
		}
		if left--; left < 0 {
			return anything, nil
		}
		t, err := c.text(ctx, x.name, x.id)
		if err != nil {
			return nil, err
		}
		for _, s := range t.getOutline().Symbols {
			if s.Name != name || s.Kind == outline.Import || s.Kind == outline.Key || s.Kind == outline.Section {
				continue
			}
			found = append(found, callable{s, path.Join(dir, x.name), s.MinArgs < 0 && s.MaxArgs < 0 || decorated(t, s)})
		}
	}
	return found, nil
}

// decorated reports whether something above a definition may change how it is
// called.
func decorated(t *text, s outline.Symbol) bool {
	above := bytes.TrimSpace(t.line(s.Start - 1))
	return t.lang == outline.Python && len(above) > 0 && (above[0] == '@' || above[len(above)-1] == ')')
}

// arguments is a number of arguments in words.
func arguments(low, high int) string {
	switch {
	case high < 0:
		return fmt.Sprintf("%d arguments or more", low)
	case low == high && low == 1:
		return "1 argument"
	case low == high:
		return fmt.Sprintf("%d arguments", low)
	}
	return fmt.Sprintf("%d to %d arguments", low, high)
}
