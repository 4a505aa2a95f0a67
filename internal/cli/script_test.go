package cli_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"backstay.dev/backstay/internal/cli"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/scenario"
)

var update = flag.Bool("update", false, "rewrite the expected outputs in the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"backstay": func() { os.Exit(cli.Main(os.Args[1:])) },
	})
}

// The scripts in testdata/script run the real command. On top of testscript's
// own commands they have:
//
//	repo DIR SCENARIO [bare] [sha256]
//	    builds a repository from testdata/repos/SCENARIO.txt, or from a file of
//	    the script whose lines begin with ">". Every label of the scenario
//	    becomes a variable with the commit's full id, and, with 12 behind its
//	    name, one with the first twelve digits.
//	exits STATUS COMMAND ARG...
//	    runs a command that must end with this status. stdout, stderr and cmp
//	    look at what it said.
//	snapshot DIR FILE
//	    writes down every file below DIR with its mode and content.
//	lines FILE N
//	    fails unless the file, which may be stdout or stderr, has N lines.
//	nothing DIR
//	    fails if there is anything in a folder; one that is absent is fine.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			for _, v := range gittest.Env() {
				if name, value, _ := strings.Cut(v, "="); strings.HasPrefix(name, "GIT_") || name == "LC_ALL" || name == "TZ" {
					e.Setenv(name, value)
				}
			}
			repos, err := filepath.Abs(filepath.Join("testdata", "repos"))
			e.Setenv("REPOS", repos)
			program, lookErr := exec.LookPath("backstay")
			e.Setenv("BACKSTAY", program)
			e.Setenv("STATE", filepath.Join(e.WorkDir, "state"))
			e.Setenv("BACKSTAY_STATE", filepath.Join(e.WorkDir, "state"))
			e.Setenv("CACHE", filepath.Join(e.WorkDir, "cache"))
			e.Setenv("BACKSTAY_CACHE", filepath.Join(e.WorkDir, "cache"))
			return errors.Join(err, lookErr)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"repo": cmdRepo, "exits": cmdExits, "snapshot": cmdSnapshot, "lines": cmdLines, "nothing": cmdNothing,
		},
	})
}

var variable = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func cmdRepo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: repo DIR SCENARIO [bare] [sha256]")
	}
	var o scenario.Options
	for _, option := range args[2:] {
		switch option {
		case "bare":
			o.Bare = true
		case "sha256":
			o.ObjectFormat = "sha256"
		default:
			ts.Fatalf("repo: no option %s", option)
		}
	}
	text, err := os.ReadFile(ts.MkAbs(args[1]))
	if errors.Is(err, fs.ErrNotExist) {
		text, err = os.ReadFile(filepath.Join(ts.Getenv("REPOS"), args[1]+".txt"))
	}
	ts.Check(err)
	text = regexp.MustCompile(`(?m)^>`).ReplaceAll(text, nil)
	built, err := scenario.Build(context.Background(), ts.MkAbs(args[0]), o, text)
	ts.Check(err)
	for name, id := range built.IDs {
		if variable.MatchString(name) {
			ts.Setenv(name, id)
			ts.Setenv(name+"12", id[:12])
		}
	}
}

func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

func cmdSnapshot(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: snapshot DIR FILE")
	}
	var out bytes.Buffer
	root := ts.MkAbs(args[0])
	ts.Check(filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		var content []byte
		if info.Mode().IsRegular() {
			if content, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		rel, err := filepath.Rel(root, path)
		fmt.Fprintf(&out, "%s %q %x\n", info.Mode(), rel, content)
		return err
	}))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), out.Bytes(), 0o644))
}

func cmdLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: lines FILE N")
	}
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	if got := strings.Count(ts.ReadFile(args[0]), "\n"); got != want {
		ts.Fatalf("%s has %d lines, want %d", args[0], got, want)
	}
}

func cmdNothing(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: nothing DIR")
	}
	left, err := os.ReadDir(ts.MkAbs(args[0]))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		ts.Check(err)
	}
	for _, e := range left {
		ts.Fatalf("%s is in %s", e.Name(), args[0])
	}
}
