package gate

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/outline"
)

// keys finds configuration keys that the added code asks for, that the source
// had before the fix in another place, and that the target has nowhere: in no
// file of code, script or configuration, be it in a comment.
//
// What is a key is told by its place: the first string given to a call or an
// index of which some word is one of settingWords ("cfg.CONF.set_override",
// "ENV"), an argument or a member of such a thing that is given a value by its
// name, or a string whose declaration on the source is such a call
// ("createBoolConfig", "StrOpt"); and in a configuration file or a script each
// name that the source's code has as a string. A key that is put together from
// parts, or has a plain word of the target for its name, is not found missing:
// unknown is not no.
//
// What a string is handed to has to count: of 6,068 clean picks of four projects
// that people committed as they were, 19 add some string of a name's shape that
// the source had elsewhere and the target nowhere (names of hosts in tests, of
// locks, of system calls), and none of them is a setting. With the rule there is
// no finding in 7,374 clean picks of five projects, be it a false alarm or not.
func (c *Checker) keys(ctx context.Context, q Question, ch *change, r *report) error {
	left := maxKeys
	for _, f := range ch.files {
		for _, k := range f.asks() {
			if left--; left < 0 {
				return nil
			}
			if err := c.key(ctx, q, ch, f, k, r); err != nil {
				return err
			}
		}
	}
	return nil
}

const (
	// maxKeys bounds the names of one pick that are looked for.
	maxKeys = 40
	// maxHolders bounds the files of a tree that are searched for one of them.
	maxHolders = 200
)

// settingWords are the words by which people call what holds settings.
var settingWords = map[string]bool{
	"config": true, "configs": true, "configuration": true, "conf": true, "cfg": true, "setting": true, "settings": true,
	"option": true, "options": true, "opts": true, "property": true, "properties": true, "props": true, "preference": true, "preferences": true,
	"env": true, "environ": true, "environment": true, "getenv": true, "flag": true, "flags": true,
}

// holdsSettings reports whether one of the words of a name, split at capitals
// and at what is no letter, says so; "opt" only as the last one.
func holdsSettings(name string) (found bool) {
	word := ""
	eachPart(name, func(w string) {
		word = strings.ToLower(w)
		found = found || settingWords[word]
	})
	return found || word == "opt"
}

// eachPart splits a name: "cfg.StrOpt" is cfg, Str, Opt; "HTTPProxy" HTTP, Proxy.
func eachPart(name string, each func(string)) {
	upper := func(i int) bool { return i < len(name) && name[i] >= 'A' && name[i] <= 'Z' }
	lower := func(i int) bool { return i < len(name) && name[i] >= 'a' && name[i] <= 'z' }
	for i := 0; i < len(name); i++ {
		start := i
		for i < len(name) && (upper(i) || lower(i)) && (i == start || lower(i) && (!upper(i-1) || i == start+1) || upper(i) && upper(i-1) && !lower(i+1)) {
			i++
		}
		if i > start {
			each(name[start:i])
			i--
		}
	}
}

// asks lists the names on added lines that may be keys and that the target's
// file does not have.
func (f *touched) asks() []quoted {
	var out []quoted
	told := map[string]bool{}
	ask := func(q quoted) {
		if !told[q.name] && !f.told[q.name] && !has(f.ours.src, q.name) {
			told[q.name] = true
			out = append(out, q)
		}
	}
	switch f.result.lang {
	case outline.Plain, outline.Markdown, outline.HTML, outline.CSS, outline.XML:
		return nil
	case outline.YAML, outline.TOML, outline.JSON, outline.INI:
		f.added(func(n int) { eachEntry(f.result.line(n), n, false, ask) })
		return out
	case outline.Shell, outline.Tcl, outline.Make:
		f.added(func(n int) { eachEntry(f.result.line(n), n, true, ask) })
		return out
	}
	if !f.addsQuoted() {
		return nil
	}
	added := f.addedLines()
	eachQuoted(f.result, func(q quoted) {
		if added[q.line] && q.callee != "" && (!q.assigned || holdsSettings(q.callee)) {
			ask(q)
		}
	})
	return out
}

// addsQuoted reports, without lexing, whether an added line has a name that the
// target's file has not, behind a quote or a colon or before "=".
func (f *touched) addsQuoted() (found bool) {
	words := f.ours.getWords()
	f.added(func(n int) {
		line := f.result.line(n)
		for i := 0; i < len(line) && !found; i++ {
			start := i
			for i < len(line) && inKey(line[i]) {
				i++
			}
			if i == start || !nameShaped(string(line[start:i])) {
				continue
			}
			next := trimBlank(line[i:])
			if start > 0 && bytes.IndexByte(quoteSigns, line[start-1]) >= 0 || len(next) > 0 && next[0] == '=' {
				found = !words.hasAll(wordsOf(line[start:i])) || !mentions(f.ours.src, string(line[start:i]))
			}
		}
	})
	return found
}

var quoteSigns = []byte("\"'`:")

// eachEntry calls each for what is a key by its looks on a line of a file in
// which strings need no quotes, a word with a "_", "-" or "." inside: each that
// is no variable's name in a script, the first in a configuration.
func eachEntry(line []byte, n int, script bool, each func(quoted)) {
	if line = bytes.TrimLeft(line, " \t-\"'"); len(line) == 0 || line[0] == '#' || line[0] == ';' || line[0] == '/' {
		return
	}
	for i := 0; i < len(line); i++ {
		start := i
		for i < len(line) && inKey(line[i]) {
			i++
		}
		if start > 0 && (line[start-1] == '$' || bytes.HasSuffix(line[:start], []byte("${"))) {
			continue
		}
		if s := strings.Trim(string(line[start:i]), "-."); nameShaped(s) && strings.ContainsAny(s, "_-.") {
			each(quoted{name: s, line: n})
		}
		if !script {
			return
		}
	}
}

