package forge

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// githubRun is a check run: the part of GitHub's schema "check-run" that counts.
type githubRun struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Status      string `json:"status"`
	Conclusion  string `json:"conclusion"`
	HTML        string `json:"html_url"`
	Details     string `json:"details_url"`
	StartedAt   date   `json:"started_at"`
	CompletedAt date   `json:"completed_at"`
	Output      struct {
		Title string `json:"title"`
	} `json:"output"`
	Suite *struct {
		ID int64 `json:"id"`
	} `json:"check_suite"`
}

// githubSuite is a check suite: all runs of one app, or of one workflow.
type githubSuite struct {
	ID         int64  `json:"id"`
	Status     string `json:"status"`
	Conclusion string `json:"conclusion"`
	Runs       int    `json:"latest_check_runs_count"`
	App        struct {
		Name string `json:"name"`
		Slug string `json:"slug"`
	} `json:"app"`
}

// githubStatus is a status of the older API, the latest of its context.
type githubStatus struct {
	ID          int64  `json:"id"`
	Context     string `json:"context"`
	State       string `json:"state"`
	Description string `json:"description"`
	TargetURL   string `json:"target_url"`
}

func (c *Client) githubChecks(ctx context.Context, commit string) ([]backport.Check, error) {
	path := c.project() + "/commits/" + commit
	var all []backport.Check
	// The suites first: a run that is made in between is seen, one that ends in
	// between leaves its suite waiting until the next time.
	suites, err := c.githubSuites(ctx, path)
	if err != nil {
		return nil, err
	}
	worse := map[int64]bool{}
	if err := each(func(page int) ([]githubRun, bool, error) {
		var list struct {
			Runs []githubRun `json:"check_runs"`
		}
		more, err := c.get(ctx, path+"/check-runs", paged("per_page", page, "filter", "latest"), &list)
		return list.Runs, more, err
	}, func(r githubRun) string { return strconv.FormatInt(r.ID, 10) }, func(r githubRun) {
		check := r.check()
		if r.Suite != nil && (check.State == backport.CheckFailed || check.State == backport.CheckPending) {
			worse[r.Suite.ID] = true
		}
		all = append(all, check)
	}); err != nil {
		return nil, err
	}
	for _, s := range suites {
		if check, counts := s.check(); counts && !worse[s.ID] {
			all = append(all, check)
		}
	}
	err = each(func(page int) ([]githubStatus, bool, error) {
		var combined struct {
			Statuses []githubStatus `json:"statuses"`
		}
		more, err := c.get(ctx, path+"/status", paged("per_page", page), &combined)
		return combined.Statuses, more, err
	}, func(s githubStatus) string { return s.Context }, func(s githubStatus) {
		check := backport.Check{Name: s.Context, URL: s.TargetURL, Text: s.Description, State: backport.CheckFailed}
		switch s.State {
		case "success":
			check.State = backport.CheckPassed
		case "pending":
			check.State = backport.CheckPending
		}
		all = append(all, check)
	})
	return all, err
}

func (c *Client) githubSuites(ctx context.Context, path string) (suites []githubSuite, err error) {
	err = each(func(page int) ([]githubSuite, bool, error) {
		var list struct {
			Suites []githubSuite `json:"check_suites"`
		}
		more, err := c.get(ctx, path+"/check-suites", paged("per_page", page), &list)
		return list.Suites, more, err
	}, func(s githubSuite) string { return strconv.FormatInt(s.ID, 10) }, func(s githubSuite) {
		suites = append(suites, s)
	})
	return suites, err
}

func (r githubRun) check() backport.Check {
	check := backport.Check{Name: r.Name, URL: r.HTML, Text: r.Output.Title, State: backport.CheckPending}
	if check.URL == "" {
		check.URL = r.Details
	}
	if r.Status != "completed" {
		return check
	}
	check.Seconds = took(r.StartedAt, r.CompletedAt)
	check.State = concluded(r.Conclusion)
	if r.Conclusion != "success" && r.Conclusion != "failure" {
		check.Text = words(r.Conclusion, r.Output.Title)
	}
	return check
}

// concluded is what a conclusion means to GitHub's own merge box.
func concluded(conclusion string) backport.CheckState {
	switch conclusion {
	case "success":
		return backport.CheckPassed
	case "neutral", "skipped":
		return backport.CheckSkipped
	}
	// failure, cancelled, timed_out, action_required, stale, startup_failure
	return backport.CheckFailed
}

// check is what a suite says beyond its runs, if it does. An app that was
// installed has a suite for every commit, which waits for ever if the app never
// makes a run; only GitHub's own is known to make some. A workflow that cannot
// be read fails without any run.
func (s githubSuite) check() (backport.Check, bool) {
	check := backport.Check{Name: "suite of " + s.App.Name}
	if s.Status != "completed" {
		check.State, check.Text = backport.CheckPending, "more may follow: "+strings.ReplaceAll(s.Status, "_", " ")
		return check, s.Runs > 0 || s.App.Slug == "github-actions"
	}
	check.State, check.Text = concluded(s.Conclusion), fmt.Sprintf("%s, with %d check runs", s.Conclusion, s.Runs)
	return check, check.State == backport.CheckFailed
}
