package place_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/adapt/place"
	"backstay.dev/backstay/internal/git"
)

// A tree that names the same subtree ten times in each of ten levels has ten
// thousand million paths.
func TestTreeBomb(t *testing.T) {
	t.Parallel()
	lines := numbered("line", 0, 40)
	s := open(t, fixOf("a/x.c", file("b/x.c", lines)))
	write := func(kind string, content []byte) string {
		id, err := s.store.Write(kind, content)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	inner := write("blob", []byte(lines))
	mode := git.ModeFile
	for range 10 {
		var edits []git.Edit
		for i := range 10 {
			edits = append(edits, git.Edit{Name: fmt.Sprint("x", i), Mode: mode, ID: inner})
		}
		tree, err := git.Tree(nil).Apply(edits, s.store.Format.RawLen())
		if err != nil {
			t.Fatal(err)
		}
		inner, mode = write("tree", tree), git.ModeTree
	}
	s.trees.Ours = inner
	got := s.carry(t, "a/x.c")
	if got.Verdict == place.Absent {
		t.Errorf("what was not looked at is not absent: %+v", got)
	}
}

func TestDeepTree(t *testing.T) {
	t.Parallel()
	s := open(t, fixOf("a/x.c", ""))
	inner, err := s.store.Write("blob", []byte(numbered("line", 0, 40)))
	if err != nil {
		t.Fatal(err)
	}
	mode := git.ModeFile
	for range 250 {
		tree, err := git.Tree(nil).Apply([]git.Edit{{Name: "x.c", Mode: mode, ID: inner}}, s.store.Format.RawLen())
		if err != nil {
			t.Fatal(err)
		}
		if inner, err = s.store.Write("tree", tree); err != nil {
			t.Fatal(err)
		}
		mode = git.ModeTree
	}
	s.trees.Ours = inner
	if got := s.carry(t, "a/x.c"); got.Verdict != place.Unknown {
		t.Errorf("%+v", got)
	}
}

// Many files that are all alike and have the same name, thousands of
// equal functions, lines without end: an answer comes, and no place is unique.
func TestManyAlike(t *testing.T) {
	t.Parallel()
	lines := numbered("line", 0, 40)
	target := ""
	for i := range 1800 {
		target += file(fmt.Sprintf("d%d/x.c", i), lines+fmt.Sprint(i)+"\n")
	}
	s := open(t, fixOf("a/x.c", target))
	got := s.carry(t, "a/x.c")
	if len(got.Homes) > 8 {
		t.Errorf("%d homes", len(got.Homes))
	}

	equal := strings.Repeat(function("same")+"\n", 4000)
	s = open(t, history(file("x.c", equal), file("x.c", strings.Replace(equal, function("same"), fixed("same"), 1)), file("y.c", equal+"int mine;\n")))
	for _, l := range s.carry(t, "x.c").Landings {
		if l.Rung != "place-file" {
			t.Errorf("a place by %s among 4,000 equal functions", l.Rung)
		}
	}

	same := strings.Repeat("all lines are equal\n", 100_000)
	s = open(t, history(file("x.txt", same), file("x.txt", same[:len(same)/2]+"but this\n"+same[len(same)/2:]), file("y.txt", "not this\n"+same)))
	s.carry(t, "x.txt")
}

func TestOtherThanFiles(t *testing.T) {
	t.Parallel()
	lines := numbered("line", 0, 40)
	s := open(t, branches(file("x.c", lines), file("x.c", lines+"more\n"), []string{
		file("x.c/inner", lines),
		"-- symlink x.c -> y.c --\n",
		"-- gitlink x.c 1234567890123456789012345678901234567890 --\n",
	}))
	for i, name := range []string{"folder", "symlink", "submodule"} {
		if got := s.aim(t, i).carry(t, "x.c"); got.Verdict != place.Unknown || len(got.Landings) > 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	s := open(t, history(file("x.c", "a\n"), file("x.c", "b\n"), file("x.c", "c\n")))
	large := []byte(strings.Repeat("a line of thirty-two characters\n", 200_000))
	id, err := s.store.Write("blob", large)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := git.Tree(nil).Apply([]git.Edit{{Name: "x.c", Mode: git.ModeFile, ID: id}}, s.store.Format.RawLen())
	if err != nil {
		t.Fatal(err)
	}
	if s.trees.Ours, err = s.store.Write("tree", tree); err != nil {
		t.Fatal(err)
	}
	if got := s.carry(t, "x.c"); got.Verdict != place.Unknown {
		t.Errorf("%+v", got)
	}
	got, err := place.New(s.store).Carry(context.Background(), place.Change{Trees: s.trees, Path: "x.c", Base: []byte("a\n"), Theirs: large})
	if err != nil || got.Verdict != place.Unknown {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRemoved(t *testing.T) {
	t.Parallel()
	s := open(t, history(file("x.c", "a\n"), "-- delete x.c --\n", file("x.c", "b\n")))
	if got := s.carry(t, "x.c"); got.Verdict != place.Removed {
		t.Errorf("%+v", got)
	}
}

// A blob that the repository lacks is named, not taken for an empty file.
func TestMissingBlob(t *testing.T) {
	t.Parallel()
	lines := numbered("line", 0, 40)
	s := open(t, fixOf("a/x.c", file("b/x.c", lines)))
	const gone = "1234567890123456789012345678901234567890"
	tree, err := git.Tree(nil).Apply([]git.Edit{{Name: "x.c", Mode: git.ModeFile, ID: gone}}, s.store.Format.RawLen())
	if err != nil {
		t.Fatal(err)
	}
	if s.trees.Ours, err = s.store.Write("tree", tree); err != nil {
		t.Fatal(err)
	}
	_, err = place.New(s.store).Carry(context.Background(), place.Change{
		Trees: s.trees, Path: "a/x.c", Base: []byte(lines), Theirs: []byte(lines + "more\n"),
	})
	var missing *git.MissingError
	if !errors.As(err, &missing) || len(missing.IDs) != 1 || missing.IDs[0] != gone {
		t.Errorf("%v", err)
	}
}

// What the pick made of a file already is what the next change is merged with.
func TestTexts(t *testing.T) {
	t.Parallel()
	lines := numbered("line", 0, 40)
	s := open(t, fixOf("a/x.c", file("b/x.c", lines)))
	c := place.Change{
		Trees: s.trees, Path: "a/x.c", Base: s.blob(t, s.trees.Base, "a/x.c"), Theirs: s.blob(t, s.trees.Theirs, "a/x.c"),
		Texts: map[string][]byte{"b/x.c": []byte("landed before\n" + lines)},
	}
	got, err := place.New(s.store).Carry(context.Background(), c)
	if err != nil || len(got.Landings) != 1 {
		t.Fatal(got, err)
	}
	text, ok := got.Landings[0].File.Merge.Text()
	if want := "landed before\n" + strings.Replace(lines, "number 20\n", "number twenty\n", 1); !ok || string(text) != want {
		t.Errorf("%s", text)
	}
}
