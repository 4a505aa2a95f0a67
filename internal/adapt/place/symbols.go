package place

import (
	"context"
	"fmt"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/outline"
)

const (
	// maxNamesakes is how many files are parsed for what they define.
	maxNamesakes = 6
	// alikeName is the affinity from which a file's name speaks for it.
	alikeName = 7
	// sameSymbols is the share of what the base defines that a file must define
	// to be taken for it, where hardly a line around the fix's changes is there.
	sameSymbols = 0.4
)

// namesakes are the first candidates that only the target has, under a name
// like the searched file's. The candidates are in the order of their affinity.
func namesakes(open []*candidate) []*candidate {
	var out []*candidate
	for _, c := range open {
		if c.affinity < alikeName || len(out) == maxNamesakes {
			break
		}
		if c.base.mode == 0 {
			out = append(out, c)
		}
	}
	return out
}

// byNames finds the file among the namesakes that defines what the base
// defines, and all that the fix changes: after a rename of the whole project
// hardly a line is the same.
func (f *Finder) byNames(ctx context.Context, path string, base, theirs []byte, named []*candidate) ([]Home, error) {
	if len(named) == 0 {
		return nil, nil
	}
	fix := newFix(path, base, theirs)
	names := defined(path, base)
	if len(names) == 0 {
		return nil, nil
	}
	var out []Home
	ids := make([]string, len(named))
	for i, c := range named {
		ids[i] = c.ours.id
	}
	lines := printOf(base)
	var lacks git.MissingError
	err := f.store.ReadAll(ctx, ids, func(i int, o git.Object) error {
		if o.Kind == "" {
			lacks.IDs = append(lacks.IDs, ids[i])
			return nil
		}
		if len(o.Content) > maxText {
			return nil
		}
		c := named[i]
		there := defined(c.path, o.Content)
		n := 0
		for name := range names {
			if there[name] {
				n++
			}
		}
		if n < 2 || float64(n) < sameSymbols*float64(len(names)) {
			return nil
		}
		for _, p := range fix.parts {
			if p.first >= 0 && !there[fix.base.units[p.first].name] {
				return nil
			}
		}
		out = append(out, Home{
			Path: c.path, Blob: c.ours.id, Mode: c.ours.mode,
			Score: enough * float64(n) / float64(len(names)), Whole: share(lines, c.mine),
			Why: fmt.Sprintf("%s defines %d of the %d things that %s defines", c.path, n, len(names), path),
		})
		return nil
	})
	if err == nil && len(lacks.IDs) > 0 {
		return nil, &lacks
	}
	return out, err
}

// defined are the names of what a text defines.
func defined(path string, text []byte) map[string]bool {
	names := map[string]bool{}
	for _, s := range outline.Parse(outline.Detect(path, text), text).Symbols {
		switch s.Kind {
		case outline.Function, outline.Method, outline.Type, outline.Macro, outline.Constant:
			names[s.Name] = true
		}
	}
	return names
}
