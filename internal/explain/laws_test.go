package explain_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/explain"
	"backstay.dev/backstay/internal/gittest"
)

// inDir is a test whose temporary folder is dir: rapid's own T has none.
type inDir struct {
	testing.TB
	dir string
}

func (d inDir) TempDir() string { return d.dir }

// Whatever the history: who is named as having written or removed a line did
// so, is on the side it is said to be on, and git blame agrees where a line's
// words stand once.
func TestNamedCommitsTouchedTheLines(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		d := newDesk(t, gittest.New(inDir{t, dir}, drawEdits(rt), gittest.Bare()))
		d.explains(t, rt, d.r.ID("fix"))
	})
}

// The same of files that are renamed, removed, binary and more.
func TestRandomHistoriesAreExplained(t *testing.T) {
	t.Parallel()
	for seed := range 12 {
		d := newDesk(t, gittest.New(t, gittest.RandomSeed(seed), gittest.Bare()))
		for _, fix := range strings.Fields(d.r.Git(t, "rev-list", "main", "^"+d.r.ID("base"))) {
			d.explains(t, t, fix)
		}
	}
}

// failer is where a broken law is told.
type failer interface {
	Errorf(format string, args ...any)
	Fatal(args ...any)
}

// explains checks the laws of one pick.
func (d *desk) explains(t *testing.T, ft failer, fix string) {
	base, target := d.x.Parents(fix)[0], d.r.ID("old")
	p := d.pick(t, fix, base, target)
	r, err := d.e.Explain(t.Context(), p, explain.Options{})
	if err != nil {
		ft.Fatal(err)
	}
	if len(r.Files) != len(p.Files) {
		ft.Errorf("%d files conflict, %d are explained", len(p.Files), len(r.Files))
	}
	for _, f := range r.Files {
		for _, c := range f.Chunks {
			d.obeys(t, ft, f, c, base, target)
			for _, id := range c.Cause.Commits {
				if r.Commits[id].ID != id {
					ft.Errorf("%s is named and not described", id)
				}
			}
		}
	}
}

// edit is one change to a text whose lines have names: it replaces a line, adds
// one after it, or removes it.
type edit struct {
	kind string
	at   int // the line's name
	to   line
}

type line struct {
	name int
	text string
}

// apply makes an edit where its line is still there.
func (e edit) apply(text []line) []line {
	i := slices.IndexFunc(text, func(l line) bool { return l.name == e.at })
	switch {
	case i < 0:
		return text
	case e.kind == "replace":
		text = slices.Clone(text)
		text[i].text = e.to.text
		return text
	case e.kind == "insert":
		return slices.Insert(slices.Clone(text), i+1, e.to)
	}
	return slices.Delete(slices.Clone(text), i, i+1)
}

// drawEdits draws a history of one file: commits on main, some of which merge a
// branch that left main earlier, a release branch with changes of its own, and
// a fix of one or two lines.
func drawEdits(t *rapid.T) string {
	var out strings.Builder
	names, text := 0, []line(nil)
	for range 8 {
		names++
		text = append(text, line{names, fmt.Sprintf("the line %d of the root", names)})
	}
	commit := func(label, branch, merge string, text []line) {
		fmt.Fprintf(&out, "-- commit %s on %s: %s --\n", label, branch, label)
		if merge != "" {
			fmt.Fprintf(&out, "merge: %s\n", merge)
		}
		out.WriteString("-- file f --\n")
		for _, l := range text {
			out.WriteString(l.text + "\n")
		}
	}
	draw := func(label string, text []line) edit {
		names++
		e := edit{kind: rapid.SampledFrom([]string{"replace", "replace", "insert", "remove"}).Draw(t, "kind")}
		if len(text) > 0 {
			e.at = text[rapid.IntRange(0, len(text)-1).Draw(t, "line")].name
		}
		e.to = line{names, fmt.Sprintf("the line %d by %s", names, label)}
		return e
	}
	commit("root", "main", "", text)
	fmt.Fprint(&out, "-- branch old from main --\n")
	main, old := text, text
	for i := range rapid.IntRange(1, 5).Draw(t, "on main") {
		label := fmt.Sprintf("m%d", i)
		if !rapid.Bool().Draw(t, "merge") {
			main = draw(label, main).apply(main)
			commit(label, "main", "", main)
			continue
		}
		fmt.Fprintf(&out, "-- branch topic%d from main --\n", i)
		topic := draw("t"+label, main)
		commit("t"+label, fmt.Sprintf("topic%d", i), "", topic.apply(main))
		main = draw(label, main).apply(main)
		commit(label, "main", "", main)
		main = topic.apply(main)
		commit("merge"+label, "main", "t"+label, main)
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "on old") {
		label := fmt.Sprintf("o%d", i)
		old = draw(label, old).apply(old)
		commit(label, "old", "", old)
	}
	for range rapid.IntRange(1, 2).Draw(t, "lines of the fix") {
		main = draw("fix", main).apply(main)
	}
	commit("fix", "main", "", main)
	return out.String()
}

