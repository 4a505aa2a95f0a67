package git_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// sides is a history in which ours and theirs change the same folder.
const sides = `
-- commit base on main: base --
-- file a --
one
two
three
-- file d/x --
x
-- file d/keep --
k
-- branch ours from base --
-- branch theirs from base --
-- commit on ours: ours --
-- edit a --
+zero
 one
-- file d/ours --
o
-- commit on theirs: theirs --
-- edit a --
 three
+four
-- file d/theirs --
t
-- branch clash from base --
-- commit on clash: clash --
-- edit a --
-one
+uno
-- delete d/x --
-- branch other from base --
-- commit on other: other --
-- edit a --
-one
+eins
-- edit d/x --
-x
+y
`

// want is git's own answer to one merge: tree, then stages and notes.
func want(t *testing.T, r *gittest.Repo, m git.Merge) string {
	t.Helper()
	got := r.Run(t, "", "merge-tree", "--write-tree", "-z", m.Ours, m.Theirs)
	if got.Exit != 0 && got.Exit != 1 {
		t.Fatal(got.Stderr)
	}
	tree, _, _ := strings.Cut(got.Stdout, "\x00")
	return fmt.Sprintln(got.Exit == 0, tree)
}

func said(m git.Merged) string { return fmt.Sprintln(m.Clean, m.Tree) }

func TestMergeTreesAsGit(t *testing.T) {
	t.Parallel()
	for _, opts := range [][]gittest.Option{{gittest.Bare()}, {gittest.Bare(), gittest.SHA256()}} {
		r := gittest.New(t, sides, opts...)
		_, s := openAt(t, r.Dir)
		names := []string{"ours", "theirs", "clash", "other", "base"}
		var requests []git.Merge
		for _, a := range names {
			for _, b := range names {
				requests = append(requests, git.Merge{Ours: r.ID(a), Theirs: r.ID(b)})
			}
		}
		got, err := s.MergeTrees(t.Context(), "", requests)
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range requests {
			if want := want(t, r, m); said(got[i]) != want {
				t.Errorf("%d: got %s, want %s", i, said(got[i]), want)
			}
		}
		clash, err := s.MergeTrees(t.Context(), "", []git.Merge{{Ours: r.ID("clash"), Theirs: r.ID("other")}})
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, n := range clash[0].Notes {
			if kind, ok := n.Conflict(); ok {
				kinds = append(kinds, kind+" "+strings.Join(n.Paths, " "))
			}
		}
		if want := []string{"contents a", "modify/delete d/x"}; !slices.Equal(kinds, want) || len(clash[0].Stages) != 5 {
			t.Errorf("got %q and %v, want %q and 5 stages", kinds, clash[0].Stages, want)
		}
	}
}

// git 2.39 fails an assertion where each side renames into the folder that the
// other one leaves. It then dies with the answers that it had not written yet;
// these are no failures of the requests before and after.
func TestMergeTreesWhereGitCrashes(t *testing.T) {
	t.Parallel()
	const text = "one\ntwo\nthree\nfour\nfive\nsix\n"
	r := gittest.New(t, sides+"-- branch left from base --\n-- commit crossed on left: two folders --\n-- file l/one --\n"+text+
		"-- file m/two --\n"+strings.ToUpper(text)+
		"-- branch right from crossed --\n-- commit mine on left: mine --\n-- delete l/one --\n-- rename m/two -> l/two --\n"+
		"-- commit yours on right: yours --\n-- rename l/one -> m/one --\n-- delete m/two --\n-- symlink l/link -> x --\n")
	_, s := openAt(t, r.Dir)
	good := git.Merge{Ours: r.ID("ours"), Theirs: r.ID("theirs")}
	bad := git.Merge{Ours: r.ID("mine"), Theirs: r.ID("yours")}
	for at := range 5 {
		requests := []git.Merge{good, good, good, good, good}
		requests[at] = bad
		got, err := s.MergeTrees(t.Context(), "", requests)
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range got {
			if i != at && (m.Err != nil || said(m) != want(t, r, good)) {
				t.Errorf("bad at %d: %d: %v %s", at, i, m.Err, said(m))
			}
		}
	}
}

