package compare

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// BenchmarkHistory compares real fixes with their backports. BACKSTAY_BENCH_REPO
// is the repository, BACKSTAY_BENCH_PAIRS a file of cases as replay reads them:
// "fix, tab, onto, tab, expected" by full ids, a line each. Reported are the
// times of Read and Functions for a pair, the lines to be read and those of
// git range-diff, and how often something was said to differ that is the same by
// git's diff: a file's removed and added lines, or those of a hunk. One such is a
// failure.
func BenchmarkHistory(b *testing.B) {
	dir, file := os.Getenv("BACKSTAY_BENCH_REPO"), os.Getenv("BACKSTAY_BENCH_PAIRS")
	if dir == "" || file == "" {
		b.Skip("BACKSTAY_BENCH_REPO or BACKSTAY_BENCH_PAIRS is not set")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	repo, err := git.Open(b.Context(), dir, git.Options{Env: gittest.Env(), Scratch: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	store, err := repo.NewStore(b.Context(), 1)
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	var pairs [][3]string
	for line := range strings.Lines(string(text)) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 3 {
			pairs = append(pairs, [3]string(f))
		}
	}
	for b.Loop() {
		var m measured
		for _, p := range pairs {
			m.pair(b, dir, store, p[0], p[1], p[2])
		}
		m.report(b)
	}
}

type measured struct {
	ms, ours, brief, theirs []float64
	states                  map[backport.FunctionState]float64
	equalFiles, equalHunks  float64
	wrong                   float64
}

func (m *measured) pair(b *testing.B, dir string, store *git.Store, fix, onto, expected string) {
	start := time.Now()
	x, err := Read(b.Context(), store, first(b, store, fix), fix)
	if err != nil {
		b.Fatal(err)
	}
	y, err := Read(b.Context(), store, onto, expected)
	if err != nil {
		b.Fatal(err)
	}
	out := Functions(x, y)
	m.ms = append(m.ms, float64(time.Since(start).Microseconds())/1000)
	if m.states == nil {
		m.states = map[backport.FunctionState]float64{}
	}
	var all, brief float64
	for _, d := range out {
		m.states[d.State]++
		switch d.State {
		case backport.FunctionIdentical:
		case backport.FunctionContext:
			brief++
			all += float64(1 + len(d.Lines))
		default:
			brief += float64(1 + len(d.Lines))
			all += float64(1 + len(d.Lines))
		}
	}
	m.ours, m.brief = append(m.ours, all), append(m.brief, brief)

	u, v := gitDiff(b, dir, fix+"^", fix), gitDiff(b, dir, onto, expected)
	for path, text := range u {
		m.hunks(b, fix+" and "+expected+": "+path, path, text, v[path], out)
	}
	text := run(b, dir, "range-diff", "--no-color", "--creation-factor=999", fix+"^.."+fix, onto+".."+expected)
	m.theirs = append(m.theirs, float64(strings.Count(text, "\n")))
}

// hunks compares the hunks of one file, as git's diff has them, with what was
// found.
func (m *measured) hunks(b *testing.B, name, path, text, other string, found []backport.FunctionDiff) {
	equal := strings.ReplaceAll(text, hunkStart, "") == strings.ReplaceAll(other, hunkStart, "")
	if equal {
		m.equalFiles++
	}
	only := map[string]map[string]bool{original: {}, ported: {}}
	for _, d := range found {
		here := map[string]bool{original: at(d.Original, path), ported: at(d.Backport, path)}
		if equal && d.State != backport.FunctionIdentical && d.State != backport.FunctionContext && (here[original] || here[ported]) {
			m.wrong++
			b.Errorf("%s: %s", name, show([]backport.FunctionDiff{d}))
		}
		for _, l := range d.Lines {
			if here[l.Side] {
				only[l.Side][l.Op+l.Text+"\n"] = true
			}
		}
	}
	have := map[string]int{}
	for _, h := range strings.Split(other, hunkStart)[1:] {
		have[h]++
	}
	for _, h := range strings.Split(text, hunkStart)[1:] {
		if have[h] == 0 {
			continue
		}
		have[h]--
		m.equalHunks++
		says, split := false, true
		for line := range strings.Lines(h) {
			if telling([]byte(line)) {
				says = true
				split = split && only[original][line] && only[ported][line]
			}
		}
		if says && split {
			m.wrong++
			b.Errorf("%s: a hunk that both have stands on both sides\n%s", name, h)
		}
	}
}

func first(b *testing.B, store *git.Store, id string) string {
	c, err := store.Commit(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	if len(c.Parents) == 0 {
		return ""
	}
	return c.Parents[0]
}

func at(p *backport.FunctionPlace, path string) bool { return p != nil && p.Path == path }

func run(b *testing.B, dir string, args ...string) string {
	cmd := exec.CommandContext(b.Context(), "git", append([]string{"-C", dir}, args...)...)
	cmd.Env = gittest.Env()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("git %v: %v: %s", args, err, stderr.Bytes())
	}
	return string(out)
}

// gitDiff is the hunks of each file by git's diff, without context.
func gitDiff(b *testing.B, dir, from, to string) map[string]string {
	return bodies(run(b, dir, "diff", "--no-color", "--no-ext-diff", "--no-textconv", "-U0", "--no-renames", from, to))
}

func (m *measured) report(b *testing.B) {
	quantile := func(list []float64, q float64) float64 {
		slices.Sort(list)
		return list[int(q*float64(len(list)-1))]
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(len(m.ms)), "pairs")
	b.ReportMetric(quantile(m.ms, 0.5), "median-ms")
	b.ReportMetric(quantile(m.ms, 0.95), "p95-ms")
	b.ReportMetric(quantile(m.ms, 1), "max-ms")
	for _, q := range []struct {
		name string
		at   float64
	}{{"median", 0.5}, {"p75", 0.75}, {"p90", 0.9}} {
		b.ReportMetric(quantile(m.brief, q.at), q.name+"-lines")
		b.ReportMetric(quantile(m.ours, q.at), q.name+"-lines+context")
		b.ReportMetric(quantile(m.theirs, q.at), q.name+"-lines-range-diff")
	}
	b.ReportMetric(m.equalFiles, "equal-files")
	b.ReportMetric(m.equalHunks, "equal-hunks")
	b.ReportMetric(m.wrong, "wrong")
	for s, n := range m.states {
		b.ReportMetric(n, string(s))
	}
}
