package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagError turns pflag's errors into ours, with the flag that was meant.
func flagError(c *cobra.Command, err error) error {
	hint := "see " + c.CommandPath() + " --help"
	if name, ok := strings.CutPrefix(err.Error(), "unknown flag: --"); ok {
		if near := nearestFlag(c, name); near != "" {
			hint = "did you mean " + near + "?"
		}
	}
	if what := badValue(c, err.Error()); what != "" {
		return wrongUse(hint, "%s", what)
	}
	return wrongUse(hint, "%s", err)
}

// badValue says what an option wants and what it got, of pflag's error
//
//	invalid argument "x" for "-j, --jobs" flag: …
//
// whose end is Go's; "" for any other error.
func badValue(c *cobra.Command, text string) string {
	text, ok := strings.CutPrefix(text, "invalid argument ")
	value, err := strconv.QuotedPrefix(text)
	if !ok || err != nil {
		return ""
	}
	text, ok = strings.CutPrefix(text[len(value):], " for ")
	quoted, err := strconv.QuotedPrefix(text)
	if !ok || err != nil {
		return ""
	}
	reason, ok := strings.CutPrefix(text[len(quoted):], " flag: ")
	option, err := strconv.Unquote(quoted)
	if !ok || err != nil {
		return ""
	}
	f := c.Flags().Lookup(option[strings.LastIndex(option, "--")+len("--"):])
	if f == nil {
		return ""
	}
	wants, ok := strings.CutPrefix(reason, "want ") // our own types say it
	if !ok {
		wants = wanted(f.Value.Type(), strings.HasSuffix(reason, "value out of range"))
	}
	if wants == "" {
		return ""
	}
	return option + " wants " + wants + ", not " + value
}

// wanted says what a value of one of pflag's types is, "" for a type that no
// option has. far says that it was a number that the type cannot hold.
func wanted(kind string, far bool) string {
	switch kind {
	case "int", "uint64":
		switch {
		case far:
			return "a number of fewer digits"
		case kind == "uint64":
			return "a whole number from 0 on"
		}
		return "a whole number"
	case "bool":
		return "true or false, or nothing behind its name"
	case "duration":
		return "a time such as 500ms, 1.5s or 2m"
	}
	return ""
}

// nearestFlag is the flag whose name is like the given one, "" if none is.
func nearestFlag(c *cobra.Command, name string) string {
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if best := nearest(name, names); best != "" {
		return "--" + best
	}
	return ""
}

// maxTypos is how many slips of the finger a name may be away.
const maxTypos = 2

// nearest is the name that was meant, "" if none is like it.
func nearest(typed string, names []string) string {
	best, least := "", maxTypos+1
	for _, n := range names {
		d := distance(typed, n)
		if strings.HasPrefix(n, typed) {
			d = 1
		}
		if d < least && d < len(typed) {
			best, least = n, d
		}
	}
	return best
}

// noCommand is the check of the root's arguments: a word that got this far is
// no command.
func noCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "see " + c.CommandPath() + " --help"
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	if near := nearest(args[0], names); near != "" {
		hint = "did you mean " + c.CommandPath() + " " + near + "?"
	}
	return wrongUse(hint, "no command %q", args[0])
}

// noArguments is the check of commands that take none.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return wrongUse("see "+c.CommandPath()+" --help", "%s takes no arguments, but there is %q", c.CommandPath(), args[0])
	}
	return nil
}

// distance is the number of letters to insert, delete, replace or swap with
// their neighbour to make one name of the other (optimal string alignment).
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := last[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(last[j]+1, row[j-1]+1, replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