// An object that cannot be read spoils its own request and no other, wherever
// it stands. Git itself takes a root tree that is missing for an empty one.
func TestMergeTreesWithoutAnObject(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides, gittest.Bare())
	loosen(t, r)
	good := []git.Merge{
		{Ours: r.ID("clash"), Theirs: r.ID("other")},
		{Ours: r.ID("other"), Theirs: r.ID("clash")},
		{Ours: r.ID("base"), Theirs: r.ID("clash")},
		{Ours: r.ID("other"), Theirs: r.ID("base")},
	}
	var answers []string
	for _, m := range good {
		answers = append(answers, want(t, r, m))
	}
	bad := git.Merge{Ours: r.ID("ours"), Theirs: r.ID("theirs")}
	for _, name := range []string{
		"ours", "theirs", "ours^{tree}", "theirs^{tree}", "ours:d", "theirs:d", "ours:a", "theirs:a",
	} {
		id := r.Git(t, "rev-parse", name)
		restore := remove(t, r, id)
		_, s := openAt(t, r.Dir)
		for _, at := range []int{0, 2, 4} {
			got, err := s.MergeTrees(t.Context(), "", slices.Insert(slices.Clone(good), at, bad))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			lacks(t, got[at].Err, id)
			for i, m := range slices.Delete(got, at, at+1) {
				if said(m) != answers[i] || m.Err != nil {
					t.Errorf("%s missing at %d: answer %d is %s %v, want %s", name, at, i, said(m), m.Err, answers[i])
				}
			}
		}
		got, err := s.MergeTrees(t.Context(), "", []git.Merge{bad, bad, good[0], bad})
		if err != nil || said(got[2]) != answers[0] {
			t.Errorf("%s missing: got %v %v", name, got, err)
		}
		restore()
	}
}

// A commit whose tree is a blob can be pushed to who does not check.
func TestMergeTreesOfACommitThatLies(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides, gittest.Bare())
	_, s := openAt(t, r.Dir)
	blob := r.Git(t, "rev-parse", r.ID("base")+":a")
	for _, parent := range []string{r.ID("base"), blob} {
		liar, err := s.Trial(blob, parent)
		if err != nil {
			t.Fatal(err)
		}
		good := git.Merge{Ours: r.ID("ours"), Theirs: r.ID("theirs")}
		got, err := s.MergeTrees(t.Context(), "", []git.Merge{good, {Ours: r.ID("base"), Theirs: liar}, {Ours: liar, Theirs: r.ID("base")}, good})
		if err != nil || got[1].Err == nil || got[2].Err == nil || said(got[0]) != want(t, r, good) || said(got[3]) != said(got[0]) {
			t.Errorf("parent %s: got %v %v", parent, got, err)
		}
	}
}

func TestMergeTreesMany(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides, gittest.Bare())
	_, s := openAt(t, r.Dir)
	many := make([]git.Merge, 2000)
	for i := range many {
		many[i] = git.Merge{Ours: r.ID("clash"), Theirs: r.ID("other")}
		if i%2 == 1 {
			many[i] = git.Merge{Ours: r.ID("ours"), Theirs: r.ID("theirs")}
		}
	}
	many[0].Theirs, many[1999].Ours = nothing, nothing
	got, err := s.MergeTrees(t.Context(), "", many)
	if err != nil || len(got) != 2000 {
		t.Fatalf("%d answers, %v", len(got), err)
	}
	lacks(t, got[0].Err, nothing)
	lacks(t, got[1999].Err, nothing)
	for i, m := range got[2:1999] {
		if m.Err != nil || m.Tree != got[1+(i+1)%2].Tree && i > 1 && m.Tree != got[3-i%2].Tree || m.Clean != (i%2 == 1) {
			t.Fatalf("answer %d: %s %v", i+2, said(m), m.Err)
		}
	}
	if got, err := s.MergeTrees(t.Context(), "", nil); err != nil || len(got) != 0 {
		t.Errorf("no requests: %v %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.MergeTrees(ctx, "", many); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for _, m := range []git.Merge{{}, {Ours: "HEAD", Theirs: r.ID("ours")}, {Ours: r.ID("ours"), Theirs: r.ID("ours") + "\n" + nothing}} {
		if got, err := s.MergeTrees(t.Context(), "", []git.Merge{m}); err == nil {
			t.Errorf("%q: got %v", m, got)
		}
	}
}

