package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/pick"
)

// command is the program as a person runs it.
type command struct {
	binary string
	env    []string
}

func build(t testing.TB) command {
	t.Helper()
	dir := t.TempDir()
	c := command{binary: filepath.Join(dir, "backstay"), env: append(gittest.Env(), "BACKSTAY_CACHE="+filepath.Join(dir, "cache"))}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", c.binary, "backstay.dev/backstay/cmd/backstay")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return c
}

// run runs the program, which may find that a person is needed, and returns the
// time from start to end.
func (c command) run(t testing.TB, args ...string) time.Duration {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), c.binary, args...)
	var stderr bytes.Buffer
	cmd.Env, cmd.Stderr = c.env, &stderr
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start)
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		t.Fatalf("backstay %.200q: %v\n%s", args, err, stderr.String())
	}
	return took
}

// welcome is a recent fix that is clean on as many releases as can be found,
// and those releases, ten at most.
func welcome(t testing.TB, s *subject) (id string, releases []backport.Target) {
	t.Helper()
	todo := matrix(t, s, 200, 10)
	pairs, _ := picks(t.Context(), t, s, todo, s.index(t, s.store(t)), pick.Options{Jobs: jobs, Brief: true})
	clean := map[string][]backport.Target{}
	for i, p := range pairs {
		if p.got.Outcome == backport.Clean {
			clean[p.fix] = append(clean[p.fix], todo[i].Target)
		}
	}
	for _, f := range s.fixes(t, 200) {
		if len(clean[f]) > len(releases) {
			id, releases = f, clean[f]
		}
	}
	if len(releases) == 0 {
		t.Skip("no recent fix is clean on any release branch")
	}
	return id, releases
}

// BenchmarkOneFix is one fix onto one branch, from the start of the process to
// its end: the first time, which makes the index, then with it, then without
// any cache.
func BenchmarkOneFix(b *testing.B) {
	s := bench(b)
	id, releases := welcome(b, s)
	c := build(b)
	args := []string{"-C", s.dir, "pick", "--dry-run", id, "--to", releases[0].Ref}
	first := c.run(b, args...)
	var warm, bare []time.Duration
	for b.Loop() {
		for range 5 {
			warm = append(warm, c.run(b, args...))
			bare = append(bare, c.run(b, append([]string{"--no-cache"}, args...)...))
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(first.Seconds()*1000, "first-ms")
	b.ReportMetric(median(warm), "ours-ms")
	b.ReportMetric(median(bare), "no-cache-ms")
	b.ReportMetric(float64(len(strings.Fields(run(b, s.dir, "git", "rev-list", "--all")))), "commits")
}

// median is in milliseconds.
func median(times []time.Duration) float64 {
	slices.Sort(times)
	return times[len(times)/2].Seconds() * 1000
}

// BenchmarkTenBranches carries one fix to ten branches, written as branches,
// against a loop of checkout and cherry-pick in a checkout of its own.
func BenchmarkTenBranches(b *testing.B) {
	s := bench(b)
	id, releases := welcome(b, s)
	c := build(b)
	var ours, picked time.Duration
	mismatches := 0
	for i := 0; b.Loop(); i++ {
		mine, theirs := s.borrow(b, releases), s.borrow(b, releases)
		args := []string{"-C", mine, "pick", id}
		for _, r := range releases {
			args = append(args, "--to", "refs/heads/"+local(r))
		}
		if i == 0 {
			c.run(b, append(args, "--dry-run")...) // makes the index
		}
		ours += c.run(b, args...)
		start := time.Now()
		for _, r := range releases {
			run(b, theirs, "git", "checkout", "-q", "-f", local(r))
			run(b, theirs, "git", "cherry-pick", "-x", id)
		}
		picked += time.Since(start)
		for _, r := range releases {
			a := run(b, mine, "git", "rev-parse", fmt.Sprintf("refs/heads/backport/%s/%s^{tree}", local(r), id[:12]))
			if a != run(b, theirs, "git", "rev-parse", "refs/heads/"+local(r)+"^{tree}") {
				mismatches++
			}
		}
	}
	n := float64(b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(len(releases)), "branches")
	b.ReportMetric(ours.Seconds()*1000/n, "ours-ms")
	b.ReportMetric(picked.Seconds()*1000/n, "cherry-pick-ms")
	b.ReportMetric(float64(picked)/float64(ours), "cherry-pick/ours")
	b.ReportMetric(float64(mismatches), "mismatches")
}

// local is the name of the local branch that stands for a release.
func local(r backport.Target) string {
	name := strings.TrimPrefix(r.Ref, "refs/heads/")
	return strings.TrimPrefix(name, "refs/remotes/")
}

// borrow makes a repository with a checkout that has the default branch and
// these releases, and borrows all objects.
func (s *subject) borrow(t testing.TB, releases []backport.Target) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "checkout")
	run(t, "", "git", "init", "-q", "-b", "main", dir)
	alternates := filepath.Join(dir, ".git", "objects", "info", "alternates")
	if err := os.WriteFile(alternates, []byte(s.repo.Objects+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, dir, "git", "update-ref", "refs/heads/main", s.main)
	for _, r := range releases {
		run(t, dir, "git", "update-ref", "refs/heads/"+local(r), r.Commit)
	}
	run(t, dir, "git", "reset", "-q", "--hard")
	return dir
}

// BenchmarkMemory is the peak of the memory that a replay of all cases, and the
// picks of 2,000 fixes on all releases, take together with their children.
func BenchmarkMemory(b *testing.B) {
	s := bench(b)
	c := build(b)
	fixes := s.fixes(b, number(b, "BACKSTAY_BENCH_FIXES", 2000))
	for _, m := range []struct {
		name string
		args []string
	}{
		{"replay", []string{"-C", s.dir, "replay", "--json"}},
		{"pick", append([]string{"-C", s.dir, "pick", "--json"}, fixes...)},
	} {
		b.Run(m.name, func(b *testing.B) {
			var most usage
			for b.Loop() {
				ctx, stop := context.WithCancel(b.Context())
				watched := watch(ctx, os.Getpid(), c.binary)
				c.run(b, m.args...)
				stop()
				most = most.max(<-watched)
			}
			if most.resident == 0 {
				b.Skip("this system does not tell")
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(most.proportional)/(1<<20), "peak-pss-MiB")
			b.ReportMetric(float64(most.anonymous)/(1<<20), "peak-anonymous-MiB")
			b.ReportMetric(float64(most.resident)/(1<<20), "peak-rss-MiB")
		})
	}
}
