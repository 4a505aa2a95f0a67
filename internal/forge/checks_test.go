package forge_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/forge"
)

// A fake is a forge that knows lists, by path, wrapped as the forge wraps them.
type fake struct {
	// lists are by the path behind the project, items are JSON.
	lists map[string][]string
	// wrap is the text around a list's items.
	wrap func(path, items string) string
	// size is the query's name for the length of a page; quiet names no next page.
	size  string
	quiet bool
	top   string
}

func (f fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), f.top)
	items, known := f.lists[path]
	if !ok || !known {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	q := r.URL.Query()
	page, err1 := strconv.Atoi(q.Get("page"))
	size, err2 := strconv.Atoi(q.Get(f.size))
	if err1 != nil || err2 != nil || page < 1 || size < 1 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	from := min((page-1)*size, len(items))
	to := min(from+size, len(items))
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if to < len(items) && !f.quiet {
		next := url.Values{"page": {strconv.Itoa(page + 1)}}
		w.Header().Set("Link", `<https://evil.example/prev>; rel="prev", <https://evil.example/?`+next.Encode()+`>; rel="next"`)
	}
	fmt.Fprint(w, f.wrap(path, strings.Join(items[from:to], ",")))
}

func github(suites, runs, statuses []string) fake {
	at := "/commits/" + commit
	return fake{
		top: "/repos/own/project", size: "per_page",
		lists: map[string][]string{at + "/check-suites": suites, at + "/check-runs": runs, at + "/status": statuses},
		wrap: func(path, items string) string {
			switch path {
			case at + "/check-suites":
				return `{"total_count":1,"check_suites":[` + items + `]}`
			case at + "/check-runs":
				return `{"total_count":1,"check_runs":[` + items + `]}`
			}
			return `{"state":"pending","sha":"` + commit + `","total_count":1,"statuses":[` + items + `]}`
		},
	}
}

func gitlab(pipelines, statuses []string) fake {
	return fake{
		top: "/projects/own%2Fproject", size: "per_page",
		lists: map[string][]string{"/pipelines": pipelines, "/repository/commits/" + commit + "/statuses": statuses},
		wrap:  func(_, items string) string { return "[" + items + "]" },
	}
}

func gitea(statuses []string) fake {
	return fake{
		top: "/repos/own/project", size: "limit", quiet: true,
		lists: map[string][]string{"/commits/" + commit + "/status": statuses},
		wrap: func(_, items string) string {
			list := "[" + items + "]"
			if items == "" {
				list = "null"
			}
			return `{"state":"","sha":"` + commit + `","total_count":0,"statuses":` + list + `,"repository":{},"commit_url":"","url":""}`
		},
	}
}

// githubRun is an example of GitHub's schema check-run.
func githubRun(id int, name, status, conclusion string) string {
	c, done := "null", "null"
	if conclusion != "" {
		c, done = strconv.Quote(conclusion), `"2025-05-04T01:14:52Z"`
	}
	return fmt.Sprintf(`{"id":%d,"head_sha":%q,"node_id":"MDg6","external_id":"","url":"https://api.github.com/repos/github/hello-world/check-runs/4",
"html_url":"https://github.com/github/hello-world/runs/%[1]d","details_url":"https://example.com","status":%[4]q,"conclusion":%[5]s,
"started_at":"2025-05-04T01:14:22Z","completed_at":%[6]s,"output":{"title":null,"summary":null,"text":null,"annotations_count":2,"annotations_url":"https://api.github.com/x"},
"name":%[3]q,"check_suite":{"id":5},"app":{"id":1,"slug":"github-actions","name":"GitHub Actions"},"pull_requests":[]}`, id, commit, name, status, c, done)
}

