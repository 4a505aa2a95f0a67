package gate

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/outline"
)

// missing finds names that the added code uses, that the source had before the
// fix, and that occur nowhere on the target: neither in code nor in comments or
// strings of any file of the language. Somebody must have brought them to the
// source since.
func (c *Checker) missing(ctx context.Context, q Question, ch *change, r *report) error {
	wanted := map[string][]need{} // by family
	own := map[string]bool{}      // what the fix itself defines
	for _, f := range ch.files {
		f.needs(wanted, own)
	}
	for _, fam := range slices.Sorted(maps.Keys(wanted)) {
		needs := slices.DeleteFunc(wanted[fam], func(n need) bool { return own[n.use.Name] })
		if err := c.lacking(ctx, q, fam, ch, needs, r); err != nil {
			return err
		}
	}
	return nil
}

// need is a name that an added line uses and its file did not have.
type need struct {
	use  outline.Use
	file *touched
}

// needs collects the names of a file's added lines.
func (f *touched) needs(wanted map[string][]need, own map[string]bool) {
	fam := family(f.result.lang)
	if fam == "" || len(f.hunks) == 0 {
		return
	}
	added := f.addedLines()
	words := f.ours.getWords()
	told := map[string]bool{}
	library := f.result.library()
	for _, u := range f.result.getUses() {
		if u.Qualifier == "" && (builtins[fam][u.Name] || library[u.Name]) || library[u.Qualifier] || fam == "java" && builtins[fam][u.Qualifier] {
			continue
		}
		if !added[u.Line] || told[u.Name] || f.told[u.Name] || f.told[u.Qualifier] || len(u.Name) < 3 || u.Kind == "import" || words.has(wordOf(u.Name)) {
			continue
		}
		told[u.Name] = true
		if line := f.result.line(u.Line); assigned(line, u.Name) && !f.sets(u) || declared(f.result.lang, line, u.Name) {
			own[u.Name] = true
			continue
		}
		wanted[fam] = append(wanted[fam], need{u, f})
	}
}

// sets reports whether a use gives a value to a member of something that cannot
// get new members by it.
func (f *touched) sets(u outline.Use) bool {
	switch f.result.lang {
	case outline.C, outline.CPP, outline.Go, outline.Java, outline.Rust:
		return u.Kind == "member"
	}
	return false
}

// mentions reports whether a line has the name as a whole word.
func mentions(line []byte, name string) bool {
	for at := 0; ; {
		i := bytes.Index(line[at:], []byte(name))
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(name)
		if (start == 0 || !inWord[line[start-1]]) && (end == len(line) || !inWord[line[end]]) {
			return true
		}
		at = start + 1
	}
}

// assigned reports whether a line gives the name a value: "name =", "name :=",
// "name: type =" or a loop over it.
func assigned(line []byte, name string) bool {
	for i := 0; i+len(name) <= len(line); i++ {
		if string(line[i:i+len(name)]) != name || i > 0 && inWord[line[i-1]] || i+len(name) < len(line) && inWord[line[i+len(name)]] {
			continue
		}
		rest := trimBlank(line[i+len(name):])
		switch {
		case len(rest) > 1 && rest[0] == '=' && rest[1] != '=', len(rest) > 1 && rest[0] == ':' && rest[1] == '=':
			return true
		case len(rest) > 3 && string(rest[:3]) == "in ":
			return true
		}
	}
	return false
}

func trimBlank(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	return b
}

// lacking reports the names that the target lacks and the source had.
func (c *Checker) lacking(ctx context.Context, q Question, fam string, ch *change, needs []need, r *report) error {
	if len(needs) == 0 {
		return nil
	}
	v := c.vocabulary(fam)
	byWord := map[uint32][]need{}
	var words []uint32
	for _, n := range needs {
		w := wordOf(n.use.Name)
		if byWord[w] == nil {
			words = append(words, w)
		}
		byWord[w] = append(byWord[w], n)
	}
	absent, err := v.absent(ctx, ch.target, needs[0].file.path, words)
	if err != nil || len(absent) == 0 {
		return err
	}
	new, err := v.absent(ctx, ch.before, needs[0].file.from, absent)
	if err != nil {
		return err
	}
	own := ch.defines()
	for _, w := range new {
		if own[w] {
			continue
		}
		for _, n := range byWord[w] {
			if err := c.newest(ctx, q, ch, n, r); err != nil {
				return err
			}
		}
	}
	absent = slices.DeleteFunc(absent, func(w uint32) bool { return slices.Contains(new, w) })
	for _, w := range absent {
		if own[w] {
			continue
		}
		n := slices.MinFunc(byWord[w], func(a, b need) int {
			return cmp.Or(cmp.Compare(a.file.path, b.file.path), a.use.Line-b.use.Line)
		})
		def, err := c.definition(ctx, v, ch.before, n.use)
		if err != nil {
			return err
		}
		from := ""
		at := def.path
		if at == "" {
			if at, err = c.declared(ctx, ch.before, quoted{name: n.use.Name}, true); err != nil {
				return err
			}
		}
		if at != "" {
			if from, err = c.origin(ctx, q, c.word(at, n.use.Name)); err != nil {
				return err
			}
		}
		known := false
		if def.path == "" {
			if known, err = c.vouched(ctx, q, ch, n.file, n.use.Line, func(o *neighbour) (bool, error) {
				lacks, err := v.absent(ctx, o.parent, n.file.path, []uint32{w})
				return len(lacks) > 0, err
			}); err != nil {
				return err
			}
		}
		n.tell(def, at, from, known, r)
	}
	return nil
}

