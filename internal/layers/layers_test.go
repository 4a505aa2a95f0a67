package layers_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	root     = "backstay.dev/backstay/internal/"
	testOnly = -1
	maxLines = 500
)

// layers of the rooms, by the first path element below internal. A room that is
// named here need not exist yet; one that exists must be named here.
var layers = map[string]int{
	"backport": 0, "provenance": 0,
	"textdiff": 1, "patch": 1, "outline": 1, "cache": 1, "lazy": 1, "say": 1, "glob": 1,
	"git": 2, "scenario": 2, "platform": 2, "forge": 2, "store": 2, "queue": 2, "spatch": 2, "advisory": 2,
	"history": 3, "explain": 3, "presence": 3, "evolve": 3, "drift": 3,
	"find": 4, "pick": 4, "gate": 4, "adapt": 4, "verify": 4, "publish": 4, "watch": 4, "prove": 4,
	"carry": 5, "bot": 5, "replay": 5, "config": 5, "report": 5,
	"cli": 6, "web": 6, "bench": 6, "quality": 6,
	"gittest": testOnly, "layers": testOnly,
}

// closed layers: their rooms never import one another.
var closed = map[int]bool{2: true, 4: true}

// A pkg is what the go command says of a package.
type pkg struct {
	ImportPath, Dir, Name              string
	GoFiles                            []string
	Imports, TestImports, XTestImports []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-tags=e2e", "-json=ImportPath,Dir,Name,GoFiles,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = filepath.Join("..", "..")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImportsPointDownwards(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if _, ok := layers[room(p.ImportPath)]; room(p.ImportPath) != "" && !ok {
			t.Errorf("%s has no layer: give it one in this test and in ARCHITECTURE.md", p.ImportPath)
			continue
		}
		for _, imp := range p.Imports {
			if why := breach(p.ImportPath, imp, false); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imp, why)
			}
		}
		for _, imp := range slices.Concat(p.TestImports, p.XTestImports) {
			if why := breach(p.ImportPath, imp, true); why != "" {
				t.Errorf("a test of %s imports %s: %s", p.ImportPath, imp, why)
			}
		}
	}
}

// room is the first path element below internal, or "".
func room(path string) string {
	rest, _ := strings.CutPrefix(path+"/", root)
	if rest == path+"/" {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// breach says which rule an import breaks, or "".
func breach(from, to string, inTest bool) string {
	if room(to) == "" || room(from) == room(to) {
		return ""
	}
	up, ok := layers[room(to)]
	down := layers[room(from)]
	switch {
	case !ok:
		return "it has no layer"
	case up == testOnly:
		if inTest {
			return ""
		}
		return "it is for tests only"
	case room(from) == "":
		return "" // cmd wires everything
	case room(from) == "gittest":
		if room(to) == "scenario" {
			return ""
		}
		return "gittest stands on scenario alone, so that every room's tests may use it"
	case up > down:
		return "imports point strictly downwards"
	case up == down && closed[up]:
		return "rooms of this layer never import one another: they meet in backport values and in carry"
	}
	return ""
}

// The rules themselves, on imports that nobody has written yet.
func TestBreach(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		from, to string
		inTest   bool
		want     bool
	}{
		{root + "textdiff", root + "backport", false, false},
		{root + "textdiff", root + "git", false, true},
		{root + "textdiff", root + "git", true, true},
		{root + "textdiff", root + "gittest", true, false},
		{root + "textdiff", root + "gittest", false, true},
		{root + "forge/github", root + "git", false, true},
		{root + "forge/github", root + "forge", false, false},
		{root + "pick", root + "publish", false, true},
		{root + "carry", root + "publish", false, false},
		{root + "patch", root + "textdiff", false, false},
		{root + "gittest", root + "git", false, true},
		{root + "gittest", root + "scenario", false, false},
		{root + "cli", root + "nowhere", false, true},
		{"backstay.dev/backstay/cmd/backstay", root + "cli", false, false},
		{root + "cli", "os", false, false},
	} {
		if why := breach(tt.from, tt.to, tt.inTest); (why != "") != tt.want {
			t.Errorf("%s imports %s (test: %v): %q", tt.from, tt.to, tt.inTest, why)
		}
	}
}

func TestEveryPackageTellsItsQuestion(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if p.Name == "main" {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, "doc.go"), nil, parser.ParseComments)
		if err != nil {
			t.Errorf("%s: %v", p.ImportPath, err)
			continue
		}
		if !strings.HasPrefix(f.Doc.Text(), "Package "+p.Name+" ") || len(f.Decls) > 0 {
			t.Errorf("%s: doc.go must hold the package documentation and nothing else", p.ImportPath)
		}
	}
}

func TestFilesStayShort(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		found, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if n := bytes.Count(text, []byte("\n")); n > maxLines {
				t.Errorf("%s has %d lines: at most %d, aim at 150", path, n, maxLines)
			}
		}
	}
}
