package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// exitKey is the annotation of a command with an EXIT STATUS section of its
// own.
const exitKey = "exit-status"

// help prints the help of a command.
func (a *app) help(c *cobra.Command, _ []string) {
	section := func(title, body string) {
		if body = strings.Trim(body, "\n"); body != "" {
			fmt.Fprintf(a.Out, "\n%s\n%s\n", a.style(bold, title), body)
		}
	}
	fmt.Fprintf(a.Out, "%s: %s\n", c.CommandPath(), c.Short)
	section("USAGE", "  "+usageLine(c))
	section("DESCRIPTION", indent(c.Long))
	section("COMMANDS", commandList(c))
	section("EXAMPLES", c.Example)
	section("OPTIONS", optionList(c.LocalNonPersistentFlags()))
	section("GLOBAL OPTIONS", optionList(c.Root().PersistentFlags()))
	section("EXIT STATUS", exitSection(c))
	if !c.HasParent() {
		section("ENVIRONMENT", environmentList())
	}
}

// usageLine is the command as it is typed.
func usageLine(c *cobra.Command) string {
	if c.HasAvailableSubCommands() {
		return c.CommandPath() + " COMMAND [OPTION]..."
	}
	return c.UseLine()
}

// environment lists the variables that are listened to.
var environment = []struct{ name, text string }{
	{"BACKSTAY_CACHE", "the folder for caches, instead of backstay in the user's cache folder"},
	{"BACKSTAY_STATE", "the folder for edits under way, instead of backstay in XDG_STATE_HOME"},
	{"NO_COLOR", "if set, no colours"},
	{"TMPDIR", "where private object stores are made, if not in memory or beside the caches"},
	{"SOURCE_DATE_EPOCH", "the date of generated manual pages"},
}

func environmentList() string {
	var b strings.Builder
	for _, v := range environment {
		fmt.Fprintf(&b, "  %-18s %s\n", v.name, v.text)
	}
	return b.String()
}

func exitSection(c *cobra.Command) string {
	if s := c.Annotations[exitKey]; s != "" {
		return s
	}
	return exitStatus
}

func commandList(c *cobra.Command) string {
	var b strings.Builder
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			fmt.Fprintf(&b, "  %-12s %s\n", sub.Name(), sub.Short)
		}
	}
	return b.String()
}

// optionList is one option a line, its argument in capitals.
func optionList(flags *pflag.FlagSet) string {
	var names, uses []string
	width := 0
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name, use := option(f)
		names, uses = append(names, name), append(uses, use)
		width = max(width, len(name))
	})
	var b strings.Builder
	for i := range names {
		use := strings.ReplaceAll(uses[i], "\n", "\n"+strings.Repeat(" ", width+4))
		fmt.Fprintf(&b, "  %-*s  %s\n", width, names[i], use)
	}
	return b.String()
}

// option is an option as it is typed, and what it does.
func option(f *pflag.Flag) (name, use string) {
	argument, use := pflag.UnquoteUsage(f)
	name = "    --" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", --" + f.Name
	}
	if argument != "" {
		name += " " + argument
	}
	return name, use
}

func indent(text string) string {
	text = "  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ")
	return strings.ReplaceAll(text, "\n  \n", "\n\n")
}

// newHelp is "backstay help COMMAND".
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show the help of a command",
		Long:  "Shows what a command does, its options and its exit status.",
		Example: `  backstay help pick
  backstay pick --help`,
		DisableFlagsInUseLine: true,
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, sub := range c.Root().Commands() {
				if sub.IsAvailableCommand() && len(args) == 0 {
					names = append(names, sub.Name())
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			sub, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return noCommand(c.Root(), args)
			}
			return sub.Help()
		},
	}
}
