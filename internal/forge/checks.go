package forge

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/lazy"
)

// id is a full object id.
var id = lazy.Regexp(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

var errUnending = errors.New("the list does not end")

// Checks gives what the forge knows of a commit's checks, in its order: the
// latest of each name. None is no error: they may come later. A *TemporaryError
// may go away by itself, also that of a commit that the forge does not see yet.
func (c *Client) Checks(ctx context.Context, commit string) ([]backport.Check, error) {
	if !id().MatchString(commit) {
		return nil, fmt.Errorf("read checks: %.100q is no commit", commit)
	}
	var all []backport.Check
	var err error
	switch c.repo.Kind {
	case GitHub:
		all, err = c.githubChecks(ctx, commit)
	case GitLab:
		all, err = c.gitlabChecks(ctx, commit)
	case Gitea:
		all, err = c.giteaChecks(ctx, commit)
	default:
		err = fmt.Errorf("%.100q is no kind of forge", c.repo.Kind)
	}
	if err != nil {
		return nil, fmt.Errorf("read checks of %.12s: %w", commit, err)
	}
	for i, check := range all {
		all[i].Name, all[i].Text, all[i].URL = c.plain(check.Name), c.plain(check.Text), c.link(check.URL)
		if all[i].Name == "" {
			all[i].Name = "unnamed"
		}
	}
	return all, nil
}

// each hands over all items of a list, once each. next reads a page and gives its
// items; key tells them apart. A page that brings nothing new is the last.
func each[T any](read func(page int) (items []T, more bool, err error), key func(T) string, do func(T)) error {
	seen := map[string]bool{}
	for page := 1; page <= maxPages; page++ {
		items, more, err := read(page)
		if err != nil {
			return err
		}
		fresh := false
		for _, item := range items {
			if k := key(item); !seen[k] {
				seen[k], fresh = true, true
				do(item)
			}
		}
		if !fresh || !more {
			return nil
		}
	}
	return errUnending
}

// project is the path of the repository in the API.
func (c *Client) project() string {
	if c.repo.Kind == GitLab {
		return "/projects/" + url.PathEscape(c.repo.Owner+"/"+c.repo.Name)
	}
	return "/repos/" + url.PathEscape(c.repo.Owner) + "/" + url.PathEscape(c.repo.Name)
}

// paged is the query of one page.
func paged(size string, page int, more ...string) url.Values {
	q := url.Values{size: {strconv.Itoa(perPage)}, "page": {strconv.Itoa(page)}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return q
}

// A date of a forge. One that cannot be read is zero: nothing depends on it but
// how long a check took.
type date struct{ time.Time }

// UnmarshalJSON reads RFC 3339.
func (d *date) UnmarshalJSON(text []byte) error {
	if d.Time.UnmarshalJSON(text) != nil {
		d.Time = time.Time{}
	}
	return nil
}

// took is the time between two dates, in seconds.
func took(from, to date) float64 {
	const most = 365 * 24 * time.Hour
	if from.IsZero() || to.Before(from.Time) || to.Sub(from.Time) > most {
		return 0
	}
	return to.Sub(from.Time).Seconds()
}

// words joins what is said with what it is said of.
func words(parts ...string) string {
	var said []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, ": ")
}
