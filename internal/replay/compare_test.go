package replay

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
	"pgregory.net/rapid"
)

func openStore(t testing.TB, dir string) *git.Store {
	t.Helper()
	repo, err := git.Open(t.Context(), dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// What git says that differs, classed path by path, is the oracle.
func TestSameCodeAgainstGit(t *testing.T) {
	t.Parallel()
	var equal, unequal int
	for seed := range 12 {
		// Every other history is put where nothing is code.
		text := gittest.RandomSeed(seed)
		if seed%2 == 0 {
			for _, dir := range []string{"src/", "lib/", "new/"} {
				text = strings.ReplaceAll(text, dir, "test/"+dir)
			}
		}
		r := gittest.New(t, text, gittest.Bare())
		store := openStore(t, r.Dir)
		trees := strings.Fields(r.Git(t, "log", "--all", "--format=%T"))
		var pairs strings.Builder
		for i, x := range trees {
			for _, y := range trees[i:] {
				fmt.Fprintln(&pairs, x, y)
			}
		}
		out := r.Run(t, pairs.String(), "diff-tree", "--stdin", "-r", "-z", "--name-only", "--no-renames").Stdout
		for pair := range strings.Lines(pairs.String()) {
			x, y, _ := strings.Cut(strings.TrimSpace(pair), " ")
			_, out, _ = strings.Cut(out, pair)
			names, _, _ := strings.Cut(out, "\n")
			if end := strings.LastIndexByte(names, 0); end >= 0 {
				names = names[:end]
			} else {
				names = "NEWS" // no path at all
			}
			want := true
			for path := range strings.SplitSeq(names, "\x00") {
				want = want && !codePath(path)
			}
			got, err := sameWhere(t.Context(), store, x, y, codePath)
			if err != nil || got != want {
				t.Fatalf("seed %d, trees %s and %s: %v, %v; want %v\n%q", seed, x, y, got, err, want, names)
			}
			switch {
			case x == y:
			case got:
				equal++
			default:
				unequal++
			}
		}
	}
	if equal < 10 || unequal < 10 {
		t.Errorf("%d pairs equal but for what is not code, %d not: want a fair share of both", equal, unequal)
	}
}

func TestSameCodeLaws(t *testing.T) {
	t.Parallel()
	store := openStore(t, gittest.New(t, "-- commit on main: first --\n", gittest.Bare()).Dir)
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(name string) (tree string, code string) {
			b := &treeBuilder{t: rt, store: store}
			tree = b.tree(name, "", 2)
			return tree, b.code.String()
		}
		a, codeA := draw("a")
		b, codeB := draw("b")
		got, err := sameWhere(t.Context(), store, a, b, codePath)
		if err != nil || got != (codeA == codeB) {
			rt.Errorf("%v, %v with the code\n%s\n%s", got, err, codeA, codeB)
		}
		if back, err := sameWhere(t.Context(), store, b, a, codePath); err != nil || back != got {
			rt.Errorf("%v one way, %v (%v) the other", got, back, err)
		}
	})
}

// treeBuilder draws a tree and notes what code it has.
type treeBuilder struct {
	t     *rapid.T
	store *git.Store
	code  strings.Builder
}

func (b *treeBuilder) tree(name, prefix string, depth int) string {
	var edits []git.Edit
	for _, n := range []string{"NEWS", "a", "a.c", "test"} {
		switch path := prefix + n; rapid.IntRange(0, 4).Draw(b.t, name+" "+path) {
		case 0, 1:
		case 2:
			edits = append(edits, git.Edit{Name: n, Mode: git.ModeFile, ID: strings.Repeat("1", 40)})
			b.file(path, 1)
		case 3:
			edits = append(edits, git.Edit{Name: n, Mode: git.ModeExec, ID: strings.Repeat("2", 40)})
			b.file(path, 2)
		case 4:
			if depth > 0 {
				edits = append(edits, git.Edit{Name: n, Mode: git.ModeTree, ID: b.tree(name, path+"/", depth-1)})
			}
		}
	}
	t, err := git.Tree(nil).Apply(edits, b.store.Format.RawLen())
	if err != nil {
		b.t.Fatal(err)
	}
	id, err := b.store.Write("tree", t)
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

func (b *treeBuilder) file(path string, what int) {
	if codePath(path) {
		fmt.Fprintf(&b.code, "%s=%d ", path, what)
	}
}

// Trees can be made so that nobody can walk them; that is an error and not a
// hang, and so is a tree that is none.
func TestSameCodeHostile(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, "-- commit on main: first --\n-- file README --\nhello\n", gittest.Bare())
	store := openStore(t, r.Dir)
	write := func(tree git.Tree) string {
		id, err := store.Write("tree", tree)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	folder := func(tree git.Tree, name, id string) git.Tree {
		raw, err := hex.DecodeString(id)
		if err != nil {
			t.Fatal(err)
		}
		return append(append(tree, "40000 "+name+"\x00"...), raw...)
	}
	blob := r.Git(t, "rev-parse", "main:README")
	raw, err := hex.DecodeString(blob)
	if err != nil {
		t.Fatal(err)
	}
	leaf := write(append(git.Tree("100644 README\x00"), raw...))
	bomb := leaf
	for range 12 { // 20¹² files in 12 objects
		var tree git.Tree
		for i := range 20 {
			tree = folder(tree, fmt.Sprintf("test%02d", i), bomb)
		}
		bomb = write(tree)
	}
	deep := leaf
	for range 300 {
		deep = write(folder(nil, "test"+strings.Repeat("x", 100), deep))
	}
	empty := store.Format.EmptyTree()
	for name, pair := range map[string][2]string{
		"bomb": {bomb, empty}, "deep": {empty, deep},
		"damaged": {write(bytes.Repeat([]byte("100644 x"), 3)), leaf},
		"blob":    {blob, leaf}, "missing": {strings.Repeat("5", 40), leaf},
	} {
		if same, err := sameWhere(t.Context(), store, pair[0], pair[1], codePath); err == nil {
			t.Errorf("%s: %v and no error", name, same)
		}
	}
	if same, err := sameWhere(t.Context(), store, leaf, empty, codePath); err != nil || !same {
		t.Errorf("a README more: %v, %v", same, err)
	}
}
