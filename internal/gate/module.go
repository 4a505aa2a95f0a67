package gate

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/outline"
)

// imported finds imports that the pick adds of modules and headers that the
// target does not have: no file is where the source has one, and no other file
// imports it, though on the source others did before the fix.
func (c *Checker) imported(ctx context.Context, q Question, ch *change, r *report) error {
	for _, f := range ch.files {
		if family(f.result.lang) == "" || !f.addsImport() {
			continue
		}
		added := f.addedLines()
		had := map[string]bool{}
		for _, b := range f.ours.includes() {
			had[b.path] = true
		}
		for _, b := range f.result.includes() {
			if !added[b.line] || had[b.path] || f.told[b.name] {
				continue
			}
			had[b.path] = true
			if err := c.module(ctx, q, ch, f, b, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// addsImport reports, without parsing, whether an added line may import
// something.
func (f *touched) addsImport() (found bool) {
	f.added(func(n int) {
		line := f.result.line(n)
		for _, word := range importWords {
			found = found || bytes.Contains(line, word)
		}
		// Inside parentheses an import is a string or a name and no more.
		found = found || len(bytes.Fields(line)) < 5 && (f.result.lang == outline.Go || f.result.lang == outline.Python)
	})
	return found
}

var importWords = [][]byte{[]byte("import"), []byte("include"), []byte("require"), []byte("use")}

// includes lists what a file imports: by name, or by the path of a file.
func (t *text) includes() []binding {
	out := slices.Clone(t.getImports())
	switch t.lang {
	case outline.C, outline.CPP, outline.Ruby, outline.PHP:
		for _, s := range t.getOutline().Symbols {
			if s.Kind == outline.Import {
				out = append(out, binding{path: s.Name, line: s.Start})
			}
		}
	}
	return out
}

// module looks for one import on the target.
func (c *Checker) module(ctx context.Context, q Question, ch *change, f *touched, b binding, r *report) error {
	there, err := c.resolves(ctx, ch.result, f.path, b)
	if err != nil || there {
		return err
	}
	source, err := c.resolves(ctx, ch.before, f.from, b)
	if err != nil {
		return err
	}
	if !source && (b.name == "" || standard(f.result.lang, b.path)) {
		return nil // a header of the system, or the language's own
	}
	if f.result.lang == outline.Go && !source {
		why, library, err := c.goLacks(ctx, ch.result, f.path, b.path)
		if err == nil && why != "" {
			err = c.younger(ctx, ch, f, b, why, r)
		}
		if err != nil || library {
			return err
		}
	}
	v := c.vocabulary(family(f.result.lang))
	if used, err := c.importers(ctx, v, ch.target, b); err != nil || used {
		return err
	}
	from := ""
	if source {
		from, err = c.origin(ctx, q, func(ctx context.Context, tree string) (bool, error) { return c.resolves(ctx, tree, f.from, b) })
		if err != nil {
			return err
		}
	} else {
		if source, err = c.importers(ctx, v, ch.before, b); err != nil || !source {
			return err
		}
	}
	if known, err := c.promised(ctx, ch, f, b.path); err != nil || known {
		f.tell(b.name) // nor is it for another check to look for
		return err
	}
	f.tell(b.name)
	text := fmt.Sprintf("the target has no %s, nor does anything there import it", b.path)
	if from != "" {
		text += fmt.Sprintf("; it came to the source with %.12s", from)
	}
	r.lack(b.path, backport.Warning, f.path, b.line, from, text)
	return nil
}

// younger tells of a package that the target's Go may lack, unless some file
// there imports it.
func (c *Checker) younger(ctx context.Context, ch *change, f *touched, b binding, why string, r *report) error {
	used, err := c.importers(ctx, c.vocabulary(family(f.result.lang)), ch.target, b)
	if err == nil && !used {
		f.tell(b.name)
		r.add(backport.Warning, f.path, b.line, "", why)
	}
	return err
}

// importers reports whether some file imports the same, or may.
func (c *Checker) importers(ctx context.Context, v *vocabulary, tree string, b binding) (bool, error) {
	left := maxSeek
	found := false
	var failed error
	gap, err := v.find(ctx, tree, wordsOf([]byte(b.path)), func(name, id string) bool {
		var t *text
		if t, failed = c.text(ctx, name, id); failed != nil {
			return false
		}
		for _, x := range t.includes() {
			found = found || x.path == b.path || strings.HasPrefix(x.path, b.path+".")
		}
		left--
		return !found && left > 0
	})
	return found || gap || left == 0, cmp.Or(err, failed)
}

// resolves reports whether a tree has a file that an import may mean: the path
// of the import, or its end behind at most three names (a Go module's own
// path), with or without the last name, below any folder above the importing
// file.
func (c *Checker) resolves(ctx context.Context, tree, from string, b binding) (bool, error) {
	p := strings.Trim(strings.NewReplacer("::", "/", `\`, "/", "./", "/").Replace(b.path), "/")
	if b.name != "" && !strings.Contains(p, "/") {
		p = strings.ReplaceAll(p, ".", "/")
	}
	parts := strings.Split(p, "/")
	if len(parts) > 32 {
		return false, nil
	}
	folders := []string{""}
	for dir := path.Dir(from); dir != "." && dir != "/" && len(folders) < 32; dir = path.Dir(dir) {
		folders = append(folders, dir)
	}
	for skip := 0; skip <= min(3, len(parts)-1); skip++ {
		for _, drop := range []int{0, 1} {
			if len(parts)-skip-drop < 1 || drop == 1 && (b.name == "" || len(parts)-skip < 3) || skip > 0 && len(parts)-skip < 2 {
				continue
			}
			tail := path.Join(parts[skip : len(parts)-drop]...)
			for _, dir := range folders {
				if ok, err := c.exists(ctx, tree, path.Join(dir, tail)); err != nil || ok {
					return ok, err
				}
			}
		}
	}
	return false, nil
}

// exists reports whether a tree has a folder of this name, or a file of it with
// any extension or none.
func (c *Checker) exists(ctx context.Context, tree, name string) (bool, error) {
	if strings.HasPrefix(name, "..") {
		return false, nil
	}
	root := tree
	if dir := path.Dir(name); dir != "." {
		e, ok, err := c.objects.Lookup(ctx, tree, dir)
		if err != nil || !ok || !e.IsTree() {
			return false, err
		}
		root = e.ID()
	}
	t, err := c.objects.Tree(ctx, root)
	if err != nil {
		return false, err
	}
	base := path.Base(name)
	rawLen := c.objects.Format.RawLen()
	for e, rest, ok := t.Next(rawLen); ok; e, rest, ok = rest.Next(rawLen) {
		if string(e.Name) == base {
			return true, nil
		}
		if stem, _, cut := strings.Cut(string(e.Name), "."); cut && stem == base && !e.IsTree() {
			return true, nil
		}
	}
	return false, nil
}
