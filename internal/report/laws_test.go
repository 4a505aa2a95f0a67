package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/backport"
)

// unseen finds a character that acts on a terminal or has no shape; line ends
// and tabs are none of them.
func unseen(s string) string {
	for i, r := range s {
		if r == '\n' || r == '\t' || r == '\uFE0F' { // the last makes an emoji of a sign
			continue
		}
		if !strconv.IsPrint(r) || r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			return strconv.Quote(s[max(i-20, 0):min(i+20, len(s))])
		}
	}
	return ""
}

// checkText is what must hold of Text, whatever the values say.
func checkText(vs []backport.Verification, o TextOptions) error {
	var b bytes.Buffer
	if err := Text(&b, vs, o); err != nil {
		return err
	}
	if bad := unseen(b.String()); bad != "" {
		return errors.New("text: reaches the terminal: " + bad)
	}
	return nil
}

var (
	codeSpans = regexp.MustCompile("`+")
	inside    = regexp.MustCompile("<code>[^<]*</code>")
	ours      = regexp.MustCompile(`</?(?:details|summary|b)>`)
)

// outsideCode is what of a Markdown document is neither in a block nor in a span
// of code, with what was wrong with them.
func outsideCode(md string) (string, error) {
	var out strings.Builder
	fenced := ""
	for line := range strings.SplitSeq(md, "\n") {
		ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch {
		case fenced != "" && line == fenced:
			fenced = ""
		case fenced != "":
		case strings.HasPrefix(line, "<details>"): // a block of HTML, up to the next empty line
			out.WriteString(inside.ReplaceAllString(line, "code") + "\n")
		case len(ticks) > 2 && !strings.Contains(line[len(ticks):], "`"):
			fenced = ticks
		default:
			for line != "" {
				at := codeSpans.FindStringIndex(line)
				if at == nil {
					out.WriteString(line)
					break
				}
				out.WriteString(line[:at[0]])
				n, rest := at[1]-at[0], line[at[1]:]
				end := -1
				for _, c := range codeSpans.FindAllStringIndex(rest, -1) {
					if c[1]-c[0] == n {
						end = c[1]
						break
					}
				}
				if end < 0 {
					return "", errors.New("a span of code has no end: " + line)
				}
				line = rest[end:]
				out.WriteString("code")
			}
			out.WriteString("\n")
		}
	}
	if fenced != "" {
		return "", errors.New("a block of code has no end")
	}
	return out.String(), nil
}

// fires finds what a forge would make something of.
var fires = regexp.MustCompile(`@|#\d|\w#|(?i:https?:|www\.)|[<>\[\]!]\[|\]\(|[<>{}$\\*_~]|\bGH-\d|\b[0-9a-f]{7,}\b|^\s*/\w|(?m:^#{1,6}[^# ])`)

