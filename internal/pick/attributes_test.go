package pick_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/pick"
)

// Both sides append to notes/NEWS, a conflict unless an attribute says what to
// do. The fix is picked with the target checked out, as git cherry-pick does.
const attributeHistory = `
-- commit base on main: base --
-- file notes/NEWS --
one
two
-- branch old from main --
-- commit fix on main: fix --
-- edit notes/NEWS --
 two
+fixed
-- commit target on old: target --
-- edit notes/NEWS --
 two
+mine
`

func TestMergeAttributes(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, target string // sections added to the target's commit
		driver       string // merge.<driver>.driver is defined by the user
		kind         string // of the conflict; "" for clean
	}{
		{name: "none", kind: "contents"},
		{name: "union", target: "-- file .gitattributes --\n/notes/NEWS merge=union\n"},
		{name: "union in the folder", target: "-- file notes/.gitattributes --\nNEWS merge=union\n"},
		{name: "the nearer file counts", target: "-- file .gitattributes --\nNEWS merge=union\n-- file notes/.gitattributes --\n* !merge\n", kind: "contents"},
		{name: "another file", target: "-- file .gitattributes --\nOLDS merge=union\n", kind: "contents"},
		{name: "binary", target: "-- file .gitattributes --\nNEWS merge=binary\n", kind: "binary"},
		{name: "binary macro", target: "-- file .gitattributes --\nNEWS binary\n", kind: "binary"},
		{name: "unset", target: "-- file .gitattributes --\nNEWS -merge\n", kind: "binary"},
		{name: "own macro", target: "-- file .gitattributes --\n[attr]both merge=union\nNEWS both\n"},
		{name: "driver nobody defined", target: "-- file .gitattributes --\nNEWS merge=ours\n", kind: "contents"},
		{name: "driver that is a program", target: "-- file .gitattributes --\nNEWS merge=ours\n", driver: "ours", kind: "merge driver"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, attributeHistory+c.target)
			r.Git(t, "checkout", "-q", "old")
			picked := r.Run(t, "", "cherry-pick", "--no-commit", r.ID("fix"))
			want := ""
			if c.driver == "" && picked.Exit == 0 {
				want = r.Git(t, "write-tree")
			}
			if (want != "") != (c.kind == "") {
				t.Fatalf("git cherry-pick: exit status %d, the case expects %q", picked.Exit, c.kind)
			}
			for _, ask := range []bool{false, true} {
				e := open(t, r, pick.Options{AskGit: ask, CustomDriver: func(name string) bool { return name == c.driver }})
				got, err := e.Merge(context.Background(), []pick.Request{{
					Commit: r.ID("fix"), Base: r.ID("base"), Onto: r.Git(t, "rev-parse", "old^{tree}"),
				}})
				if err != nil || got[0].Err != nil {
					t.Fatal(err, got[0].Err)
				}
				if got[0].Tree != want || got[0].Clean != (want != "") {
					t.Errorf("asking git %v: tree %q, want %q", ask, got[0].Tree, want)
				}
				if c.kind != "" && got[0].Files[0].Kind != c.kind {
					t.Errorf("asking git %v: %+v, want kind %q", ask, got[0].Files[0], c.kind)
				}
				if c.driver != "" && !strings.Contains(got[0].Files[0].Detail, "merge.ours.driver") {
					t.Errorf("the driver is not named: %q", got[0].Files[0].Detail)
				}
			}
		})
	}
}

// The same three files on targets that have them merged in different ways.
func TestMergeAttributesOfEachTarget(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, attributeHistory+`
-- branch union from target --
-- commit on union: its attributes --
-- file .gitattributes --
NEWS merge=union
-- branch binary from target --
-- commit on binary: its attributes --
-- file .gitattributes --
NEWS -merge
`)
	want := []bool{false, true, false} // clean
	for name, opts := range modes {
		var requests []pick.Request
		for _, target := range []string{"old", "union", "binary"} {
			requests = append(requests, pick.Request{Commit: r.ID("fix"), Base: r.ID("base"), Onto: r.Git(t, "rev-parse", target+"^{tree}")})
		}
		for range 2 { // in either order
			got, err := open(t, r, opts).Merge(t.Context(), requests)
			if err != nil {
				t.Fatal(err)
			}
			for i, g := range got {
				if g.Err != nil || g.Clean != want[i] {
					t.Errorf("%s: %+v: clean %v (%v)", name, requests[i], g.Clean, g.Err)
				}
			}
			slices.Reverse(requests) // the clean one stays in the middle
		}
	}
}

