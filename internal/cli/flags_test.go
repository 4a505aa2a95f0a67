package cli

import (
	"bytes"
	"context"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/say"
)

func testApp(t *testing.T) (*app, *bytes.Buffer, *bytes.Buffer) {
	t.Helper()
	var out, err bytes.Buffer
	return &app{Streams: &Streams{In: strings.NewReader(""), Out: &out, Err: &err, Program: "backstay"}}, &out, &err
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "ab", 2},
		{"pick", "pick", 0},
		{"pik", "pick", 1},
		{"pikc", "pick", 1},
		{"dry-runn", "dry-run", 1},
		{"kitten", "sitting", 3},
		{"ca", "abc", 3},
	} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[ab]{0,6}`)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := distance(a, b)
		if d != distance(b, a) || (d == 0) != (a == b) || d > max(len(a), len(b)) {
			t.Fatalf("distance(%q, %q) = %d", a, b, d)
		}
	})
}

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"pick", "demo", "doctor", "dry-run", "json"}
	for typed, want := range map[string]string{
		"pik": "pick", "jsn": "json", "doc": "doctor", "dry": "dry-run",
		"x": "", "zzzz": "", "": "", "pi": "pick",
	} {
		if got := nearest(typed, names); got != want {
			t.Errorf("nearest(%q) = %q, want %q", typed, got, want)
		}
	}
}

func TestFolder(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("paths of POSIX")
	}
	for _, tt := range []struct {
		dirs []string
		want string
	}{
		{nil, "."},
		{[]string{""}, "."},
		{[]string{"a"}, "a"},
		{[]string{"a", "b"}, "a/b"},
		{[]string{"a", "/b"}, "/b"},
		{[]string{"/a", "", "../b"}, "/b"},
	} {
		if got := folder(tt.dirs).path(); got != tt.want {
			t.Errorf("%q is %q, want %q", tt.dirs, got, tt.want)
		}
	}
	if got := (folder{"a"}).within("/b"); got != "/b" {
		t.Errorf("an absolute path became %q", got)
	}
	if got := (folder{"a"}).within("b"); got != "a/b" {
		t.Errorf("a relative path became %q", got)
	}
}

// Flags become options; behaviour is tested by the scripts.
func TestPickFlags(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		want pickOptions
	}{
		{[]string{"a"}, pickOptions{fixes: []string{"a"}}},
		{[]string{"a", "--to", "x,y", "b", "-t", "z"}, pickOptions{fixes: []string{"a", "b"}, to: []string{"x,y", "z"}}},
		{[]string{"-anfsp", "-m2", "a"}, pickOptions{fixes: []string{"a"}, all: true, dryRun: true, force: true, signOff: true, patch: true, mainline: 2}},
		{[]string{"--squash", "--json", "--fetch", "--style", "dpdk", "-"}, pickOptions{fixes: []string{"-"}, squash: true, json: true, fetch: true, style: "dpdk"}},
		{[]string{"--", "-odd"}, pickOptions{fixes: []string{"-odd"}}},
	} {
		a, _, _ := testApp(t)
		var got *pickOptions
		c := newPick(a, func(_ context.Context, o *pickOptions) error {
			got = o
			return nil
		})
		c.SetArgs(tt.args)
		c.SetContext(t.Context())
		if err := c.Execute(); err != nil {
			t.Errorf("%q: %v", tt.args, err)
			continue
		}
		tt.want.app = a
		if diff := cmp.Diff(&tt.want, got, cmp.AllowUnexported(pickOptions{}), cmp.Comparer(func(x, y *app) bool { return x == y })); diff != "" {
			t.Errorf("%q: -want +got\n%s", tt.args, diff)
		}
	}
}

// A value that cannot be is told in one line, in our words and not in Go's.
func TestBadValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"pick", "-m", "x"}, `-m, --mainline wants a whole number, not "x"`},
		{[]string{"explain", "-m1.5"}, `-m, --mainline wants a whole number, not "1.5"`},
		{[]string{"pick", "-j", "a \"b\" for c"}, `-j, --jobs wants a whole number, not "a \"b\" for c"`},
		{[]string{"pick", "--jobs="}, `-j, --jobs wants a whole number, not ""`},
		{[]string{"pick", "--jobs", "99999999999999999999"}, `-j, --jobs wants a number of fewer digits, not "99999999999999999999"`},
		{[]string{"replay", "--limit", "all\n"}, `--limit wants a whole number, not "all\n"`},
		{[]string{"replay", "--seed", "-1"}, `--seed wants a whole number from 0 on, not "-1"`},
		{[]string{"pick", "--squash=maybe"}, `--squash wants true or false, or nothing behind its name, not "maybe"`},
		{[]string{"explain", "--budget", "2"}, `--budget wants a time such as 500ms, 1.5s or 2m, not "2"`},
		{[]string{"--color", "pink", "version"}, `--color wants auto, always or never, not "pink"`},
	} {
		a, _, _ := testApp(t)
		root := newRoot(a)
		root.SetArgs(tt.args)
		err := root.ExecuteContext(t.Context())
		if what, hint := advice(err); status(err) != statusInput || what != tt.want || !strings.HasSuffix(hint, "--help") {
			t.Errorf("%q: status %d\n got %s\nwant %s\nhint %s", tt.args, status(err), what, tt.want, hint)
		}
	}
}

// Every option is of a type whose bad values are told in our words.
func TestEveryOptionSaysWhatItWants(t *testing.T) {
	t.Parallel()
	a, _, _ := testApp(t)
	root := newRoot(a)
	for _, c := range append(root.Commands(), root) {
		c.InitDefaultHelpFlag()
		c.Flags().VisitAll(func(f *pflag.Flag) {
			switch kind := f.Value.Type(); kind {
			case "string", "stringArray", "DIR", "WHEN": // take anything, or have their own words
			default:
				if wanted(kind, false) == "" {
					t.Errorf("%s --%s: no words for the type %s", c.Name(), f.Name, kind)
				}
			}
		})
	}
}

func TestPrepareBoundsJobs(t *testing.T) {
	t.Parallel()
	for given, want := range map[int]int{0: min(runtime.NumCPU(), maxJobs), 1: 1, 1 << 20: maxJobs} {
		a, _, _ := testApp(t)
		a.jobs = given
		if err := a.prepare(); err != nil || a.jobs != want {
			t.Errorf("--jobs %d became %d (%v), want %d", given, a.jobs, err, want)
		}
	}
	a, _, _ := testApp(t)
	a.jobs = -1
	if err := a.prepare(); status(err) != statusInput {
		t.Errorf("--jobs -1: %v", err)
	}
}

func TestColored(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		mode  colorMode
		width int
		env   []string
		want  bool
	}{
		{"", 80, nil, true},
		{"", 0, nil, false},
		{"auto", 80, []string{"NO_COLOR=1"}, false},
		{"auto", 80, []string{"NO_COLOR="}, true},
		{"auto", 80, []string{"TERM=dumb"}, false},
		{"always", 0, []string{"NO_COLOR=1"}, true},
		{"never", 80, nil, false},
	} {
		a, _, _ := testApp(t)
		a.color, a.Env = tt.mode, tt.env
		if got := a.colored(tt.width); got != tt.want {
			t.Errorf("--color %q, %d columns, %q: %v, want %v", tt.mode, tt.width, tt.env, got, tt.want)
		}
	}
	if got := painted(true, red, "no"); got != "\x1b[31mno\x1b[0m" {
		t.Errorf("red is %q", got)
	}
}

func TestPlural(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0 picks", 1: "1 pick", 2: "2 picks"} {
		if got := say.Count(n, "pick"); got != want {
			t.Errorf("say.Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSummaryNamesEveryOutcome(t *testing.T) {
	t.Parallel()
	var picks []backport.Pick
	for _, o := range backport.Outcomes() {
		picks = append(picks, backport.Pick{Outcome: o})
	}
	picks = append(picks, backport.Pick{Outcome: backport.Clean, Branch: &backport.Branch{State: "refused"}})
	want := "9 picks: 1 present, 1 not-affected, 1 clean, 1 resolved, 1 proposed, 1 conflict, 1 blocked, 1 error, 1 refused"
	if got := summary(picks); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, p := range picks {
		if paints[word(p)] == "" {
			t.Errorf("%s has no colour", word(p))
		}
	}
}
