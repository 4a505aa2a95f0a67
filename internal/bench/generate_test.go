package bench

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/gittest"
)

// shape is what a generated repository looks like.
type shape struct {
	files   int // in every tree
	commits int // on main
	// branches are release branches that leave main one after the other, and
	// carried the backports on each.
	branches, carried int
}

// lineCount is the number of lines of a generated file.
const lineCount = 40

// edit is a change of one line of one file to a version.
type edit struct{ file, line, version int }

// state is what was changed so far: file → line → version.
type state map[int]map[int]int

func (s state) apply(edits []edit) {
	for _, e := range edits {
		if s[e.file] == nil {
			s[e.file] = map[int]int{}
		}
		s[e.file][e.line] = e.version
	}
}

// path spreads the files over folders of at most 50.
func path(file int) string {
	return fmt.Sprintf("src/d%02d/d%02d/f%05d.c", file/2500, file/50%50, file)
}

// generator writes a fast-import stream.
type generator struct {
	shape
	rng  *rand.Rand
	log  [][]edit // of main's commits
	time int
}

// generate makes a bare repository: main, whose commits change one to three
// lines each, and release branches with backports of main's commits, each with
// git's provenance line. A backport makes the same edits; every tenth also one
// of its own.
func generate(t testing.TB, s shape) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "generated.git")
	run(t, "", "git", "init", "-q", "--bare", "-b", "main", dir)
	g := &generator{shape: s, rng: rand.New(rand.NewPCG(1, 2)), time: 1_500_000_000}
	marks := filepath.Join(t.TempDir(), "marks")
	fastImport(t, dir, func(w io.Writer) { g.main(w) }, "--export-marks="+marks)
	ids := readMarks(t, marks, s.commits)
	fastImport(t, dir, func(w io.Writer) { g.releases(w, ids) }, "--import-marks="+marks)
	return dir
}

func fastImport(t testing.TB, dir string, write func(io.Writer), args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir, "fast-import", "--quiet"}, args...)...)
	cmd.Env = gittest.Env()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(in, 1<<20)
	write(w)
	if err := w.Flush(); err != nil {
		t.Error(err)
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatalf("git fast-import: %v", err)
	}
}

// readMarks reads the ids of main's commits, whose marks are 1 and up.
func readMarks(t testing.TB, file string, n int) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, n+1)
	for line := range strings.Lines(string(text)) {
		var mark int
		var id string
		if _, err := fmt.Sscanf(line, ":%d %s", &mark, &id); err == nil && mark <= n {
			ids[mark] = id
		}
	}
	return ids
}

// commit writes the head of a commit.
func (g *generator) commit(w io.Writer, branch string, mark int, from, message string) {
	g.time += 60
	fmt.Fprintf(w, "commit refs/heads/%s\n", branch)
	if mark > 0 {
		fmt.Fprintf(w, "mark :%d\n", mark)
	}
	fmt.Fprintf(w, "committer Ada <ada@example.org> %d +0000\ndata %d\n%s\n", g.time, len(message), message)
	if from != "" {
		fmt.Fprintf(w, "from %s\n", from)
	}
}

// write writes a file as it is in a state.
func write(w io.Writer, file int, s state) {
	var b strings.Builder
	lines := s[file]
	for i := range lineCount {
		fmt.Fprintf(&b, "f%d(%d, %d);\n", file, i, lines[i])
	}
	fmt.Fprintf(w, "M 100644 inline %s\ndata %d\n%s\n", path(file), b.Len(), b.String())
}

func (g *generator) main(w io.Writer) {
	now := state{}
	for i := 1; i <= g.commits; i++ {
		g.commit(w, "main", i, "", fmt.Sprintf("change %d", i))
		var edits []edit
		if i == 1 {
			for f := range g.files {
				write(w, f, now)
			}
		} else {
			edits = g.draw(i)
		}
		now.apply(edits)
		for _, f := range touched(edits) {
			write(w, f, now)
		}
		g.log = append(g.log, edits)
	}
}

// hot is how many files are ever changed. It does not grow with the tree, so
// that trees of all sizes conflict alike.
const hot = 1000

// draw draws the edits of a commit: some files change much more often than
// others, and those that change lie all over the tree.
func (g *generator) draw(version int) []edit {
	var out []edit
	n := min(hot, g.files)
	for range 1 + g.rng.IntN(3) {
		f := int(float64(n)*g.rng.Float64()*g.rng.Float64()) * (g.files / n)
		out = append(out, edit{f, g.rng.IntN(lineCount), version})
	}
	return out
}

func touched(edits []edit) []int {
	files := map[int]bool{}
	for _, e := range edits {
		files[e.file] = true
	}
	return slices.Sorted(maps.Keys(files))
}

// releases writes branches 1.0 and up. They leave main within its last 1,000
// commits, or in its second half, so that in long histories too they are not
// far from it.
func (g *generator) releases(w io.Writer, ids []string) {
	now := state{}
	at := 0
	span := min(1000, g.commits/2)
	for b := range g.branches {
		fork := g.commits - span + b*span/g.branches
		for ; at < fork; at++ {
			now.apply(g.log[at])
		}
		here := state{}
		for f, lines := range now {
			here[f] = maps.Clone(lines)
		}
		g.release(w, fmt.Sprintf("release/1.%d", b), fork, here, ids)
	}
}

func (g *generator) release(w io.Writer, branch string, fork int, here state, ids []string) {
	from := fmt.Sprintf(":%d", fork)
	step := max((g.commits-fork)/max(g.carried, 1), 1)
	for i := fork + 1; i <= g.commits; i += step {
		edits := g.log[i-1]
		if i%10 == 0 {
			edits = append(slices.Clone(edits), g.draw(-i)...)
		}
		here.apply(edits)
		g.commit(w, branch, 0, from, fmt.Sprintf("change %d\n\n(cherry picked from commit %s)", i, ids[i]))
		for _, f := range touched(edits) {
			write(w, f, here)
		}
		from = ""
	}
}

// run runs a program in a folder; it must succeed.
func run(t testing.TB, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env, cmd.Stderr = dir, gittest.Env(), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v", name, args, err)
	}
	return strings.TrimSpace(string(out))
}