// inKey reports whether a byte may be inside of a key; "$" begins a variable.
func inKey(c byte) bool { return inWord[c] && c != '$' || c == '-' || c == '.' }

// has reports whether a text has a name, with "-" and "_" taken for the same.
func has(src []byte, name string) bool {
	return slices.ContainsFunc(spellings(name), func(s string) bool { return mentions(src, s) })
}

// spellings are the ways to write a name: max-retry for max_retry.
func spellings(name string) []string {
	out := []string{name}
	for _, s := range []string{strings.ReplaceAll(name, "-", "_"), strings.ReplaceAll(name, "_", "-")} {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// key looks for one key on both sides.
func (c *Checker) key(ctx context.Context, q Question, ch *change, f *touched, k quoted, r *report) error {
	if known, err := c.knows(ctx, ch.target, f, k.name); err != nil || known {
		return err
	}
	at, err := c.declared(ctx, ch.before, k, family(f.result.lang) != "")
	if err != nil || at == "" || ch.declares(k) {
		return err
	}
	from, err := c.origin(ctx, q, c.word(at, k.name))
	if err != nil {
		return err
	}
	severity := backport.Warning
	if ok, err := c.vouched(ctx, q, ch, f, k.line, func(o *neighbour) (bool, error) {
		known, err := c.knows(ctx, o.parent, f, k.name)
		return !known, err
	}); err != nil {
		return err
	} else if ok {
		severity = backport.Info
	}
	f.tell(k.name)
	r.lack(k.name, severity, f.path, k.line, from, lacksKey(k.name, at, from))
	return nil
}

// lacksKey tells of a key that only the source has.
func lacksKey(name, at, from string) string {
	return fmt.Sprintf("the target has no configuration key %q; the source has it in %s%s", name, at, since(from))
}

// knows reports whether some file of a tree has a key, or may: one with the
// words of the last two parts of its path has it, for it may put keys together.
func (c *Checker) knows(ctx context.Context, tree string, f *touched, key string) (bool, error) {
	var ways []wordSet
	whole := ""
	if parts := strings.Split(key, "."); len(parts) > 1 {
		ways = []wordSet{wordsOf([]byte(strings.Join(parts[len(parts)-2:], " ")))}
	} else {
		whole = key
		for _, s := range spellings(key) {
			ways = append(ways, wordsOf([]byte(s)))
		}
	}
	families := []string{settings}
	if fam := family(f.result.lang); fam != "" {
		families = []string{fam, settings}
	}
	for _, fam := range families {
		for _, words := range ways {
			found := false
			var failed error
			left := maxHolders
			gap, err := c.vocabulary(fam).find(ctx, tree, words, func(_, id string) bool {
				left--
				found = whole == "" || left == 0 // too common to be looked for
				if !found {
					var src []byte
					src, failed = c.objects.blob(ctx, id)
					found = has(src, whole)
				}
				return !found && failed == nil
			})
			if err == nil {
				err = failed
			}
			if err != nil || found || gap {
				return true, err
			}
		}
	}
	return false, nil
}

// declared is the path at which a tree has a key of which an added line is the
// use, given to something else than there: to what holds settings, if the use
// does not tell that it is one, or as the key of a configuration file. "" is
// nowhere: a key that is only asked for in one way is nobody's.
func (c *Checker) declared(ctx context.Context, tree string, use quoted, code bool) (string, error) {
	at := ""
	var failed error
	asked := holdsSettings(use.callee)
	left := maxDefiners
	_, err := c.vocabulary(settings).find(ctx, tree, wordsOf([]byte(use.name)), func(path, id string) bool {
		var t *text
		if t, failed = c.text(ctx, path, id); failed != nil {
			return false
		}
		found := false
		if left--; family(t.lang) == "" {
			found = code && asked && t.hasEntry(use.name)
		} else if mentions(t.src, use.name) {
			eachQuoted(t, func(k quoted) {
				found = found || k.name == use.name && !k.assigned && lastOf(k.callee, ".") != lastOf(use.callee, ".") && (asked || !code || holdsSettings(k.callee))
			})
		}
		if found {
			at = path
		}
		return left > 0 && !found
	})
	if err == nil {
		err = failed
	}
	return at, err
}

// hasEntry reports whether a line of a configuration file begins with a key.
func (t *text) hasEntry(key string) bool {
	switch t.lang {
	case outline.YAML, outline.TOML, outline.JSON, outline.INI:
	default:
		return false
	}
	return slices.ContainsFunc(t.getLines(), func(line []byte) bool {
		rest, ok := bytes.CutPrefix(bytes.TrimLeft(line, " \t-\"'"), []byte(key))
		return ok && len(rest) > 0 && !inWord[rest[0]] && rest[0] != '-' && rest[0] != '.'
	})
}

// declares reports whether the change itself brings a key: hands it to what
// makes settings, or lists it.
func (ch *change) declares(use quoted) bool {
	found := false
	for _, f := range ch.files {
		if family(f.result.lang) == "" || !mentions(f.result.src, use.name) {
			continue
		}
		added := f.addedLines()
		eachQuoted(f.result, func(k quoted) {
			makes := lastOf(k.callee, ".")
			found = found || added[k.line] && k.name == use.name && !k.assigned && makes != lastOf(use.callee, ".") && (makes == "" || holdsSettings(makes))
		})
	}
	return found
}