func githubSuite(id int, slug, status, conclusion string, runs int) string {
	c := "null"
	if conclusion != "" {
		c = strconv.Quote(conclusion)
	}
	return fmt.Sprintf(`{"id":%d,"node_id":"MDEw","head_branch":"main","head_sha":%q,"status":%q,"conclusion":%s,"url":"https://api.github.com/x","before":null,"after":null,
"pull_requests":[],"app":{"id":1,"slug":%[5]q,"name":"App %[5]s"},"latest_check_runs_count":%[6]d,"check_runs_url":"https://api.github.com/y"}`, id, commit, status, c, slug, runs)
}

func githubStatus(context, state string) string {
	return fmt.Sprintf(`{"url":"https://api.github.com/x","avatar_url":"https://github.com/a.gif","id":1,"node_id":"MDY6","state":%q,"description":"Build has completed",
"target_url":"https://ci.example.com/1000/output","context":%q,"created_at":"2012-07-20T01:19:13Z","updated_at":"2012-07-20T01:19:13Z"}`, state, context)
}

func gitlabPipeline(id int, status string) string {
	return fmt.Sprintf(`{"id":%d,"iid":12,"project_id":1,"status":%q,"source":"push","ref":"new-pipeline","sha":%q,"name":"Build pipeline",
"web_url":"https://example.com/foo/bar/pipelines/%[1]d","created_at":"2016-08-11T11:28:34.085Z","updated_at":"2016-08-11T11:32:35.169Z"}`, id, status, commit)
}

func gitlabStatus(id int, name, status string, mayFail bool) string {
	return fmt.Sprintf(`{"status":%q,"created_at":"2016-01-19T08:40:25.934Z","started_at":"2016-01-19T08:40:25.900Z","name":%q,"allow_failure":%t,
"author":{"username":"janedoe"},"description":null,"sha":%q,"target_url":"https://gitlab.example.com/janedoe/gitlab-foss/builds/%d","finished_at":"2016-01-19T08:41:25.900Z","id":%[5]d,"ref":"main","coverage":null}`,
		status, name, mayFail, commit, id)
}

func giteaStatus(context, status string) string {
	return fmt.Sprintf(`{"id":1,"status":%q,"target_url":"https://ci.example.com/1","description":"said","url":"https://gitea.example/api/v1/x","context":%q,"creator":{"id":1,"login":"bot"},
"created_at":"2024-05-01T10:00:00Z","updated_at":"2024-05-01T10:00:00Z"}`, status, context)
}

