package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/provenance"
)

// shells are those that cobra knows a completion for.
var shells = []cobra.Completion{"bash", "zsh", "fish", "powershell"}

type completionOptions struct {
	app   *app
	root  *cobra.Command
	shell string
}

func newCompletion(a *app, run func(context.Context, *completionOptions) error) *cobra.Command {
	o := &completionOptions{app: a}
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print a shell completion script",
		Long: `Prints a script that teaches a shell to complete the commands, the options and
the names of branches. SHELL is bash, zsh, fish or powershell.`,
		Example: `  backstay completion bash > ~/.local/share/bash-completion/completions/backstay
  backstay completion zsh > "${fpath[1]}/_backstay"
  backstay completion fish > ~/.config/fish/completions/backstay.fish
  backstay completion powershell >> $PROFILE`,
		ValidArgs: shells,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return wrongUse("backstay completion bash", "name one shell: bash, zsh, fish or powershell")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			o.shell, o.root = args[0], c.Root()
			return run(c.Context(), o)
		},
	}
}

func runCompletion(_ context.Context, o *completionOptions) error {
	var err error
	switch o.shell {
	case "bash":
		err = o.root.GenBashCompletionV2(o.app.Out, true)
	case "zsh":
		err = o.root.GenZshCompletion(o.app.Out)
	case "fish":
		err = o.root.GenFishCompletion(o.app.Out, true)
	case "powershell":
		err = o.root.GenPowerShellCompletionWithDesc(o.app.Out)
	default:
		return wrongUse("known are bash, zsh, fish and powershell", "no completion for %q", o.shell)
	}
	if err != nil {
		return fmt.Errorf("write completion: %w", err)
	}
	return nil
}

// completeTarget offers branches and tags.
func (a *app) completeTarget(c *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return a.completeRef(c, typed, "refs/heads/", "refs/remotes/", "refs/tags/"), cobra.ShellCompDirectiveNoFileComp
}

// completeFix offers branches and tags, and lets the shell offer files.
func (a *app) completeFix(c *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return a.completeRef(c, typed, "refs/heads/", "refs/tags/"), cobra.ShellCompDirectiveDefault
}

// completeRef lists refs by their short names. Where there is no repository
// there is nothing to offer, and nobody to tell.
func (a *app) completeRef(c *cobra.Command, typed string, prefixes ...string) []cobra.Completion {
	// Cobra has parsed the options twice by now.
	repo, err := git.Open(c.Context(), a.dir[:len(a.dir)/2].path(), git.Options{Env: a.Env})
	if err != nil {
		return nil
	}
	refs, err := repo.Refs(c.Context(), prefixes...)
	if err != nil {
		return nil
	}
	var names []cobra.Completion
	for _, ref := range refs {
		_, name, _ := strings.Cut(strings.TrimPrefix(ref.Name, "refs/"), "/")
		if strings.HasPrefix(name, typed) && ref.Commit != "" && ref.Symref == "" {
			names = append(names, name)
		}
	}
	return names
}

func completeStyle(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	for _, s := range provenance.Styles() {
		names = append(names, string(s))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
