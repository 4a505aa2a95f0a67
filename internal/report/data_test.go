package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"regexp"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
)

// element is any XML element.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []element  `xml:",any"`
	Text     string     `xml:",chardata"`
}

func (e element) attr(name string) (string, bool) {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value, true
		}
	}
	return "", false
}

// surefire is the form of Surefire's reports as build servers check it (Jenkins'
// xUnit plugin, junit-10.xsd): the attributes and children of each element; those
// with a "!" must be there.
var surefire = map[string]struct{ attrs, children string }{
	"testsuites":   {"name time tests failures errors", "testsuite"},
	"testsuite":    {"name! tests! failures! errors! group time skipped timestamp hostname id package", "properties testcase system-out system-err"},
	"properties":   {"", "property"},
	"property":     {"name! value!", ""},
	"testcase":     {"name! time classname group", "skipped error failure rerunFailure rerunError flakyFailure flakyError system-out system-err"},
	"skipped":      {"type message", ""},
	"error":        {"type message", ""},
	"failure":      {"type message", ""},
	"flakyFailure": {"type! message", "stackTrace system-out system-err"},
	"stackTrace":   {"", ""},
	"system-out":   {"", ""},
}

func checkSurefire(t *testing.T, e element) {
	t.Helper()
	rule, ok := surefire[e.XMLName.Local]
	if !ok {
		t.Errorf("there is no element %s", e.XMLName.Local)
		return
	}
	attrs := strings.Fields(rule.attrs)
	for _, a := range e.Attrs {
		if !slices.Contains(attrs, a.Name.Local) && !slices.Contains(attrs, a.Name.Local+"!") {
			t.Errorf("%s has no attribute %s", e.XMLName.Local, a.Name.Local)
		}
		if a.Name.Local == "time" && !regexp.MustCompile(`^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$`).MatchString(a.Value) {
			t.Errorf("%s is no time", a.Value)
		}
	}
	for _, a := range attrs {
		if name, must := strings.CutSuffix(a, "!"); must {
			if _, ok := e.attr(name); !ok {
				t.Errorf("%s lacks its attribute %s", e.XMLName.Local, name)
			}
		}
	}
	for _, c := range e.Children {
		if !slices.Contains(strings.Fields(rule.children), c.XMLName.Local) {
			t.Errorf("%s stands in %s", c.XMLName.Local, e.XMLName.Local)
		}
		checkSurefire(t, c)
	}
}

func junit(t *testing.T, vs []backport.Verification) element {
	t.Helper()
	var b bytes.Buffer
	if err := JUnit(&b, vs); err != nil {
		t.Fatal(err)
	}
	var root element
	if err := xml.Unmarshal(b.Bytes(), &root); err != nil {
		t.Fatal(err)
	}
	return root
}

// The form of JUnit's XML is the one that build servers read, and its counts are
// those of its cases.
func TestJUnitForm(t *testing.T) {
	t.Parallel()
	for _, vs := range [][]backport.Verification{rich(), hostile(), nil} {
		root := junit(t, vs)
		checkSurefire(t, root)
		if len(root.Children) != len(vs) {
			t.Errorf("%d suites for %d backports", len(root.Children), len(vs))
		}
		all := map[string]int{}
		for _, suite := range root.Children {
			counts := map[string]int{}
			for _, c := range suite.Children {
				if c.XMLName.Local != "testcase" {
					continue
				}
				counts["tests"]++
				for _, r := range c.Children {
					counts[map[string]string{"failure": "failures", "error": "errors", "skipped": "skipped"}[r.XMLName.Local]]++
				}
			}
			for _, name := range []string{"tests", "failures", "errors", "skipped"} {
				all[name] += counts[name]
				if got, _ := suite.attr(name); got != strings.TrimSpace(itoa(counts[name])) {
					t.Errorf("%s=%s, and there are %d", name, got, counts[name])
				}
			}
		}
		for _, name := range []string{"tests", "failures", "errors"} {
			if got, _ := root.attr(name); got != itoa(all[name]) {
				t.Errorf("%s=%s in all, and there are %d", name, got, all[name])
			}
		}
	}
}

func itoa(n int) string {
	text, _ := json.Marshal(n)
	return string(text)
}

// What an override covers is no failure, what a platform came to is one still.
func TestJUnitOverride(t *testing.T) {
	t.Parallel()
	for _, suite := range junit(t, rich()[2:3]).Children {
		for _, c := range suite.Children {
			name, _ := c.attr("name")
			want := map[string]string{"rule platforms": "skipped", "rule original": "skipped", "platform amd64": "failure", "proof on amd64": "failure"}[name]
			if c.XMLName.Local == "testcase" && (len(c.Children) != 1 || c.Children[0].XMLName.Local != want) {
				t.Errorf("%s is not %s but %v", name, want, c.Children)
			}
		}
	}
}

func sarif(t *testing.T, vs []backport.Verification, root string) sarifLog {
	t.Helper()
	var b bytes.Buffer
	if err := SARIF(&b, vs, root); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	return log
}

