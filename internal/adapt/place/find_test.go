package place_test

import (
	"context"
	"testing"

	"backstay.dev/backstay/internal/adapt/place"
)

// fixOf is a history in which the fix changes line 20 of a file of 40 lines,
// and the target has what stands in the sections given.
func fixOf(path, target string) string {
	return "-- commit base on main: base --\n-- file README --\nread me\n" +
		"-- branch old from main --\n" +
		"-- commit before on main: the file --\n-- file " + path + " --\n" + numbered("line", 0, 40) +
		"-- commit fix on main: fix --\n-- edit " + path + " --\n line number 19\n-line number 20\n+line number twenty\n" +
		"-- commit on old: target --\n" + target
}

func TestFind(t *testing.T) {
	t.Parallel()
	lines := numbered("line", 0, 40)
	cases := []struct {
		name, path, target, home string
	}{
		{"moved folder", "pkg/cri/a.c", "-- file internal/cri/a.c --\n" + lines, "internal/cri/a.c"},
		{"suffix", "src/cluster_legacy.c", "-- file src/cluster.c --\n" + numbered("other", 0, 300) + lines, "src/cluster.c"},
		{"module into package", "lib/foo/__init__.py", "-- file lib/foo.py --\n" + lines, "lib/foo.py"},
		{"another name in the same folder", "src/list.c", "-- file src/everything.c --\n" + lines, "src/everything.c"},
		{"the one with more of it", "a/x.c", "-- file b/x.c --\n" + numbered("line", 0, 20) + "-- file c/y.c --\n" + lines, "c/y.c"},
		{"only half of it", "a/x.c", "-- file b/x.c --\n" + numbered("line", 0, 22), "b/x.c"},
		{"another place in the same file", "a/x.c", "-- file b/x.c --\n" + numbered("line", 0, 10) + numbered("line", 30, 40), ""},
		{"nowhere", "a/x.c", "-- file a/y.c --\n" + numbered("other", 0, 40), ""},
		{"symlink", "a/x.c", "-- symlink b/x.c -> y.c --\n", ""},
		{"other white space", "a/x.c", "-- file b/x.c crlf --\n" + lines, "b/x.c"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, fixOf(c.path, c.target))
			found, err := place.New(s.store).Find(context.Background(), s.trees, c.path, s.blob(t, s.trees.Base, c.path), s.blob(t, s.trees.Theirs, c.path))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(found.Homes) > 0 {
				got = found.Homes[0].Path
				if id := s.repo.Git(t, "rev-parse", s.trees.Ours+":"+got); id != found.Homes[0].Blob {
					t.Errorf("%s is %s, not %s", got, id, found.Homes[0].Blob)
				}
			}
			if got != c.home || !found.Complete {
				t.Errorf("found %q, want %q; complete %v", got, c.home, found.Complete)
			}
		})
	}
}

// What the base has as well is a copy, wherever it stands.
func TestFindTwin(t *testing.T) {
	t.Parallel()
	lines := numbered("line", 0, 40)
	s := open(t, "-- commit base on main: base --\n-- file server/a.c --\n"+lines+
		"-- branch old from main --\n"+
		"-- commit before on main: copy --\n-- copy server/a.c -> sandbox/a.c --\n"+
		"-- commit fix on main: fix --\n-- edit sandbox/a.c --\n line number 19\n-line number 20\n+twenty\n"+
		"-- edit server/a.c --\n line number 19\n-line number 20\n+twenty\n"+
		"-- commit on old: changed --\n-- edit server/a.c --\n-line number 1\n line number 2\n")
	got := s.carry(t, "sandbox/a.c")
	if got.Verdict != place.Twin || len(got.Homes) != 1 || !got.Homes[0].Twin || !got.Homes[0].Touched {
		t.Errorf("%+v", got)
	}
}

func TestCarryMovedFile(t *testing.T) {
	t.Parallel()
	s := open(t, fixOf("pkg/a.c", "-- file internal/a.c --\nits own\n"+numbered("line", 0, 30)))
	got := s.carry(t, "pkg/a.c")
	if got.Verdict != place.Placed || len(got.Landings) != 1 {
		t.Fatalf("%+v", got)
	}
	want := "its own\n" + numbered("line", 0, 20) + "line number twenty\n" + numbered("line", 21, 30)
	text, ok := got.Landings[0].File.Merge.Text()
	if !ok || string(text) != want || got.Landings[0].Path != "internal/a.c" {
		t.Errorf("%s: %s", got.Landings[0].Path, text)
	}
}
