package find

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestReadName(t *testing.T) {
	t.Parallel()
	const certain, doubtful, no = "release", "if tags continue it", "no release"
	tests := []struct{ name, want, key string }{
		{"release/1.7", certain, ":1.7"},
		{"release-1.7", certain, ":1.7"},
		{"release/v1.28", certain, ":1.28"},
		{"releases/v1", certain, ":1"},
		{"release/2.38/master", certain, ":2.38"},
		{"release/8.0.1xx", certain, ":8.0.1"},
		{"rel-7", certain, ":7"},
		{"1.7", certain, ":1.7"},
		{"v1.7", certain, ":1.7"},
		{"1.7.x", certain, ":1.7"},
		{"v1.x", certain, ":1"},
		{"4.x", certain, ":4"},
		{"28-x-y", certain, ":28"},
		{"8.x-1.x", certain, ":8"},
		{"1.3.X", certain, ":1.3"},
		{"7-0-stable", certain, ":7.0"},
		{"3-2-stable", certain, ":3.2"},
		{"stable28", certain, ":28"},
		{"stable/2024.1", certain, ":2024.1"},
		{"stable-2.361", certain, ":2.361"},
		{"stable/v6", certain, ":6"},
		{"stable/4.2.x", certain, ":4.2"},
		{"linux-6.1.y", certain, ":6.1"},
		{"v255-stable", certain, ":255"},
		{"v4-19-stable", certain, ":4.19"},
		{"REL_16_STABLE", certain, ":16"},
		{"REL1_40", certain, ":1.40"},
		{"V_9_5", certain, ":9.5"},
		{"maint-25", certain, ":25"},
		{"maint-3.10", certain, ":3.10"},
		{"maintenance/1.26.x", certain, ":1.26"},
		{"branch-3.5", certain, ":3.5"},
		{"support/1.x", certain, ":1"},
		{"4.19/main", certain, ":4.19"},
		{"5.4-lts", certain, ":5.4"},
		{"release/20230115", certain, ":20230115"},
		{"v007.010", certain, ":7.10"},
		{"v0.2.x", certain, ":0.2"},
		{"unmaintained/zed", certain, ":"},
		{"stable/yoga", certain, ":"},

		{"28", doubtful, ":28"},
		{"3_2", doubtful, ":3.2"},
		{"2024-01-15", doubtful, ":2024.1.15"},
		{"v1", doubtful, ":1"},
		{"branch-2", doubtful, ":2"},
		{"support/1234", doubtful, ":1234"},
		{"openssl-3.0", doubtful, "openssl:3.0"},
		{"OpenSSL_1_1_1-stable", doubtful, "openssl:1.1.1"},
		{"ruby_3_2", doubtful, "ruby:3.2"},
		{"releases/gcc-13", doubtful, "gcc:13"},
		{"release-branch.go1.21", doubtful, "go:1.21"},
		{"krb5-1.21", doubtful, "krb:5.1.21"},
		{"rel/auth-4.8.x", doubtful, "auth:4.8"},
		{"fix-1.2-bug", doubtful, "fix bug:1.2"},
		{"8-0-sec", doubtful, "sec:8.0"},
		{"fix-3508", doubtful, "fix:3508"},
		{"release/6.0-rc2", no, ""},
		{"dependabot/npm/lodash-4.17.21", doubtful, "dependabot npm lodash:4.17.21"},
		{"backport/release/1.7/0123", doubtful, "backport:1.7.123"},
		{"hotfix/1.2", doubtful, "hotfix:1.2"},
		{"concurrent-ruby-1-3-6", doubtful, "concurrent ruby:1.3.6"},
		{"main-2", doubtful, "main:2"},
		{"7-2-stable_use_uri_if_available", doubtful, "use uri if available:7.2"},

		{"main", no, ""},
		{"master", no, ""},
		{"develop", no, ""},
		{"unstable", no, ""},
		{"stable", no, ""},
		{"release/next", no, ""},
		{"stable/latest", no, ""},
		{"stable/main", no, ""},
		{"stable/yoga-eol", no, ""},
		{"stable/x", no, ""},
		{"temp-conn-stable-branch", no, ""},
		{"v20-to-v21", no, ""},
		{"feature/x", no, ""},
		{"exim-4.97+fixes", no, ""},
		{"caf\u00e9-1.0", no, ""},
		{"", no, ""},
		{"...", no, ""},
		{strings.Repeat("1.", 101) + "1", no, ""},
	}
	for _, tt := range tests {
		l, ok := readName(tt.name)
		got := no
		switch {
		case ok && l.certain:
			got = certain
		case ok:
			got = doubtful
		}
		if got != tt.want {
			t.Errorf("%q: %s, want %s (%+v)", tt.name, got, tt.want, l)
		}
		if ok && l.key() != tt.key {
			t.Errorf("%q: line %q, want %q", tt.name, l.key(), tt.key)
		}
	}
}

