//go:build unix

package cli_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"backstay.dev/backstay/internal/gittest"
)

// reports verifies and gives the report in all formats, by the ending of its
// file, what was printed as "text", and the Markdown that was printed as "comment".
func reports(t *testing.T, v *verifying, args ...string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	endings := []string{".html", ".md", ".json", ".xml", ".sarif"}
	all := args
	for _, e := range endings {
		all = append(all, "--report", filepath.Join(dir, "report"+e))
	}
	exit, out, said := v.run(all...)
	if exit > 1 || said != "" {
		t.Fatalf("exit status %d\n%s%s", exit, out, said)
	}
	texts := map[string]string{"text": out}
	for _, e := range endings {
		text, err := os.ReadFile(filepath.Join(dir, "report"+e))
		if err != nil {
			t.Fatal(err)
		}
		texts[e] = string(text)
	}
	exit, texts["comment"], said = v.run(append(args, "--markdown")...)
	if exit > 1 || said != "" {
		t.Fatalf("exit status %d\n%s%s", exit, texts["comment"], said)
	}
	exit, texts["patch"], said = v.run(append(args, "--patch")...)
	if exit > 1 || said != "" {
		t.Fatalf("exit status %d\n%s%s", exit, texts["patch"], said)
	}
	return texts
}

// sound fails unless each format of a report of some backports can be read.
func sound(t *testing.T, backports int, texts map[string]string) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("../../docs/verify.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(texts[".json"]))
	if err == nil {
		err = schema.Validate(doc)
	}
	if err != nil {
		t.Errorf("JSON: %v\n%s", err, texts[".json"])
	}
	for d := xml.NewDecoder(strings.NewReader(texts[".xml"])); err == nil; {
		_, err = d.Token()
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("XML: %v\n%s", err, texts[".xml"])
	}
	var sarif struct {
		Version string
		Runs    []struct {
			Results []struct{ RuleID, Level string }
		}
	}
	if err := json.Unmarshal([]byte(texts[".sarif"]), &sarif); err != nil || sarif.Version != "2.1.0" || len(sarif.Runs) != backports {
		t.Errorf("SARIF: %v\n%s", err, texts[".sarif"])
	}
	if strings.Contains(texts[".html"], "http://") || strings.Contains(texts[".html"], "src=\"http") {
		t.Errorf("the page asks for something elsewhere:\n%s", texts[".html"])
	}
	if len(texts["comment"]) > 65536 {
		t.Errorf("the comment has %d bytes", len(texts["comment"]))
	}
}

// One verification in all formats says the same.
func TestVerifyReports(t *testing.T) {
	t.Parallel()
	v := newVerifying(t, pump(t), `
platforms:
  - name: here
    build: [./check]
    test: [./run]
    proof: [./run, "{files}"]
    results: tap
`)
	texts := reports(t, v, "my/rounding", "my/other", "--build")
	sound(t, 2, texts)
	for name, wants := range map[string][]string{
		"text":    {"t/odd.t newly fails", "declared nowhere", "2 backports: 2 refused"},
		".md":     {"t/odd.t", "declared nowhere"},
		"comment": {"t/odd.t", "declared nowhere"},
		".json":   {`"https://backstay.dev/schema/verify-1.json"`, `"newly-failing"`, `"deviates"`, `"proven"`, `"state": "refused"`},
		".xml":    {"<testsuites", "t/odd.t", "<failure"},
		".sarif":  {`"lib.sh"`, `"level": "error"`},
		".html":   {"<!doctype html>", "t/odd.t", "set -f"},
	} {
		for _, want := range wants {
			if !strings.Contains(strings.ToLower(texts[name]), strings.ToLower(want)) {
				t.Errorf("%s lacks %q:\n%s", name, want, texts[name])
			}
		}
	}
	var d struct {
		Verifications []struct {
			Name   string
			Target struct{ Name string }
			Runs   []struct {
				Platform, State string
				Tests           map[string]int
			}
			Verdict struct{ State string }
		}
	}
	exit, out, said := v.run("my/rounding", "--build", "--json")
	if err := json.Unmarshal([]byte(out), &d); err != nil || exit != 1 || said != "" || len(d.Verifications) != 1 {
		t.Fatalf("exit status %d, %v\n%s%s", exit, err, out, said)
	}
	got := d.Verifications[0]
	if got.Name != "my/rounding" || got.Target.Name != "release/1.0" || got.Verdict.State != "refused" || len(got.Runs) != 1 || got.Runs[0].State != "failed" || got.Runs[0].Tests["failed"] != 1 {
		t.Errorf("%+v", got)
	}
}

