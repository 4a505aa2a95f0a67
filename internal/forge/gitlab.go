package forge

import (
	"context"
	"strconv"

	"backstay.dev/backstay/internal/backport"
)

// gitlabPipeline is one of GitLab's "List project pipelines".
type gitlabPipeline struct {
	ID     int64  `json:"id"`
	Status string `json:"status"`
	Source string `json:"source"`
	Web    string `json:"web_url"`
}

// gitlabStatus is one of "List commit statuses": a job of a pipeline, or what
// another program reports. Without "all" it is the latest of its name.
type gitlabStatus struct {
	ID           int64  `json:"id"`
	Name         string `json:"name"`
	Ref          string `json:"ref"`
	Status       string `json:"status"`
	Description  string `json:"description"`
	TargetURL    string `json:"target_url"`
	AllowFailure bool   `json:"allow_failure"`
	StartedAt    date   `json:"started_at"`
	FinishedAt   date   `json:"finished_at"`
}

// gitlabChecks reads the statuses, and the pipelines behind: a pipeline knows of
// jobs that are still to be made, of those of its children, and that its
// configuration cannot be read.
func (c *Client) gitlabChecks(ctx context.Context, commit string) ([]backport.Check, error) {
	var pipelines []gitlabPipeline
	if err := each(func(page int) (list []gitlabPipeline, more bool, err error) {
		more, err = c.get(ctx, c.project()+"/pipelines", paged("per_page", page, "sha", commit), &list)
		return list, more, err
	}, func(p gitlabPipeline) string { return strconv.FormatInt(p.ID, 10) }, func(p gitlabPipeline) {
		pipelines = append(pipelines, p)
	}); err != nil {
		return nil, err
	}
	var all []backport.Check
	worst := backport.CheckPassed
	if err := each(func(page int) (list []gitlabStatus, more bool, err error) {
		more, err = c.get(ctx, c.project()+"/repository/commits/"+commit+"/statuses", paged("per_page", page), &list)
		return list, more, err
	}, func(s gitlabStatus) string { return strconv.FormatInt(s.ID, 10) }, func(s gitlabStatus) {
		check := s.check()
		if check.State == backport.CheckFailed || check.State == backport.CheckPending && worst == backport.CheckPassed {
			worst = check.State
		}
		all = append(all, check)
	}); err != nil {
		return nil, err
	}
	for _, p := range pipelines {
		// A pipeline says something only where its jobs don't say it already.
		check := p.check()
		if check.State == backport.CheckFailed && worst != backport.CheckFailed ||
			check.State == backport.CheckPending || check.State == backport.CheckSkipped && len(all) == 0 {
			all = append(all, check)
		}
	}
	return all, nil
}

func (s gitlabStatus) check() backport.Check {
	check := backport.Check{
		Name: s.Name, URL: s.TargetURL, Text: s.Description, State: gitlabState(s.Status),
		Seconds: took(s.StartedAt, s.FinishedAt),
	}
	switch {
	case s.Status == "manual":
		check.State, check.Text = backport.CheckSkipped, words("it waits for a person", s.Description)
	case check.State == backport.CheckFailed && s.AllowFailure:
		check.State, check.Text = backport.CheckSkipped, words("it failed, as it may", s.Description)
	case s.Status != "success" && s.Status != "failed" && check.State != backport.CheckPending:
		check.Text = words(s.Status, s.Description)
	}
	return check
}

func (p gitlabPipeline) check() backport.Check {
	check := backport.Check{
		Name: "pipeline " + strconv.FormatInt(p.ID, 10), URL: p.Web, State: gitlabState(p.Status), Text: words(p.Source, p.Status),
	}
	if p.Status == "manual" {
		// It is so only if a job that must run waits.
		check.State, check.Text = backport.CheckFailed, "it waits for a person"
	}
	return check
}

// gitlabState is what GitLab's word for a job or a pipeline means.
func gitlabState(word string) backport.CheckState {
	switch word {
	case "success":
		return backport.CheckPassed
	case "skipped":
		return backport.CheckSkipped
	case "failed", "canceled", "manual":
		return backport.CheckFailed
	}
	// created, waiting_for_resource, waiting_for_callback, preparing, pending,
	// running, canceling, scheduled
	return backport.CheckPending
}