func TestContinued(t *testing.T) {
	t.Parallel()
	tests := []struct {
		tag  string
		want []string
	}{
		{"v1.7.3", []string{":1", ":1.7"}},
		{"v1.7.3-rc.1", []string{":1", ":1.7"}},
		{"1.7", []string{":1"}},
		{"OpenSSL_1_1_1a", []string{"openssl:1", "openssl:1.1", "openssl:1.1.1"}},
		{"openssl-3.0.1", []string{"openssl:3", "openssl:3.0"}},
		{"releases/gcc-13.2.0", []string{"gcc:13", "gcc:13.2"}},
		{"v2rc1", []string{":2"}},
		{"yoga-eom", nil},
		{"jdk-21.0.1+12", nil}, // "+" is in no name that is read
		{"v255", nil},
	}
	for _, tt := range tests {
		if d := cmp.Diff(tt.want, continued(tt.tag)); d != "" {
			t.Errorf("%s: -want +got:\n%s", tt.tag, d)
		}
	}
}

func TestCompareLines(t *testing.T) {
	t.Parallel()
	newestFirst := []string{
		"stable/2026.1", "10.x", "stable-2.568", "2.60", "stable-2.7", "v2", "2.0", "1.x", "1.10", "1.9.x", "release/1.7", "release-1.7.2", "1.6.40", "unmaintained/zed",
	}
	lines := map[string]line{}
	for _, name := range newestFirst {
		l, ok := readName(name)
		if !ok {
			t.Fatalf("%s is no release", name)
		}
		lines[name] = l
	}
	// v2 is where all of 2.x comes from.
	want := []string{
		"stable/2026.1", "10.x", "v2", "stable-2.568", "2.60", "stable-2.7", "2.0", "1.x", "1.10", "1.9.x", "release/1.7", "release-1.7.2", "1.6.40", "unmaintained/zed",
	}
	slices.SortStableFunc(newestFirst, func(a, b string) int { return lines[b].compare(lines[a]) })
	if d := cmp.Diff(want, newestFirst); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	for _, same := range [][2]string{{"1.7", "v1.7.x"}, {"release/1.7", "1-7-stable"}, {"stable/yoga", "stable/zed"}, {"v01.2", "1.2"}} {
		a, _ := readName(same[0])
		b, _ := readName(same[1])
		if a.compare(b) != 0 {
			t.Errorf("%s and %s differ", same[0], same[1])
		}
	}
}

func drawLine(t *rapid.T) line {
	parts := rapid.SliceOfN(rapid.SampledFrom([]string{"0", "1", "2", "9", "10", "99999999999999999999", wildcard}), 1, 4)
	if rapid.IntRange(0, 5).Draw(t, "kind") == 0 {
		return line{}
	}
	return line{version: parts.Draw(t, "version")}
}

// A sort needs a strict weak order.
func TestCompareIsAnOrder(t *testing.T) {
	t.Parallel()
	sign := func(n int) int { return max(-1, min(1, n)) }
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawLine(t), drawLine(t), drawLine(t)
		if sign(a.compare(b)) != -sign(b.compare(a)) {
			t.Fatalf("%v and %v: %d and %d", a, b, a.compare(b), b.compare(a))
		}
		if a.compare(b) <= 0 && b.compare(c) <= 0 && a.compare(c) > 0 {
			t.Fatalf("%v <= %v <= %v, but not the first and the last", a, b, c)
		}
	})
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b  string
		limit int
		want  int
	}{
		{"", "", 3, 0},
		{"relase", "release", 3, 1},
		{"mian", "main", 3, 1},
		{"release/1.7", "release/1.8", 3, 1},
		{"abc", "xyz", 2, 3},
		{"abcdef", "a", 3, 4},
	} {
		if got := distance(tt.a, tt.b, tt.limit); got != tt.want {
			t.Errorf("distance(%q, %q, %d) = %d, want %d", tt.a, tt.b, tt.limit, got, tt.want)
		}
	}
}

func TestSlug(t *testing.T) {
	t.Parallel()
	for subject, want := range map[string]string{
		"http: fail on an empty reply": "http-fail-on-an-empty-reply",
		"":                             "",
		"  --- ":                       "",
		"Caf\u00e9 d\u00e9j\u00e0 vu":  "caf-d-j-vu",
		"a.lock":                       "a-lock",
		"../../etc":                    "etc",
		strings.Repeat("x", 60):        strings.Repeat("x", 40),
		"net: stop the timer before the socket is gone": "net-stop-the-timer-before-the-socket-is",
		strings.Repeat("y", 40) + " z":                  strings.Repeat("y", 40),
	} {
		if got := slug(subject); got != want {
			t.Errorf("slug(%q) = %q, want %q", subject, got, want)
		}
	}
}