// newest reports a name that neither side had: a member of a module from
// outside, of which the target asks for another version than the source does.
func (c *Checker) newest(ctx context.Context, q Question, ch *change, n need, r *report) error {
	if n.use.Qualifier == "" {
		return nil
	}
	b, ok := bindings(n.file.result)[n.use.Qualifier]
	if !ok {
		return nil
	}
	inside, err := c.resolves(ctx, ch.result, n.file.path, b)
	if err != nil || inside {
		return err
	}
	here, err := c.requirement(ctx, ch.result, b.path)
	if err != nil {
		return err
	}
	there, err := c.requirement(ctx, ch.after, b.path)
	if err != nil {
		return err
	}
	if here == there || covers(here, there) {
		return nil // as likely there as not
	}
	severity := backport.Warning
	if ok, err := c.vouched(ctx, q, ch, n.file, n.use.Line, func(o *neighbour) (bool, error) {
		its, err := c.requirement(ctx, o.tree, b.path)
		return its != there && !covers(its, there), err
	}); err != nil {
		return err
	} else if ok {
		severity = backport.Info
	}
	r.add(severity, n.file.path, n.use.Line, "", fmt.Sprintf("%s.%s is new to the project, and the target requires %q where the source requires %q", b.path, n.use.Name, here, there))
	return nil
}

// defines are the words of all that the results of a change define.
func (ch *change) defines() map[uint32]bool {
	own := map[uint32]bool{}
	for _, f := range ch.files {
		for _, s := range f.result.getOutline().Symbols {
			if s.Kind != outline.Import {
				own[wordOf(s.Name)] = true
			}
		}
	}
	return own
}

// declared reports whether a line has the name right behind a keyword, as in
// "def name" and "class name".
func declared(lang outline.Language, line []byte, name string) bool {
	i := bytes.Index(line, []byte(name))
	if i < 1 || line[i-1] != ' ' {
		return false
	}
	before := bytes.TrimRight(line[:i], " ")
	k := len(before)
	for k > 0 && inWord[before[k-1]] {
		k--
	}
	switch word := before[k:]; string(word) {
	case "return", "in", "not", "and", "or", "if", "elif", "await", "yield", "raise", "new", "throw", "case", "else", "is", "except", "assert", "del", "with", "while", "import", "from", "as", "go", "defer", "range":
		return false
	default:
		return outline.Keyword(lang, word)
	}
}

// tell reports a name that the target lacks, and the commit that the source has
// it from.
func (n need) tell(def definition, at, from string, known bool, r *report) {
	severity := backport.Warning
	text := fmt.Sprintf("%s occurs nowhere on the target", n.use.Name)
	if def.path != "" {
		text = fmt.Sprintf("the target has no %s %s; the source has it in %s%s", def.symbol.Kind, n.use.Name, def.path, since(from))
	} else if at != "" {
		text = lacksKey(n.use.Name, at, from)
	}
	if c := n.use.Name[0]; def.path == "" && (known || n.use.Kind == "name" && (c < 'A' || c > 'Z')) {
		severity = backport.Info // taken elsewhere as it is, or a variable
	}
	r.lack(n.use.Name, severity, n.file.path, n.use.Line, from, text)
}

// since names a commit at the end of a sentence.
func since(commit string) string {
	if commit == "" {
		return ""
	}
	return fmt.Sprintf(", since %.12s", commit)
}

// definition is where the source defines a name.
type definition struct {
	path   string
	symbol outline.Symbol
}

// maxDefiners bounds the files that are parsed in search of one definition.
const maxDefiners = 30

// definition looks for a name's definition on the source.
func (c *Checker) definition(ctx context.Context, v *vocabulary, tree string, use outline.Use) (definition, error) {
	var found definition
	var failed error
	left := maxDefiners
	_, err := v.find(ctx, tree, []uint32{wordOf(use.Name)}, func(path, id string) bool {
		t, err := c.text(ctx, path, id)
		if err != nil {
			failed = err
			return false
		}
		for _, s := range t.getOutline().Symbols {
			if s.Name == use.Name && s.Kind != outline.Import && s.Kind != outline.Key && s.Kind != outline.Section {
				found = definition{path, s}
				return false
			}
		}
		left--
		return left > 0
	})
	if err == nil {
		err = failed
	}
	return found, err
}
