package textdiff

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// mergeTree asks git to merge all the cases, each as a file of its own, and
// gives the blob ids of what it made of them, markers and all, and which of them
// conflict.
func mergeTree(t *testing.T, cases []triple) (ids []string, conflict []bool) {
	t.Helper()
	dir := t.TempDir()
	runGit(t, dir, "init", "-q", "--bare", "--object-format=sha1", ".")
	var in bytes.Buffer
	for mark, branch := range []string{"base", "ours", "theirs"} {
		fmt.Fprintf(&in, "commit refs/heads/%s\nmark :%d\ncommitter T <t@example.org> 0 +0000\ndata 0\n", branch, mark+1)
		if mark > 0 {
			fmt.Fprintln(&in, "from :1")
		}
		for i, x := range cases {
			text := [][]byte{x.base, x.ours, x.theirs}[mark]
			fmt.Fprintf(&in, "M 100644 inline %06d\ndata %d\n%s\n", i, len(text), text)
		}
	}
	feedGit(t, dir, &in, "fast-import", "--quiet")
	out, _ := runGit(t, dir, "-c", "merge.renames=false", "merge-tree", "--write-tree", "--no-messages", "-z", "ours", "theirs")
	tree, stages, _ := strings.Cut(out, "\x00")
	files, _ := runGit(t, dir, "ls-tree", "-z", "--object-only", tree)
	ids, conflict = strings.Split(strings.TrimSuffix(files, "\x00"), "\x00"), make([]bool, len(cases))
	for _, entry := range strings.Split(stages, "\x00") {
		if _, name, ok := strings.Cut(entry, "\t"); ok {
			i, err := strconv.Atoi(name)
			if err != nil {
				t.Fatalf("git names %q: %v", name, err)
			}
			conflict[i] = true
		}
	}
	if len(ids) != len(cases) {
		t.Fatalf("git merged %d files, not %d", len(ids), len(cases))
	}
	return ids, conflict
}

// blob is the id of a blob.
func blob(text string) string {
	return fmt.Sprintf("%x", sha1.Sum([]byte(fmt.Sprintf("blob %d\x00%s", len(text), text))))
}

// BACKSTAY_SLOW=1 asks for forty times as many.
func TestMerge3HistogramAgainstGit(t *testing.T) {
	t.Parallel()
	n := 1000
	if os.Getenv("BACKSTAY_SLOW") != "" {
		n = 40_000
	}
	r := rand.New(rand.NewSource(11))
	var cases []triple
	for len(cases) < n {
		cases = append(cases, draw(r))
	}
	ids, conflict := mergeTree(t, cases)
	other, conflicts := 0, 0
	for i, x := range cases {
		m := Merge3Histogram(x.base, x.ours, x.theirs)
		check(t, m, x.base, x.ours, x.theirs)
		if text := marked(m); m.Clean() == conflict[i] || blob(text) != ids[i] {
			t.Errorf("base %q ours %q theirs %q\ngit conflicts: %v\ngot:\n%s", x.base, x.ours, x.theirs, conflict[i], text)
		}
		if conflict[i] {
			conflicts++
		}
		if Merge3(x.base, x.ours, x.theirs).Clean() == conflict[i] {
			other++
		}
	}
	if other == 0 || conflicts == 0 || conflicts == n {
		t.Errorf("%d of %d conflict, %d are told apart from Merge3: the cases prove nothing", conflicts, n, other)
	}
}

// rewritten is a text of so many letters, and a version of it with a tenth of
// the lines touched, some of them by lines that are nowhere else.
func rewritten(r *rand.Rand, letters, lines int) (old, changedTo []byte) {
	old = make([]byte, lines)
	for i := range old {
		old[i] = byte('a' + r.Intn(letters))
	}
	changedTo = slices.Clone(old)
	for range 1 + r.Intn(1+lines/10) {
		at := r.Intn(len(changedTo) + 1)
		drop, put := min(r.Intn(4), len(changedTo)-at), make([]byte, r.Intn(4))
		for i := range put {
			put[i] = byte('a' + r.Intn(letters+1))
		}
		changedTo = slices.Replace(changedTo, at, at+drop, put...)
	}
	return spelled(string(old)), spelled(string(changedTo))
}