// What commits, paths and tests are called is shown in every format, and obeyed
// in none.
func TestVerifyHostileWords(t *testing.T) {
	t.Parallel()
	const words = `\x1b[2J\x1b]0;owned\x07 <script>alert(1)</script> @everyone fixes #1 \xe2\x80\xaetxt ![x](https://evil.example/x.png) ::error::x`
	r := gittest.New(t, `
-- commit base on main: begin --
-- file "a\x1b[31m<img src=x onerror=alert(2)>.c" --
int a(void) { return 1; }
-- file run 755 escapes --
#!/bin/sh
printf 'not ok 1 - \\033[2J<script>alert(3)</script> @everyone \\342\\200\\256\\n1..1\\n'
printf '::set-output name=x::y\\n##[error]x\\n'
exit 1
-- branch release/1.0 from main --
-- commit fix on main: `+words+` --
escapes: yes
-- file "a\x1b[31m<img src=x onerror=alert(2)>.c" --
int a(void) { return 2; }
-- branch my/fix from release/1.0 --
-- commit fixed on my/fix: `+words+` --
escapes: yes

[x: @everyone <script>alert(4)</script> \x1b[2J \xe2\x80\xae]
(cherry picked from commit {{id:fix}})
-- file "a\x1b[31m<img src=x onerror=alert(2)>.c" --
int a(void) { return 3; } /* </script><script>alert(5)</script> */
`)
	v := newVerifying(t, r, `
platforms:
  - name: here
    test: [./run]
    results: tap
`)
	texts := reports(t, v, "my/fix", "--build", "--override", "@everyone <script>alert(6)</script>")
	sound(t, 1, texts)
	for name, text := range texts {
		if strings.ContainsAny(text, "\x1b\x07\r\u202e") {
			t.Errorf("%s has control characters: %q", name, text)
		}
		switch name {
		case ".html", ".xml":
			if regexp.MustCompile(`<script>alert|<img src=x`).MatchString(text) {
				t.Errorf("%s has markup of others:\n%s", name, text)
			}
		case ".md", "comment":
			if prose := uncoded(text); regexp.MustCompile(`@everyone|<script|<img|!\[x\]|#1`).MatchString(prose) {
				t.Errorf("%s has markup of others:\n%s\n%s", name, text, prose)
			}
		case "text", "patch":
			if regexp.MustCompile(`(?m)^(::|##\[)`).MatchString(text) {
				t.Errorf("%s speaks to a forge:\n%s", name, text)
			}
		}
	}
}

// uncoded is a Markdown text without what stands in code, where nothing means
// anything: between two runs of as many backticks.
func uncoded(text string) string {
	ticks := regexp.MustCompile("`+")
	var out strings.Builder
	for {
		at := ticks.FindStringIndex(text)
		if at == nil {
			return out.String() + text
		}
		out.WriteString(text[:at[0]])
		run, rest := text[at[0]:at[1]], text[at[1]:]
		end := -1
		for _, next := range ticks.FindAllStringIndex(rest, -1) {
			if next[1]-next[0] == len(run) {
				end = next[1]
				break
			}
		}
		if end < 0 {
			out.WriteString(run)
			text = rest
			continue
		}
		text = rest[end:]
	}
}
