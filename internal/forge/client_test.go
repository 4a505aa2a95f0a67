package forge_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"backstay.dev/backstay/internal/forge"
)

const (
	token  = "tok_0123456789abcdef"
	commit = "0123456789012345678901234567890123456789"
)

// client is one for a server on this machine.
func client(t *testing.T, kind, address string) *forge.Client {
	t.Helper()
	r := forge.Repository{Kind: kind, API: address, Web: address, Owner: "own", Name: "project"}
	c, err := forge.NewClient(r, forge.Options{Token: token, Time: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// serve is a server that is gone after the test.
func serve(t *testing.T, do http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(do)
	t.Cleanup(s.Close)
	return s.URL
}

func TestTheTokenStaysAtHome(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int32
	other := serve(t, func(w http.ResponseWriter, r *http.Request) {
		elsewhere.Add(1)
		fmt.Fprint(w, `{"statuses":[]}`)
	})
	// All that a server can say the token back in.
	echoes := map[string]http.HandlerFunc{
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other+"/"+token, http.StatusFound)
		},
		"redirect to another name of this machine": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, strings.Replace(other, "127.0.0.1", "localhost", 1), http.StatusTemporaryRedirect)
		},
		"redirect to another scheme": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://"+r.Host+"/"+token, http.StatusMovedPermanently)
		},
		"redirect to nonsense": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://%zz"+token)
			w.WriteHeader(http.StatusFound)
		},
		"message": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"message":"bad %s"}`, r.Header.Get("Authorization"))
		},
		"message that is cut": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"message":"%s%s"}`, strings.Repeat("x ", 990), strings.Repeat(token, 3))
		},
		"error": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":%q}`, token)
		},
		"status line": func(w http.ResponseWriter, r *http.Request) {
			conn, buf, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			defer conn.Close()
			fmt.Fprintf(buf, "HTTP/1.1 %s %s\r\n\r\n", token, token)
			if err := buf.Flush(); err != nil {
				t.Error(err)
			}
		},
		"kind of content": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/"+token)
			fmt.Fprint(w, "{}")
		},
		"content": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"statuses":%q}`, token)
		},
		"compressed": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, token)
		},
	}
	for name, do := range echoes {
		for _, kind := range []string{forge.GitHub, forge.GitLab, forge.Gitea} {
			var asked atomic.Int32
			address := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				if strings.Contains(r.RequestURI, token) {
					t.Errorf("%s: the token is in %s", name, r.RequestURI)
				}
				if got := r.Header.Get("Authorization"); got != "Bearer "+token && got != "token "+token {
					t.Errorf("%s: it asks with %q", name, got)
				}
				do(w, r)
			})
			got, err := client(t, kind, address).Checks(t.Context(), commit)
			if err == nil || asked.Load() == 0 {
				t.Errorf("%s: %v", name, got)
			}
			if text := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(text, token) || strings.Contains(text, token[:8]) {
				t.Errorf("%s: the token is in %s", name, text)
			}
		}
	}
	if n := elsewhere.Load(); n > 0 {
		t.Errorf("another host was asked %d times", n)
	}
}

func TestTheTokenIsNotInWhatIsTold(t *testing.T) {
	t.Parallel()
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Query().Get("page") != "1" {
			fmt.Fprint(w, `{"statuses":null}`)
			return
		}
		fmt.Fprintf(w, `{"statuses":[{"context":"a %[1]s","description":"b %[1]s","target_url":"https://x.example/?t=%[1]s","status":"success"}]}`, token)
	})
	got, err := client(t, forge.Gitea, address).Checks(t.Context(), commit)
	if text := fmt.Sprintf("%+v", got); err != nil || len(got) != 1 || strings.Contains(text, token) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestNewClientRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		api, token string
		want       error
	}{
		{"http://forge.example.org/api/v1", token, forge.ErrPlain},
		{"http://forge.example.org/api/v1", "", nil},
		{"http://127.0.0.2:80/api/v1", token, nil},
		{"http://[::1]:80/api/v1", token, nil},
		{"http://localhost/api/v1", token, nil},
		{"http://localhost.example.org/api/v1", token, forge.ErrPlain},
		{"https://forge.example.org/api/v1", token, nil},
		{"https://forge.example.org/api/v1", "a\r\nX-Evil: 1", forge.ErrToken},
		{"https://forge.example.org/api/v1", "a b", forge.ErrToken},
		{"https://forge.example.org/api/v1", "ä", forge.ErrToken},
		{"ftp://forge.example.org/api/v1", "", errAny},
		{"", "", errAny},
	} {
		_, err := forge.NewClient(forge.Repository{Kind: forge.Gitea, API: tt.api}, forge.Options{Token: tt.token})
		if !errors.Is(err, tt.want) && (tt.want != errAny || err == nil) {
			t.Errorf("%q with %q: %v", tt.api, tt.token, err)
		}
		if err != nil && strings.Contains(err.Error(), "X-Evil") {
			t.Errorf("the token is in %v", err)
		}
	}
}

// errAny stands for whatever error.
var errAny = errors.New("any")

func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	answer := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			fmt.Fprint(w, text)
		}
	}
	for name, tt := range map[string]struct {
		do   http.HandlerFunc
		want string
		// later says that asking again may help.
		later bool
	}{
		"a page": {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<!DOCTYPE html><title>Sign in</title>") }, "not with JSON", false},
		"huge": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			for range 20 {
				if _, err := w.Write([]byte(strings.Repeat(" ", 1<<20))); err != nil {
					return
				}
			}
		}, "more than 16 MiB", false},
		"slow": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			for {
				fmt.Fprint(w, " ")
				if http.NewResponseController(w).Flush() != nil {
					return
				}
				select {
				case <-r.Context().Done():
					return
				case <-time.After(10 * time.Millisecond):
				}
			}
		}, "in time", true},
		"cut off": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "{")
		}, "EOF", true},
		"round and round": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}, "round and round", false},
		"list":            {answer(`[]`), "not what", false},
		"deep":            {answer(strings.Repeat("[", 1<<20)), "not what", false},
		"wrong types":     {answer(`{"statuses":[{"context":1}]}`), "not what", false},
		"empty":           {answer(``), "not what", false},
		"two":             {answer(`{} {}`), "not what", false},
		"escape codes":    {status(400, `{"message":"\u001b[2Jab\u202ecd\r\nef\u0000"}`), "400 ([2Jabcd ef)", false},
		"endless message": {status(400, `{"message":"`+strings.Repeat("x", 1<<19)+`"}`), "xxx …", false},
		"strange message": {status(400, `{"message":{"a":["b"]}}`), "400 (Bad Request)", false},
		"away":            {status(502, `<html>`), "502 (Bad Gateway)", true},
		"not yet there":   {status(404, `{"message":"Not Found"}`), "404 (Not Found)", true},
		"no such commit":  {status(422, `{"message":"No commit found for SHA: 01"}`), "No commit found", true},
		"no permission":   {status(403, `{"message":"Resource not accessible by personal access token"}`), "not accessible", false},
		"no right token":  {status(401, `{"message":"Bad credentials"}`), "Bad credentials", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			got, err := client(t, forge.Gitea, serve(t, tt.do)).Checks(t.Context(), commit)
			if err == nil || !strings.Contains(err.Error(), tt.want) || len(err.Error()) > 1000 || strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("%v, %.2000v", got, err)
			}
			var later *forge.TemporaryError
			if errors.As(err, &later) != tt.later {
				t.Errorf("%T %v", err, err)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// status answers with a code.
func status(code int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(code)
		fmt.Fprint(w, text)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	soon := fmt.Sprint(time.Now().Add(90 * time.Second).Unix())
	for name, tt := range map[string]struct {
		code     int
		head     []string
		min, max time.Duration
		refused  bool
	}{
		"seconds":                   {429, []string{"Retry-After", "7"}, 7 * time.Second, 7 * time.Second, false},
		"secondary limit of GitHub": {403, []string{"Retry-After", "60"}, time.Minute, time.Minute, false},
		"primary limit of GitHub":   {403, []string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", soon}, 80 * time.Second, 90 * time.Second, false},
		"limit of GitLab":           {429, []string{"RateLimit-Remaining", "0", "RateLimit-Reset", soon}, 80 * time.Second, 90 * time.Second, false},
		"date":                      {503, []string{"Retry-After", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)}, 50 * time.Second, time.Minute, false},
		"past":                      {429, []string{"Retry-After", time.Unix(0, 0).UTC().Format(http.TimeFormat)}, 0, 0, false},
		"for ever":                  {429, []string{"Retry-After", "2000000000"}, time.Hour, time.Hour, false},
		"nonsense":                  {429, []string{"Retry-After", "-99999999999999999999"}, 0, 0, false},
		"nothing said":              {429, nil, 0, 0, false},
		"reset without limit":       {403, []string{"X-RateLimit-Remaining", "12", "X-RateLimit-Reset", soon}, 0, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := serve(t, func(w http.ResponseWriter, r *http.Request) {
				for i := 0; i < len(tt.head); i += 2 {
					w.Header().Set(tt.head[i], tt.head[i+1])
				}
				w.WriteHeader(tt.code)
			})
			_, err := client(t, forge.GitHub, address).Checks(t.Context(), commit)
			var later *forge.TemporaryError
			if tt.refused {
				if !errors.Is(err, forge.ErrRefused) || errors.As(err, &later) {
					t.Errorf("%v", err)
				}
				return
			}
			if !errors.As(err, &later) || later.RetryAfter() < tt.min || later.RetryAfter() > tt.max {
				t.Errorf("%v: wait for %v", err, later)
			}
		})
	}
}

func TestARenamedProjectIsFollowed(t *testing.T) {
	t.Parallel()
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/repos/") {
			http.Redirect(w, r, "/repositories/7?"+r.URL.RawQuery, http.StatusMovedPermanently)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"statuses":[{"context":"%s","status":"success"}]}`, r.Header.Get("Authorization")[:5])
	})
	got, err := client(t, forge.Gitea, address).Checks(t.Context(), commit)
	if err != nil || len(got) != 1 || got[0].Name != "token" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestAnAnswerThatIsStillGoodIsTold(t *testing.T) {
	t.Parallel()
	var full, same atomic.Int32
	state := atomic.Value{}
	state.Store("pending")
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		tag := `W/"` + state.Load().(string) + `"`
		w.Header().Set("ETag", tag)
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("If-None-Match") == tag {
			same.Add(1)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		full.Add(1)
		fmt.Fprintf(w, `{"statuses":[{"context":"a","status":%q}]}`, state.Load())
	})
	c := client(t, forge.Gitea, address)
	for i, want := range []string{"pending", "pending", "pending", "passed", "passed"} {
		if want == "passed" {
			state.Store("success")
		}
		got, err := c.Checks(t.Context(), commit)
		if err != nil || len(got) != 1 || string(got[0].State) != want {
			t.Errorf("%d: %v, %v", i, got, err)
		}
	}
	if full.Load() != 4 || same.Load() != 6 { // two pages each
		t.Errorf("%d answers were sent, %d not again", full.Load(), same.Load())
	}
}

func TestChecksEndWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		cancel(why)
		<-r.Context().Done()
	})
	_, err := client(t, forge.Gitea, address).Checks(ctx, commit)
	var later *forge.TemporaryError
	if !errors.Is(err, why) || errors.As(err, &later) {
		t.Error(err)
	}
}

func TestNoConnection(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	_, err := client(t, forge.Gitea, s.URL).Checks(t.Context(), commit)
	var later *forge.TemporaryError
	if !errors.As(err, &later) {
		t.Error(err)
	}
	if _, err := client(t, forge.Gitea, s.URL).Checks(t.Context(), "../../users"); err == nil || errors.As(err, &later) {
		t.Error(err)
	}
	if _, err := client(t, "svn", s.URL).Checks(t.Context(), commit); err == nil || errors.As(err, &later) {
		t.Error(err)
	}
}
