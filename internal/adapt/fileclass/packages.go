package fileclass

import (
	"bytes"
	"regexp"
	"strings"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// Packages merges what a package manager wrote, or reads, package by package: the
// branch's, with the packages that the fix added, removed and changed. A
// package that both changed is merged by lines if they do not conflict, else
// one side's stands, as preferred. Checksums of a whole file cannot be made
// anew here; a file that has one gets no answer.
func Packages(f *conflict.File, prefer Prefer) (text []byte, why string, ok bool) {
	parse := lockParser(f)
	if parse == nil {
		return nil, "", false
	}
	if text := threeWay(f.Base, f.Ours, f.Theirs); text != nil {
		return text, oneSide, true
	}
	base, ok1 := parse(f.Base)
	ours, ok2 := parse(f.Ours)
	theirs, ok3 := parse(f.Theirs)
	if !ok1 || !ok2 || !ok3 || bytes.Contains(f.Ours, berry) != bytes.Contains(f.Theirs, berry) {
		return nil, "", false
	}
	text, ok = mergeEntries(base, ours, theirs, policy{
		prune: true,
		both: func(_ string, base, ours, theirs []byte) ([]byte, bool) {
			return mergePackage(base, ours, theirs, prefer), true
		},
	})
	if json(f) {
		text = commas(text)
	}
	if body := bytes.TrimRight(text, "\n"); len(body) > 0 {
		text = append(body, f.Ours[len(bytes.TrimRight(f.Ours, "\n")):]...)
	}
	return text, "the packages that the fix changes were changed in the branch's file; " + prefer.because(), ok
}

// lockParser is how a file is taken apart; nil for files that are none of
// these.
func lockParser(f *conflict.File) func([]byte) ([]entry, bool) {
	switch {
	case Class(f.Path) == Vendor:
		return nil
	case named(f, "yarn.lock"):
		return yarnEntries
	case named(f, "Cargo.lock", "poetry.lock", "uv.lock", "pdm.lock"):
		return tomlEntries
	case named(f, "Gemfile.lock", "gems.locked") || strings.HasSuffix(f.Path, ".gemfile.lock"):
		return gemEntries
	case json(f), named(f, "pnpm-lock.yaml", "Podfile.lock", "pubspec.lock"):
		return outlineEntries
	}
	return nil
}

func json(f *conflict.File) bool {
	return named(f, "package-lock.json", "npm-shrinkwrap.json", "composer.lock", "Pipfile.lock", "package.json", "composer.json", "bower.json")
}

// berry stands in a yarn.lock of the second format, whose blocks are others.
var berry = []byte("\n__metadata:")

// stated is where the block of a package tells its version.
var stated = regexp.MustCompile(`(?m)^\s*"?version"?\s*[:=]?\s*"?([\w.+~-]+)|^\s*[\w.-]+ \(([\w.+~-]+)\)`)

func statedVersion(text []byte) string {
	m := stated.FindSubmatch(text)
	if m == nil {
		return string(number.Find(text))
	}
	return string(m[1]) + string(m[2])
}

// mergePackage merges two versions of a package's block.
func mergePackage(base, ours, theirs []byte, prefer Prefer) []byte {
	b, o, t := statedVersion(base), statedVersion(ours), statedVersion(theirs)
	if b == o || b == t || o == t {
		if text, ok := mergeLines(base, ours, theirs, prefer); ok {
			return text
		}
	}
	if b == t || prefer.takesOurs(o, t) {
		return ours
	}
	return theirs
}

// cutBlocks cuts a text into blocks: a new one begins at each line that begins
// says so of. What stands before the first has no name.
func cutBlocks(text []byte, begins func(line []byte) bool) [][]byte {
	var out [][]byte
	start, at := 0, 0
	for _, line := range textdiff.Lines(text) {
		if begins(line) && at > start {
			out = append(out, text[start:at])
			start = at
		}
		at += len(line)
	}
	if at > start {
		out = append(out, text[start:at])
	}
	return out
}

// yarnEntries takes a yarn.lock apart: a block for each package, which begins
// with the ranges that it stands for: `"a@^1.0", a@~1.2:`. The name before the
// range is the key; more versions of one package are told apart by their major
// number.
func yarnEntries(text []byte) ([]entry, bool) {
	var out []entry
	for _, block := range cutBlocks(text, func(l []byte) bool { return l[0] > ' ' && l[0] != '#' }) {
		e := entry{text: block}
		head, _, _ := bytes.Cut(block, []byte("\n"))
		name := strings.TrimLeft(string(head), `"`)
		if i := strings.IndexByte(name[min(1, len(name)):], '@'); i >= 0 && bytes.Contains(head, []byte(":")) {
			e.section, e.key = "package", name[:i+1]+" "+major(statedVersion(block))
		}
		out = append(out, e)
	}
	return closeGaps(out), true
}

// tomlEntries takes a lock file in TOML apart: a block for each `[[package]]`.
func tomlEntries(text []byte) ([]entry, bool) {
	if bytes.Contains(text, []byte("content-hash")) {
		return nil, false
	}
	var out []entry
	for _, block := range cutBlocks(text, func(l []byte) bool {
		return bytes.HasPrefix(l, []byte("[[")) || l[0] == '[' && !bytes.HasPrefix(l, []byte("[package."))
	}) {
		e := entry{text: block}
		if m := tomlName.FindSubmatch(block); m != nil && bytes.HasPrefix(block, []byte("[[package]]")) {
			e.section, e.key = "package", string(m[1])+" "+major(statedVersion(block))
		}
		out = append(out, e)
	}
	return closeGaps(out), true
}

var tomlName = regexp.MustCompile(`(?m)^name = "([^"]+)"`)

// major is what tells versions apart that may stand side by side: the first
// number that is not zero, and those before it.
func major(version string) string {
	head, rest, more := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	if head == "0" && more {
		return head + "." + major(rest)
	}
	return head
}

// closeGaps makes sure that the last block ends as the others do, so that one
// more can stand behind it: its blank lines are a block of their own.
func closeGaps(list []entry) []entry {
	for i := range list[:max(len(list)-1, 0)] {
		if !bytes.HasSuffix(list[i].text, []byte("\n\n")) {
			return list
		}
	}
	n := len(list) - 1
	if n > 0 && list[n].key != "" && !bytes.HasSuffix(list[n].text, []byte("\n\n")) {
		list[n].text = append(bytes.TrimRight(list[n].text, "\n"), "\n\n"...)
	}
	return list
}

// gemEntries takes a Gemfile.lock apart: in each section a block for each gem,
// its dependencies below it.
func gemEntries(text []byte) ([]entry, bool) {
	if bytes.Contains(text, []byte("\nCHECKSUMS\n")) {
		return nil, false
	}
	var out cutter
	section := ""
	for _, line := range textdiff.Lines(text) {
		trimmed := bytes.TrimLeft(line, " ")
		indent := len(line) - len(trimmed)
		words := strings.Fields(string(line))
		switch {
		case len(words) == 0:
			out.add(entry{text: line})
		case indent == 0:
			section = words[0]
			out.add(entry{text: line})
		case indent == 6:
			out.extend(line)
		case indent == 4, indent == 2 && section == "DEPENDENCIES":
			out.add(entry{section, section + " " + strings.TrimRight(words[0], "!"), line})
		default:
			out.add(entry{section + ":", section + " " + words[0], line})
		}
	}
	return out.list, true
}
