package gate

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/outline"
)

// unbound compares the names that imports make known with those that are used:
//
//   - The added code uses a name that the fix's own file imports since before the
//     fix, and the result does not know.
//   - The fix takes an import away that the target still uses elsewhere in the
//     file.
//   - The fix adds an import of which the result has no use, though the fix's
//     own file has: code was merged away, or the target does without.
func (c *Checker) unbound(ctx context.Context, q Question, ch *change, r *report) error {
	for _, f := range ch.files {
		if f.same || f.result == f.after || family(f.result.lang) == "" || len(f.after.src) == 0 {
			continue
		}
		if len(f.result.getImports())+len(f.ours.getImports())+len(f.after.getImports()) == 0 {
			continue
		}
		names := f.names()
		if _, all := names.here["*"]; all {
			continue // what a module exports as a whole is not known
		}
		if err := names.lacking(ctx, c, q, r); err != nil {
			return err
		}
		names.dropped(r)
		names.idle(r)
	}
	return nil
}

// names are the imports of a file by the names they bind: in the result, on the
// target before, and in the fix's own file.
type names struct {
	*touched
	here, ours, source map[string]binding
	added              map[int]bool
	used               map[string][]int // lines of the result, 0-based, by name
	defined            map[string]bool  // in the result, but for imports
}

func (f *touched) names() *names {
	return &names{
		touched: f,
		here:    bindings(f.result), ours: bindings(f.ours), source: bindings(f.after),
		added: f.addedLines(), used: bareUses(f.result),
	}
}

// defines reports whether the result defines a name, but by an import.
func (n *names) defines(name string) bool {
	if n.defined == nil {
		n.defined = map[string]bool{}
		for _, s := range n.result.getOutline().Symbols {
			if s.Kind != outline.Import {
				n.defined[s.Name] = true
			}
		}
	}
	return n.defined[name]
}

// bareUses are the lines at which a text uses names that have to be known in
// it: what stands before the first dot, or alone. Imports themselves are none.
func bareUses(t *text) map[string][]int {
	imports := map[int]bool{}
	for _, b := range t.getImports() {
		imports[b.line] = true
	}
	used := map[string][]int{}
	for _, u := range t.getUses() {
		if imports[u.Line] {
			continue
		}
		switch {
		case u.Qualifier != "":
			used[u.Qualifier] = append(used[u.Qualifier], u.Line)
		case u.Kind == "call" || u.Kind == "name":
			used[u.Name] = append(used[u.Name], u.Line)
		}
	}
	return used
}

// lacking tells names that only the fix's own file knows.
func (n *names) lacking(ctx context.Context, c *Checker, q Question, r *report) error {
	for _, name := range slices.Sorted(maps.Keys(n.source)) {
		b := n.source[name]
		if here, has := n.here[name]; has && (!inFunction(n.result, here) || inFunction(n.after, b)) || len(n.used[name]) == 0 || n.defines(name) {
			continue
		}
		// Where a line of the target uses it, the target knows it some way; a
		// name that is local there is another one.
		at := -1
		if slices.ContainsFunc(n.used[name], func(line int) bool {
			local := n.local(name, line)
			if n.added[line] && !local && at < 0 {
				at = line
			}
			return !n.added[line] && !local
		}) || at < 0 {
			continue
		}
		n.tell(name)
		from, err := c.origin(ctx, q, c.binds(n.from, b))
		if err != nil {
			return err
		}
		r.lack(b.path, backport.Warning, n.path, at, from,
			fmt.Sprintf("%s is not known in this file on the target; the fix's own file has it from %q%s", name, b.path, since(from)))
	}
	return nil
}

// binds asks for a file with an import.
func (c *Checker) binds(path string, b binding) holds {
	return func(ctx context.Context, tree string) (bool, error) {
		id, err := c.objects.file(ctx, tree, path)
		if err != nil || id == "" {
			return false, err
		}
		t, err := c.text(ctx, path, id)
		if err != nil {
			return false, err
		}
		return bindings(t)[b.name].path == b.path, nil
	}
}

// local reports whether a name has its meaning from the function around a line:
// as an argument, or because that function gives it a value or imports it.
func (n *names) local(name string, line int) bool {
	for _, s := range n.result.getOutline().Enclosing(line) {
		if s.Kind != outline.Function && s.Kind != outline.Method {
			continue
		}
		if slices.ContainsFunc(n.result.getImports(), func(b binding) bool { return b.name == name && s.Start <= b.line && b.line < s.End }) {
			return true
		}
		for i := s.Start; i < s.End && i < s.Start+maxLocal; i++ {
			text := n.result.line(i)
			if (i == s.Start || i < s.Body) && mentions(text, name) || assigned(text, name) {
				return true
			}
		}
	}
	return false
}

// maxLocal bounds the lines of a function that are searched for a name.
const maxLocal = 500

// dropped tells names whose import the pick takes away.
func (n *names) dropped(r *report) {
	for _, name := range slices.Sorted(maps.Keys(n.ours)) {
		b := n.ours[name]
		if _, has := n.here[name]; has || len(n.used[name]) == 0 || n.defines(name) || len(bareUses(n.after)[name]) > 0 {
			continue
		}
		n.tell(name)
		r.add(backport.Warning, n.path, n.used[name][0], "",
			fmt.Sprintf("%s is still used here, but the fix takes its import of %q away", name, b.path))
	}
}

// idle tells names that the result imports for nothing: the fix brought the
// import, or took the last use away, and its own file still has uses.
func (n *names) idle(r *report) {
	var theirs, before map[string][]int
	for _, name := range slices.Sorted(maps.Keys(n.here)) {
		b := n.here[name]
		_, had := n.ours[name]
		if name == "*" || len(n.used[name]) > 0 || !had && !n.added[b.line] {
			continue
		}
		if theirs == nil {
			theirs, before = bareUses(n.after), bareUses(n.touched.ours)
		}
		switch {
		case len(theirs[name]) == 0:
		case !had:
			r.add(backport.Warning, n.path, b.line, "",
				fmt.Sprintf("the fix imports %s, and nothing here uses it as the fix's own file does", name))
		case len(before[name]) > 0:
			r.add(backport.Warning, n.path, b.line, "",
				fmt.Sprintf("the fix takes the last use of %s away, whose import stays; the fix's own file has more", name))
		}
	}
}

// bindings are the imports of a file by the names they bind; what a function
// imports for itself stands back behind what the file imports.
func bindings(t *text) map[string]binding {
	out := map[string]binding{}
	for _, b := range t.getImports() {
		if had, twice := out[b.name]; twice && inFunction(t, b) && !inFunction(t, had) {
			continue
		}
		out[b.name] = b
	}
	return out
}

// inFunction reports whether an import stands in a function, and binds its name
// nowhere else. Only Python and Rust have such.
func inFunction(t *text, b binding) bool {
	if t.lang != outline.Python && t.lang != outline.Rust {
		return false
	}
	return slices.ContainsFunc(t.getOutline().Enclosing(b.line), func(s outline.Symbol) bool {
		return s.Kind == outline.Function || s.Kind == outline.Method
	})
}
