package verify

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
)

// A line is a pipeline whose checks are a script: each answer is what is known at
// one question, "name=state" words, or an error that begins with "!", or with "~"
// where it may go away. The last one stands.
type line struct {
	answers []string
	// before is the answer for the target.
	before string
	push   error
	remove error
	// asked is called with each question.
	asked func(n int)
	after time.Duration

	mu       sync.Mutex
	branches map[string]string
	log      []string
	n        int
}

type laterError struct {
	error
	after time.Duration
}

func (e laterError) RetryAfter() time.Duration { return e.after }

func (l *line) Push(_ context.Context, branch, commit string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.log = append(l.log, "push "+branch+" "+commit)
	if l.push == nil {
		l.branches[branch] = commit
	}
	return l.push
}

func (l *line) Delete(ctx context.Context, branch, commit string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.log = append(l.log, "delete "+branch+" "+commit)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if l.remove == nil {
		delete(l.branches, branch)
	}
	return l.remove
}

func (l *line) Checks(ctx context.Context, commit string) ([]backport.Check, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if commit == onto.Target.Commit {
		return checksOf(l.before), nil
	}
	text := l.answers[min(l.n, len(l.answers)-1)]
	l.n++
	if l.asked != nil {
		l.asked(l.n)
	}
	if why, ok := strings.CutPrefix(text, "!"); ok {
		return nil, errors.New(why)
	}
	if why, ok := strings.CutPrefix(text, "~"); ok {
		return nil, fmt.Errorf("asked: %w", laterError{errors.New(why), l.after})
	}
	return checksOf(text), nil
}

func checksOf(text string) (list []backport.Check) {
	for _, word := range strings.Fields(text) {
		name, state, _ := strings.Cut(word, "=")
		list = append(list, backport.Check{Name: name, State: backport.CheckState(state), URL: "https://forge.example/" + name})
	}
	return list
}

// quick is a pace for tests.
func quick() pace {
	return pace{
		first: 5 * time.Millisecond, most: 10 * time.Millisecond, grace: 200 * time.Millisecond,
		settle: 150 * time.Millisecond, patience: 500 * time.Millisecond, short: 10 * time.Second,
	}
}

// at is a Verifier with this forge alone.
func (l *line) at(t *testing.T, p Platform) *Verifier {
	t.Helper()
	l.branches = map[string]string{}
	p.Name, p.Kind = "forge", CI
	v := (&lab{}).verifier(t, p)
	v.CI, v.pace = func(Platform) (Pipeline, error) { return l, nil }, quick()
	t.Cleanup(func() {
		if len(l.branches) > 0 && l.remove == nil {
			t.Errorf("%v is left", l.branches)
		}
	})
	return v
}

func TestForge(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		line   *line
		limit  time.Duration
		state  backport.RunState
		detail string // what it begins with
		steps  string
		blamed bool
		cached bool
	}{
		"passes": {
			&line{answers: []string{"", "a=pending", "b=pending a=pending", "b=passed a=pending", "b=passed a=passed"}}, 0,
			backport.RunPassed, "", "a=passed b=passed", false, true,
		},
		"fails": {
			&line{answers: []string{"a=pending b=passed", "a=failed b=passed"}}, 0,
			backport.RunFailed, "a fails", "a=failed b=passed", true, true,
		},
		"fails on the target as well": {
			&line{answers: []string{"a=failed b=passed"}, before: "a=failed"}, 0,
			backport.RunFailed, "a fails on the target as well", "a=failed b=passed", false, true,
		},
		"fails in one more": {
			&line{answers: []string{"a=failed b=failed"}, before: "a=failed b=passed"}, 0,
			backport.RunFailed, "b fails; a fails on the target as well", "a=failed b=failed", true, true,
		},
		"some are skipped": {
			&line{answers: []string{"a=passed b=skipped"}}, 0,
			backport.RunPassed, "b was skipped", "a=passed b=skipped", false, true,
		},
		"all are skipped": {
			&line{answers: []string{"a=skipped b=skipped"}}, 0,
			backport.RunSkipped, "no check ran: a, b were skipped", "a=skipped b=skipped", false, false,
		},
		"a second workflow begins later": {
			&line{answers: []string{"a=passed", "a=passed", "a=passed b=pending", "a=passed b=pending", "a=passed b=failed"}}, 0,
			backport.RunFailed, "b fails", "a=passed b=failed", true, true,
		},
		"none appears": {
			&line{answers: []string{""}}, 0,
			backport.RunError, "no check appeared within 200ms", "", false, false,
		},
		"never done": {
			&line{answers: []string{"a=passed b=pending"}}, 300 * time.Millisecond,
			backport.RunLimit, "b is not done within 300ms", "a=passed b=limit", false, false,
		},
		"fails, and is never done": {
			&line{answers: []string{"a=failed b=pending"}}, 300 * time.Millisecond,
			backport.RunFailed, "b is not done within 300ms; a fails", "a=failed b=limit", true, false,
		},
		"refuses": {
			&line{answers: []string{"a=pending", "!it answers 401"}}, 0,
			backport.RunError, "it answers 401", "a=error", false, false,
		},
		"is away for a moment": {
			&line{answers: []string{"~not yet", "~502", "a=pending", "~502", "a=passed"}}, 0,
			backport.RunPassed, "", "a=passed", false, true,
		},
		"is away": {
			&line{answers: []string{"~it answers 502"}}, 0,
			backport.RunError, "asked: it answers 502", "", false, false,
		},
		"asks to wait for long": {
			&line{answers: []string{"a=pending", "~it answers 429"}, after: time.Hour}, 300 * time.Millisecond,
			backport.RunLimit, "a is not done within 300ms", "a=limit", false, false,
		},
		"does not take it": {
			&line{push: errors.New("refused")}, 0, backport.RunError, "refused", "", false, false,
		},
		"keeps the branch": {
			&line{answers: []string{"a=passed"}, remove: errors.New("refused")}, 0,
			backport.RunPassed, "clean up: refused", "a=passed", false, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := tt.line
			v := l.at(t, Platform{Limits: Limits{Time: tt.limit}})
			e, err := v.verify(t.Context(), onto, v.Platforms)
			if err != nil {
				t.Fatal(err)
			}
			run := e[0].Run
			if run.State != tt.state || !strings.HasPrefix(run.Detail, tt.detail) || tt.detail == "" && run.Detail != "" || e[0].Blamed != tt.blamed || run.Kind != CI || run.Platform != "forge" {
				t.Errorf("%+v", e[0])
			}
			var got []string
			for _, s := range run.Steps {
				check, _, _ := strings.Cut(s.Detail, ":")
				got = append(got, check+"="+string(s.State))
				if s.Name != testStep || s.On != onBackport || s.Log != "https://forge.example/"+check || s.Command == nil {
					t.Errorf("%+v", s)
				}
			}
			if strings.Join(got, " ") != tt.steps {
				t.Errorf("steps %q, want %q", got, tt.steps)
			}
			branch := branchPrefix + "new-c2"
			want := []string{"push " + branch + " c2"}
			if l.push == nil {
				want = append(want, "delete "+branch+" c2")
			}
			if !slices.Equal(l.log, want) {
				t.Errorf("%q was done", l.log)
			}
			again, err := v.verify(t.Context(), onto, v.Platforms)
			if err != nil || again[0].Run.Cached != tt.cached {
				t.Errorf("again: %+v, %v", again[0], err)
			}
			if again[0].Run.Cached {
				again[0].Run.Cached = false
				e[0].Run.Detail = strings.TrimPrefix(strings.Split(e[0].Run.Detail, "clean up: ")[0], "; ")
				if !reflect.DeepEqual(again, e) {
					t.Errorf("it was %+v, and is %+v", e, again)
				}
			}
		})
	}
}