// What the SARIF standard asks for beyond its schema, and forges rely on.
func TestSARIFForm(t *testing.T) {
	t.Parallel()
	uri := regexp.MustCompile(`^(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*$`)
	for _, vs := range [][]backport.Verification{rich(), hostile(), append(rich(), rich()...)} {
		log := sarif(t, vs, "")
		ids := map[string]bool{}
		for _, run := range log.Runs {
			if ids[run.Automation.ID] || !strings.HasSuffix(run.Automation.ID, "/") {
				t.Errorf("the category %q is there twice, or not one as a whole", run.Automation.ID)
			}
			ids[run.Automation.ID] = true
			rules := map[string]bool{}
			for _, rule := range run.Tool.Driver.Rules {
				if rules[rule.ID] {
					t.Errorf("the rule %q is there twice", rule.ID)
				}
				rules[rule.ID] = true
			}
			prints := map[string]bool{}
			for _, r := range run.Results {
				if r.RuleIndex >= len(run.Tool.Driver.Rules) || run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
					t.Errorf("rule %d is not %q", r.RuleIndex, r.RuleID)
				}
				if len(r.Locations) != 1 || !uri.MatchString(r.Locations[0].Physical.Artifact.URI) {
					t.Errorf("the place of %q is %+v", r.Message.Text, r.Locations)
				}
				if at := r.Locations[0].Physical.Region; at != nil && (at.StartLine < 1 || at.EndLine != 0 && at.EndLine < at.StartLine) {
					t.Errorf("the lines of %q are %+v", r.Message.Text, at)
				}
				print := r.Fingerprints["backstay/v1"]
				if print == "" || prints[print] {
					t.Errorf("the fingerprint of %q is empty or not its own", r.Message.Text)
				}
				prints[print] = true
			}
		}
	}
}

func TestSARIFResults(t *testing.T) {
	t.Parallel()
	var got []string
	for _, r := range sarif(t, rich()[:1], "").Runs[0].Results {
		got = append(got, r.Level+" "+r.RuleID+" "+r.Locations[0].Physical.Artifact.URI)
	}
	want := []string{
		"error check/missing cmd/ctr/commands/run/run_windows.go",
		"warning check/neighbour cmd/ctr/commands/run/run_windows.go",
		"note check/followup cmd/ctr/app/main.go", // about no file: the first that the backport changes
		"error undeclared-deviation cmd/ctr/commands/run/run_windows.go",
		"error undeclared-deviation script/setup",
		"error api-break pkg/oci/spec.go",
		"error api-break libscrub.so",
		"error api-break build/libctr.so.2",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the results are\n%s\nand not\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A result stays the same one when lines move and commits get other ids.
func TestSARIFFingerprintStays(t *testing.T) {
	t.Parallel()
	vs := rich()[:1]
	vs[0].Findings = []backport.Finding{{Check: "missing", Severity: backport.Error, Path: "a.go", Line: 10, Text: "line 12 uses x, since 18a01c0020c5"}}
	before := sarif(t, vs, "").Runs[0].Results[0].Fingerprints["backstay/v1"]
	vs[0].Findings[0].Line, vs[0].Findings[0].Text = 90, "line 92 uses x, since 4b1e22f09a1c"
	vs[0].Commits = []string{otherID}
	if after := sarif(t, vs, "").Runs[0].Results[0].Fingerprints["backstay/v1"]; after != before {
		t.Errorf("the fingerprint becomes %s from %s", after, before)
	}
	vs[0].Findings[0].Text = "line 92 uses y, since 4b1e22f09a1c"
	if after := sarif(t, vs, "").Runs[0].Results[0].Fingerprints["backstay/v1"]; after == before {
		t.Error("another result has the same fingerprint")
	}
}

func TestSARIFPaths(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"a/b.go": "a/b.go", "a b#c?.go": "a%20b%23c%3F.go", "é/%41": "%C3%A9/%2541", "\xff\n": "%FF%0A", "c:x": "c%3Ax",
	} {
		if got := sarifPath(path); got != want {
			t.Errorf("sarifPath(%q) = %q, want %q", path, got, want)
		}
	}
	for root, want := range map[string]string{
		"/home/ann/a b": "file:///home/ann/a%20b/", "/": "file:///", `C:\work`: "file:///C:/work/",
	} {
		if got := sarif(t, rich()[:1], root).Runs[0].Bases[sarifRoot].URI; got != want {
			t.Errorf("the root %q is %q, want %q", root, got, want)
		}
	}
}

// The page's own policy allows its style, and the style asks for nothing.
func TestHTMLPolicy(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := HTML(&b, rich()); err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(b.String(), "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	hash := strings.ReplaceAll(base64.StdEncoding.EncodeToString(sum[:]), "+", "&#43;")
	if !strings.Contains(b.String(), "style-src &#39;sha256-"+hash+"&#39;") || !strings.Contains(b.String(), "default-src &#39;none&#39;") {
		t.Error("the policy does not allow the style that is there")
	}
	if strings.Contains(style, "url(") || strings.Contains(style, "@import") {
		t.Error("the style asks for something")
	}
}