func TestChecks(t *testing.T) {
	t.Parallel()
	var many, manyRuns []string
	for i := range 123 {
		many = append(many, giteaStatus(fmt.Sprint("job ", i), "success"))
		manyRuns = append(manyRuns, githubRun(i+1, fmt.Sprint("job ", i), "completed", "success"))
	}
	for name, tt := range map[string]struct {
		kind string
		fake fake
		want []string // name=state, "*n" for so many
	}{
		"GitHub knows nothing": {forge.GitHub, github(nil, nil, nil), nil},
		"GitHub's words": {forge.GitHub, github(nil, []string{
			githubRun(1, "a", "queued", ""), githubRun(2, "b", "in_progress", ""), githubRun(3, "c", "completed", "success"),
			githubRun(4, "d", "completed", "failure"), githubRun(5, "e", "completed", "neutral"), githubRun(6, "f", "completed", "cancelled"),
			githubRun(7, "g", "completed", "skipped"), githubRun(8, "h", "completed", "timed_out"), githubRun(9, "i", "completed", "action_required"),
			githubRun(10, "j", "waiting", ""), githubRun(11, "k", "completed", "brand_new"), githubRun(12, "l", "brand_new", "success"), githubRun(13, "m", "completed", ""),
		}, []string{githubStatus("s/success", "success"), githubStatus("s/pending", "pending"), githubStatus("s/failure", "failure"), githubStatus("s/error", "error"), githubStatus("s/new", "brand_new")}), []string{
			"a=pending", "b=pending", "c=passed", "d=failed", "e=skipped", "f=failed", "g=skipped", "h=failed", "i=failed", "j=pending", "k=failed", "l=pending", "m=failed",
			"s/success=passed", "s/pending=pending", "s/failure=failed", "s/error=failed", "s/new=failed",
		}},
		"GitHub is about to make a second job": {
			forge.GitHub, github([]string{githubSuite(5, "github-actions", "in_progress", "", 1)}, []string{githubRun(1, "first", "completed", "success")}, nil),
			[]string{"first=passed", "suite of App github-actions=pending"},
		},
		"GitHub is about to make the first job": {
			forge.GitHub, github([]string{githubSuite(5, "github-actions", "queued", "", 0)}, nil, nil),
			[]string{"suite of App github-actions=pending"},
		},
		"a job says what its suite would": {
			forge.GitHub, github([]string{githubSuite(5, "github-actions", "in_progress", "", 1)}, []string{githubRun(1, "first", "in_progress", "")}, nil),
			[]string{"first=pending"},
		},
		"GitHub cannot read the workflow": {
			forge.GitHub, github([]string{githubSuite(5, "github-actions", "completed", "startup_failure", 0)}, nil, nil),
			[]string{"suite of App github-actions=failed"},
		},
		"an app that makes no runs": {
			forge.GitHub, github([]string{githubSuite(9, "idle-app", "queued", "", 0), githubSuite(5, "github-actions", "completed", "success", 1)}, []string{githubRun(1, "a", "completed", "success")}, nil),
			[]string{"a=passed"},
		},
		"many at GitHub": {forge.GitHub, github(nil, manyRuns, nil), []string{"*123"}},

		"GitLab knows nothing": {forge.GitLab, gitlab(nil, nil), nil},
		"GitLab's words": {forge.GitLab, gitlab([]string{gitlabPipeline(7, "failed")}, []string{
			gitlabStatus(1, "a", "created", false), gitlabStatus(2, "b", "running", false), gitlabStatus(3, "c", "success", false), gitlabStatus(4, "d", "failed", false),
			gitlabStatus(5, "e", "failed", true), gitlabStatus(6, "f", "canceled", false), gitlabStatus(7, "g", "skipped", false), gitlabStatus(8, "h", "manual", true),
			gitlabStatus(9, "i", "scheduled", false), gitlabStatus(10, "j", "canceling", false), gitlabStatus(11, "k", "brand_new", false),
		}), []string{
			"a=pending", "b=pending", "c=passed", "d=failed", "e=skipped", "f=failed", "g=skipped", "h=skipped", "i=pending", "j=pending", "k=pending",
		}},
		"GitLab is about to make a job": {
			forge.GitLab, gitlab([]string{gitlabPipeline(7, "running")}, []string{gitlabStatus(1, "a", "success", false)}),
			[]string{"a=passed", "pipeline 7=pending"},
		},
		"GitLab cannot read its configuration": {forge.GitLab, gitlab([]string{gitlabPipeline(7, "failed")}, nil), []string{"pipeline 7=failed"}},
		"GitLab's children fail":               {forge.GitLab, gitlab([]string{gitlabPipeline(7, "failed")}, []string{gitlabStatus(1, "a", "success", false)}), []string{"a=passed", "pipeline 7=failed"}},
		"GitLab waits for a person":            {forge.GitLab, gitlab([]string{gitlabPipeline(7, "manual")}, []string{gitlabStatus(1, "a", "success", false)}), []string{"a=passed", "pipeline 7=failed"}},
		"GitLab has nothing to do":             {forge.GitLab, gitlab([]string{gitlabPipeline(7, "skipped")}, nil), []string{"pipeline 7=skipped"}},
		"all is well at GitLab":                {forge.GitLab, gitlab([]string{gitlabPipeline(7, "success")}, []string{gitlabStatus(1, "a", "success", false)}), []string{"a=passed"}},

		"Gitea knows nothing": {forge.Gitea, gitea(nil), nil},
		"Gitea's words": {forge.Gitea, gitea([]string{
			giteaStatus("a", "pending"), giteaStatus("b", "success"), giteaStatus("c", "error"), giteaStatus("d", "failure"),
			giteaStatus("e", "warning"), giteaStatus("f", "skipped"), giteaStatus("g", "brand_new"),
		}), []string{"a=pending", "b=passed", "c=failed", "d=failed", "e=passed", "f=skipped", "g=failed"}},
		"many at Gitea": {forge.Gitea, gitea(many), []string{"*123"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := client(t, tt.kind, serve(t, tt.fake.ServeHTTP)).Checks(t.Context(), commit)
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			for _, c := range got {
				said = append(said, c.Name+"="+string(c.State))
				if c.URL != "" && !strings.HasPrefix(c.URL, "https://") {
					t.Errorf("%s leads to %q", c.Name, c.URL)
				}
			}
			if len(tt.want) == 1 && tt.want[0] == "*"+strconv.Itoa(len(said)) {
				return
			}
			if !slices.Equal(said, tt.want) {
				t.Errorf("got %q, want %q", said, tt.want)
			}
		})
	}
}

