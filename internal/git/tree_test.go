package git_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// Names that sort around the slash that git sees behind a folder's name.
var hardNames = []string{"a", "a.b", "a-", "a0", "a b", "a/"[:1] + "\x01", "ab", "A", "\xff", "b", "a.", "Z", ".gitattributes", "\t", "a\n"}

type node struct {
	mode git.Mode
	id   string
}

var modes = []git.Mode{git.ModeFile, git.ModeExec, git.ModeSymlink, git.ModeTree, git.ModeGitlink}

func drawNode(t *rapid.T) node {
	id := strings.Repeat(rapid.SampledFrom([]string{"1f", "00", "20", "ab"}).Draw(t, "id"), 20)
	return node{rapid.SampledFrom(modes).Draw(t, "mode"), id}
}

var kinds = map[git.Mode]string{git.ModeTree: "tree", git.ModeGitlink: "commit"}

// mktree is git's own tree of these entries.
func mktree(t testing.TB, r *gittest.Repo, nodes map[string]node) string {
	t.Helper()
	var in strings.Builder
	for name, n := range nodes {
		kind := kinds[n.mode]
		if kind == "" {
			kind = "blob"
		}
		fmt.Fprintf(&in, "%06o %s %s\t%s\x00", uint32(n.mode), kind, n.id, name)
	}
	got := r.Run(t, in.String(), "mktree", "-z", "--missing")
	if got.Exit != 0 {
		t.Fatal(got.Stderr)
	}
	return strings.TrimSpace(got.Stdout)
}

// Trees that are edited are the trees that git makes of the same entries.
func TestApplyMakesGitsTree(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, twoBranches, gittest.Bare())
	rapid.Check(t, func(rt *rapid.T) {
		nodes := map[string]node{}
		var tree git.Tree
		for range rapid.IntRange(1, 3).Draw(rt, "rounds") {
			var edits []git.Edit
			for range rapid.IntRange(0, 9).Draw(rt, "edits") {
				name := rapid.SampledFrom(hardNames).Draw(rt, "name")
				if rapid.IntRange(0, 3).Draw(rt, "delete") == 0 {
					delete(nodes, name)
					edits = append(edits, git.Edit{Name: name})
					continue
				}
				nodes[name] = drawNode(rt)
				edits = append(edits, git.Edit{Name: name, Mode: nodes[name].mode, ID: nodes[name].id})
			}
			var err error
			if tree, err = tree.Apply(edits, 20); err != nil {
				rt.Fatal(err)
			}
		}
		if got, want := git.SHA1.Hash("tree", tree), mktree(t, r, nodes); got != want {
			rt.Fatalf("got tree %s %q, git has %s", got, tree, want)
		}
		found := 0
		for rest := tree; len(rest) > 0; found++ {
			e, next, ok := rest.Next(20)
			if !ok || nodes[string(e.Name)] != (node{e.Mode, e.ID()}) {
				rt.Fatalf("entry %d: %v %q, want %v", found, ok, e.Name, nodes[string(e.Name)])
			}
			rest = next
		}
		for _, name := range hardNames {
			e, ok := tree.Find(name, 20)
			if want, there := nodes[name]; ok != there || ok && (node{e.Mode, e.ID()}) != want {
				rt.Fatalf("find %q: %v %v, want %v %v", name, ok, e, there, want)
			}
		}
		if found != len(nodes) {
			rt.Fatalf("%d entries, want %d", found, len(nodes))
		}
	})
}

// raw is a tree as some old tool may have written it.
func raw(entries ...string) git.Tree {
	var t git.Tree
	for _, e := range entries {
		t = append(t, e...)
		t = append(t, 0)
		t = append(t, bytes.Repeat([]byte{0x1f}, 20)...)
	}
	return t
}

// Modes are read as git reads them; git ls-tree is the oracle.
func TestOldModes(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, twoBranches, gittest.Bare())
	for mode, want := range map[string]git.Mode{
		"100644": git.ModeFile, "100664": git.ModeFile, "100600": git.ModeFile, "0100644": git.ModeFile,
		"100755": git.ModeExec, "100775": git.ModeExec, "100700": git.ModeExec,
		"40000": git.ModeTree, "040000": git.ModeTree, "40755": git.ModeTree,
		"120000": git.ModeSymlink, "120777": git.ModeSymlink, "160000": git.ModeGitlink,
	} {
		tree := raw(mode + " name")
		e, _, ok := tree.Next(20)
		if !ok || e.Mode != want {
			t.Errorf("%s: got %o %v, want %o", mode, e.Mode, ok, want)
		}
		got := r.Run(t, string(tree), "hash-object", "--literally", "-t", "tree", "-w", "--stdin")
		listed := r.Git(t, "ls-tree", strings.TrimSpace(got.Stdout))
		if first, _, _ := strings.Cut(listed, " "); first != fmt.Sprintf("%06o", uint32(want)) {
			t.Errorf("%s: git reads %s, want %o", mode, first, want)
		}
	}
	edited, err := raw("100664 a", "040000 d").Apply([]git.Edit{{Name: "c", Mode: git.ModeExec, ID: strings.Repeat("1f", 20)}}, 20)
	if want := raw("100644 a", "100755 c", "40000 d"); err != nil || !bytes.Equal(edited, want) {
		t.Errorf("got %q %v, want %q", edited, err, want)
	}
}

