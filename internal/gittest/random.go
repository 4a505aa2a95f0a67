package gittest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// Random draws the text of a small history for [New]. It has a commit "base",
// then commits "main1", "main2", … on main and "old1", "old2", … on the branch
// "old" that left main at base. Both sides edit the same few files, so that
// picks of one side's commits onto the other are clean about as often as not.
// What happens to files: edited, added, deleted, renamed (alone or with their
// directory, edited or not), made executable, turned into a symlink, a
// submodule or a directory, given CRLF line ends, stripped of the final
// newline; there are binary files and paths that are not UTF-8.
//
// The text of a failing example is printed by rapid and can be pasted into a
// test of its own. [RandomSeed] draws without rapid.
func Random(t *rapid.T) string {
	files := drawBase(t)
	var out strings.Builder
	out.WriteString("-- commit base on main: base --\n")
	files.write(&out, nil)
	out.WriteString("-- branch old from base --\n")
	for _, side := range []string{"main", "old"} {
		now := maps.Clone(files)
		for i := range rapid.IntRange(1, 3).Draw(t, side+" commits") {
			before := maps.Clone(now)
			for range rapid.IntRange(1, 3).Draw(t, "changes") {
				now.change(t)
			}
			fmt.Fprintf(&out, "-- commit %s%d on %s: %[1]s %[2]d --\n", side, i+1, side)
			now.write(&out, before)
		}
	}
	return out.String()
}

// RandomSeed is the history that Random draws for a seed.
func RandomSeed(seed int) string { return rapid.Custom(Random).Example(seed) }

// A file of a random history.
type file struct {
	kind    string // "file", "file 755", "symlink" or "gitlink"
	content string
}

type snapshot map[string]file

// names to draw from: few, so that both sides meet; in several directories.
var (
	directories = []string{"", "src/", "src/net/", "doc/", "b\xe4r/"}
	basenames   = []string{"a.c", "b.c", "read me", "n\xffme", "x.bin"}
)

func drawPath(t *rapid.T) string {
	return rapid.SampledFrom(directories).Draw(t, "directory") + rapid.SampledFrom(basenames).Draw(t, "name")
}

// drawBase draws the files that both sides begin with.
func drawBase(t *rapid.T) snapshot {
	drawn := snapshot{}
	for range rapid.IntRange(2, 7).Draw(t, "files") {
		drawn.add(t)
	}
	return drawn
}

// drawContent draws a file: mostly lines that tell where they were born, so
// that git finds renames.
func drawContent(t *rapid.T) string {
	born := rapid.IntRange(0, 9).Draw(t, "born")
	if rapid.IntRange(0, 7).Draw(t, "binary") == 0 {
		return fmt.Sprintf("\x00\x01%d\xff\n\x00", born)
	}
	var out strings.Builder
	for i := range rapid.IntRange(0, 24).Draw(t, "lines") {
		line := fmt.Sprintf("file %d line %d", born, i)
		if i%5 == 4 {
			line = "}" // repeated lines are where diffs slide
		}
		out.WriteString(line + "\n")
	}
	return out.String()
}

// fits says whether a file can be put at path: nothing there, no file where it
// needs a directory, no directory where it goes.
func (f snapshot) fits(path string) bool {
	for p := range f {
		if p == path || strings.HasPrefix(p, path+"/") || strings.HasPrefix(path, p+"/") {
			return false
		}
	}
	return true
}

func (f snapshot) add(t *rapid.T) {
	if path := drawPath(t); f.fits(path) {
		f[path] = file{"file", drawContent(t)}
	}
}

