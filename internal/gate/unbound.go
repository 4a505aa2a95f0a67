package gate

import (
	"context"
	"fmt"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/outline"
)

// unbound finds names that the fix's own file knows by an import or a
// definition and the result does not: the fix uses what an import brings that
// was there long before it, and that import the target lacks.
func (c *Checker) unbound(_ context.Context, _ Question, ch *change, r *report) error {
	for _, f := range ch.files {
		if f.same || family(f.result.lang) == "" || len(f.after.src) == 0 {
			continue
		}
		known := bindings(f.after)
		if len(known) == 0 {
			continue
		}
		here := bindings(f.result)
		if _, all := here["*"]; all {
			continue // what a module exports as a whole is not known
		}
		added := f.addedLines()
		told := map[string]bool{}
		var defined map[string]bool
		for _, u := range f.result.getUses() {
			name, ok := bare(u)
			b, bound := known[name]
			if _, has := here[name]; !ok || !added[u.Line] || !bound || has || told[name] {
				continue
			}
			if defined == nil {
				defined = f.namesOutside(added)
			}
			if defined[name] {
				continue
			}
			told[name] = true
			f.tell(name)
			text := fmt.Sprintf("%s is not known in this file on the target; the fix's own file has %q", name, b.path)
			r.add(backport.Warning, f.path, u.Line, "", text)
		}
	}
	return nil
}

// bare is the name of a use that has to be known in its file: what stands
// before the first dot, or alone.
func bare(u outline.Use) (string, bool) {
	switch {
	case u.Qualifier != "":
		return u.Qualifier, true
	case u.Kind == "call" || u.Kind == "name":
		return u.Name, true
	}
	return "", false
}

// namesOutside are the names that the result uses or defines outside the added
// lines: the target knows them, by whatever way.
func (f *touched) namesOutside(added map[int]bool) map[string]bool {
	names := map[string]bool{}
	for _, u := range f.result.getUses() {
		if name, ok := bare(u); ok && !added[u.Line] {
			names[name] = true
		}
	}
	for _, s := range f.result.getOutline().Symbols {
		names[s.Name] = true
	}
	return names
}

// bindings are the imports of a file by the names they bind.
func bindings(t *text) map[string]binding {
	out := map[string]binding{}
	for _, b := range t.getImports() {
		out[b.name] = b
	}
	return out
}
