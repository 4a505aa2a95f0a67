package fileclass

import (
	"bytes"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// ModulesTxt merges vendor/modules.txt by module: the branch's modules, with
// the versions that the fix changed, and the packages of each as a set.
func ModulesTxt(f *conflict.File, prefer Prefer) (text []byte, why string, ok bool) {
	if !strings.HasSuffix("/"+f.Path, "/vendor/modules.txt") {
		return nil, "", false
	}
	if text := threeWay(f.Base, f.Ours, f.Theirs); text != nil {
		return text, oneSide, true
	}
	base, theirs := moduleEntries(f.Base), moduleEntries(f.Theirs)
	several := changeSeveral(base, theirs)
	text, ok = mergeEntries(base, moduleEntries(f.Ours), theirs, policy{
		prune: true,
		both: func(_ string, base, ours, theirs []byte) ([]byte, bool) {
			return mergeModule(base, ours, theirs, func(ours, theirs string) bool { return prefer.staysAmong(several, ours, theirs) }), true
		},
	})
	return text, "the fix's changes of modules were made to the branch's list; " + prefer.because(), ok
}

// moduleEntries takes the file apart: a block for each module, which begins
// with "# path version" and has a line for each package.
func moduleEntries(text []byte) []entry {
	var out cutter
	for _, line := range textdiff.Lines(text) {
		if w := strings.Fields(string(line)); len(w) > 1 && w[0] == "#" {
			e := entry{section: "module", key: w[1], text: line}
			if len(w) > 2 && w[2] == "=>" {
				e = entry{section: "replaced", key: w[1] + " =>", text: line}
			}
			out.add(e)
			continue
		}
		out.extend(line)
	}
	return out.list
}

// module is a block of modules.txt: the lines that begin with "#", and the
// packages.
func module(text []byte) (head []byte, version string, packages map[string]bool) {
	packages = map[string]bool{}
	for _, line := range textdiff.Lines(text) {
		w := strings.Fields(string(line))
		switch {
		case len(w) > 0 && strings.HasPrefix(w[0], "#"):
			if head == nil && len(w) > 2 {
				version = w[2]
			}
			head = append(head, line...)
		case len(w) > 0:
			packages[string(bytes.TrimSpace(line))] = true
		}
	}
	return head, version, packages
}

func mergeModule(base, ours, theirs []byte, stays func(ours, theirs string) bool) []byte {
	b, _, bp := module(base)
	o, ov, op := module(ours)
	t, tv, tp := module(theirs)
	head := threeWay(b, o, t)
	if head == nil {
		head = t
		if stays(ov, tv) {
			head = o
		}
	}
	set := map[string]bool{}
	for p := range op {
		if tp[p] || !bp[p] {
			set[p] = true
		}
	}
	for p := range tp {
		if !bp[p] {
			set[p] = true
		}
	}
	var list []string
	for p := range set {
		list = append(list, p)
	}
	slices.Sort(list)
	out := bytes.Clone(head)
	for _, p := range list {
		out = append(append(out, p...), '\n')
	}
	return out
}
