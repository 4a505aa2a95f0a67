package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/say"
)

func TestSeconds(t *testing.T) {
	t.Parallel()
	for s, want := range map[float64]string{
		0: "0.0 s", 0.04: "0.0 s", 12.25: "12.2 s", 99.94: "99.9 s", 99.96: "1 min 40 s", 191.4: "3 min 11 s", 3599.4: "59 min 59 s", 3599.6: "1 h 00 min", 4405: "1 h 13 min", -1: "?",
	} {
		if got := seconds(s); got != want {
			t.Errorf("seconds(%v) = %q, want %q", s, got, want)
		}
	}
}

func TestShortID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		fixID: "18a01c0020c5", "": "", "main": "main", "18a01c0": "18a01c0", strings.ToUpper(fixID): strings.ToUpper(fixID), "\x1b": `\x1b`,
	} {
		if got := shortID(id); got != want {
			t.Errorf("shortID(%q) = %q, want %q", id, got, want)
		}
	}
}

func TestVisible(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"plain, é 日": "plain, é 日", "\x1b[31m": `\x1b[31m`, "a\u202eb": `a\u202eb`, "\xff": `\xff`, "\uFFFD": "\uFFFD", "a\nb": `a\nb`, "a\tb": `a\tb`, "\u00ad": `\u00ad`,
	} {
		if got := say.Visible(s); got != want {
			t.Errorf("say.Visible(%q) = %q, want %q", s, got, want)
		}
	}
	if got := code("a\tb\x07", 100); got != "a\tb\\a" {
		t.Errorf("a line of code keeps its tabs: %q", got)
	}
	if got := code("éééé", 3); got != "é … (6 bytes more)" {
		t.Errorf("a long line is cut between characters: %q", got)
	}
}

func TestProse(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"wait for both (directions).":         "wait for both (directions).",
		"it's \"quoted\", 12 of 1,000 (3.5%)": "it's \"quoted\", 12 of 1,000 (3.5%)",
		"thanks @ann, see #12":                "thanks `@ann`, see `#12`",
		"a_b() and c":                         "`a_b()` and c",
		"[rw: adapted]":                       "`[rw`: `adapted]`",
		"x | y":                               "x `|` y",
		"deadbeef done":                       "`deadbeef` done",
		"a ` b":                               "a `` ` `` b",
		"1. item":                             "1. item", // never the first on its line
		"www. a HTTP: (xwww.)":                "`www`. a `HTTP`: (`xwww`.)",
		"deadbeef's 1234567.5 1234567%":       "`deadbeef's 1234567.5 1234567%`",
		"":                                    "",
	} {
		if got := prose(s); got != want {
			t.Errorf("prose(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestCommand(t *testing.T) {
	t.Parallel()
	for want, words := range map[string][]string{
		"go test ./...":         {"go", "test", "./..."},
		`sh -c 'a | b'`:         {"sh", "-c", "a | b"},
		`echo 'it'\''s' ''`:     {"echo", "it's", ""},
		`printf '\x1b[0m' a\tb`: nil,
	} {
		if words == nil {
			words, want = []string{"printf", "\x1b[0m", "a\tb"}, `printf \x1b[0m 'a\tb'`
		}
		if got := command(words); got != want {
			t.Errorf("command(%q) = %s, want %s", words, got, want)
		}
	}
}

func TestChanged(t *testing.T) {
	t.Parallel()
	type ends struct{ before, changed, after string }
	for _, tt := range [][2]ends{
		{{"if ", "cliContext.IsSet", "(x) {"}, {"if ", "context.Bool", "(x) {"}},
		{{"return foo(a", "", ")"}, {"return foo(a", ", b", ")"}},
		{{"\tx := ", "1", ""}, {"\tx := ", "22", ""}},
		{{"wholly other", "", ""}, {"nothing alike here", "", ""}},
		{{"same", "", ""}, {"same", "", ""}},
		{{"é = ", "é", ";"}, {"é = ", "è", ";"}},
	} {
		var pieces [2]piece
		for i, e := range tt {
			pieces[i].Before = e.before + e.changed + e.after
		}
		pieces[0], pieces[1] = changed(pieces[0], pieces[1])
		for i, p := range pieces {
			if got := (ends{p.Before, p.Changed, p.After}); got != tt[i] {
				t.Errorf("%q is shown as %q", tt[i], got)
			}
		}
	}
}

// Without Patch what is left out is said, and how to see it; with Patch nothing
// is left out.
func TestTextPatch(t *testing.T) {
	t.Parallel()
	v := rich()[0]
	for range 100 {
		v.Functions = append(v.Functions, v.Functions[3])
		v.Functions[3].Lines = append(v.Functions[3].Lines, backport.DiffLine{Side: "both", Op: "+", Text: "more"})
	}
	show := func(o TextOptions) string {
		var b bytes.Buffer
		if err := Text(&b, []backport.Verification{v}, o); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	short, full := show(TextOptions{More: "--patch shows all"}), show(TextOptions{Patch: true, More: "--patch shows all"})
	if !strings.Contains(short, "more functions") || !strings.Contains(short, "more lines") || !strings.HasSuffix(short, "\n--patch shows all\n") {
		t.Errorf("the short text does not say what it leaves out:\n%s", short)
	}
	if strings.Contains(full, " more ") && strings.Contains(full, "--patch") || strings.Count(full, "|  \t\topts := &options.Options{") != 101 {
		t.Error("the full text leaves something out")
	}
}

// Sentences are broken into lines that fit, paint apart.
func TestTextWidth(t *testing.T) {
	t.Parallel()
	paint := func(_, text string) string { return "\x1b[31m" + text + "\x1b[0m" }
	var plain, painted bytes.Buffer
	vs := rich()
	vs[0].Found = "so" + strings.Repeat(" many words", 40)
	if err := Text(&plain, vs, TextOptions{Width: 70}); err != nil {
		t.Fatal(err)
	}
	if err := Text(&painted, vs, TextOptions{Width: 70, Color: paint}); err != nil {
		t.Fatal(err)
	}
	if got := strings.NewReplacer("\x1b[31m", "", "\x1b[0m", "").Replace(painted.String()); got != plain.String() {
		t.Error("paint changes where lines are broken:\n" + cmp.Diff(plain.String(), got))
	}
	for line := range strings.Lines(plain.String()) {
		if code := strings.Contains(line, "|") || strings.Contains(line, "cmd/"); !code && columns(line) > 71 {
			t.Errorf("a line is too long: %q", line)
		}
	}
}
