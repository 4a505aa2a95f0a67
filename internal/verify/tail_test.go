package verify

import (
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
)

func TestLastLines(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"\n\n", ""},
		{"a\nb\n", "a\nb"},
		{strings.Repeat("x\n", 30), strings.Repeat("x\n", 19) + "x"},
		{strings.Repeat("y", 2*tailBytes), strings.Repeat("y", tailBytes)},
		{strings.Repeat("z", 2*tailBytes) + "\nend", "end"},
	} {
		if got := lastLines(test.text); got != test.want {
			t.Errorf("of %.20q: %.40q, want %.40q", test.text, got, test.want)
		}
	}
}

// goFails is what go test -json says of a test that fails among many that pass.
func goFails(name string) string {
	return `{"Action":"run","Package":"m/p","Test":"` + name + `"}
{"Action":"output","Package":"m/p","Test":"` + name + `","Output":"=== RUN   ` + name + `\n"}
{"Action":"output","Package":"m/p","Test":"` + name + `","Output":"    p_test.go:9: got \u003cnil\u003e\n"}
{"Action":"output","Package":"m/p","Test":"` + name + `","Output":"--- FAIL: ` + name + ` (0.00s)\n"}
{"Action":"fail","Package":"m/p","Test":"` + name + `","Elapsed":0}
` + strings.Repeat(`{"Action":"output","Package":"m/p","Output":"more\n"}`+"\n", 40) + `{"Action":"output","Package":"m/p","Output":"FAIL\tm/p\t0.1s\n"}
{"Action":"fail","Package":"m/p","Elapsed":0.1}
`
}

// TestTails has what is shown of the test command's output, by tree.
func TestTails(t *testing.T) {
	t.Parallel()
	const failing = "    p_test.go:9: got <nil>\n--- FAIL: TestA (0.00s)"
	for _, test := range []struct {
		name     string
		old, new string
		state    backport.RunState
		tails    map[string]string // by the tree's name
	}{
		{"records of a failing test", goTest("+TestA"), goFails("TestA"), backport.RunFailed, map[string]string{onBackport: failing}},
		{"fails on both", goFails("TestA"), goFails("TestA"), backport.RunPassed, nil},
		{"not built", goTest("+TestA"), unbuiltGo, backport.RunFailed, map[string]string{onBackport: "# m/p [m/p.test]\np/p_test.go:8:2: undefined: fix"}},
		{"not built on both", unbuiltGo, unbuiltGo, backport.RunFailed, map[string]string{onBackport: "# m/p [m/p.test]\np/p_test.go:8:2: undefined: fix"}},
		{"another format", tap("+a"), tap("-a"), backport.RunFailed, map[string]string{onBackport: strings.TrimSpace(tap("-a"))}},
		{"another format, on both", tap("-a"), tap("-a"), backport.RunPassed, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := &lab{run: func(tree, _ string, _ int) (string, int) {
				says := map[string]string{"old": test.old, "new": test.new}[tree]
				if strings.Contains(says, `"fail"`) || strings.Contains(says, "not ok") {
					return says, 1
				}
				return says, 0
			}}
			run := verifyOne(t, l.verifier(t, Platform{Name: "here", Test: [][]string{{"check"}}}), onto)
			if run.State != test.state {
				t.Errorf("%s (%s), want %s", run.State, run.Detail, test.state)
			}
			for _, s := range run.Steps {
				want := test.tails[s.On]
				if s.State == backport.RunPassed {
					want = ""
				}
				if s.Tail != want {
					t.Errorf("%s on %s: tail %q, want %q", s.State, s.On, s.Tail, want)
				}
			}
		})
	}
}

// TestTailOfALimit has a command that is ended: what it printed until then.
func TestTailOfALimit(t *testing.T) {
	t.Parallel()
	site := &site{lane: &lane{v: (&lab{}).verifier(t, simple), p: simple}, on: onBackport}
	site.place = &labPlace{lab: &lab{count: map[string]int{}, run: func(string, string, int) (string, int) {
		return `{"Action":"output","Package":"m/p","Test":"TestA","Output":"waiting\n"}` + "\n", 1
	}}}
	step, _ := site.command(t.Context(), testStep, []string{"check"})
	if step.Tail != "waiting" {
		t.Errorf("tail %q", step.Tail)
	}
}

func TestFirstLine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"\n", ""},
		{"odd\n", "odd"},
		{"# m/p\r\np.go:3:1: undefined: x\r\n", "p.go:3:1: undefined: x"},
		{"# m/p\np.go:3:1: undefined: x\np.go:4:1: undefined: y", "p.go:3:1: undefined: x … and 1 more line; see the log"},
		{"odd\nodder\n\nthe end", "odd … and 2 more lines; see the log"},
	} {
		if got := firstLine(test.text); got != test.want {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}
