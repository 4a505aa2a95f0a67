package tests

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

func newStore(t *testing.T, text string) (*gittest.Repo, *git.Store) {
	t.Helper()
	r := gittest.New(t, text)
	repo, err := git.Open(context.Background(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s, err := repo.NewStore(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return r, s
}

// contents are the files of a tree.
func contents(t *testing.T, s *git.Store, tree string) map[string]string {
	t.Helper()
	all, err := diff(context.Background(), git.NewTrees(s, 0), "", tree)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, ch := range all {
		o, err := s.Read(context.Background(), ch.new.id, 0)
		if err != nil {
			t.Fatal(err)
		}
		out[ch.path] = string(o.Content)
	}
	return out
}

const layHistory = `
-- commit start on main: start --
-- file a/a.go --
package a
-- file a/a_test.go --
package a

func TestOld() {}

func helper() {}
-- file a/old_test.go --
package a
-- file a/only_test.go --
one
two
three
-- file a/differs_test.go --
one
-- file a/testdata/in.txt --
in
-- file far/far_test.go --
package far
-- file src/lib.rs --
pub fn f() {}

#[cfg(test)]
mod tests {
    #[test]
    fn old() {}
}

pub fn g() {}
-- file moved/x_test.go --
package x
-- file moved/y_test.go --
package y
-- branch stable from main --
-- commit on stable: stable --
-- delete far --
-- edit a/only_test.go --
-one
+uno
-- file a/differs_test.go --
eins
-- rename moved/x_test.go -> here/x_test.go --
-- commit fix on main: fix --
-- file a/a.go --
package a // fixed
-- file a/a_test.go --
package a

func TestOld() {}

func TestNew() {}
-- edit a/only_test.go --
-three
+drei
-- file a/differs_test.go --
two
-- file far/far_test.go --
package far // more
-- file fresh/fresh_test.go --
package fresh
-- file moved/x_test.go --
package x // more
-- file far/away_test.go --
package far

func TestAway() {}

func TestFar() {}
-- file moved/y_test.go --
package y // more
-- branch back from stable --
-- commit on back: fix --
-- file a/a.go --
package a // fixed
-- file a/a_test.go --
package a

func TestOld() {}

func TestNew() { helper() }

func helper() {}
-- rename a/old_test.go -> a/sub/old_test.go --
-- file a/testdata/in.txt --
changed
-- file here/x_test.go --
package x // more
-- file here/y_test.go --
package other
-- file a/away_test.go --
package a

func TestAway() {}

func TestFar() {}
-- file src/lib.rs --
pub fn f() { fixed() }

#[cfg(test)]
mod tests {
    #[test]
    fn old() {}
    #[test]
    fn fresh() { f() }
}

pub fn g() {}
`

func TestLay(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]gittest.Option{"sha1": nil, "sha256": {gittest.SHA256()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, layHistory, opts...)
			repo, err := git.Open(context.Background(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			s, err := repo.NewStore(context.Background(), 1)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			lay(t, r, s)
		})
	}
}

func lay(t *testing.T, r *gittest.Repo, s *git.Store) {
	tree := func(name string) string { return r.Git(t, "rev-parse", name+"^{tree}") }
	fix := r.ID("fix")
	l, err := Lay(context.Background(), s, Trees{Target: tree("stable"), Backport: tree("back"), Base: tree(fix + "^"), Original: tree(fix)})
	if err != nil {
		t.Fatal(err)
	}
	want := []Put{
		{Path: "a/a_test.go", From: "backport"},
		{Path: "a/away_test.go", From: "backport"},
		{Path: "a/old_test.go", From: "backport", Gone: true},
		{Path: "a/sub/old_test.go", From: "backport"},
		{Path: "a/testdata/in.txt", From: "backport"},
		{Path: "here/x_test.go", From: "backport"},
		{Path: "here/y_test.go", From: "backport"},
		{Path: "src/lib.rs", From: "module"},
		{Path: "a/only_test.go", From: "merged"},
		{Path: "fresh/fresh_test.go", From: "original"},
	}
	if !reflect.DeepEqual(l.Put, want) {
		t.Errorf("put %+v, want %+v", l.Put, want)
	}
	left := map[string]string{}
	for _, x := range l.Left {
		left[x.Path] = x.Why
	}
	for name, why := range map[string]string{"a/differs_test.go": "does not merge", "far/far_test.go": "no folder far", "moved/y_test.go": "elsewhere"} {
		if !strings.Contains(left[name], why) {
			t.Errorf("%s is left because %q, want %q", name, left[name], why)
		}
		delete(left, name)
	}
	if len(left) > 0 {
		t.Errorf("left %v", left)
	}
	before, back := contents(t, s, tree("stable")), contents(t, s, tree("back"))
	without, with := contents(t, s, l.Without), contents(t, s, l.With)
	if without["a/a.go"] != before["a/a.go"] || with["a/a.go"] != back["a/a.go"] {
		t.Error("the product's code has changed")
	}
	for _, p := range []string{"a/a_test.go", "a/testdata/in.txt", "a/only_test.go", "fresh/fresh_test.go", "here/x_test.go"} {
		if without[p] != with[p] || without[p] == "" {
			t.Errorf("%s differs without and with the fix: %q, %q", p, without[p], with[p])
		}
	}
	if got := without["a/only_test.go"]; got != "uno\ntwo\ndrei\n" {
		t.Errorf("merged %q", got)
	}
	if got := without["src/lib.rs"]; got != strings.Replace(back["src/lib.rs"], "pub fn f() { fixed() }", "pub fn f() {}", 1) {
		t.Errorf("spliced %q", got)
	}
	paths := slices.Sorted(maps.Keys(without))
	if !slices.Equal(paths, slices.Sorted(maps.Keys(with))) {
		t.Errorf("paths %v", paths)
	}
	sel := Select(l.Changes, nil)
	if got := sel.Names(); !slices.Equal(got, []string{"TestNew", "TestAway", "TestFar", "tests::fresh"}) {
		t.Errorf("selected %q", got)
	}
}

func TestLayNothing(t *testing.T) {
	t.Parallel()
	r, s := newStore(t, "-- commit on main: a --\n-- file a.go --\na\n-- file t/x.t --\nok\n-- commit on main: b --\n-- file a.go --\nb\n")
	tree := func(name string) string { return r.Git(t, "rev-parse", name+"^{tree}") }
	l, err := Lay(context.Background(), s, Trees{Target: tree("main^"), Backport: tree("main")})
	if err != nil {
		t.Fatal(err)
	}
	if l.Without != tree("main^") || l.With != tree("main") || l.Put != nil || l.Changes != nil {
		t.Errorf("Lay = %+v", l)
	}
	if _, err := Lay(context.Background(), s, Trees{Target: strings.Repeat("0", 40), Backport: tree("main")}); err == nil {
		t.Error("a tree that is missing is no error")
	}
}

// TestLayBrings: what the tests use and the fix brings, and nothing that the
// target has.
func TestLayBrings(t *testing.T) {
	t.Parallel()
	r, s := newStore(t, "-- commit on main: a --\n-- file m.py --\ndef old():\n    return inner\n-- commit on main: b --\n"+
		"-- file m.py --\ndef old():\n    return other\n\ndef fix(strict):\n    return unseen\n-- file lib/more.py --\nx = 1\n-- file bin/b.sh --\ntrue\n"+
		"-- file test_m.py --\nfrom lib import more\n\ndef test_fix():\n    assert m.fix(strict=m.old(), helper=1)\n    run('bin/b.sh')\n")
	tree := func(name string) string { return r.Git(t, "rev-parse", name+"^{tree}") }
	l, err := Lay(context.Background(), s, Trees{Target: tree("main^"), Backport: tree("main")})
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(l.Brings)); !slices.Equal(got, []string{"b.sh", "fix", "more", "strict"}) {
		t.Errorf("brings %q", got)
	}
	for name, want := range map[string]bool{"fix": true, "m.fix": true, "lib.more": true, "../lib/more": true, "lib/more.py": true, "A::fix!": true, "bin/b.sh": true, "b": false, "old": false, "test_fix": false, "m.old": false, "": false} {
		if l.Brings.Has(name) != want {
			t.Errorf("%q is brought: %v", name, !want)
		}
	}
}

func TestLocate(t *testing.T) {
	t.Parallel()
	r, s := newStore(t, "-- commit on main: a --\n-- file go.mod --\na\n-- file api/go.mod --\na\n-- file api/v1/x_test.go --\na\n-- symlink b/go.mod -> ../go.mod --\n-- file b/x_test.go --\na\n")
	sel := Selection{Files: []string{"api/v1/x_test.go", "b/x_test.go", "gone/x_test.go"}}
	if err := sel.Locate(context.Background(), s, r.Git(t, "rev-parse", "main^{tree}")); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{"api/v1": "api", "api": "api", "b": "", "gone": "", ".": ""} {
		if got := sel.Roots.nearest(dir, "go.mod"); got != want {
			t.Errorf("nearest(%q) = %q, want %q", dir, got, want)
		}
	}
	if !sel.Roots.has("", "go.mod") || sel.Roots.has("b", "go.mod") {
		t.Errorf("roots %v", sel.Roots)
	}
}

func TestSplice(t *testing.T) {
	t.Parallel()
	const mod = "#[cfg(test)]\nmod tests {\n    #[test]\n    fn a() {}\n}\n"
	cases := map[string]struct{ target, backport, want, why string }{
		"new module":  {"fn f() {}", "fn f() { 1 }\n\n" + mod, "fn f() {}\n\n" + mod, ""},
		"same":        {"fn f() {}\n" + mod, "fn g() {}\n" + mod, "", ""},
		"none":        {"fn f() {}\n", "fn g() {}\n", "", ""},
		"shared line": {"fn f() {}\n", "fn g() {} " + mod, "", "cannot be told"},
		"only other":  {"#[cfg(not(test))]\nmod tests { }\n", "#[cfg(not(test))]\nmod tests { fn a() {} }\n", "", ""},
		"all(test)": {
			"fn f() {}\n#[cfg(all(test, unix))]\npub mod t { }\nfn g() {}\n", "#[cfg(all(test, unix))]\npub mod t {\n}\n",
			"fn f() {}\n#[cfg(all(test, unix))]\npub mod t {\n}\nfn g() {}\n", "",
		},
	}
	for name, c := range cases {
		text, why := splice("src/a.rs", []byte(c.target), []byte(c.backport))
		if string(text) != c.want || !strings.Contains(why, c.why) || c.why == "" && why != "" {
			t.Errorf("%s: splice = %q, %q, want %q, %q", name, text, why, c.want, c.why)
		}
	}
	if _, why := splice("src/a.rs", nil, []byte(mod)); why == "" {
		t.Error("a new file's tests were cut out")
	}
}