// Git merges a file that one side renamed by the attributes of its new path.
func TestMergeAttributesOfRenamed(t *testing.T) {
	t.Parallel()
	const text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
	const before = "-- commit base on main: base --\n-- file old/NEWS --\n" + text + "-- branch old from main --\n"
	const fixed = "-- commit fix on main: fix --\n"
	const mine = "-- commit target on old: target --\n"
	moved := func(end string) string {
		return "-- delete old/NEWS --\n-- file new/NEWS --\n" + text + end
	}
	edited := func(end string) string { return "-- file old/NEWS --\n" + text + end }
	attributes := func(value string) string { return "-- file new/.gitattributes --\nNEWS " + value + "\n" }
	apart := "-- file old/NEWS --\nONE\ntwo\nthree\nfour\nfive\nsix\nseven\n"
	cases := []struct{ name, history, driver, kind string }{
		{name: "target moves, union", history: before + fixed + edited("fixed\n") + mine + moved("mine\n") + attributes("merge=union")},
		{name: "target moves, no attribute", history: before + fixed + edited("fixed\n") + mine + moved("mine\n"), kind: "contents"},
		{name: "target moves, unset", history: before + fixed + apart + mine + moved("mine\n") + attributes("-merge"), kind: "binary"},
		{name: "target moves, a program", history: before + fixed + apart + mine + moved("mine\n") + attributes("merge=own"), driver: "own", kind: "merge driver"},
		{name: "target moves, nothing to merge", history: before + fixed + apart + mine + moved("") + attributes("merge=own"), driver: "own"},
		{name: "fix moves, a program", history: before + fixed + moved("fixed\n") + mine + apart + attributes("merge=own"), driver: "own", kind: "merge driver"},
		{name: "fix moves, nothing to merge", history: before + fixed + moved("") + mine + apart + attributes("merge=own"), driver: "own"},
		{name: "fix changes the mode alone", history: before + fixed + "-- mode old/NEWS 755 --\n" + mine + edited("mine\n") + "-- file .gitattributes --\nNEWS merge=own\n", driver: "own"},
		{name: "both make it a link", history: before + fixed + "-- symlink old/NEWS -> there --\n" + mine + "-- symlink old/NEWS -> elsewhere --\n-- file .gitattributes --\nNEWS merge=own\n", driver: "own", kind: "contents"},
		{name: "fix moves, target has it as before", history: before + fixed + moved("fixed\n") + mine + attributes("merge=own"), driver: "own"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, c.history)
			if c.driver != "" {
				r.Git(t, "config", "merge."+c.driver+".driver", "false")
			}
			r.Git(t, "checkout", "-q", "old")
			picked := r.Run(t, "", "cherry-pick", "--no-commit", r.ID("fix"))
			want := ""
			if picked.Exit == 0 {
				want = r.Git(t, "write-tree")
			}
			if (want != "") != (c.kind == "") {
				t.Fatalf("git cherry-pick: exit status %d, the case expects %q", picked.Exit, c.kind)
			}
			for _, ask := range []bool{false, true} {
				e := open(t, r, pick.Options{AskGit: ask, CustomDriver: func(name string) bool { return name == c.driver }})
				got, err := e.Merge(t.Context(), []pick.Request{{
					Commit: r.ID("fix"), Base: r.ID("base"), Onto: r.Git(t, "rev-parse", "old^{tree}"),
				}})
				if err != nil || got[0].Err != nil {
					t.Fatal(err, got[0].Err)
				}
				if got[0].Tree != want || got[0].Clean != (want != "") {
					t.Errorf("asking git %v: tree %q, want %q", ask, got[0].Tree, want)
				}
				if c.kind != "" && (len(got[0].Files) == 0 || got[0].Files[0].Kind != c.kind) {
					t.Errorf("asking git %v: %+v, want kind %q", ask, got[0].Files, c.kind)
				}
			}
		})
	}
}