// The scripts themselves. All pairs go through one process.
func TestHistogramAgainstGit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, side := range []string{"old", "new"} {
		if err := os.Mkdir(filepath.Join(dir, side), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r := rand.New(rand.NewSource(4))
	ours := make(map[string]string)
	for i := range 300 {
		var old, changedTo []byte
		switch i % 3 {
		case 0: // lines that occur a few times
			old, changedTo = rewritten(r, 6, 5+r.Intn(60))
		case 1: // too often, all of them
			old, changedTo = rewritten(r, 2, 150+r.Intn(200))
		case 2: // nothing to do with each other
			old, _ = rewritten(r, 3, 5+r.Intn(60))
			changedTo, _ = rewritten(r, 4, 5+r.Intn(60))
		}
		if i%30 == 0 { // too different for a search without shortcuts
			old, _ = rewritten(r, 4, 900)
			changedTo, _ = rewritten(r, 4, 900)
		}
		if i%30 == 1 { // frequent lines among lone ones
			old, changedTo = sparse(r, 'A'), sparse(r, 'Ā')
		}
		name := fmt.Sprintf("new/%03d", i)
		write(t, filepath.Join(dir, "old", name[4:]), old)
		write(t, filepath.Join(dir, name), changedTo)
		for _, h := range byHistogram(old, changedTo) {
			ours[name] += header(h)
		}
	}
	out, _ := runGit(t, dir, "diff", "--no-index", "--histogram", "--no-indent-heuristic", "-U0", "old", "new")
	theirs, name := make(map[string]string), ""
	for _, line := range strings.Split(out, "\n") {
		if path, ok := strings.CutPrefix(line, "+++ b/"); ok {
			name = path
		} else if strings.HasPrefix(line, "@@ ") {
			theirs[name] += strings.Join(strings.Fields(line)[1:3], " ") + "\n"
		}
	}
	for name, want := range theirs {
		if ours[name] != want {
			t.Errorf("%s: hunks\n%sgit has\n%s", name, ours[name], want)
		}
	}
	if len(theirs) != len(ours) || len(ours) < 250 {
		t.Errorf("%d texts differ, for git %d", len(ours), len(theirs))
	}
}

// sparse is a text in which blocks of frequent lines stand among lines that
// texts with another alphabet have not.
func sparse(r *rand.Rand, alphabet rune) []byte {
	var b strings.Builder
	for range 100 {
		for range r.Intn(12) {
			b.WriteRune(alphabet + rune(r.Intn(20)))
		}
		for range r.Intn(4) {
			b.WriteRune('a' + rune(r.Intn(2)))
		}
	}
	return spelled(b.String())
}

func byHistogram(old, changedTo []byte) []Hunk {
	s := numbered(split(old))
	b := s.of(split(changedTo))
	return compare(s.numbers, b, len(s.lines), 0, markHistogram)
}

// header is the hunk as git writes it.
func header(h Hunk) string {
	side := func(start, count int) string {
		switch count {
		case 0:
			return fmt.Sprintf("%d,0", start)
		case 1:
			return fmt.Sprint(start + 1)
		}
		return fmt.Sprintf("%d,%d", start+1, count)
	}
	return fmt.Sprintf("-%s +%s\n", side(h.OldStart, h.OldCount), side(h.NewStart, h.NewCount))
}

// Whatever the budget, the script is valid.
func TestHistogramLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seq := rapid.SliceOfN(rapid.Int32Range(0, 5), 0, 200)
		a, b := seq.Draw(t, "a"), seq.Draw(t, "b")
		changedA, changedB := make([]bool, len(a)), make([]bool, len(b))
		h := newHistogram(a, b, 6, changedA, changedB)
		h.left = rapid.SampledFrom([]int{0, 100, 1000, histogramBudget}).Draw(t, "budget")
		h.box(Span{0, len(a)}, Span{0, len(b)})
		got, err := apply(a, b, hunks(changedA, changedB))
		if err != nil || !slices.Equal(got, b) {
			t.Fatalf("gives %v, %v", got, err)
		}
	})
}

// Texts on which dividing without a budget would take minutes. The test's own
// time limit is what fails.
func TestHistogramBounds(t *testing.T) {
	t.Parallel()
	const n = 200_000
	every := func(of int, other string) []byte {
		var b bytes.Buffer
		for i := range n {
			if i%of == 0 {
				fmt.Fprintln(&b, other, i)
			} else {
				fmt.Fprintln(&b, i)
			}
		}
		return b.Bytes()
	}
	tests := []struct {
		name     string
		old, new []byte
	}{
		{"every second line", every(2, "old"), every(2, "new")},
		{"periods of 64 lines", bytes.Repeat(spelled("abcdefghij"), 64), bytes.Repeat(spelled("abcdefghijX"), 1<<14)},
		{"equal lines", bytes.Repeat([]byte("x\n"), n), bytes.Repeat([]byte("x\n"), n-1)},
		{"64 equal lines", bytes.Repeat([]byte("x\n"), 64), bytes.Repeat([]byte("x\n"), n)},
	}
	for _, tt := range tests {
		got, err := apply(texts(Lines(tt.old)), texts(Lines(tt.new)), byHistogram(tt.old, tt.new))
		if err != nil || strings.Join(got, "") != string(tt.new) {
			t.Errorf("%s: the script is not valid: %v", tt.name, err)
		}
	}
}