func TestDamagedTrees(t *testing.T) {
	t.Parallel()
	whole := raw("100644 a")
	for _, tree := range []git.Tree{
		whole[:len(whole)-1], whole[:8], whole[:5], raw(" a"), raw("100644 "), raw("100648 a"), raw("100644a"),
		raw("10064400 a"), raw("-1 a"), git.Tree("\x00"), raw("\x00100644 a"),
	} {
		if e, _, ok := tree.Next(20); ok {
			t.Errorf("%q: got entry %q", tree, e.Name)
		}
		if got, err := tree.Apply(nil, 20); err == nil {
			t.Errorf("%q: edited to %q", tree, got)
		}
	}
	id := strings.Repeat("1f", 20)
	for _, edit := range []git.Edit{
		{Name: "", Mode: git.ModeFile, ID: id},
		{Name: "a/b", Mode: git.ModeFile, ID: id},
		{Name: "a\x00", Mode: git.ModeFile, ID: id},
		{Name: "a", Mode: git.ModeFile, ID: id[1:]},
		{Name: "a", Mode: git.ModeFile, ID: "main"},
		{Name: "a", Mode: git.ModeFile, ID: id + id[:24]},
	} {
		if got, err := whole.Apply([]git.Edit{edit}, 20); err == nil {
			t.Errorf("%v: edited to %q", edit, got)
		}
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for format, opts := range map[git.Format][]gittest.Option{git.SHA1: {gittest.Bare()}, git.SHA256: {gittest.Bare(), gittest.SHA256()}} {
		r := gittest.New(t, twoBranches, opts...)
		if got, want := format.EmptyTree(), mktree(t, r, nil); got != want || len(got) != 2*format.RawLen() || !git.IsID(got) {
			t.Errorf("%s: empty tree %s, want %s", format, got, want)
		}
	}
	for _, s := range []string{"", "main", nothing[1:], nothing + "1", strings.ToUpper(strings.Repeat("ab", 20)), strings.Repeat("g", 40), nothing[:39] + "\n"} {
		if git.IsID(s) {
			t.Errorf("%q passes for an id", s)
		}
	}
}

func FuzzTree(f *testing.F) {
	for _, seed := range []git.Tree{
		raw("100644 a", "40000 a", "100755 a0"), raw("100664 x", "160000 y", "120000 z"), raw("100644 ")[:9], nil, git.Tree("40000 \xff\x00"),
	} {
		f.Add([]byte(seed), "a", byte(0))
	}
	id := strings.Repeat("20", 20)
	f.Fuzz(func(t *testing.T, content []byte, name string, mode byte) {
		var names []string
		rest := git.Tree(content)
		for {
			e, next, ok := rest.Next(20)
			if !ok {
				break
			}
			if len(next) >= len(rest) || len(e.Raw) != 20 || len(e.Name) == 0 || !slices.Contains(modes, e.Mode) {
				t.Fatalf("entry %o %q", e.Mode, e.Name)
			}
			names, rest = append(names, string(e.Name)), next
		}
		m := modes[int(mode)%len(modes)]
		edited, err := git.Tree(content).Apply([]git.Edit{{Name: name, Mode: m, ID: id}}, 20)
		if err != nil {
			if len(rest) == 0 && name != "" && !strings.ContainsAny(name, "/\x00") {
				t.Fatalf("a good edit failed: %v", err)
			}
			return
		}
		want := map[string]bool{name: true}
		for _, n := range names {
			want[n] = true
		}
		got := map[string]bool{}
		for rest := edited; len(rest) > 0; {
			e, next, ok := rest.Next(20)
			if !ok {
				t.Fatalf("the edited tree %q is damaged", edited)
			}
			got[string(e.Name)], rest = true, next
		}
		if !maps.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		if e, ok := edited.Find(name, 20); !ok || e.Mode != m || hex.EncodeToString(e.Raw) != id {
			t.Fatalf("the edit is not there: %v %v", ok, e)
		}
	})
}