// TestPicks tries fixes of several steps: one that is there already, one that
// stops in the middle.
func TestPicks(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, `
-- commit base on main: base --
-- file a --
one
-- file b --
two
-- branch old from main --
-- commit first on main: first --
-- edit a --
-one
+first
-- commit second on main: second --
-- edit b --
-two
+second
-- commit both on old: both at once, unsaid --
-- take . from second --
-- branch half from base --
-- commit taken on half: the first, unsaid --
-- take a from first --
-- branch drifted from base --
-- commit own on drifted: own change --
-- edit b --
-two
+own
-- branch stopped from own --
-- commit upto on stopped: the first, before the second conflicts --
-- take a from first --
`)
	fix := backport.Fix{Name: "base..second", Steps: []backport.Step{
		{Commit: r.ID("first"), Base: r.ID("base"), Origin: r.ID("first")},
		{Commit: r.ID("second"), Base: r.ID("first"), Origin: r.ID("second")},
	}}
	var jobs []pick.Job
	for _, name := range []string{"base", "old", "half", "drifted"} {
		jobs = append(jobs, pick.Job{Fix: fix, Target: backport.Target{Name: name, Commit: r.ID(name)}})
	}
	jobs = append(jobs, pick.Job{Fix: fix, Target: backport.Target{Name: "gone", Commit: strings.Repeat("1", 40)}})
	picks, err := open(t, r, pick.Options{Jobs: 2, Chunks: true}).Picks(context.Background(), jobs, nil)
	if err != nil {
		t.Fatal(err)
	}
	whole := r.Git(t, "rev-parse", r.ID("second")+"^{tree}")
	first := r.Git(t, "rev-parse", r.ID("first")+"^{tree}")
	want := []struct {
		outcome backport.Outcome
		tree    string
		steps   []string
	}{
		{backport.Clean, whole, []string{first, whole}},
		{backport.Present, whole, nil},
		{backport.Clean, whole, []string{first, whole}},
		{backport.Conflict, "", []string{r.Git(t, "rev-parse", "stopped^{tree}")}},
		{backport.Failed, "", nil},
	}
	for i, w := range want {
		p := picks[i]
		if p.Outcome != w.outcome || p.Tree != w.tree || strings.Join(p.StepTrees, " ") != strings.Join(w.steps, " ") {
			t.Errorf("%s: %s %s %v, want %+v", p.Target.Name, p.Outcome, p.Tree, p.StepTrees, w)
		}
	}
	if p := picks[1].Presence; p == nil || p.How != "content" {
		t.Errorf("old: presence %+v, want content", p)
	}
	c := picks[3]
	if c.FailedStep != 1 || len(c.Files) != 2 || len(c.Files[1].Chunks) != 1 {
		t.Fatalf("drifted: %+v", c)
	}
	if got := c.Files[1].Chunks[0]; got != (backport.Chunk{Line: 1, Lines: 1, Base: "two\n", Ours: "own\n", Theirs: "second\n"}) {
		t.Errorf("drifted: chunk %+v", got)
	}
	if !strings.Contains(picks[4].Error, "111111") {
		t.Errorf("gone: error %q names no commit", picks[4].Error)
	}
}

// claims is a history that believes what commits say.
type claims map[string]*backport.Presence

func (c claims) PresentPairs(_ context.Context, pairs []history.Pair) ([]*backport.Presence, error) {
	out := make([]*backport.Presence, len(pairs))
	for i, p := range pairs {
		out[i] = c[p.Target]
	}
	return out, nil
}

