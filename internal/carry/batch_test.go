package carry_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/platform"
	"backstay.dev/backstay/internal/verify"
)

// A checker is a machine with one command, "lacks FILE...": it fails where one
// of the files is in the checkout.
type checker struct{ dir string }

func (c checker) Open(_ context.Context, dir string) (platform.Place, error) {
	return checker{dir}, nil
}

func (c checker) Run(_ context.Context, cmd platform.Command) (platform.Result, error) {
	for _, name := range cmd.Run[1:] {
		if _, err := os.Lstat(filepath.Join(c.dir, name)); err == nil {
			return platform.Result{State: backport.RunFailed, Exit: 1}, nil
		}
	}
	return platform.Result{State: backport.RunPassed}, nil
}

func (c checker) Read(context.Context, string, int64) (map[string][]byte, error) { return nil, nil }
func (c checker) Top() string                                                    { return c.dir }
func (c checker) Kept() []string                                                 { return nil }
func (c checker) Close() error                                                   { return nil }

// Of a batch that fails each backport is told how it fared itself: a platform
// that fails on the target as well is no pass for those that are not to blame.
func TestVerifyBatch(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, `
-- commit base on main: base --
-- file old --
old
-- branch 1.0 from main --
-- branch a from 1.0 --
-- branch b from 1.0 --
-- branch c from 1.0 --
-- commit one on a: one --
-- file a --
a
-- commit two on b: two --
-- file b --
b
-- commit three on c: three --
-- file c --
c
`)
	for _, test := range []struct {
		name   string
		breaks string     // what the platform "new" does not bear
		states []string   // of each backport on "new" and "old"
		words  [][]string // in the details on "new"
	}{
		{"all pass", "none", []string{"passed failed", "passed failed", "passed failed"}, [][]string{{"together with 2 others"}, {}, {}}},
		{"one is to blame", "b", []string{"passed failed", "failed failed", "passed failed"}, [][]string{{"without b"}, {"in the batch: b fails on its own"}, {"without b"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := carrier(t, r.Dir, false)
			var vs []backport.Verification
			for _, name := range []string{"a", "b", "c"} {
				vs = append(vs, *verification(r, t, name, "1.0", 1))
			}
			work := t.TempDir()
			in := inspection(c, work, map[string]string{"new": test.breaks, "old": "old"})
			if err := c.VerifyBatch(t.Context(), vs, r.ID("1.0"), in); err != nil {
				t.Fatal(err)
			}
			for i, v := range vs {
				var states []string
				for _, name := range []string{"new", "old"} {
					at := slices.IndexFunc(v.Runs, func(r backport.Run) bool { return r.Platform == name })
					if at < 0 {
						t.Fatalf("%s has no run on %s: %+v", v.Name, name, v.Runs)
					}
					states = append(states, string(v.Runs[at].State))
					for _, want := range test.words[i] {
						if name == "new" && !strings.Contains(v.Runs[at].Detail, want) {
							t.Errorf("%s on new: %q, want %q", v.Name, v.Runs[at].Detail, want)
						}
					}
				}
				if got := strings.Join(states, " "); got != test.states[i] {
					t.Errorf("%s: %s, want %s", v.Name, got, test.states[i])
				}
			}
		})
	}
}

// inspection builds on platforms that do not bear a file each, by name.
func inspection(c *carry.Carrier, work string, platforms map[string]string) carry.Inspection {
	v := &verify.Verifier{
		Machine: func(verify.Platform) (platform.Machine, error) { return checker{}, nil },
		Checkout: func(ctx context.Context, dir, commit, tree string) error {
			return c.Repo.Checkout(ctx, c.Store, dir, commit, tree)
		},
		Folder: func(name string) (string, error) { return os.MkdirTemp(work, name) },
		Store:  c.Store, Logs: filepath.Join(work, "logs"),
	}
	for _, name := range slices.Sorted(maps.Keys(platforms)) {
		v.Platforms = append(v.Platforms, verify.Platform{Name: name, Test: [][]string{{"lacks", platforms[name]}}})
	}
	return carry.Inspection{Verifier: v, Policy: func(string) verify.Policy { return verify.Policy{} }}
}
