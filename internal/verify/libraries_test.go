package verify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backstay.dev/backstay/internal/backport"
)

// contents is an ABI that tells the contents of both sides.
func contents(_ context.Context, before, after string) ([]backport.APIChange, error) {
	a, err := os.ReadFile(before)
	b, err2 := os.ReadFile(after)
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	if list, err := os.ReadDir(filepath.Dir(after)); err != nil || len(list) != 2 || filepath.Dir(before) != filepath.Dir(after) {
		return nil, fmt.Errorf("no folder to themselves: %v, %w", list, err)
	}
	if strings.Contains(string(b), "strange") {
		return nil, errors.New("not understood")
	}
	text := strings.ReplaceAll(string(a)+" "+string(b), "\x7fELF", "")
	return []backport.APIChange{{Path: filepath.Base(after), Symbol: "f", Kind: "changed", Breaks: true, Level: "abi", Text: text}}, nil
}

func TestLibraries(t *testing.T) {
	t.Parallel()
	many := map[string]string{}
	for i := range maxLibraries + 1 {
		many[fmt.Sprint(i)] = "\x7fELF"
	}
	for _, test := range []struct {
		name     string
		abi      func(context.Context, string, string) ([]backport.APIChange, error)
		old, new map[string]string
		fails    string // "tree: command"
		patterns string
		want     string // "path symbol kind text", one a line
		detail   string
		state    backport.RunState
		ran      string
		uncached bool
	}{
		{
			name: "by path", abi: contents, ran: "fetch make check FETCH MAKE",
			old:  map[string]string{"a.so": "\x7fELF1", "b.so": "\x7fELF1", "c.so": "\x7fELF1", "script.so": "INPUT(a.so)"},
			new:  map[string]string{"a.so": "\x7fELF2", "b.so": "\x7fELF1", "d.so": "\x7fELF1"},
			want: "a.so f changed 1 2\nc.so c.so removed the library is gone\nd.so d.so added the library is new",
		},
		{name: "alike", abi: contents, old: map[string]string{"a.so": "\x7fELF1"}, new: map[string]string{"a.so": "\x7fELF1"}},
		{name: "the tests fail", abi: contents, fails: "new: check", old: map[string]string{"a.so": "\x7fELF1"}, new: map[string]string{}, want: "a.so a.so removed the library is gone", state: backport.RunFailed, detail: "check newly fails"},
		{
			name: "one is not understood", abi: contents, uncached: true,
			old: map[string]string{"a.so": "\x7fELF1", "b.so": "\x7fELF1"}, new: map[string]string{"a.so": "\x7fELFstrange", "b.so": "\x7fELF2"},
			want: "b.so f changed 1 2", detail: "libraries not compared: a.so: not understood",
		},
		{name: "no abidiff", new: map[string]string{"a.so": "\x7fELF"}, detail: "libraries not compared: abidiff is not installed", ran: "fetch make check", uncached: true},
		{name: "none", abi: contents, detail: "libraries not compared: the build makes none that matches *.so", uncached: true},
		{name: "unreadable", abi: contents, patterns: "forbidden", detail: "libraries not compared: forbidden", uncached: true},
		{name: "too many", abi: contents, new: many, detail: "libraries not compared: the backport has more than 50", uncached: true},
		{name: "too large", abi: contents, new: map[string]string{"a.so": "\x7fELF" + strings.Repeat("x", maxLibrary)}, detail: "a.so has more than 64 MiB", uncached: true},
		{name: "the target does not build", abi: contents, fails: "old: make", new: map[string]string{"a.so": "\x7fELF"}, detail: "libraries not compared: the target could not be built: build fails", ran: "fetch make check FETCH MAKE", uncached: true},
		{name: "the backport does not build", abi: contents, fails: "new: make", new: map[string]string{"a.so": "\x7fELF"}, state: backport.RunFailed, detail: "build fails"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := &lab{
				run: func(tree, command string, _ int) (string, int) {
					if tree+": "+command == test.fails {
						return "", 1
					}
					return "", 0
				},
				files: func(tree string) map[string][]byte {
					files := test.new
					if tree == "old" {
						files = test.old
					}
					out := map[string][]byte{}
					for name, text := range files {
						out[name] = []byte(text)
					}
					return out
				},
			}
			p := simple
			p.Libraries = []string{"*.so"}
			if test.patterns != "" {
				p.Libraries = []string{test.patterns}
			}
			v := l.verifier(t, p)
			v.ABI = test.abi
			run := verifyOne(t, v, onto)
			var got []string
			for _, c := range run.API {
				got = append(got, strings.Join([]string{c.Path, c.Symbol, c.Kind, c.Text}, " "))
				if c.Level != "abi" || c.Breaks != (c.Kind != "added") {
					t.Errorf("%+v", c)
				}
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" {
				t.Error(diff)
			}
			state := test.state
			if state == "" {
				state = backport.RunPassed
			}
			if run.State != state || !strings.Contains(run.Detail, test.detail) || test.detail == "" && run.Detail != "" {
				t.Errorf("%s (%s), want %s (%s)", run.State, run.Detail, state, test.detail)
			}
			if uncompared := test.uncached || test.fails == "new: make"; uncompared != (run.Uncompared != "") || !strings.Contains(run.Detail, run.Uncompared) && test.uncached {
				t.Errorf("uncompared for %q", run.Uncompared)
			}
			var ran []string
			for _, c := range l.commands() {
				tree, command, _ := strings.Cut(c, ": ")
				if tree == "old" {
					command = strings.ToUpper(command)
				}
				ran = append(ran, command)
			}
			if got := strings.Join(ran, " "); test.ran != "" && got != test.ran {
				t.Errorf("ran %q, want %q", got, test.ran)
			}
			if again := verifyOne(t, v, onto); again.Cached == test.uncached || !cmp.Equal(again.API, run.API) {
				t.Errorf("again: %+v", again)
			}
		})
	}
}

// What tests say is known of earlier runs, what the build made is not: it is
// made again, and nothing is tested twice.
func TestLibrariesOfKnownTrees(t *testing.T) {
	t.Parallel()
	l := &lab{files: func(tree string) map[string][]byte { return map[string][]byte{"a.so": []byte("\x7fELF" + tree)} }}
	p := simple
	p.Libraries = []string{"*.so"}
	v := l.verifier(t, p)
	v.ABI = contents
	first := verifyOne(t, v, onto)
	l.commands()
	other := onto
	other.Original = "another" // of which the run's key is made, not the trees'
	again := verifyOne(t, v, other)
	if diff := cmp.Diff(first.API, again.API); diff != "" || len(again.API) != 1 || again.Cached || again.Detail != "" {
		t.Errorf("%+v\n%s", again, diff)
	}
	if ran := strings.Join(l.commands(), ", "); ran != "new: fetch, new: make, old: fetch, old: make" {
		t.Errorf("ran %s", ran)
	}
}