func TestForgeWaitsForTheEnd(t *testing.T) {
	t.Parallel()
	l := &line{answers: []string{"a=passed", "a=passed b=passed", "a=passed b=passed"}}
	v := l.at(t, Platform{})
	var stages []string
	v.Progress = func(p Progress) { stages = append(stages, fmt.Sprintf("%s %d/%d", p.Stage, p.Done, p.Total)) }
	start := time.Now()
	runs, err := v.Verify(t.Context(), onto)
	if err != nil || runs[0].State != backport.RunPassed || len(runs[0].Steps) != 2 {
		t.Errorf("%+v, %v", runs, err)
	}
	if took := time.Since(start); took < v.pace.settle+v.pace.first {
		t.Errorf("it ended after %s", took)
	}
	if len(stages) < 4 || stages[0] != "backport: push 0/1" || stages[1] != "backport: 1 of 1 checks are done 1/1" || stages[2] != "backport: 2 of 2 checks are done 2/2" {
		t.Errorf("%q", stages)
	}
}

func TestForgeEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	l := &line{answers: []string{"a=pending"}, asked: func(n int) {
		if n == 3 {
			cancel()
		}
	}}
	v := l.at(t, Platform{})
	runs, err := v.Verify(ctx, onto)
	if err == nil || runs[0].State != backport.RunError || runs[0].Detail != "cancelled" {
		t.Errorf("%+v, %v", runs, err)
	}
	if len(l.log) != 2 || !strings.HasPrefix(l.log[1], "delete ") || len(l.branches) > 0 {
		t.Errorf("%q was done", l.log)
	}
}

func TestForgeIsNotThere(t *testing.T) {
	t.Parallel()
	l := &line{}
	v := l.at(t, Platform{})
	v.CI = func(Platform) (Pipeline, error) { return nil, errors.New("no such remote") }
	nowhere := l.at(t, Platform{})
	nowhere.CI = nil
	plain := onto
	plain.Backport.Commit = ""
	for want, v := range map[string]*Verifier{"no such remote": v, "no forge is known": nowhere} {
		runs, err := v.Verify(t.Context(), onto)
		if err != nil || runs[0].State != backport.RunError || runs[0].Detail != want {
			t.Errorf("%+v, %v", runs, err)
		}
	}
	runs, err := v.Verify(t.Context(), plain)
	if err != nil || runs[0].State != backport.RunError || runs[0].Detail != "there is no commit to push" {
		t.Errorf("%+v, %v", runs, err)
	}
}

// TestForgeKeepsNobodyWaiting has a platform here beside one that waits until the
// other is done.
func TestForgeKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	l := &line{answers: []string{"a=pending"}}
	v := l.at(t, Platform{})
	here := make(chan struct{})
	lab := &lab{count: map[string]int{}, run: func(_, command string, _ int) (string, int) {
		if command == "make test" {
			close(here)
		}
		return "", 0
	}}
	local := lab.verifier(t, v.Platforms[0], Platform{Name: "here", Test: [][]string{{"make", "test"}}})
	local.CI, local.pace, local.Jobs = v.CI, v.pace, 1
	l.asked = func(int) {
		select {
		case <-here:
			l.answers = []string{"a=passed"}
		default:
		}
	}
	runs, err := local.Verify(t.Context(), onto)
	if err != nil || runs[0].State != backport.RunPassed || runs[1].State != backport.RunPassed {
		t.Errorf("%+v, %v", runs, err)
	}
}
