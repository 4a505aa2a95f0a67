package forge

import (
	"context"

	"backstay.dev/backstay/internal/backport"
)

// giteaStatus is Gitea's "CommitStatus". What the combined status calls state is
// called status here.
type giteaStatus struct {
	Context     string `json:"context"`
	Status      string `json:"status"`
	Description string `json:"description"`
	TargetURL   string `json:"target_url"`
}

// giteaChecks reads the combined status: the latest of each context, also of the
// jobs of Gitea's own actions.
func (c *Client) giteaChecks(ctx context.Context, commit string) ([]backport.Check, error) {
	var all []backport.Check
	err := each(func(page int) ([]giteaStatus, bool, error) {
		var combined struct {
			Statuses []giteaStatus `json:"statuses"` // null for none
		}
		// Not every version names the next page of this list: one that is empty is
		// the end.
		_, err := c.get(ctx, c.project()+"/commits/"+commit+"/status", paged("limit", page), &combined)
		return combined.Statuses, len(combined.Statuses) > 0, err
	}, func(s giteaStatus) string { return s.Context }, func(s giteaStatus) {
		check := backport.Check{Name: s.Context, URL: s.TargetURL, Text: s.Description, State: backport.CheckFailed}
		switch s.Status {
		case "success":
			check.State = backport.CheckPassed
		case "warning":
			check.State, check.Text = backport.CheckPassed, words(s.Status, s.Description)
		case "pending":
			check.State = backport.CheckPending
		case "skipped":
			check.State = backport.CheckSkipped
		}
		all = append(all, check)
	})
	return all, err
}
