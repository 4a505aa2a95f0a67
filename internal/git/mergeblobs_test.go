package git_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// drawText draws a few lines, each of them once, so that every way of finding
// a difference finds the same.
func drawText(t *rapid.T, label string) string {
	var out strings.Builder
	for i := range 6 {
		switch rapid.IntRange(0, 9).Draw(t, label) {
		case 0:
		case 1:
			fmt.Fprintf(&out, "line %d by %s\n", i, label)
		case 2:
			fmt.Fprintf(&out, "line %d\nmore after %[1]d\n", i)
		default:
			fmt.Fprintf(&out, "line %d\n", i)
		}
	}
	if rapid.IntRange(0, 4).Draw(t, "no newline") == 0 {
		return strings.TrimSuffix(out.String(), "\n")
	}
	return out.String()
}

type example struct {
	base, ours, theirs string
	driver             git.Driver
}

// mergeFile is what `git merge-file` makes of three texts; to it nothing is
// binary.
func mergeFile(t testing.TB, r *gittest.Repo, e example) (text string, clean bool) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"base": e.base, "ours": e.ours, "theirs": e.theirs} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"merge-file", "-p", "-q"}
	if e.driver == git.DriverUnion {
		args = append(args, "--union")
	}
	got := r.Run(t, "", append(args, filepath.Join(dir, "ours"), filepath.Join(dir, "base"), filepath.Join(dir, "theirs"))...)
	if e.driver == git.DriverBinary {
		return got.Stdout, e.base == e.ours || e.base == e.theirs || e.ours == e.theirs
	}
	return got.Stdout, got.Exit == 0
}

func TestMergeBlobsAsGitMergeFile(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, twoBranches, gittest.Bare())
	_, s := openAt(t, r.Dir)
	// All in one run of git, since that is how it is used; a failing seed can be
	// asked for alone.
	draw := rapid.Custom(func(rt *rapid.T) example {
		return example{
			drawText(rt, "base"), drawText(rt, "ours"), drawText(rt, "theirs"),
			rapid.SampledFrom([]git.Driver{git.DriverText, git.DriverUnion, git.DriverBinary}).Draw(rt, "driver"),
		}
	})
	examples, triples := make([]example, 90), make([]git.Triple, 90)
	for seed := range examples {
		e := draw.Example(seed)
		examples[seed] = e
		var ids [3]string
		for k, text := range []string{e.base, e.ours, e.theirs} {
			var err error
			if ids[k], err = s.Write("blob", []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		triples[seed] = git.Triple{Base: ids[0], Ours: ids[1], Theirs: ids[2], Driver: e.driver}
	}
	got, err := s.MergeBlobs(t.Context(), triples)
	if err != nil {
		t.Fatal(err)
	}
	cleanly := map[bool]int{}
	for seed, m := range got {
		e := examples[seed]
		want, clean := mergeFile(t, r, e)
		cleanly[clean]++
		if m.Clean != clean || m.Err != nil || (m.ID == "") == m.Clean || (m.Kind == "") != m.Clean {
			t.Errorf("seed %d: got %+v, git says clean=%v of %q", seed, m, clean, e)
			continue
		}
		if !clean {
			continue
		}
		if o, err := s.Read(t.Context(), m.ID, 0); err != nil || string(o.Content) != want {
			t.Errorf("seed %d: got %q %v, want %q", seed, o.Content, err, want)
		}
	}
	if cleanly[true] < 20 || cleanly[false] < 20 {
		t.Errorf("clean or not: %v; the examples are too much alike", cleanly)
	}
}

func TestMergeBlobsWithoutSome(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, twoBranches, gittest.Bare())
	_, s := openAt(t, r.Dir)
	blob := func(text string) string {
		id, err := s.Write("blob", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	base, ours, theirs := blob("a\nb\nc\nd\n"), blob("A\nb\nc\nd\n"), blob("a\nb\nc\nD\n")
	good := git.Triple{Base: base, Ours: ours, Theirs: theirs, Driver: git.DriverText}
	const n = 600
	triples := make([]git.Triple, n)
	lost := func(i int) string { return fmt.Sprintf("%040x", i+1) }
	for i := range triples {
		triples[i] = good
		switch i % 7 {
		case 0:
			triples[i].Base = lost(i)
		case 2:
			triples[i].Ours = lost(i)
		case 4:
			triples[i].Theirs = lost(i)
		case 6:
			triples[i].Base, triples[i].Ours = lost(i), lost(i) // nothing to open
		}
	}
	got, err := s.MergeBlobs(t.Context(), triples)
	if err != nil {
		t.Fatal(err)
	}
	want := blob("A\nb\nc\nD\n")
	for i, m := range got {
		switch i % 7 {
		case 0, 2, 4:
			lacks(t, m.Err, lost(i))
		case 6:
			if !m.Clean || m.ID != theirs {
				t.Fatalf("%d: got %+v, want theirs", i, m)
			}
		default:
			if !m.Clean || m.ID != want || m.Err != nil {
				t.Fatalf("%d: got %+v, want %s", i, m, want)
			}
		}
	}
	if got, err := s.MergeBlobs(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("nothing asked: %v %v", got, err)
	}
	if got, err := s.MergeBlobs(t.Context(), triples[:1]); err != nil || got[0].Err == nil {
		t.Errorf("only a missing one: %v %v", got, err)
	}
	for _, bad := range []git.Triple{
		{},
		{Base: base, Ours: ours, Theirs: theirs},
		{Base: base, Ours: ours, Theirs: theirs, Driver: 'x'},
		{Base: "", Ours: ours, Theirs: theirs, Driver: git.DriverText},
		{Base: base, Ours: "main", Theirs: theirs, Driver: git.DriverText},
		{Base: base, Ours: ours + ours[:24], Theirs: theirs, Driver: git.DriverText},
	} {
		var missing *git.MissingError
		if got, err := s.MergeBlobs(t.Context(), []git.Triple{good, bad}); err == nil || errors.As(err, &missing) {
			t.Errorf("%v: got %v %v", bad, got, err)
		}
	}
}
