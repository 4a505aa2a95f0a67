package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/gittest"
)

// carried has a fix that conflicts on one release, and backports on both.
const carriedRepository = `
-- commit start on main: start --
-- file net/a.c --
int one(void) { return 1; }
int two(void) { return 2; }
int three(void) { return 3; }
int four(void) { return 4; }
int five(void) { return 5; }
int six(void) { return 6; }
-- file lib/b.c --
int b(void) { return 1; }
-- branch release/1.0 from main --
-- commit five on main: change five --
-- edit net/a.c --
-int five(void) { return 5; }
+int five(void) { return 55; }
-- branch release/1.1 from main --
-- commit more on main: fix five --
-- edit net/a.c --
-int five(void) { return 55; }
+int five(void) { return 555; }
-- commit one on main: fix one --
-- edit net/a.c --
-int one(void) { return 1; }
+int one(void) { return 11; }
-- commit own on release/1.0: own three --
-- edit net/a.c --
-int three(void) { return 3; }
+int three(void) { return 33; }
-- commit picked on release/1.0: fix one --

(cherry picked from commit {{id:one}})
-- edit net/a.c --
-int one(void) { return 1; }
+int one(void) { return 11; }
`

// maxJourneys bounds the fetches of one command on the small repository above:
// each kind of object once or twice, not one for each.
const maxJourneys = 10

// runLine runs one command line.
func runLine(t *testing.T, args ...string) (status int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	status = Run(t.Context(), &Streams{In: strings.NewReader(""), Out: &o, Err: &e, Env: gittest.Env(), Program: "backstay"}, args)
	return status, o.String(), e.String()
}

var measured = regexp.MustCompile(`(?m)"ms":[0-9.]+|^.*(a case \(median|partial clone|with --fetch every|cache|index:).*$`)

// Every command says in a partial clone what it says in a whole one, if it may
// fetch; if not, it says in one line what is missing and what to type.
func TestPartialClones(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("counts fetches with a shell script")
	}
	r := gittest.New(t, carriedRepository)
	r.Git(t, "config", "uploadpack.allowFilter", "true")
	r.Git(t, "config", "uploadpack.allowAnySHA1InWant", "true")
	whole := filepath.Join(t.TempDir(), "whole")
	r.Git(t, "clone", "-q", "--bare", "file://"+r.Dir, whole)
	commands := [][]string{
		{"pick", r.ID("more")},
		{"explain", r.ID("more"), "--to", "release/1.0"},
		{"verify", "release/1.0~1..release/1.0", "--to", "release/1.0"},
		{"replay", "--json"},
		{"doctor"},
	}
	for _, filter := range []string{"blob:none", "tree:0"} {
		t.Run(filter, func(t *testing.T) {
			t.Parallel()
			for _, args := range commands {
				dir := filepath.Join(t.TempDir(), "partial")
				r.Git(t, "clone", "-q", "--bare", "--filter="+filter, "file://"+r.Dir, dir)
				mark := filepath.Join(filepath.Dir(dir), "mark")
				program := filepath.Join(filepath.Dir(dir), "upload")
				script := fmt.Sprintf("#!/bin/sh\necho >>'%s'\nexec git-upload-pack \"$@\"\n", mark)
				cmd := exec.Command("sh", "-c", `cat >"$1" && chmod 700 "$1"`, "sh", program)
				cmd.Stdin = strings.NewReader(script)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%v %s", err, out)
				}
				r.Git(t, "-C", dir, "config", "remote.origin.uploadpack", program)
				journeys := func() int {
					text, err := os.ReadFile(mark)
					if err != nil && !errors.Is(err, os.ErrNotExist) {
						t.Fatal(err)
					}
					return len(text)
				}
				status, _, errOut := runLine(t, append([]string{"-C", dir, "--no-cache"}, args...)...)
				lines := strings.Count(errOut, "--fetch")
				if args[0] != "doctor" && (lines != 1 || status == 0 && args[0] != "replay") {
					t.Errorf("%s without leave: status %d, %s", args[0], status, errOut)
				}
				if filter == "tree:0" && status != 2 && args[0] != "doctor" {
					t.Errorf("%s without any tree: status %d", args[0], status)
				}
				if n := journeys(); n != 0 {
					t.Errorf("%s without leave: %d fetches", args[0], n)
				}
				status, out, errOut := runLine(t, append(append([]string{"-C", dir, "--no-cache"}, args...), "--fetch")...)
				want, wantOut, _ := runLine(t, append([]string{"-C", whole, "--no-cache"}, args...)...)
				plain := func(text, dir string) string {
					return strings.TrimSpace(measured.ReplaceAllString(strings.ReplaceAll(text, dir, "DIR"), ""))
				}
				if status != want || plain(out, dir) != plain(wantOut, whole) && args[0] != "doctor" {
					t.Errorf("%s: status %d, want %d; %s\n%s\nwant\n%s", args[0], status, want, errOut, out, wantOut)
				}
				if n := journeys(); n > maxJourneys || n == 0 && args[0] != "doctor" {
					t.Errorf("%s: %d fetches", args[0], n)
				}
			}
		})
	}
}
