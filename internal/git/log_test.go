package git_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

func storeOf(t *testing.T, r *gittest.Repo) *git.Store {
	t.Helper()
	repo, err := git.Open(t.Context(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s, err := repo.NewStore(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// readLog collects what Log hands over, a line each, in order of the lines.
func readLog(t *testing.T, s *git.Store, tips, known []string) string {
	t.Helper()
	var lines []string
	err := s.Log(t.Context(), tips, known, func(e git.LogEntry) error {
		lines = append(lines, fmt.Sprintf("%s %d %s %q", e.ID, e.Date, strings.Join(e.Parents, " "), e.Message))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

const logScenario = `
-- commit a on main: first --
-- commit b on main: latin \xe9 --
encoding: ISO-8859-1
escapes: yes

body \xfc
-- branch side from main --
-- commit c on side: on the side --
commit-date: 2031-01-01T00:00:00Z
-- commit d on main: octopus --
merge: side
date: 1969-12-31T23:59:59Z

Body.

Trailer: x
-- commit alone on other: a root --
`

func TestLog(t *testing.T) {
	t.Parallel()
	for _, format := range [][]gittest.Option{{gittest.Bare()}, {gittest.Bare(), gittest.SHA256()}} {
		r := gittest.New(t, logScenario, format...)
		s := storeOf(t, r)
		want := func(args ...string) string {
			var lines []string
			for _, id := range strings.Fields(r.Git(t, append([]string{"rev-list"}, args...)...)) {
				date := r.Git(t, "show", "-s", "--format=%ct", id)
				if date == "" { // git cannot read a date before 1970
					date = "0"
				}
				lines = append(lines, fmt.Sprintf("%s %s %s %q", id, date,
					r.Git(t, "show", "-s", "--format=%P", id), r.Git(t, "show", "-s", "--encoding=UTF-8", "--format=%B", id)))
			}
			slices.Sort(lines)
			return strings.Join(lines, "\n")
		}
		missing := strings.Repeat("1", len(r.ID("a")))
		for _, c := range []struct {
			tips, known []string
			want        string
		}{
			{nil, nil, ""},
			{[]string{r.ID("main"), r.ID("other")}, nil, want("--branches")},
			{[]string{r.ID("main"), r.ID("a")}, []string{r.ID("b")}, want("main", "^"+r.ID("b"))},
			{[]string{r.ID("main"), missing}, []string{missing, r.ID("c")}, want("main", "^"+r.ID("c"))},
			{[]string{r.ID("a")}, []string{r.ID("main")}, ""},
		} {
			if got := readLog(t, s, c.tips, c.known); got != c.want {
				t.Errorf("tips %v, known %v: got\n%s\nwant\n%s", c.tips, c.known, got, c.want)
			}
		}
	}
}

// A message with a NUL ends there; one that nobody wrote is not read at all.
func TestLogOddMessages(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, logScenario, gittest.Bare())
	write := func(message string) string {
		head := "tree " + r.Git(t, "rev-parse", "main^{tree}") + "\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 99999999999999999999 +0000\n\n"
		return strings.TrimSpace(r.Run(t, head+message, "hash-object", "-t", "commit", "-w", "--literally", "--stdin").Stdout)
	}
	s := storeOf(t, r)
	for message, want := range map[string]string{
		"before\x00after\n":              "before",
		"":                               "",
		strings.Repeat("x", 300<<10):     strings.Repeat("x", 300<<10) + "\n",
		strings.Repeat("long\n", 300000): "",
	} {
		id := write(message)
		got := readLog(t, s, []string{id, r.ID("a")}, nil)
		if !strings.Contains(got, fmt.Sprintf("%s 0  %q", id, want)) && !strings.Contains(got, fmt.Sprintf("%s 0  %q", id, strings.TrimSuffix(want, "\n"))) {
			t.Errorf("%.20q: got %.200q", message, got)
		}
		if !strings.Contains(got, r.ID("a")) {
			t.Errorf("%.20q: the next commit was lost", message)
		}
	}
}

func TestLogStops(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, logScenario, gittest.Bare())
	s := storeOf(t, r)
	mine := errors.New("enough")
	n := 0
	err := s.Log(t.Context(), []string{r.ID("main")}, nil, func(git.LogEntry) error {
		n++
		return mine
	})
	if !errors.Is(err, mine) || n != 1 {
		t.Errorf("after %d: %v", n, err)
	}
}

func TestShape(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, logScenario)
	seen := map[string]string{}
	for _, step := range []struct {
		name   string
		change func()
	}{
		{"plain", func() {}},
		{"shallow", func() { r.Write(t, ".git/shallow", r.ID("b")+"\n") }},
		{"graft", func() { r.Write(t, ".git/info/grafts", r.ID("c")+"\n") }},
		{"replace", func() { r.Git(t, "replace", r.ID("alone"), r.ID("a")) }},
	} {
		step.change()
		shape := storeOf(t, r).Shape()
		if before, ok := seen[shape]; ok {
			t.Errorf("%s has the shape of %s", step.name, before)
		}
		seen[shape] = step.name
		r.Git(t, "branch", "-f", "moving", r.ID("a"))
		if storeOf(t, r).Shape() != shape {
			t.Errorf("%s: a branch changed the shape", step.name)
		}
	}
}