// Two merges at once see each its own attributes.
func TestMergesAtOnceKeepTheirAttributes(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides, gittest.Bare())
	_, s := openAt(t, r.Dir)
	folder := func(text string) git.Attributes {
		id, err := s.Write("blob", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		a, err := s.Attributes(t.Context(), []git.AttributeFile{{Path: ".gitattributes", ID: id}})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	m := []git.Merge{{Ours: r.ID("clash"), Theirs: r.ID("other")}}
	var wg sync.WaitGroup
	for kind, a := range map[string]git.Attributes{"contents ": folder("a merge=text\n"), "binary contents ": folder("a -merge\n"), "": folder("a merge=union\n")} {
		for range 2 {
			wg.Go(func() {
				for range 4 {
					got, err := s.MergeTrees(t.Context(), a, m)
					if err != nil {
						t.Error(err)
						return
					}
					said := ""
					for _, n := range got[0].Notes {
						if k, ok := n.Conflict(); ok && n.Paths[0] == "a" {
							said += k + " "
						}
					}
					if said != kind {
						t.Errorf("got %q, want %q", said, kind)
					}
				}
			})
		}
	}
	wg.Wait()
}

// answer is the bytes of a recorded answer.
func answer(fields ...string) string { return strings.Join(fields, "\x00") + "\x00" }

var stage = "100644 " + nothing + " 1\tg"

// recorded are shapes of answers of git 2.39.
var recorded = []string{
	answer("1", nothing, ""),
	answer("0", nothing, stage, strings.Replace(stage, "1\t", "2\t", 1), "", "1", "g", "Auto-merging", "Auto-merging g\n", "1", "g", "CONFLICT (contents)", "CONFLICT (content): Merge conflict in g\n", ""),
	answer("0", nothing, stage, "", "1", "h", "CONFLICT (modify/delete)", "CONFLICT (modify/delete): h deleted in x\n", ""),
	answer("0", nothing, stage, "", "3", "a", "b", "c", "CONFLICT (rename/rename)", "CONFLICT (rename/rename): a renamed to b in x and to c in y.\n", ""),
	answer("0", nothing, "", "1", "d", "CONFLICT(directory rename unclear split)", "CONFLICT (directory rename split): Unclear where to rename d to\n", ""),
	answer("0", nothing, "", "2", "d/a", "e/a", "CONFLICT (directory rename suggested)", "CONFLICT (file location): …\n", ""),
	answer("0", nothing, "120000 "+nothing+" 3\tl\xff\tx\n", "", "0", "CONFLICT (distinct modes)", "…\n", ""),
	answer("0", nothing, "160000 "+nothing+" 2\ts", "", "1", "s", "CONFLICT (submodule)", "…\n", "Recursive merging with submodules currently only supports trivial cases.\n"),
}

func TestParseMerged(t *testing.T) {
	t.Parallel()
	got, err := git.ParseMerged(bufio.NewReader(strings.NewReader(strings.Join(recorded, ""))))
	if err != nil || len(got) != len(recorded) {
		t.Fatalf("%d answers, %v", len(got), err)
	}
	kinds := []string{"", "contents", "modify/delete", "rename/rename", "directory rename unclear split", "directory rename suggested", "distinct modes", "submodule"}
	for i, m := range got {
		kind := ""
		for _, n := range m.Notes {
			if k, ok := n.Conflict(); ok {
				kind = k
			}
		}
		if kind != kinds[i] || m.Clean != (i == 0) {
			t.Errorf("%d: got %q %v, want %q", i, kind, m.Clean, kinds[i])
		}
		for cut := range len(recorded[i]) { // half an answer is none
			half, err := git.ParseMerged(bufio.NewReader(strings.NewReader(recorded[0] + recorded[i][:cut])))
			if len(half) != 1 || (err == nil) != (cut == 0) {
				t.Fatalf("%d cut at %d: %d answers, %v", i, cut, len(half), err)
			}
		}
	}
	if s := got[6].Stages[0]; s.Path != "l\xff\tx\n" || s.N != 3 || s.Mode != git.ModeSymlink {
		t.Errorf("stage %v", s)
	}
	for _, text := range []string{
		"2\x00" + nothing + "\x00\x00", "1\x00main\x00\x00", answer("0", nothing, "100644 x 1\tg", "", ""), answer("0", nothing, "100648 "+nothing+" 1\tg", "", ""),
		answer("0", nothing, "100644 "+nothing+" 4\tg", "", ""), answer("0", nothing, "", "-1", ""), answer("0", nothing, "", "99999999999", ""), answer("0", nothing, "", "x", ""),
	} {
		if got, err := git.ParseMerged(bufio.NewReader(strings.NewReader(text))); err == nil {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func FuzzParseMerged(f *testing.F) {
	for _, text := range recorded {
		f.Add([]byte(text))
	}
	f.Add([]byte(strings.Join(recorded, "")))
	f.Add([]byte(answer("0", nothing, "", "1048577")))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := git.ParseMerged(bufio.NewReader(strings.NewReader(string(text))))
		if err == nil && len(text) > 0 && len(got) == 0 {
			t.Fatal("no answer and no error")
		}
		for _, m := range got {
			if !git.IsID(m.Tree) || m.Clean && len(m.Notes) > 0 {
				t.Fatalf("answer %v", m)
			}
		}
	})
}