// obeys checks the laws of one region.
func (d *desk) obeys(t *testing.T, rt failer, f explain.FileReport, c explain.ChunkReport, base, target string) {
	if c.Cause.Text == "" || strings.ContainsAny(c.Cause.Text, "\n\x1b") || c.Cause.Kind == "" {
		rt.Errorf("%s: a cause %q of kind %q", f.Path, c.Cause.Text, c.Cause.Kind)
	}
	source := strings.Fields(d.ask(t, "rev-list", base, "^"+target))
	own := strings.Fields(d.ask(t, "rev-list", target, "^"+base))
	for _, id := range c.Prerequisites {
		if !slices.Contains(source, id) {
			rt.Errorf("%s is no commit that the target lacks", id)
		}
	}
	for _, side := range []struct {
		changes               []explain.LineChange
		inside                []string
		wroteAt, wrotePath    string
		removedAt, removePath string
	}{
		{c.Source, source, base, f.BasePath, target, f.TargetPath},
		{c.Target, own, target, f.TargetPath, base, f.BasePath},
	} {
		for _, ch := range side.changes {
			if !slices.Contains(side.inside, ch.Commit) {
				rt.Errorf("%s is not of this side", ch.Commit)
				continue
			}
			diff := d.diff(t, ch.Commit)
			for _, n := range ch.Wrote {
				line, once := d.line(t, side.wroteAt, side.wrotePath, n)
				if !slices.Contains(diff, "+"+line) {
					rt.Errorf("%s did not write %q", ch.Commit, line)
				}
				if !once || f.Chunks[0].Elsewhere != nil {
					continue
				}
				blamed := strings.Split(d.ask(t, "blame", "-s", "-l", "--root", side.wroteAt, "--", side.wrotePath), "\n")
				if id, _, _ := strings.Cut(blamed[n-1], " "); id != ch.Commit {
					rt.Errorf("%s wrote %q, not %s", id, line, ch.Commit)
				}
			}
			for _, n := range ch.Removed {
				if line, _ := d.line(t, side.removedAt, side.removePath, n); !slices.Contains(diff, "-"+line) {
					rt.Errorf("%s did not remove %q", ch.Commit, line)
				}
			}
		}
	}
}

// ask asks git once for each answer.
func (d *desk) ask(t *testing.T, args ...string) string {
	key := strings.Join(args, "\x00")
	said, ok := d.said[key]
	if !ok {
		said = d.r.Run(t, "", args...).Stdout
		d.said[key] = said
	}
	return said
}

// diff is the lines that a commit with a parent wrote and removed; git is asked
// once for all commits.
func (d *desk) diff(t *testing.T, commit string) []string {
	const mark = "=====commit "
	all := d.ask(t, "log", "--all", "-m", "--first-parent", "--no-renames", "-p", "-U0", "--text", "--format="+mark+"%H %P")
	_, said, ok := strings.Cut("\n"+all, "\n"+mark+commit+" ")
	if !ok {
		t.Fatalf("git log does not show %s", commit)
	}
	said, _, _ = strings.Cut(said, "\n"+mark)
	return strings.Split(said, "\n")
}

// line is a line of a file, and whether its words stand there once.
func (d *desk) line(t *testing.T, commit, path string, n int) (string, bool) {
	all := strings.Split(d.ask(t, "cat-file", "blob", commit+":"+path), "\n")
	if n > len(all) {
		t.Fatalf("%s has no line %d", path, n)
	}
	count := 0
	for _, l := range all {
		if l == all[n-1] {
			count++
		}
	}
	return all[n-1], count == 1
}

// With a moment given, what the target got to know later does not count.
func TestNothingLaterIsConsulted(t *testing.T) {
	t.Parallel()
	d := newDesk(t, gittest.New(t, fork+`
-- commit p on main: p --
-- edit f.c --
-five is the fifth
+five from p
-- commit fix on main: fix --
-- edit f.c --
-five from p
+five mended
-- commit bp on old: p, carried --
date: 2024-06-01T00:00:00Z

(cherry picked from commit {{id:p}})
-- edit f.c --
-five is the fifth
+five otherwise
`, gittest.Bare()))
	for before, want := range map[int64]string{0: "altered-backport", d.x.Date(d.r.ID("bp")) - 1: "both"} {
		if got := d.why(t, explain.Options{Before: before}).Causes(); string(got[0].Kind) != want {
			t.Errorf("before %d: %s, want %s", before, got[0].Kind, want)
		}
	}
}

