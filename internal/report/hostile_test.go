package report

import (
	"os"
	"reflect"
	"testing"

	"backstay.dev/backstay/internal/backport"
)

// attacks are texts that would do something where a format lets them.
var attacks = []string{
	"\x1b[2J\x1b]0;owned\x07\x9b31m\u009b31m",
	"abc\u202egnp.exe\u2066\u200b\u00ad",
	"line one\nline two\r\n::error::three\r",
	"bytes \xff\xfe\x00\xc3\x28 end",
	"@octocat @org/team #1 GH-2 org/repo#3 fixes #4 18a01c0020c5d2b7f0a6a2d8a2b51f3a8c6a9e01 GHSA-jfh8-c2jp-5v3q JIRA-12",
	"https://evil.example/a www.evil.example mailto:a@evil.example a@evil.example <https://evil.example>",
	"[click](javascript:alert(1)) ![x](https://evil.example/x.png) [ref]: https://evil.example",
	"```\n```diff\n~~~\n`````` `code` ``two``",
	"| a | b |\n|---|---|\n\\| c \\\\| d",
	"</details></summary></table><script>alert(1)</script><img src=x onerror=alert(1)>",
	"</style></title><!-- --> ]]> <![CDATA[ <?xml ?> &lt; &#64;me &amp;",
	"# head\n- [ ] task\n1. list\n> quote\n---\n/close\n/lgtm",
	"\"'><svg/onload=alert(1)>{{.}} {{template \"x\"}} ${x} `${x}`",
	"**bold** __bold__ ~~gone~~ $math$ :tada: <!--",
}

// hostile is a report in which every text is an attack.
func hostile() []backport.Verification {
	next := 0
	return hostileWith(func() string {
		next++
		return attacks[next%len(attacks)]
	})
}

// hostileWith is the rich report with other texts; states and what else is one of
// a few words stay.
func hostileWith(text func() string) []backport.Verification { return replaced(text, false) }

// replaced is the rich report with other texts, and with other words for states
// if all are meant.
func replaced(text func() string, all bool) []backport.Verification {
	vs := rich()
	closed := map[string]bool{"Kind": true, "Has": true, "Side": true, "Op": true, "By": true, "On": true, "Level": true}
	var walk func(v reflect.Value, field string)
	walk = func(v reflect.Value, field string) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem(), field)
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), field)
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if !all && v.Type() == reflect.TypeFor[backport.RuleResult]() && v.Type().Field(i).Name == "State" {
					continue
				}
				walk(v.Field(i), v.Type().Field(i).Name)
			}
		case reflect.String:
			open := v.Type() == reflect.TypeFor[string]() && !closed[field]
			if v.String() != "" && (open || all) {
				v.SetString(text())
			}
		}
	}
	walk(reflect.ValueOf(vs), "")
	return vs
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
