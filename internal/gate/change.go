package gate

import (
	"context"
	"path"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/outline"
	"backstay.dev/backstay/internal/textdiff"
)

// change is what a pick does to the target and what its fix did to the source.
type change struct {
	// trees of the source before and after the fix, and of the target.
	before, after, target, result string
	files                         []*touched
	neighbours                    []*neighbour // nil until they are read
}

// touched is one file that the pick changes on the target, in four versions.
type touched struct {
	// path on the target; from on the source, "" where the fix has no such file.
	path, from string
	// before and after the fix on the source; ours and result on the target.
	before, after, ours, result *text
	// same says that source and target have the same two versions.
	same bool

	hunks, origin []textdiff.Hunk // ours to result, before to after

	told map[string]bool // names that a check reported already
}

// tell notes that a name was reported: one cause is told once.
func (f *touched) tell(name string) {
	if f.told == nil {
		f.told = map[string]bool{}
	}
	f.told[name] = true
}

// read finds out what the pick changes.
func (c *Checker) read(ctx context.Context, q Question) (*change, error) {
	steps := q.Pick.Fix.Steps
	if len(steps) == 0 {
		return &change{}, nil
	}
	ch := &change{result: q.Tree}
	var err error
	if ch.target, err = c.objects.treeOf(ctx, q.Pick.Target.Commit); err != nil {
		return nil, err
	}
	if ch.before, err = c.objects.treeOf(ctx, steps[0].Base); err != nil {
		return nil, err
	}
	source, err := c.source(ctx, steps)
	if err != nil {
		return nil, err
	}
	if ch.after, err = c.objects.treeOf(ctx, steps[len(steps)-1].Commit); err != nil {
		return nil, err
	}
	landed, err := c.objects.diff(ctx, ch.target, ch.result)
	if err != nil {
		return nil, err
	}
	from := counterparts(source, landed)
	for i, d := range pairRenames(landed) {
		if d.new == "" {
			continue // what is gone has no lines to look at
		}
		s := from[i]
		f := &touched{path: d.path, from: s.path, same: s.old == d.old && s.new == d.new}
		for to, id := range map[**text]string{&f.before: s.old, &f.after: s.new, &f.ours: d.old, &f.result: d.new} {
			if *to, err = c.text(ctx, d.path, id); err != nil {
				return nil, err
			}
		}
		if git.Binary(f.result.src) || git.Binary(f.ours.src) {
			continue
		}
		f.hunks = textdiff.Diff(f.ours.src, f.result.src)
		f.origin = f.hunks
		if !f.same {
			f.origin = textdiff.Diff(f.before.src, f.after.src)
		}
		ch.files = append(ch.files, f)
	}
	return ch, nil
}

// source lists what the steps of a fix changed on the source: each path as it
// was before the first step that touched it and after the last one.
func (c *Checker) source(ctx context.Context, steps []backport.Step) ([]delta, error) {
	var out []delta
	at := map[string]int{}
	for _, s := range steps {
		old, err := c.objects.treeOf(ctx, s.Base)
		if err != nil {
			return nil, err
		}
		new, err := c.objects.treeOf(ctx, s.Commit)
		if err != nil {
			return nil, err
		}
		deltas, err := c.objects.diff(ctx, old, new)
		if err != nil {
			return nil, err
		}
		for _, d := range deltas {
			if k, ok := at[d.path]; ok {
				out[k].new = d.new
				continue
			}
			at[d.path] = len(out)
			out = append(out, d)
		}
	}
	return pairRenames(out), nil
}

// pairRenames gives a file that is new the old version of a file of the same
// name that went away in the same change.
func pairRenames(deltas []delta) []delta {
	gone := map[string][]string{} // ids by file name
	for _, d := range deltas {
		if d.new == "" {
			gone[path.Base(d.path)] = append(gone[path.Base(d.path)], d.old)
		}
	}
	out := append([]delta(nil), deltas...)
	for i, d := range out {
		if ids := gone[path.Base(d.path)]; d.old == "" && len(ids) > 0 {
			out[i].old, gone[path.Base(d.path)] = ids[0], ids[1:]
		}
	}
	return out
}

// counterparts finds for each landed path the one of the source that it came
// from: the same path, else a path of the same file name that did not land
// itself, else the only one left.
func counterparts(source, landed []delta) []delta {
	here := map[string]bool{}
	for _, d := range landed {
		here[d.path] = true
	}
	at := map[string]delta{}
	var left []delta
	for _, s := range source {
		at[s.path] = s
		if !here[s.path] {
			left = append(left, s)
		}
	}
	out := make([]delta, len(landed))
	var open []int
	for i, d := range landed {
		if s, ok := at[d.path]; ok {
			out[i] = s
		} else {
			open = append(open, i)
		}
	}
	for _, i := range open {
		for k, s := range left {
			if s.path != "" && path.Base(s.path) == path.Base(landed[i].path) {
				out[i], left[k] = s, delta{}
				break
			}
		}
	}
	if len(open) == 1 && len(left) == 1 && out[open[0]].path == "" {
		out[open[0]] = left[0]
	}
	return out
}

// text is one version of a file; equal versions are taken apart once.
func (c *Checker) text(ctx context.Context, name, id string) (*text, error) {
	if id == "" {
		return noText, nil
	}
	lang := outline.Detect(name, nil)
	key := string(lang) + ":" + id
	if t, ok := c.texts.Get(key); ok {
		return t, nil
	}
	src, err := c.objects.blob(ctx, id)
	if err != nil {
		return nil, err
	}
	t := &text{lang: lang, src: src}
	c.texts.Put(key, t, 16*len(src)+256)
	return t, nil
}

// added calls f for each line that the pick adds to a file, 0-based on the
// result.
func (f *touched) added(each func(line int)) {
	for _, h := range f.hunks {
		for i := range h.NewCount {
			each(h.NewStart + i)
		}
	}
}

// addedLines is the set of them.
func (f *touched) addedLines() map[int]bool {
	set := map[int]bool{}
	f.added(func(n int) { set[n] = true })
	return set
}