// A fix of several commits is not its own prerequisite, and a step is explained
// against what the steps before it made of the target.
func TestStepsOfOneFix(t *testing.T) {
	t.Parallel()
	d := newDesk(t, gittest.New(t, fork+`
-- commit one on main: one --
-- edit f.c --
-five is the fifth
+five from one
-- commit fix on main: fix --
-- edit f.c --
-five from one
+five mended
-- commit own on old: own --
-- edit f.c --
-five is the fifth
+five of the release
`, gittest.Bare()))
	one, fix := d.r.ID("one"), d.r.ID("fix")
	p := d.pick(t, fix, one, d.r.ID("old"))
	p.Fix.Steps = append([]backport.Step{{Commit: one, Base: d.r.ID("root"), Origin: one}}, p.Fix.Steps...)
	p.FailedStep = 1
	r, err := d.e.Explain(t.Context(), p, explain.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.labels(r.Causes()[0].Commits); got != "own" {
		t.Errorf("named: %s", got)
	}
	p.FailedStep = 2
	if _, err := d.e.Explain(t.Context(), p, explain.Options{}); err == nil {
		t.Error("a step that is not there was explained")
	}
}

// A patch that is no commit of the repository is explained from the target's
// side.
func TestPatchFromElsewhere(t *testing.T) {
	t.Parallel()
	d := newDesk(t, gittest.New(t, fork+`
-- commit own on old: own --
-- edit f.c --
-five is the fifth
+five of the release
`, gittest.Bare()))
	base, err := d.s.Trial(d.r.Git(t, "rev-parse", d.r.ID("root")+"^{tree}"), "")
	if err != nil {
		t.Fatal(err)
	}
	other := gittest.New(t, fork+`
-- commit fix on main: fix --
-- edit f.c --
-five is the fifth
+five mended
`, gittest.Bare())
	blob, err := d.s.Write("blob", []byte(other.Run(t, "", "cat-file", "blob", "main:f.c").Stdout))
	if err != nil {
		t.Fatal(err)
	}
	tree, err := d.s.Write("tree", append([]byte("100644 f.c\x00"), raw(blob)...))
	if err != nil {
		t.Fatal(err)
	}
	fix, err := d.s.Trial(tree, base)
	if err != nil {
		t.Fatal(err)
	}
	p := d.pick(t, fix, base, d.r.ID("own"))
	p.Fix.Steps[0].Origin = ""
	r, err := d.e.Explain(t.Context(), p, explain.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.lines(r); got != "f.c:5 target-change own | the fix changes line 5, which 1.x changed itself in own 'own' (2024-01-01)" {
		t.Error(got)
	}
}

// In a shallow clone the commit at the boundary did not write all that it has.
func TestShallowClone(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, fork+`
-- commit p on main: p --
-- edit f.c --
-five is the fifth
+five from p
-- commit q on main: q --
-- edit f.c --
-one is the first
+one from q
-- commit fix on main: fix --
-- edit f.c --
-five from p
+five mended
-- commit own on old: own --
-- edit f.c --
-five is the fifth
+five of the release
`)
	r.Write(t, ".git/shallow", r.ID("q")+"\n")
	d := newDesk(t, r)
	got := d.why(t, explain.Options{})
	if labels := d.labels(got.Causes()[0].Commits); labels != "own" {
		t.Errorf("named: %s", labels)
	}
	if got.Files[0].Note == "" {
		t.Error("nothing says that the history is cut off")
	}
}

// bothChange has the fix and the target change one line.
const bothChange = fork + `
-- commit fix on main: fix --
-- edit f.c --
-five is the fifth
+five mended
-- commit own on old: own --
-- edit f.c --
-five is the fifth
+five of the release
`

// What somebody has a program for is generated, whatever its name and its text;
// and a hostile name of the program does not reach the terminal.
func TestMaker(t *testing.T) {
	t.Parallel()
	d := newDesk(t, gittest.New(t, bothChange, gittest.Bare()))
	for maker, want := range map[string]string{
		"":                 "f.c:5 target-change own | the fix changes line 5, which 1.x changed itself in own 'own' (2024-01-01)",
		"sh gen\x1b[2J.sh": `f.c:5 generated own | f.c is made by "sh gen [2J.sh": make it again on 1.x; it differs since own 'own' (2024-01-01)`,
	} {
		got := d.why(t, explain.Options{Maker: func(path string) string {
			if path != "f.c" {
				t.Errorf("asked for %q", path)
			}
			return maker
		}})
		if got := d.lines(got); got != want {
			t.Errorf("%q: %s", maker, got)
		}
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	d := newDesk(t, gittest.New(t, bothChange, gittest.Bare()))
	p := d.pick(t, d.r.ID("fix"), d.r.ID("root"), d.r.ID("old"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.e.Explain(ctx, p, explain.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
