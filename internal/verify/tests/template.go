package tests

import (
	"slices"
	"strings"

	"backstay.dev/backstay/internal/lazy"
)

const (
	testsHole = "{tests}"
	filesHole = "{files}"
)

// shells are programs that hand their arguments, or some of them, to a shell.
var shells = words("sh bash dash zsh ksh ash fish busybox csh tcsh cmd powershell pwsh make gmake ssh rake npm yarn pnpm su script watch parallel eval")

// plain are words that mean nothing but themselves to any shell.
var plain = lazy.Regexp(`^[A-Za-z0-9_./:@%+,][A-Za-z0-9_./:@%+,=-]*$`)

// fill makes a command of a template.
func fill(template []string, sel Selection) (commands [][]string, note string) {
	if sel.Empty() {
		return nil, (&job{}).nothing(sel, template[0])
	}
	byTest := slices.ContainsFunc(template, func(a string) bool { return strings.Contains(a, testsHole) })
	if !byTest && !slices.ContainsFunc(template, func(a string) bool { return strings.Contains(a, filesHole) }) {
		return [][]string{slices.Clone(template)}, ""
	}
	if byTest && len(sel.Tests) == 0 {
		return nil, "no single test could be told apart for {tests}: " + listed(sel.Whole)
	}
	careful := slices.ContainsFunc(template, func(a string) bool { return shells[program(a)] })
	var out, not []string
	left := func(s string) { not = append(not, s) }
	if byTest {
		for _, f := range sel.Whole {
			left(f)
		}
	}
	used := false
	for i, a := range template {
		if i == 0 || !strings.Contains(a, testsHole) && !strings.Contains(a, filesHole) {
			out = append(out, a)
			continue
		}
		put := func(name, test, file string) {
			word := strings.NewReplacer(testsHole, test, filesHole, argument(file)).Replace(a)
			switch {
			case !printable(word), careful && !plain().MatchString(test+file), strings.HasPrefix(a, "{") && strings.ContainsAny(word[:1], "-+@"):
				left(name)
			default:
				out, used = append(out, word), true
			}
		}
		switch {
		case !strings.Contains(a, testsHole):
			files := slices.Clone(sel.Whole)
			for _, t := range sel.Tests {
				files = append(files, t.File)
			}
			slices.Sort(files)
			for _, f := range slices.Compact(files) {
				put(f, "", f)
			}
		case !strings.Contains(a, filesHole):
			var done []string
			for _, t := range sel.Tests {
				if !slices.Contains(done, t.Name) {
					done = append(done, t.Name)
					put(t.Name, t.Name, "")
				}
			}
		default:
			for _, t := range sel.Tests {
				put(t.Name, t.Func, t.File)
			}
		}
	}
	slices.Sort(not)
	if not = slices.Compact(not); len(not) > 0 {
		note = "not run: " + listed(not)
	}
	switch {
	case !used:
		return nil, "no test has a name that may be handed to " + template[0] + "; " + note
	case tooLong(out):
		return nil, "the names of the tests are too long for one command"
	}
	return [][]string{out}, note
}