// checkMarkdown is what must hold of Markdown, whatever the values say.
func checkMarkdown(vs []backport.Verification, limit int) error {
	var b bytes.Buffer
	if err := Markdown(&b, vs, MarkdownOptions{Limit: limit}); err != nil {
		return err
	}
	md := b.String()
	if limit > 0 && len(md) > limit {
		return errors.New("markdown: longer than its limit")
	}
	if bad := unseen(md); bad != "" {
		return errors.New("markdown: not visible: " + bad)
	}
	outside, err := outsideCode(md)
	if err != nil {
		return err
	}
	if strings.Count(outside, "<details>") != strings.Count(outside, "</details>") {
		return errors.New("markdown: a section has no end")
	}
	for line := range strings.SplitSeq(outside, "\n") {
		if strings.HasPrefix(line, "|") && strings.Count(line, "|") != 3 {
			return errors.New("markdown: a table's row has other columns: " + line)
		}
		line = ours.ReplaceAllString(inside.ReplaceAllString(line, "code"), "")
		line = strings.TrimSuffix(strings.ReplaceAll(line, "**", ""), `\`)
		line = strings.TrimSuffix(strings.TrimPrefix(line, "*Cut"), "*")
		if bad := fires.FindString(line); bad != "" {
			return errors.New("markdown: " + bad + " in: " + line)
		}
	}
	return nil
}

// checkHTML is what must hold of HTML, whatever the values say: it has the
// elements of the page and no other, none of which asks for anything.
func checkHTML(vs []backport.Verification) error {
	var b bytes.Buffer
	if err := HTML(&b, vs); err != nil {
		return err
	}
	page := b.String()
	if bad := unseen(page); bad != "" {
		return errors.New("html: not visible: " + bad)
	}
	_, body, _ := strings.Cut(page, "</style>")
	for _, tag := range tags.FindAllString(body, -1) {
		if !ourTag.MatchString(tag) || asking.MatchString(tag) {
			return errors.New("html: an element of unknown origin: " + tag)
		}
	}
	return nil
}

// tags finds what a browser takes for the beginning or the end of an element;
// ourTag are those of the page, letter by letter.
var (
	tags   = regexp.MustCompile(`<[^\s0-9][^>]*>?`)
	ourTag = regexp.MustCompile(`^<(?:/?[a-z]+[1-3]?|[a-z]+[23]?(?: open| (?:class|id|tabindex|role|aria-labelledby|aria-label)="[^"<>]*"| href="#[a-z0-9]+")+)>$`)
	asking = regexp.MustCompile(`^</?(?:script|img|link|iframe|object|embed|base|form|meta|style|svg|audio|video|input|button)\b`)
)

// checkData is what must hold of the formats for programs.
func checkData(vs []backport.Verification) error {
	var b bytes.Buffer
	if err := JUnit(&b, vs); err != nil {
		return err
	}
	d := xml.NewDecoder(&b)
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
	}
	for _, write := range []func(io.Writer) error{
		func(w io.Writer) error { return JSON(w, vs) },
		func(w io.Writer) error { return SARIF(w, vs, "") },
	} {
		b.Reset()
		if err := write(&b); err != nil {
			return err
		}
		if bad := unseen(b.String()); bad != "" {
			return errors.New("json: not visible: " + bad)
		}
		if !json.Valid(b.Bytes()) {
			return errors.New("json: broken")
		}
	}
	return nil
}

func checkAll(vs []backport.Verification, limit int) error {
	return errors.Join(
		checkText(vs, TextOptions{Width: 80}), checkText(vs, TextOptions{Patch: true}),
		checkMarkdown(vs, limit), checkHTML(vs), checkData(vs),
	)
}

// Nothing hostile reaches a reader, wherever it stands.
func TestHostile(t *testing.T) {
	t.Parallel()
	for _, text := range attacks {
		for _, all := range []bool{false, true} {
			if err := checkAll(replaced(func() string { return text }, all), 0); err != nil {
				t.Errorf("%q, states too: %v: %v", text, all, err)
			}
		}
	}
}

// The checks see what they are for.
func TestChecksSee(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a @b", "see #1", "www.x.y", "<script>", "[a](b)", "1234567", "*a*", `\[`, "https://a"} {
		if !fires.MatchString(text) {
			t.Errorf("%q is not seen to do something", text)
		}
	}
	for _, text := range []string{"\x1b[0m", "a\u202eb", "\xff", "\r", "\u009b"} {
		if unseen(text) == "" {
			t.Errorf("%q is seen as fit for a reader", text)
		}
	}
	if _, err := outsideCode("``` a\n"); err == nil {
		t.Error("a block without an end is not seen")
	}
	if _, err := outsideCode("a `b\n"); err == nil {
		t.Error("a span without an end is not seen")
	}
}

// A comment fits its limit, whatever that is, and is well formed however it was
// cut.
func TestMarkdownLimit(t *testing.T) {
	t.Parallel()
	vs := append(rich(), hostile()...)
	for limit := 1; limit < 40_000; limit += 1 + limit/40 {
		if err := checkMarkdown(vs, limit); err != nil {
			t.Fatalf("limit %d: %v", limit, err)
		}
	}
	var whole, cut bytes.Buffer
	if err := errors.Join(Markdown(&whole, vs, MarkdownOptions{}), Markdown(&cut, vs, MarkdownOptions{Limit: 6000})); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(whole.String(), "Cut to fit") || !strings.Contains(cut.String(), "Cut to fit") {
		t.Error("what was cut does not say so, or what was not does")
	}
	for _, v := range vs {
		if target := span(v.Target.Name); !strings.Contains(cut.String(), " on "+target) {
			t.Errorf("the verdict for %s was cut before details were", target)
		}
	}
}

// A great many of everything is still a page and a comment, in little time.
func TestLarge(t *testing.T) {
	t.Parallel()
	v := rich()[0]
	line := strings.Repeat("`x` ", 5000)
	for range 3000 {
		f := v.Functions[3]
		f.Lines = append(f.Lines, backport.DiffLine{Side: "both", Op: "+", Text: line})
		v.Functions = append(v.Functions, f)
		v.Findings = append(v.Findings, v.Findings[0])
	}
	v.Runs[1].Steps[1].Tail = strings.Repeat(line+"\n", 200)
	if err := checkMarkdown([]backport.Verification{v}, GitHubLimit); err != nil {
		t.Error(err)
	}
	var page bytes.Buffer
	if err := HTML(&page, []backport.Verification{v}); err != nil {
		t.Fatal(err)
	}
	if n := page.Len(); n > 12<<20 {
		t.Errorf("the page has %d bytes", n)
	}
	if !strings.Contains(page.String(), "more functions") {
		t.Error("the page does not say how many functions it leaves out")
	}
}

// Any text, anywhere.
func TestAnyText(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom(append([]string{
		"`", "``", "```", "|", "\\", "\n", "\r", "\t", " ", "@", "#", "1", "a", "<", ">", "[", "]", "(", ")", "*", "_", "\"", "'", "&", "\x00", "\x1b", "\xff", "\u202e", "\u2028", "é", "日", "🦀",
	}, attacks...))
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.Map(rapid.SliceOfN(piece, 0, 8), func(parts []string) string { return strings.Join(parts, "") }), 1, 6).Draw(t, "texts")
		limit := rapid.IntRange(0, 20_000).Draw(t, "limit")
		next := 0
		vs := hostileWith(func() string {
			next++
			return texts[next%len(texts)]
		})
		if err := checkAll(vs, limit); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzReport(f *testing.F) {
	for _, a := range attacks {
		f.Add(a, attacks[0], 5000)
	}
	f.Fuzz(func(t *testing.T, a, b string, limit int) {
		if len(a)+len(b) > 2000 {
			return
		}
		other := false
		vs := hostileWith(func() string {
			if other = !other; other {
				return a
			}
			return b
		})
		if err := checkAll(vs[:1], max(limit, 0)); err != nil {
			t.Fatal(err)
		}
	})
}

// A writer that fails is said.
func TestWriteFails(t *testing.T) {
	t.Parallel()
	for name, write := range formats {
		if err := write(broken{}, rich()); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// Each state that a value can have is in the fixture, so that the golden files
// show all.
func TestFixtureHasAll(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.String:
			seen[v.Type().Name()+" "+v.String()] = true
		}
	}
	walk(reflect.ValueOf(rich()))
	for _, want := range []any{
		backport.Faithful, backport.Declared, backport.Deviates, backport.Unrepeated,
		backport.FunctionIdentical, backport.FunctionContext, backport.FunctionDiffers, backport.FunctionOriginalOnly, backport.FunctionBackportOnly,
		backport.RunPassed, backport.RunSkipped, backport.RunFailed, backport.RunLimit, backport.RunError,
		backport.Proven, backport.NotReproduced, backport.TestDoesNotBuild, backport.NoTest, backport.NotFixed, backport.NotTried,
		backport.Accepted, backport.Overridden, backport.Open, backport.Refused,
		backport.Info, backport.Warning, backport.Error,
	} {
		v := reflect.ValueOf(want)
		if !seen[v.Type().Name()+" "+v.String()] {
			t.Errorf("the fixture has no %s %q", v.Type().Name(), v.String())
		}
	}
}
