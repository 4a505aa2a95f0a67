package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/say"
)

type doctorOptions struct {
	app         *app
	fetch, json bool
}

func newDoctor(a *app, run func(context.Context, *doctorOptions) error) *cobra.Command {
	o := &doctorOptions{app: a}
	c := &cobra.Command{
		Use:   "doctor [OPTION]...",
		Short: "Say what is there and what is missing",
		Long: `Tries what backstay needs of git, and says what it found: the repository and its
kind, the release branches and why they are, caches, identity, signing and the
configuration. Each line is ok, warn or missing; the last two say what to do.
It changes nothing and works outside a repository too.`,
		Example: `  backstay doctor
  backstay -C /srv/git/project.git doctor --json`,
		Annotations: map[string]string{exitKey: `  0    backstay can work here, be it with warnings
  2    wrong use
  3    git is missing, too old or does not work
  130  interrupted`},
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return run(c.Context(), o) },
	}
	c.Flags().BoolVar(&o.fetch, "fetch", false, "let git fetch objects that a partial clone lacks")
	c.Flags().BoolVar(&o.json, "json", false, "print one JSON document")
	return c
}

// The states of a check.
const (
	checkOK      = "ok"
	checkWarn    = "warn"
	checkMissing = "missing"
)

// check is one thing that was looked at.
type check struct {
	// Topic is "git", "repository", "releases", "cache", "identity", "signing"
	// or "config".
	Topic string `json:"topic"`
	State string `json:"state"`
	Text  string `json:"text"`
	// Hint says what to do.
	Hint string `json:"hint,omitempty"`
}

// diagnosis is all that doctor found.
type diagnosis struct {
	Backstay build   `json:"backstay"`
	Checks   []check `json:"checks"`

	app *app
}

func (d *diagnosis) add(topic, state, hint, format string, args ...any) {
	d.Checks = append(d.Checks, check{topic, state, fmt.Sprintf(format, args...), hint})
}

// errNoGitToWorkWith ends doctor where nothing else can work.
var errNoGitToWorkWith = errors.New("backstay cannot work with this git")

func runDoctor(ctx context.Context, o *doctorOptions) (err error) {
	d := &diagnosis{Backstay: version(), app: o.app}
	lab, err := o.app.newLab(ctx)
	if err != nil && ctx.Err() != nil {
		return err
	}
	if lab != nil {
		defer func() { err = also(err, lab.close()) }()
	}
	usable := d.git(ctx, lab, err)
	if usable {
		d.surroundings(ctx, lab, o.fetch)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := o.print(d); err != nil {
		return err
	}
	if !usable {
		return errNoGitToWorkWith
	}
	return nil
}

// surroundings looks at the repository, if there is one, and at what belongs to
// the user.
func (d *diagnosis) surroundings(ctx context.Context, lab *lab, fetch bool) {
	repo, err := git.Open(ctx, d.app.dir.path(), d.app.gitOptions(fetch))
	switch {
	case errors.Is(err, git.ErrNoRepository):
		d.add("repository", checkMissing, "start backstay in a repository, or name one with -C DIR", "not inside a git repository")
	case err != nil:
		d.add("repository", checkMissing, "", "%v", err)
	default:
		d.repository(ctx, repo)
		d.project(ctx, repo, fetch)
	}
	d.cache(repo)
	if repo == nil {
		repo = lab.user // answers with the user's own configuration
	}
	d.identity(ctx, repo)
	d.signing(ctx, repo)
}

// print shows one line a check, and what to do below it.
func (o *doctorOptions) print(d *diagnosis) error {
	a := o.app
	if o.json {
		return a.printJSON(d)
	}
	topics := 0
	for _, c := range d.Checks {
		topics = max(topics, len(c.Topic))
	}
	paints := map[string]paint{checkOK: green, checkWarn: yellow, checkMissing: red}
	fmt.Fprintln(a.Out, say.Visible(d.Backstay.String()))
	for i, c := range d.Checks {
		topic := c.Topic
		if i > 0 && d.Checks[i-1].Topic == topic {
			topic = ""
		}
		state := a.style(paints[c.State], c.State) + strings.Repeat(" ", len(checkMissing)-len(c.State))
		fmt.Fprintf(a.Out, "%s  %-*s  %s\n", state, topics, topic, say.Visible(c.Text))
		if c.Hint != "" {
			fmt.Fprintf(a.Out, "%*s%s %s\n", len(checkMissing)+2+topics+2, "", a.style(yellow, "hint:"), say.Visible(c.Hint))
		}
	}
	return a.flush()
}
