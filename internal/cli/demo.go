package cli

import (
	"context"
	_ "embed" // the scenario
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/say"
	"backstay.dev/backstay/internal/scenario"
)

//go:embed demo/ferry.txt
var ferry []byte

// ferryFixes are the fixes of the scenario by their labels, and what makes
// each of them special.
var ferryFixes = []struct{ label, remark string }{
	{"empty", "nothing is in its way"},
	{"average", "2.0 has it by cherry-pick -x, 1.1 by hand, without a word; 1.0 lacks it"},
	{"never", "needs \"proxy: close connections that are idle\", which came after 1.1"},
	{"turn", "the function moved from proxy.go to dial.go after 1.0"},
	{"half", "1.1 has a change of its own in the same lines"},
}

type demoOptions struct {
	app *app
	dir string
}

func newDemo(a *app, run func(context.Context, *demoOptions) error) *cobra.Command {
	o := &demoOptions{app: a}
	c := &cobra.Command{
		Use:   "demo [--dir DIR]",
		Short: "Build a small repository and carry fixes through it",
		Long: `Builds a small repository with three release branches in a temporary folder,
carries five fixes of its main branch to all of them, and says what to type
next. It needs no network; nothing but that folder is touched, and it stays
until you remove it.`,
		Example: `  backstay demo
  backstay demo --dir /tmp/ferry`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return run(c.Context(), o) },
	}
	c.Flags().StringVar(&o.dir, "dir", "", "build the repository in `DIR`, which must be empty or absent")
	return c
}

func runDemo(ctx context.Context, o *demoOptions) error {
	dir, err := o.folder()
	if err != nil {
		return err
	}
	built, err := scenario.Build(ctx, dir, scenario.Options{}, ferry)
	if err != nil && o.dir == "" {
		return also(err, os.RemoveAll(dir)) // nobody was told of it
	}
	if err != nil {
		return err
	}
	if err := introduce(dir); err != nil {
		return fmt.Errorf("build demo: %w", err)
	}
	// The demo sees neither the user's configuration nor her caches.
	streams := *o.app.Streams
	streams.Env = scenario.Env()
	a := &app{Streams: &streams, dir: folder{dir}, noCache: true, jobs: o.app.jobs, color: o.app.color}
	got, err := a.carryFerry(ctx, built)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "Built ferry, a small proxy for TCP, in %s.\n", say.Visible(dir))
	fmt.Fprintf(a.Out, "Its release branches get the last five fixes of main:\n\n")
	remarks := map[string]string{}
	for i, f := range ferryFixes {
		remarks[got.Picks[i*len(got.Picks)/len(ferryFixes)].Fix.Slug] = f.remark
	}
	v := &pickView{app: a, w: a.Out, remarks: remarks}
	v.picks(got.Picks)
	fmt.Fprintf(a.Out, "\nClean results are branches now; nothing else in the repository changed. Go on:\n\n")
	printSteps(a.Out, a.ferrySteps(built, got))
	return nil
}

// folder is the one to build in.
func (o *demoOptions) folder() (string, error) {
	if o.dir == "" {
		dir, err := os.MkdirTemp("", "backstay-demo-")
		if err != nil {
			return "", fmt.Errorf("make folder: %w", err)
		}
		return dir, nil
	}
	dir, err := filepath.Abs(o.app.dir.within(o.dir))
	if err != nil {
		return "", fmt.Errorf("make folder: %w", err)
	}
	left, err := os.ReadDir(dir)
	switch {
	case err == nil && len(left) > 0:
		return "", wrongUse("name a folder that is empty or absent", "%s is not empty", dir)
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return "", wrongUse("name a folder that is empty or absent", "%s cannot be used: %v", dir, errors.Unwrap(err))
	}
	return dir, nil
}

// introduce gives the repository an identity of its own, so that whoever tries
// it needs none.
func introduce(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, ".git", "config"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("[user]\n\tname = Mia Maintainer\n\temail = mia@ferry.example\n[commit]\n\tgpgSign = false\n")
	return also(err, f.Close())
}

// carryFerry carries the fixes to all releases.
func (a *app) carryFerry(ctx context.Context, built scenario.Repo) (got answer, err error) {
	w, err := a.open(ctx, false)
	if err != nil {
		return answer{}, err
	}
	defer w.close(ctx, &err)
	o := &pickOptions{app: a, all: true}
	for _, f := range ferryFixes {
		o.fixes = append(o.fixes, built.IDs[f.label])
	}
	return w.pick(ctx, o)
}

// ferrySteps are commands that work in the demo's folder as it is now.
func (a *app) ferrySteps(built scenario.Repo, got answer) []step {
	fix := func(label string) string { return short(built.IDs[label]) }
	branch := ""
	for _, p := range got.Picks {
		if branch == "" && p.Outcome == backport.Clean && p.Branch != nil {
			branch = shorten(p.Branch.Name)
		}
	}
	return []step{
		{"The branches", a.git("log", "--oneline", "--graph", "--all")},
		{"One of them", a.git("show", branch)},
		{"Why one conflicts, and what to carry first", a.self("explain", fix("never"), "--to", "release/1.1")},
		{"What conflicts, with its three sides", a.self("pick", fix("half"), "--to", "release/1.1", "--patch")},
		{"The same fixes again: nothing changes", a.self("pick", fix("empty"), fix("turn"), "--to", "release/*")},
		{"A range, as one commit", a.self("pick", "main~2..main", "--to", "release/2.0", "--squash")},
		{"For programs", a.self("pick", fix("never"), "--json")},
		{"What backstay knows of a repository", a.self("doctor")},
		{"The end of it", "rm -rf " + shellWord(a.dir.path())},
	}
}
