package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/platform"
)

// A lab is a machine whose commands are a function, and what a Verifier needs
// besides.
type lab struct {
	// run is a command: what it prints, and its exit code. n counts the runs of
	// this command on this tree, from 1.
	run func(tree, command string, n int) (output string, exit int)
	// result changes what comes of it, nil for nothing.
	result func(tree, command string, r *platform.Result) error
	// files are what Read finds in a tree now, nil for nothing.
	files func(tree string) map[string][]byte

	mu    sync.Mutex
	ran   []string
	count map[string]int
	open  int
}

func (l *lab) Open(_ context.Context, dir string) (platform.Place, error) {
	tree, err := os.ReadFile(filepath.Join(dir, "TREE"))
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open++
	return &labPlace{lab: l, tree: string(tree)}, nil
}

type labPlace struct {
	lab  *lab
	tree string
}

func (p *labPlace) Run(ctx context.Context, c platform.Command) (platform.Result, error) {
	if ctx.Err() != nil {
		return platform.Result{}, ctx.Err()
	}
	command := strings.Join(c.Run, " ")
	p.lab.mu.Lock()
	what := p.tree + ": " + command
	p.lab.ran = append(p.lab.ran, what)
	p.lab.count[what]++
	n := p.lab.count[what]
	p.lab.mu.Unlock()
	out, exit := "", 0
	if p.lab.run != nil {
		out, exit = p.lab.run(p.tree, command, n)
	}
	if _, err := io.WriteString(c.Log, out); err != nil {
		return platform.Result{}, err
	}
	r := platform.Result{State: backport.RunPassed, Exit: exit, Tail: out}
	if exit != 0 {
		r.State = backport.RunFailed
	}
	if p.lab.result != nil {
		if err := p.lab.result(p.tree, command, &r); err != nil {
			return platform.Result{}, err
		}
	}
	return r, nil
}

func (p *labPlace) Read(_ context.Context, pattern string, _ int64) (map[string][]byte, error) {
	if pattern == "forbidden" {
		return nil, errors.New("forbidden")
	}
	if p.lab.files == nil {
		return nil, nil
	}
	return p.lab.files(p.tree), nil
}

func (p *labPlace) Top() string { return "/lab" }

func (p *labPlace) Kept() []string { return []string{platform.KeptNetwork} }

func (p *labPlace) Close() error {
	p.lab.mu.Lock()
	defer p.lab.mu.Unlock()
	p.lab.open--
	return nil
}

// verifier is one on the lab, with a cache.
func (l *lab) verifier(t *testing.T, platforms ...Platform) *Verifier {
	t.Helper()
	l.count = map[string]int{}
	yard := t.TempDir()
	t.Cleanup(func() {
		if l.open != 0 {
			t.Errorf("%d places are open", l.open)
		}
		if left, err := os.ReadDir(yard); err != nil || len(left) > 0 {
			t.Errorf("folders are left: %v, %v", left, err)
		}
	})
	return &Verifier{
		Platforms: platforms,
		Machine:   func(Platform) (platform.Machine, error) { return l, nil },
		Checkout: func(_ context.Context, dir, _, tree string) error {
			if tree == "missing" {
				return errors.New("no such tree")
			}
			if err := os.Mkdir(dir, 0o700); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, "TREE"), []byte(tree), 0o600)
		},
		Folder: func(name string) (string, error) { return os.MkdirTemp(yard, strings.ReplaceAll(name, "/", "-")) },
		Logs:   filepath.Join(t.TempDir(), "logs"),
		Cache:  filepath.Join(t.TempDir(), "cache"),
	}
}

// commands are what ran since the last call, in order.
func (l *lab) commands() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	ran := l.ran
	l.ran = nil
	return ran
}

// onto is a backport on a target.
var onto = Subject{Name: "pick", Target: Tip{"c1", "old"}, Backport: Tip{"c2", "new"}}

// tap is output in TAP: "+name" passes, "-name" fails, "~name" is skipped.
func tap(tests string) string {
	list := strings.Fields(tests)
	var out strings.Builder
	fmt.Fprintf(&out, "TAP version 13\n1..%d\n", len(list))
	for i, s := range list {
		switch s[0] {
		case '+':
			fmt.Fprintf(&out, "ok %d - %s\n", i+1, s[1:])
		case '-':
			fmt.Fprintf(&out, "not ok %d - %s\n", i+1, s[1:])
		default:
			fmt.Fprintf(&out, "ok %d - %s # SKIP\n", i+1, s[1:])
		}
	}
	return out.String()
}

// tapExit is the exit code that goes with it.
func tapExit(tests string) int {
	if slices.ContainsFunc(strings.Fields(tests), func(s string) bool { return s[0] == '-' }) {
		return 1
	}
	return 0
}
