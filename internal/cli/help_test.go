package cli

import (
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Every command's help has all its parts and fits a terminal.
func TestHelp(t *testing.T) {
	t.Parallel()
	a, out, _ := testApp(t)
	root := newRoot(a)
	for _, c := range append(root.Commands(), root) {
		if c.Short == "" || !unicode.IsUpper(rune(c.Short[0])) || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: the summary is %q", c.CommandPath(), c.Short)
		}
		if len(c.Long) < 40 || !strings.HasSuffix(c.Long, ".") {
			t.Errorf("%s: the description is %q", c.CommandPath(), c.Long)
		}
		if c.Example == "" {
			t.Errorf("%s has no examples", c.CommandPath())
		}
		out.Reset()
		if err := c.Help(); err != nil {
			t.Errorf("%s: %v", c.CommandPath(), err)
		}
		for _, part := range []string{"USAGE", "DESCRIPTION", "EXAMPLES", "EXIT STATUS"} {
			if !strings.Contains(out.String(), "\n"+part+"\n") {
				t.Errorf("%s: the help lacks %s", c.CommandPath(), part)
			}
		}
		for line := range strings.Lines(c.Long + "\n" + c.Example) {
			if len(strings.TrimSpace(line)) > 80 {
				t.Errorf("%s: this line is too long:\n%s", c.CommandPath(), line)
			}
		}
		if strings.Contains(out.String(), " \n") {
			t.Errorf("%s: the help has blanks at the end of a line", c.CommandPath())
		}
	}
}

func TestExamplesUseFlagsThatExist(t *testing.T) {
	t.Parallel()
	a, _, _ := testApp(t)
	root := newRoot(a)
	for _, c := range append(root.Commands(), root) {
		for line := range strings.Lines(c.Example) {
			_, line, _ = strings.Cut(line, "backstay ")
			words := strings.Fields(line)
			if len(words) == 0 {
				continue
			}
			of, _, err := root.Find(words)
			if err != nil {
				t.Errorf("%s: no such command in %q", c.CommandPath(), line)
				continue
			}
			for _, w := range words {
				if name, ok := strings.CutPrefix(w, "--"); ok && flagOf(of, root, name) == nil {
					t.Errorf("%s: no option --%s in %q", c.CommandPath(), name, line)
				}
			}
		}
	}
}

func flagOf(c, root *cobra.Command, name string) *pflag.Flag {
	if f := c.Flags().Lookup(name); f != nil {
		return f
	}
	return root.PersistentFlags().Lookup(name)
}

func TestRoff(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a-b":       `a\-b`,
		`a\b`:       `a\eb`,
		".SH x\n'y": "\\&.SH x\n\\&'y",
		"100% sure": "100% sure",
	} {
		if got := roff(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestBuildDate(t *testing.T) {
	t.Parallel()
	if got := buildDate("1709287200"); got != "2024-03-01" {
		t.Errorf("got %q", got)
	}
}
