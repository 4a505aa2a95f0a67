package forge

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"backstay.dev/backstay/internal/backport"
)

// always answers every request alike.
type always struct {
	code int
	head string
	body string
}

func (a always) RoundTrip(r *http.Request) (*http.Response, error) {
	h := http.Header{"Content-Type": {"application/json"}, "Link": {a.head}, "Retry-After": {a.head}, "X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {a.head}, "Etag": {a.head}}
	return &http.Response{StatusCode: a.code, Header: h, Body: io.NopCloser(strings.NewReader(a.body)), Request: r, ContentLength: -1}, nil
}

func FuzzChecks(f *testing.F) {
	for _, body := range []string{
		`{"check_runs":[{"id":1,"name":"a","status":"completed","conclusion":"success","started_at":"2025-05-04T01:14:22Z","completed_at":"x","check_suite":null}]}`,
		`{"check_suites":[{"id":1,"status":"queued","app":{"slug":"github-actions"}}],"statuses":[{"context":"a","state":"success","status":"success"}]}`,
		`[{"id":1,"name":"a","status":"running","allow_failure":true,"started_at":null}]`, `{"message":"tok_0123456789"}`, `{"statuses":null}`, `[[[[`, `null`,
	} {
		for _, kind := range []string{GitHub, GitLab, Gitea} {
			f.Add(kind, 200, `<x>; rel="next"`, body)
			f.Add(kind, 403, "17", body)
		}
	}
	f.Fuzz(func(t *testing.T, kind string, code int, head, body string) {
		const token, commit = "tok_0123456789", "0123456789012345678901234567890123456789"
		c, err := NewClient(Repository{Kind: kind, API: "https://forge.example/api", Owner: "o", Name: "n"}, Options{Token: token})
		if err != nil {
			t.Fatal(err)
		}
		c.http.Transport = always{code, head, body}
		got, err := c.Checks(t.Context(), commit)
		if err != nil && (strings.Contains(err.Error(), token) || len(err.Error()) > 2000) {
			t.Errorf("%.3000v", err)
		}
		states := []backport.CheckState{backport.CheckPending, backport.CheckPassed, backport.CheckFailed, backport.CheckSkipped}
		for _, check := range got {
			text := check.Name + check.Text + check.URL
			if strings.Contains(text, token) || !utf8.ValidString(text) || len(text) > 2*maxText+maxLink+50 || strings.ContainsFunc(text, unicode.IsControl) ||
				check.Name == "" || !slices.Contains(states, check.State) || check.Seconds < 0 {
				t.Errorf("%+v", check)
			}
		}
	})
}

func FuzzPlain(f *testing.F) {
	f.Add("a\x00b\xffc tok_0123456789", "tok_0123456789")
	f.Add(strings.Repeat("x ", 990)+"tok_0123456789", "tok_0123456789")
	f.Add("to\u200bken", "token")
	f.Fuzz(func(t *testing.T, text, token string) {
		if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			return // NewClient takes none of these
		}
		c := &Client{token: token}
		got := c.plain(text)
		if len(token) > 3 && strings.Contains(got, token) && !strings.Contains(token, "*") {
			t.Errorf("%q of %q has the token", got, text)
		}
		if len(got) > maxText+5 || strings.ContainsFunc(got, unicode.IsControl) || !utf8.ValidString(got) {
			t.Errorf("%q of %q", got, text)
		}
	})
}
