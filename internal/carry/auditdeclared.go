package carry

import (
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/provenance"
)

// Where a deviation is declared.
const (
	byConflicts = "conflicts"
	byNote      = "note"
	byOverride  = "override"
)

// Declarations are what the messages of a backport say of how it differs from
// the pick repeated.
//
// A Conflicts: paragraph, in the form of git, Ceph, OpenStack or our own,
// declares all deviations of the files that it names, also where git merges such
// a file without a conflict: people name the files that they had to alter, as a
// count of 434 backports with such paragraphs shows (Neutron, Jenkins, Rails,
// containerd; 124 of them alter a file without a conflict that the paragraph
// names, nor do those files conflict with Myers' diff, which older gits used).
// The reader is told, but not of a conflict, and Deviation.NoConflict says so. A
// note ("[bwh: adjust
// context in a.c]") declares those of the files that it names, or all if it
// names none. So does a Backstay-Override trailer. That a commit says
// "backported from" instead of "cherry picked from" declares nothing: it does
// not say what was changed.
type declarations struct {
	conflicts []string
	notes     []string
	override  string
}

// declared reads a message. What the originals' messages say stands in it too,
// and says nothing of this backport.
func declared(message string, originals []string) declarations {
	r := provenance.Parse(message)
	d := declarations{conflicts: r.Conflicts, notes: slices.DeleteFunc(slices.Clone(r.Notes), func(n string) bool { return !saysMore(n) })}
	overrides := trailerValues(trailers(message), provenance.Override)
	for _, original := range originals {
		o := provenance.Parse(original)
		d.notes = slices.DeleteFunc(d.notes, func(n string) bool { return slices.Contains(o.Notes, n) })
		if strings.Count(message, conflictsHeader) <= strings.Count(original, conflictsHeader) {
			d.conflicts = slices.DeleteFunc(d.conflicts, func(p string) bool { return slices.Contains(o.Conflicts, p) })
		}
		theirs := trailerValues(trailers(original), provenance.Override)
		overrides = slices.DeleteFunc(overrides, func(reason string) bool { return slices.Contains(theirs, reason) })
	}
	if len(overrides) > 0 {
		d.override = overrides[0]
	}
	return d
}

// saysMore tells whether a note has words of its own: "[link: https://…]" says
// nothing of what was changed.
func saysMore(note string) bool {
	_, what, named := strings.Cut(note, ": ")
	if !named {
		what = note
	}
	return slices.ContainsFunc(strings.Fields(what), func(w string) bool { return !strings.Contains(w, "://") })
}

// conflictsHeader begins a paragraph of conflicts.
const conflictsHeader = "onflicts:"

// A said is what one of several commits declares.
type said struct {
	declarations
	// touched are the paths that the commit changes.
	touched map[string]bool
}

// declare fills in what declares a deviation. The words of a commit are of what
// it changes itself, or of what no commit changes, and should have been.
func declare(words []said, dev *backport.Deviation) {
	for _, mine := range []bool{true, false} {
		for _, w := range words {
			if dev.By != "" || !mine && slices.ContainsFunc(words, func(o said) bool { return o.touched[dev.Path] }) {
				return
			}
			if len(words) == 1 || !mine || w.touched[dev.Path] {
				w.declare(dev)
			}
		}
	}
}

// declare fills in what declares a deviation, the most precise words first.
func (d declarations) declare(dev *backport.Deviation) {
	for _, p := range d.conflicts {
		if names(p, dev.Path) {
			dev.Declared, dev.By = "Conflicts: "+p, byConflicts
			return
		}
	}
	general := ""
	for _, n := range d.notes {
		named := paths(n)
		for _, p := range named {
			if names(p, dev.Path) {
				dev.Declared, dev.By = "["+n+"]", byNote
				return
			}
		}
		if len(named) == 0 && general == "" {
			general = n
		}
	}
	switch {
	case general != "":
		dev.Declared, dev.By = "["+general+"]", byNote
	case d.override != "":
		dev.Declared, dev.By = d.override, byOverride
	}
}

// names tells whether a name in a message means a path: it is the path, its end
// from some folder on, or a folder above it.
func names(name, p string) bool {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	return name != "" && (name == p || strings.HasSuffix(p, "/"+name) || strings.HasPrefix(p, name+"/"))
}

// paths are the words of a note that look like paths: with a slash between
// names, or with a file's ending.
func paths(note string) []string {
	var out []string
	for _, w := range strings.Fields(note) {
		if strings.Contains(w, "://") || strings.Contains(w, "()") || strings.ContainsAny(w, "<>@=&") {
			continue
		}
		w = strings.Trim(w, "`'\"(),;:.!?")
		if i := strings.LastIndexByte(w, '/'); i > 0 && i < len(w)-1 && w[0] != '-' {
			out = append(out, w)
			continue
		}
		if ext := path.Ext(w); len(ext) > 1 && isFileEnding(ext[1:]) && strings.Trim(w[:len(w)-len(ext)], "0123456789.") != "" {
			out = append(out, w)
		}
	}
	return out
}

// isFileEnding tells whether what stands behind the last dot of a word can be
// the ending of a file's name, and no version's or member's: v1.7, d.fd.
func isFileEnding(ext string) bool {
	switch ext {
	case "c", "h", "S", "s", "cc", "cpp", "cxx", "hh", "hpp", "go", "py", "rb", "rs", "java", "js", "ts", "tsx", "jsx", "php", "pl", "pm", "t", "sh",
		"tcl", "lua", "kt", "scala", "cs", "swift", "m", "mm", "erb", "y", "l", "asm", "proto", "sql", "el", "ex", "hs", "ml",
		"md", "rst", "txt", "adoc", "texi", "html", "css", "xml", "json", "yaml", "yml", "toml", "ini", "cfg", "conf", "mk", "am", "ac", "in", "cmake",
		"gradle", "lock", "mod", "sum", "dts", "dtsi", "test", "out", "spec", "service", "jelly", "properties":
		return true
	}
	return false
}

// trailers are the last paragraph of a message, where git looks for trailers, and
// those above it that are made of trailers, notes and lists: what somebody
// quotes within prose decides nothing.
func trailers(message string) string {
	message = strings.TrimRight(message, "\r\n\t ")
	var out, paragraph strings.Builder
	prose := false
	end := func() {
		if !prose {
			out.WriteString(paragraph.String() + "\n")
		}
		paragraph.Reset()
		prose = false
	}
	for line := range strings.Lines(message) {
		text := strings.TrimRight(line, "\r\n\t ")
		if text == "" {
			end()
			continue
		}
		key, _, ok := strings.Cut(text, ":")
		marked := strings.IndexByte(" \t([#>", text[0]) >= 0
		prose = prose || !marked && (!ok || strings.ContainsAny(key, " \t"))
		paragraph.WriteString(line)
	}
	return out.String() + paragraph.String()
}

// maxTrailers bounds how many values of one key are read.
const maxTrailers = 256

// trailerValues are the values of all trailers with this key.
func trailerValues(message, key string) []string {
	var out []string
	open := false
	for line := range strings.Lines(message) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case len(line) > len(key) && line[len(key)] == ':' && strings.EqualFold(line[:len(key)], key):
			if len(out) == maxTrailers {
				return out
			}
			out, open = append(out, strings.TrimSpace(line[len(key)+1:])), true
		case open && line != "" && (line[0] == ' ' || line[0] == '\t'):
			out[len(out)-1] += " " + strings.TrimSpace(line)
		default:
			open = false
		}
	}
	return out
}
