package place

import (
	"path"
	"slices"
	"strings"
)

// affinity says how much the name of a file suggests that it holds what another
// one held, higher is more. It only orders what is opened first.
//
//	9  the same name in another folder
//	8  folder and name in one (dhcp/agent.py, dhcp_agent.py), all words but one
//	   of a long name
//	7  a name that begins or ends with the other (cluster.c, cluster_legacy.c),
//	   the folder of that name (foo.py, foo/__init__.py)
//	5  the same folder
//	2  anything else of the same kind
//
// Folders in common add up to 1; another extension takes 4 away, so that only
// what has a name to speak for it remains.
func affinity(old, candidate string) float64 {
	oldDir, oldName := path.Split(old)
	newDir, newName := path.Split(candidate)
	oldStem, oldExt := stem(oldName)
	newStem, newExt := stem(newName)
	score := 2.0
	switch {
	case oldName == newName:
		score = 9
	case sameWords(oldStem, newStem), sameWords(lastFolder(oldDir)+"_"+oldStem, newStem), sameWords(oldStem, lastFolder(newDir)+"_"+newStem):
		score = 8
	case kin(oldStem, newStem), kin(oldStem, lastFolder(newDir)), kin(lastFolder(oldDir), newStem):
		score = 7
	case oldDir == newDir:
		score = 5
	}
	if oldExt != newExt {
		score -= 4
	}
	return score + common(oldDir, newDir)
}

// stem cuts the extension off a name. A name that begins with a dot keeps it as
// its stem's: .zuul.yaml is zuul with yaml.
func stem(name string) (stem, ext string) {
	name = strings.TrimPrefix(name, ".")
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		return name[:i], name[i:]
	}
	return name, ""
}

// kin reports whether two stems are the same but for words at one of their
// ends: _constants and constants, cluster and cluster_legacy, driver and
// driver_test are not told apart here, the content does that.
func kin(a, b string) bool {
	a, b = strings.Trim(strings.ToLower(a), "_-."), strings.Trim(strings.ToLower(b), "_-.")
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 3 {
		return a == b && a != ""
	}
	return strings.HasPrefix(b, a) || strings.HasSuffix(b, a)
}

// sameWords reports whether two names have the same words, of three or more all
// but one.
func sameWords(a, b string) bool {
	x, y := words(a), words(b)
	n := 0
	for _, w := range x {
		if i := slices.Index(y, w); i >= 0 {
			y = slices.Delete(y, i, i+1)
			n++
		}
	}
	most := max(len(x), n+len(y))
	return n == most || n >= 3 && n == most-1
}

func words(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("_-. ", r) })
}

// vendored reports whether a path lies in a folder into which tools copy other
// projects' code.
func vendored(file string) bool {
	for _, folder := range []string{"vendor/", "node_modules/", "Godeps/_workspace/"} {
		if strings.HasPrefix(file, folder) || strings.Contains(file, "/"+folder) {
			return true
		}
	}
	return false
}

func lastFolder(dir string) string {
	return path.Base(strings.TrimSuffix(dir, "/"))
}

// common is the share of folder names that two folders have in common, counted
// from both ends.
func common(a, b string) float64 {
	x, y := strings.Split(strings.Trim(a, "/"), "/"), strings.Split(strings.Trim(b, "/"), "/")
	n, shorter := 0, min(len(x), len(y))
	for n < shorter && x[n] == y[n] {
		n++
	}
	tail := 0
	for tail < shorter-n && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	return float64(n+tail) / float64(max(len(x), len(y)))
}
