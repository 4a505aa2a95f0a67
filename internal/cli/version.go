package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

type versionOptions struct {
	app  *app
	json bool
}

func newVersion(a *app, run func(context.Context, *versionOptions) error) *cobra.Command {
	o := &versionOptions{app: a}
	c := &cobra.Command{
		Use:   "version [--json]",
		Short: "Show the version",
		Long: `Shows the version, the commit and the platform that this program was built
from. They are those that the go command wrote into it.`,
		Example: `  backstay version
  backstay version --json`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return run(c.Context(), o) },
	}
	c.Flags().BoolVar(&o.json, "json", false, "print one JSON document")
	return c
}

func runVersion(_ context.Context, o *versionOptions) error {
	v := version()
	if o.json {
		return o.app.printJSON(v)
	}
	fmt.Fprintln(o.app.Out, v)
	return nil
}

// build is what is known of this program.
type build struct {
	Version string `json:"version"`
	// Commit is empty where the program was not built in a repository.
	Commit string `json:"commit,omitempty"`
	// Modified says that the checkout had changes of its own.
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func version() build {
	b := build{Version: "(unknown)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func (b build) String() string {
	s := "backstay " + b.Version
	if b.Commit != "" {
		s += " (" + b.Commit[:min(len(b.Commit), 12)]
		if b.Modified {
			s += ", modified"
		}
		s += ")"
	}
	return s + " " + b.Go + " " + b.Platform
}
