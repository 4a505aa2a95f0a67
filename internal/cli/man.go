package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

type manOptions struct {
	app  *app
	root *cobra.Command
	dir  string
}

func newMan(a *app, run func(context.Context, *manOptions) error) *cobra.Command {
	o := &manOptions{app: a}
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual pages",
		Long: `Writes the manual pages, one for each command, into a folder, which is made if
it is not there. Pages of the same name are replaced.`,
		Example: `  backstay man ~/.local/share/man/man1
  man backstay-pick`,
		Hidden: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return wrongUse("backstay man ~/.local/share/man/man1", "name the folder for the manual pages")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			o.dir, o.root = args[0], c.Root()
			return run(c.Context(), o)
		},
	}
}

func runMan(_ context.Context, o *manOptions) error {
	dir := o.app.dir.within(o.dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write manual pages: %w", err)
	}
	when := buildDate(o.app.getenv("SOURCE_DATE_EPOCH"))
	pages := []*cobra.Command{o.root}
	for _, c := range o.root.Commands() {
		if c.IsAvailableCommand() {
			pages = append(pages, c)
		}
	}
	for _, c := range pages {
		path := filepath.Join(dir, manName(c)+".1")
		if err := os.WriteFile(path, []byte(manPage(c, pages, when)), 0o644); err != nil {
			return fmt.Errorf("write manual pages: %w", err)
		}
	}
	return nil
}

// buildDate is the day on which the sources were committed, "" where that is
// not known. SOURCE_DATE_EPOCH is the convention of reproducible-builds.org.
func buildDate(epoch string) string {
	if n, err := strconv.ParseInt(epoch, 10, 64); err == nil {
		return time.Unix(n, 0).UTC().Format(time.DateOnly)
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.time" {
				day, _, _ := strings.Cut(s.Value, "T")
				return day
			}
		}
	}
	return ""
}

func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manPage writes the help of a command in the macros of man(7).
func manPage(c *cobra.Command, all []*cobra.Command, when string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	name := manName(c)
	line(`.TH %q 1 %q "backstay %s" "Backstay"`, strings.ToUpper(name), when, roff(version().Version))
	line(".SH NAME\n%s \\- %s", roff(name), roff(c.Short))
	line(".SH SYNOPSIS\n.B %s", roff(usageLine(c)))
	line(".SH DESCRIPTION")
	for i, paragraph := range strings.Split(c.Long, "\n\n") {
		if i > 0 {
			line(".PP")
		}
		line("%s", roff(paragraph))
	}
	if !c.HasParent() {
		line(".SH COMMANDS")
		for _, sub := range all[1:] {
			line(".TP\n.BR %s (1)\n%s", roff(manName(sub)), roff(sub.Short))
		}
	}
	manOptionList(&b, "OPTIONS", c.LocalNonPersistentFlags())
	manOptionList(&b, "GLOBAL OPTIONS", c.Root().PersistentFlags())
	if c.Example != "" {
		line(".SH EXAMPLES\n.EX\n%s\n.EE", roff(c.Example))
	}
	line(".SH EXIT STATUS")
	for row := range strings.Lines(exitSection(c)) {
		code, text, _ := strings.Cut(strings.TrimSpace(row), " ")
		line(".TP\n.B %s\n%s", roff(code), roff(strings.TrimSpace(text)))
	}
	if !c.HasParent() {
		line(".SH ENVIRONMENT")
		for _, v := range environment {
			line(".TP\n.B %s\n%s", roff(v.name), roff(v.text))
		}
	}
	line(".SH SEE ALSO")
	var others []string
	for _, other := range all {
		if other != c {
			others = append(others, fmt.Sprintf(".BR %s (1)", roff(manName(other))))
		}
	}
	line("%s", strings.Join(append(others, `.BR git\-cherry\-pick (1)`), ",\n"))
	return b.String()
}

func manOptionList(b *strings.Builder, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name, use := option(f)
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(strings.TrimSpace(name)), roff(use))
	})
}

// roff escapes text: backslashes, hyphens that are to be typed, and what would
// be a request at the start of a line.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}