// TestTakenBack tells a fix that is there in another form from one that was
// taken back without a word.
func TestTakenBack(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, `
-- commit base on main: base --
-- file a --
one
-- file b --
two
-- file d --
1
2
3
4
5
6
7
8
-- branch whole from main --
-- commit fix on main: fix --
-- edit a --
-one
+fixed
-- edit b --
-two
+fixed
-- edit d --
 2
+the first line of the fix
 3
 4
 5
 6
 7
+the second line of the fix
-- commit kept on whole: carried without a part --
-- take a from fix --
-- branch silent from base --
-- commit other on silent: something else --
-- file c --
three
-- branch adapted from base --
-- commit own on adapted: carried in another form --
-- edit a --
-one
+mended
-- branch nearly from base --
-- commit part on nearly: the first line alone --
-- edit d --
 2
+the first line of the fix
`)
	fix := backport.Fix{Steps: []backport.Step{{Commit: r.ID("fix"), Base: r.ID("base"), Origin: r.ID("fix")}}}
	said := claims{}
	var jobs []pick.Job
	for _, name := range []string{"whole", "silent", "adapted", "nearly"} {
		jobs = append(jobs, pick.Job{Fix: fix, Target: backport.Target{Name: name, Commit: r.ID(name)}})
		said[r.ID(name)] = &backport.Presence{How: "trailer", Commit: r.ID(name)}
	}
	for _, ask := range []bool{false, true} {
		picks, err := open(t, r, pick.Options{AskGit: ask, Write: ask}).Picks(context.Background(), jobs, said)
		if err != nil {
			t.Fatal(err)
		}
		want := []backport.Outcome{backport.Present, backport.Clean, backport.Present, backport.Present}
		for i, p := range picks {
			if p.Outcome != want[i] {
				t.Errorf("asking git %v: %s: %s, want %s", ask, p.Target.Name, p.Outcome, want[i])
			}
			if warned := len(p.Findings) == 1 && p.Findings[0].Check == "taken-back"; warned != (want[i] == backport.Clean) {
				t.Errorf("asking git %v: %s: findings %+v", ask, p.Target.Name, p.Findings)
			}
		}
		if picks[0].Tree != r.Git(t, "rev-parse", r.ID("whole")+"^{tree}") || picks[0].Presence.How != "trailer" {
			t.Errorf("whole: %+v", picks[0])
		}
	}
}

// TestMarkersAreNoCleanResult: git 2.39 calls a merge clean in which a file that
// the target renamed conflicts, and collides with an empty one that the fix adds.
func TestMarkersAreNoCleanResult(t *testing.T) {
	t.Parallel()
	const text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n"
	r := gittest.New(t, "-- commit base on main: base --\n-- file z --\n"+text+
		"-- branch old from main --\n-- commit fix on main: fix --\n-- file w --\n-- file z --\n"+text+"fixed\n"+
		"-- commit moved on old: moved --\n-- delete z --\n-- file w --\n"+text+"mine\n")
	for name, opts := range modes {
		got, err := open(t, r, opts).Merge(t.Context(), []pick.Request{{
			Commit: r.ID("fix"), Base: r.ID("base"), Onto: r.Git(t, "rev-parse", "old^{tree}"),
		}})
		if err != nil || got[0].Err != nil {
			t.Fatal(err, got[0].Err)
		}
		if got[0].Clean || got[0].Tree != "" || len(got[0].Files) == 0 || got[0].Files[0].Path != "w" || got[0].Files[0].Outcome != backport.Conflict {
			t.Errorf("%s: %+v", name, got[0])
		}
	}
}

// TestRenamedOnTarget: the files of a merge are those that it changes, under the
// names that the target has.
func TestRenamedOnTarget(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, `
-- commit base on main: base --
-- file a.txt --
one
two
three
four
-- branch old from main --
-- commit fix on main: fix --
-- edit a.txt --
-two
+second
-- file new.txt --
new
-- commit moved on old: moved --
-- delete a.txt --
-- file b.txt --
one
two
three
four
`)
	got, err := open(t, r, pick.Options{}).Merge(t.Context(), []pick.Request{{
		Commit: r.ID("fix"), Base: r.ID("base"), Onto: r.Git(t, "rev-parse", "old^{tree}"),
	}})
	if err != nil || got[0].Err != nil || !got[0].Clean {
		t.Fatal(err, got[0])
	}
	files := map[string]backport.Outcome{}
	for _, f := range got[0].Files {
		files[f.Path] = f.Outcome
	}
	if len(files) != 2 || files["b.txt"] != backport.Clean || files["new.txt"] != backport.Clean {
		t.Errorf("files %v", files)
	}
}