func TestChecksTellTimeAndPlace(t *testing.T) {
	t.Parallel()
	got, err := client(t, forge.GitHub, serve(t, github(nil, []string{githubRun(1, "a", "completed", "timed_out")}, nil).ServeHTTP)).Checks(t.Context(), commit)
	if err != nil || len(got) != 1 || got[0].Seconds != 30 || got[0].URL != "https://github.com/github/hello-world/runs/1" || got[0].Text != "timed_out" {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = client(t, forge.GitLab, serve(t, gitlab(nil, []string{gitlabStatus(1, "a", "failed", true)}).ServeHTTP)).Checks(t.Context(), commit)
	if err != nil || len(got) != 1 || got[0].Seconds != 60 || got[0].Text != "it failed, as it may" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestHostileChecks(t *testing.T) {
	t.Parallel()
	quote := func(s string) string {
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var list []string
	for _, link := range []string{"javascript:alert(1)", "file:///etc/passwd", "https://me:pw@x.example/", "https://x.example/" + strings.Repeat("x", 3000), "//x.example", "https:", "\x01"} {
		list = append(list, `{"context":`+quote(link)+`,"status":"success","target_url":`+quote(link)+`}`)
	}
	list = append(list, `{"context":"\u001b[31m\n\u202e","description":"`+strings.Repeat("ä\\t", 2000)+`","status":"success"}`, `{"context":"","status":"success"}`)
	got, err := client(t, forge.Gitea, serve(t, gitea(list).ServeHTTP)).Checks(t.Context(), commit)
	if err != nil || len(got) != len(list) {
		t.Fatalf("%v, %v", got, err)
	}
	for _, c := range got {
		if c.URL != "" || c.Name == "" || len(c.Name) > 600 || len(c.Text) > 600 || strings.ContainsAny(c.Name+c.Text, "\x1b\n\t\x01\u202e") {
			t.Errorf("%+v", c)
		}
	}
}

// TestListsEnd has servers that give a page without end: the same one again and
// again, and always another.
func TestListsEnd(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		item func(n int) string
		asks int
		ends bool
	}{
		"the same":  {func(int) string { return giteaStatus("a", "success") }, 2, true},
		"another":   {func(n int) string { return giteaStatus(fmt.Sprint(n), "success") }, 40, false},
		"two pages": {func(n int) string { return giteaStatus(fmt.Sprint(n%2), "success") }, 3, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asks := 0
			address := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asks++
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Link", `<x>; rel="next"`)
				fmt.Fprintf(w, `{"statuses":[%s]}`, tt.item(asks))
			})
			got, err := client(t, forge.Gitea, address).Checks(t.Context(), commit)
			if (err == nil) != tt.ends || asks != tt.asks {
				t.Errorf("%d requests: %v, %v", asks, got, err)
			}
		})
	}
}