// change draws one thing that happens.
func (f snapshot) change(t *rapid.T) {
	paths := slices.Sorted(maps.Keys(f))
	if len(paths) == 0 {
		f.add(t)
		return
	}
	path := rapid.SampledFrom(paths).Draw(t, "path")
	old := f[path]
	switch rapid.SampledFrom([]string{
		"edit", "edit", "edit", "edit", "edit", "add", "delete", "rename", "rename and edit",
		"rename directory", "mode", "symlink", "submodule", "directory", "crlf", "newline",
	}).Draw(t, "change") {
	case "edit":
		old.content = drawEdit(t, old)
		f[path] = old
	case "add":
		f.add(t)
	case "delete":
		delete(f, path)
	case "rename":
		f.rename(path, drawPath(t), old)
	case "rename and edit":
		old.content = drawEdit(t, old)
		f.rename(path, drawPath(t), old)
	case "rename directory":
		f.renameDirectory(path, rapid.SampledFrom([]string{"new/", "lib/", "src/", "doc/"}).Draw(t, "to"))
	case "mode":
		switch old.kind {
		case "file":
			f[path] = file{"file 755", old.content}
		case "file 755":
			f[path] = file{"file", old.content}
		}
	case "symlink":
		f[path] = file{"symlink", rapid.SampledFrom([]string{"a.c", "../b.c", "/etc/passwd"}).Draw(t, "target")}
	case "submodule":
		f[path] = file{"gitlink", strings.Repeat(rapid.SampledFrom([]string{"1", "a", "f"}).Draw(t, "commit"), 40)}
	case "directory":
		delete(f, path)
		f[path+"/inside"] = old
	case "crlf":
		if strings.HasPrefix(old.kind, "file") {
			f[path] = file{old.kind, strings.ReplaceAll(strings.ReplaceAll(old.content, "\r\n", "\n"), "\n", "\r\n")}
		}
	case "newline":
		if strings.HasPrefix(old.kind, "file") {
			f[path] = file{old.kind, strings.TrimSuffix(old.content, "\n")}
		}
	}
}

// drawEdit changes, adds or takes a few lines at one place; the places are few.
func drawEdit(t *rapid.T, old file) string {
	if !strings.HasPrefix(old.kind, "file") {
		return old.content
	}
	lines := strings.SplitAfter(old.content, "\n")
	at := rapid.IntRange(0, len(lines)-1).Draw(t, "at")
	take := rapid.IntRange(0, min(3, len(lines)-at)).Draw(t, "take")
	var fresh []string
	for range rapid.IntRange(0, 3).Draw(t, "give") {
		fresh = append(fresh, rapid.SampledFrom([]string{"alpha\n", "beta\n", "}\n", "\n", "gamma\r\n"}).Draw(t, "line"))
	}
	return strings.Join(slices.Replace(lines, at, at+take, fresh...), "")
}

func (f snapshot) rename(from, to string, what file) {
	if f.fits(to) {
		delete(f, from)
		f[to] = what
	}
}

// renameDirectory moves all files that share path's directory.
func (f snapshot) renameDirectory(path, to string) {
	from := path[:strings.LastIndexByte(path, '/')+1]
	if from == "" || strings.HasPrefix(to, from) {
		return
	}
	for _, p := range slices.Sorted(maps.Keys(f)) {
		if rest, ok := strings.CutPrefix(p, from); ok {
			f.rename(p, to+rest, f[p])
		}
	}
}

// write prints the sections that turn before into f.
func (f snapshot) write(out *strings.Builder, before snapshot) {
	for _, path := range slices.Sorted(maps.Keys(before)) {
		if _, ok := f[path]; !ok {
			fmt.Fprintf(out, "-- delete %q --\n", path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(f)) {
		now := f[path]
		if was, ok := before[path]; ok && was == now {
			continue
		}
		switch now.kind {
		case "symlink":
			fmt.Fprintf(out, "-- symlink %q -> %q --\n", path, now.content)
		case "gitlink":
			fmt.Fprintf(out, "-- gitlink %q %s --\n", path, now.content)
		default:
			_, mode, _ := strings.Cut(now.kind, " ")
			fmt.Fprintf(out, "-- file %q %s no-newline escapes --\n%s\n", path, mode, escape(now.content))
		}
	}
}

// escape writes a content in a file section's escapes: newlines stay, so that
// the text can be read.
func escape(content string) string {
	var out strings.Builder
	for i := range len(content) {
		switch c := content[i]; {
		case c == '\n' || c >= ' ' && c < 0x7f && c != '\\':
			out.WriteByte(c)
		default:
			fmt.Fprintf(&out, "\\x%02x", c)
		}
	}
	return out.String()
}
