package git_test

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// clashing are paths that git sorts otherwise than as texts, some of them files
// where others are folders.
var clashing = []string{"a", "a/b", "a/b/c", "a-b", "a.b/c", "b", "b/x", "z/z/z/z"}

// drawEdits draws edits that make sense of a tree with these files: what is
// removed is there, and no file is put below another.
func drawEdits(t *rapid.T, label string, files map[string]string, ids []string) (edits []git.PathEdit) {
	for range rapid.IntRange(1, 6).Draw(t, label) {
		e := git.PathEdit{Path: rapid.SampledFrom(clashing).Draw(t, "path")}
		if k := rapid.IntRange(-1, len(ids)-1).Draw(t, "content"); k >= 0 {
			e.Mode, e.ID = git.ModeFile, ids[k]
		} else if files[e.Path] == "" {
			continue
		}
		edits = append(edits, e)
	}
	return edits
}

// edited is what files are after edits.
func edited(files map[string]string, edits []git.PathEdit) map[string]string {
	last := map[string]git.PathEdit{}
	for _, e := range edits {
		last[e.Path] = e
	}
	within := func(path string, folders map[string]git.PathEdit) bool {
		for folder, e := range folders {
			if e.Mode != 0 && strings.HasPrefix(path, folder+"/") {
				return true
			}
		}
		return false
	}
	out := map[string]string{}
	for path, id := range files {
		if _, ok := last[path]; !ok && !within(path, last) {
			out[path] = id
		}
	}
	for path, e := range last {
		if e.Mode == 0 || within(path, last) {
			continue
		}
		out[path] = e.ID
		for file := range out { // which is a folder now
			if strings.HasPrefix(path, file+"/") {
				delete(out, file)
			}
		}
	}
	return out
}

// An edited tree has what a map of its files has, and two trees differ where
// their maps do, in the order of the paths.
func TestEditAndDiff(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	_, store := openAt(t, r.Dir)
	ids := blobs(t, store, 3)
	trees := git.NewTrees(store, 1<<20)
	rapid.Check(t, func(rt *rapid.T) {
		var tree [3]string
		var files [3]map[string]string
		for i := range 2 {
			edits := drawEdits(rt, "edits", files[i], ids)
			var err error
			if tree[i+1], err = trees.Edit(t.Context(), tree[i], edits, true); err != nil {
				rt.Fatal(err)
			}
			files[i+1] = edited(files[i], edits)
		}
		for _, pair := range [][2]int{{0, 1}, {0, 2}, {1, 2}, {2, 1}, {2, 0}} {
			a, b := pair[0], pair[1]
			want := map[string][2]string{}
			for _, path := range clashing {
				if sides := [2]string{files[a][path], files[b][path]}; sides[0] != sides[1] {
					want[path] = sides
				}
			}
			got := map[string][2]string{}
			var order []string
			err := trees.Diff(t.Context(), tree[a], tree[b], nil, func(path string, x, y git.Entry) error {
				got[path] = [2]string{x.ID(), y.ID()}
				order = append(order, path)
				return nil
			})
			if err != nil || !maps.Equal(got, want) {
				rt.Fatalf("got %v (%v), want %v", got, err, want)
			}
			if !slices.IsSorted(order) {
				rt.Fatalf("not in order: %s", order)
			}
		}
	})
}

// Trees that name the same folder again and again have more paths than can be
// walked.
func TestDiffIsBounded(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	_, store := openAt(t, r.Dir)
	trees := git.NewTrees(store, 1<<20)
	tree := store.Format.EmptyTree()
	for range 12 {
		var edits []git.Edit
		for _, name := range "abcdefghij" {
			edits = append(edits, git.Edit{Name: string(name), Mode: git.ModeTree, ID: tree})
		}
		content, err := git.Tree(nil).Apply(edits, store.Format.RawLen())
		if err == nil {
			tree, err = store.Write("tree", content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	err := trees.Diff(t.Context(), "", tree, nil, func(string, git.Entry, git.Entry) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "folders differ") {
		t.Errorf("got %v", err)
	}
}

func TestDiffEnds(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	_, store := openAt(t, r.Dir)
	id := blobs(t, store, 1)[0]
	trees := git.NewTrees(store, 0)
	var edits []git.PathEdit
	for _, path := range []string{"a/x", "b/x", "c"} {
		edits = append(edits, git.PathEdit{Path: path, Mode: git.ModeFile, ID: id})
	}
	tree, err := trees.Edit(t.Context(), "", edits, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		end  string // the path at which the walk is ended
		skip string // the folder that is not entered
		want string
	}{
		{"", "", "a/x b/x c"},
		{"b/x", "", "a/x b/x"},
		{"", "a", "b/x c"},
	} {
		var got []string
		err := trees.Diff(t.Context(), tree, "", func(path string) bool { return path != test.skip }, func(path string, _, _ git.Entry) error {
			if got = append(got, path); path == test.end {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil || strings.Join(got, " ") != test.want {
			t.Errorf("%+v: got %v, %v", test, got, err)
		}
	}
}
