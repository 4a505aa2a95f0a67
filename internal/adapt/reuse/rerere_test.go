package reuse_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/adapt/reuse"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

const recorded = `
-- commit base on main: base --
-- file a --
one
two
three
four
five
six
seven
eight
nine
-- branch 1.0 from main --
-- commit own on 1.0: own change --
-- file a --
one
zwei
three
four
five
six
seven
acht
nine
-- commit fix on main: mend it --
-- file a --
one
TWO
three
four
five
six
seven
EIGHT
nine
`

// rerere reads the records of a repository.
func rerere(t testing.TB, dir string) []reuse.Resolution {
	t.Helper()
	repo, err := git.Open(t.Context(), dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	rs, err := reuse.Rerere(repo)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// Git records, whatever its conflict style and whichever side is whose; the
// same chunk is found.
func TestRerere(t *testing.T) {
	t.Parallel()
	for _, style := range []string{"merge", "diff3", "zdiff3"} {
		for _, swapped := range []bool{false, true} {
			t.Run(style, func(t *testing.T) {
				t.Parallel()
				r := gittest.New(t, recorded)
				r.Git(t, "config", "rerere.enabled", "true")
				r.Git(t, "config", "merge.conflictStyle", style)
				onto, with := "1.0", "main"
				if swapped {
					onto, with = with, onto
				}
				r.Git(t, "switch", "-q", onto)
				if got := r.Run(t, "", "merge", with); got.Exit == 0 {
					t.Fatal("no conflict")
				}
				if got := rerere(t, r.Dir); len(got) != 0 {
					t.Errorf("%d resolutions before there is one", len(got))
				}
				r.Write(t, "a", "one\nzwei TWO\nthree\nfour\nfive\nsix\nseven\nnine\n")
				r.Git(t, "commit", "-q", "-a", "-m", "resolved")
				got := rerere(t, r.Dir)
				if len(got) != 2 {
					t.Fatalf("%d resolutions, want 2", len(got))
				}
				s := open(t, r.Dir)
				s.Hold(got...)
				for _, tt := range []struct{ base, ours, theirs, want string }{
					{"two\n", "zwei\n", "TWO\n", "rerere:zwei TWO\n"},
					{"two\n", "TWO\n", "zwei\n", "rerere:zwei TWO\n"},
					{"", "TWO\n", "zwei\n", "rerere:zwei TWO\n"},
					{"eight\n", "acht\n", "EIGHT\n", "rerere:"},
					{"eight\n", "acht\n", "EIGHT!\n", ""},
				} {
					if got := found(t, s, tt.base, tt.ours, tt.theirs, 0); got != tt.want {
						t.Errorf("%q %q %q: %q, want %q", tt.base, tt.ours, tt.theirs, got, tt.want)
					}
				}
				if got[0].When == 0 || found(t, s, "two\n", "zwei\n", "TWO\n", got[0].When) != "" {
					t.Errorf("recorded at %d", got[0].When)
				}
				add(t, s, got...)
				if got := found(t, open(t, r.Dir), "two\n", "TWO\n", "zwei\n", 0); got != "rerere:zwei TWO\n" {
					t.Errorf("after it was written: %q", got)
				}
			})
		}
	}
}

func TestRecorded(t *testing.T) {
	t.Parallel()
	const before = "a\n<<<<<<<\no\n=======\nt\n>>>>>>>\nz\n"
	for _, tt := range []struct{ name, before, after, want string }{
		{"plain", before, "a\nx\nz\n", "o|t|x"},
		{"with base", "a\n<<<<<<< ours\no\n||||||| base\nb\n=======\nt\n>>>>>>> theirs\nz\n", "a\nx\nz\n", "o|b|t|x"},
		{"carriage returns", "a\r\n<<<<<<<\r\no\r\n=======\r\nt\r\n>>>>>>>\r\nz\r\n", "a\r\nx\r\nz\r\n", "o|t|x"},
		{"longer markers", "a\n<<<<<<<<<\no\n=======\nt\n=========\n>>>>>>>\n>>>>>>>>>\nz\n", "a\nx\nz\n", "o =======\nt|>>>>>>>|x"},
		{"no end", "a\n<<<<<<<\no\n=======\nt\n", "a\nx\n", ""},
		{"no middle", "a\n<<<<<<<\no\n>>>>>>>\nz\n", "a\nx\nz\n", ""},
		{"nested", "a\n<<<<<<<\n<<<<<<<\no\n=======\np\n>>>>>>>\n=======\nt\n>>>>>>>\nz\n", "a\nx\nz\n", ""},
		{"unresolved", before, before, ""},
		{"another file", before, "q\n", ""},
		{"no conflict", "a\n", "a\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := repository(t)
			folder := filepath.Join(dir, ".git", "rr-cache", strings.Repeat("1", 40))
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			for name, text := range map[string]string{"preimage.1": tt.before, "postimage.1": tt.after, "preimage": "", "thisimage": "", "postimage.2": "x"} {
				if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Symlink("/etc/passwd", filepath.Join(folder, "postimage")); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range rerere(t, dir) {
				sides := []string{string(r.Ours), string(r.Base), string(r.Theirs), string(r.Result)}
				if r.TwoSided {
					sides = append(sides[:1], sides[2:]...)
				}
				for i, s := range sides {
					sides[i] = strings.TrimSpace(strings.ReplaceAll(s, "\r", ""))
				}
				got = append(got, strings.Join(sides, "|"))
			}
			if strings.ReplaceAll(strings.Join(got, " & "), "\n", " ") != strings.ReplaceAll(tt.want, "\n", " ") {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
