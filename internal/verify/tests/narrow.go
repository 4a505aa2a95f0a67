package tests

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"backstay.dev/backstay/internal/lazy"
)

// maxArguments bounds the arguments of one command in bytes; Windows takes
// 32,767 characters, POSIX systems 128 KiB and more for one argument.
const maxArguments = 30_000

// Narrow makes of the command that runs all tests the commands that run the
// selected ones, to be run one after the other; a program with its arguments
// each. The command's other flags stay, flags that make the results readable are
// added.
//
// proof is a template that wins over the command: {tests} stands for the tests'
// names, {files} for their files. An argument that holds one of them is repeated
// for each test or file, one that holds both for each test with its file.
//
// Without commands the tests cannot be singled out, and note says why. Else note
// says what is not run, or what is run beyond the selection; it may be empty.
func Narrow(command, proof []string, sel Selection) (commands [][]string, note string) {
	if len(proof) > 0 {
		return fill(proof, sel)
	}
	prefix, argv := unwrap(command)
	if len(argv) == 0 {
		return nil, "there is no test command"
	}
	for _, r := range runners() {
		rest, ok := r.takes(argv)
		if !ok {
			continue
		}
		j := &job{prefix: append(slices.Clip(prefix), argv[:len(argv)-len(rest)]...), args: rest, roots: sel.Roots}
		j.choose(sel, r.files, r.data)
		if len(j.tests)+len(j.whole) == 0 {
			return nil, j.nothing(sel, r.name)
		}
		notes := slices.Clone(j.notes)
		if r.narrow(j); slices.ContainsFunc(j.commands, tooLong) {
			j.notes = append(notes, "too many tests to be named: all of their files are run")
			j.whole, j.tests, j.commands = j.files(), nil, nil
			r.narrow(j)
		}
		switch {
		case slices.ContainsFunc(j.commands, tooLong):
			return nil, "the names of the tests' files are too long for one command"
		case len(j.commands) == 0:
			j.note(r.name + " cannot be told to run them")
		}
		return j.commands, strings.Join(j.notes, "; ")
	}
	return nil, fmt.Sprintf("it is not known how %.100q runs single tests", argv[0])
}

func tooLong(argv []string) bool {
	n := 0
	for _, a := range argv {
		n += len(a) + 1
	}
	return n > maxArguments
}

// runner is one program that runs tests.
type runner struct {
	name string
	// takes cuts what makes argv a run of this runner off its front; ok is false
	// for other commands.
	takes func(argv []string) (rest []string, ok bool)
	// files says which test files it runs; data, which may be nil, names a file
	// beside the tests that use some data or helper, "" if nobody knows.
	files  func(name string) bool
	data   func(name string) string
	narrow func(j *job)
}

// job is one narrowing.
type job struct {
	// prefix is the command up to the runner's own arguments, args are these.
	prefix, args []string
	// tests and whole are those that the runner takes; the files in whole have no
	// test in tests.
	tests    []Test
	whole    []string
	roots    Roots
	commands [][]string
	notes    []string
}

func (j *job) choose(sel Selection, takes func(string) bool, data func(string) string) {
	var not []string
	for _, f := range sel.Whole {
		if takes(f) {
			j.whole = append(j.whole, f)
		} else {
			not = append(not, f)
		}
	}
	for _, t := range sel.Tests {
		switch {
		case !takes(t.File):
			not = append(not, t.File)
		case slices.Contains(j.whole, t.File):
		case !printable(t.Name) || !printable(t.Func):
			j.whole = append(j.whole, t.File)
			j.tests = slices.DeleteFunc(j.tests, func(o Test) bool { return o.File == t.File })
		default:
			j.tests = append(j.tests, t)
		}
	}
	if len(j.tests)+len(j.whole) == 0 && data != nil {
		for _, f := range slices.Concat(sel.Data, sel.Helpers) {
			if at := data(f); at != "" {
				j.whole = append(j.whole, at)
			}
		}
		slices.Sort(j.whole)
		j.whole = slices.Compact(j.whole)
	}
	if slices.Sort(not); len(not) > 0 {
		j.note("not run: " + listed(slices.Compact(not)))
	}
}

// nothing says why no test is left to be run.
func (j *job) nothing(sel Selection, name string) string {
	switch {
	case !sel.Empty():
		return fmt.Sprintf("%s runs none of the fix's tests", name)
	case len(sel.Data)+len(sel.Helpers) > 0:
		return "the fix changes what tests use, but no test"
	}
	return "the fix adds or alters no test"
}

func (j *job) note(s string) { j.notes = append(j.notes, s) }

// add makes a command of arguments behind the prefix.
func (j *job) add(args ...[]string) {
	j.commands = append(j.commands, slices.Concat(append([][]string{j.prefix}, args...)...))
}

// files are those of tests and whole, each once, in order.
func (j *job) files() []string {
	out := slices.Clone(j.whole)
	for _, t := range j.tests {
		out = append(out, t.File)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// of gives the tests of one file.
func (j *job) of(file string) []Test {
	var out []Test
	for _, t := range j.tests {
		if t.File == file {
			out = append(out, t)
		}
	}
	return out
}

func listed(names []string) string {
	const most = 5
	if n := len(names) - most; n > 0 {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", n)
	}
	return strings.Join(names, ", ")
}

// printable reports whether a name can be an argument that a person can read.
func printable(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r == unicode.ReplacementChar || unicode.IsControl(r) })
}

// argument is a path, or what begins with one, that no program takes for an
// option, a list of arguments (@file) or a toolchain (+name).
func argument(p string) string {
	if p != "" && strings.ContainsRune("-+@!~=", rune(p[0])) {
		return "./" + p
	}
	return p
}

// alternatives is a regular expression for one of some names as a whole, with
// what may stand around it; quote escapes a name.
func alternatives(before string, names []string, after string, quote func(string) string) string {
	var out []string
	for _, n := range names {
		out = append(out, quote(n))
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return before + "(" + strings.Join(out, "|") + ")" + after
}

// quoteAll escapes a name for regular expressions of ECMAScript, PCRE, POSIX and
// Onigmo, for which regexp.QuoteMeta is not meant: a delimiter "/" is escaped,
// too.
func quoteAll(s string) string {
	return strings.ReplaceAll(regexp.QuoteMeta(s), "/", `\/`)
}

// option is one flag with its value.
type option struct {
	name string // without "=" and what follows
	text []string
}

// options cuts arguments up: flags with their values, plain words, and what
// stands behind "--". valued are the flags whose value is the next argument.
func options(args []string, valued map[string]bool) (opts []option, words, tail []string) {
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--":
			return opts, words, args[i+1:]
		case len(a) < 2 || a[0] != '-':
			words = append(words, a)
		default:
			name, _, joined := strings.Cut(a, "=")
			o := option{name: name, text: []string{a}}
			if !joined && valued[name] && i+1 < len(args) {
				i++
				o.text = append(o.text, args[i])
			}
			opts = append(opts, o)
		}
	}
	return opts, words, nil
}

// without gives the arguments of all options but some.
func without(opts []option, drop map[string]bool) []string {
	var out []string
	for _, o := range opts {
		if !drop[o.name] {
			out = append(out, o.text...)
		}
	}
	return out
}

func hasOption(opts []option, names ...string) bool {
	return slices.ContainsFunc(opts, func(o option) bool { return slices.Contains(names, o.name) })
}

// program is a command's name without its folder.
func program(s string) string {
	s = strings.ReplaceAll(s, `\`, "/")
	for _, ext := range []string{".exe", ".cmd", ".bat"} {
		s = strings.TrimSuffix(s, ext)
	}
	return path.Base(s)
}

// unwrap cuts programs off that run another: env, nice, timeout, npx and the
// like.
func unwrap(command []string) (prefix, argv []string) {
	i := 0
	for i < len(command) {
		n := wrapper(command[i:])
		if n == 0 {
			break
		}
		i += n
	}
	return command[:min(i, len(command))], command[min(i, len(command)):]
}

var assignment = lazy.Regexp(`^[A-Za-z_][A-Za-z0-9_]*=`)

// wrapper is how many arguments at the front belong to a program that runs the
// rest; 0 for none.
func wrapper(argv []string) int {
	second := ""
	if len(argv) > 1 {
		second = argv[1]
	}
	flags := func(i int, valued map[string]bool) int {
		for i < len(argv) && strings.HasPrefix(argv[i], "-") {
			if valued[argv[i]] {
				i++
			}
			i++
		}
		return i
	}
	switch program(argv[0]) {
	case "env":
		i := flags(1, words("-u -C"))
		for i < len(argv) && assignment().MatchString(argv[i]) {
			i++
		}
		return i
	case "nice":
		return flags(1, words("-n"))
	case "ionice":
		return flags(1, words("-c -n"))
	case "timeout":
		return flags(1, words("-k -s")) + 1
	case "time", "nohup", "setsid", "unbuffer":
		return flags(1, nil)
	case "stdbuf":
		return flags(1, words("-i -o -e"))
	case "xvfb-run":
		return flags(1, words("-s -n -e"))
	case "npx", "bunx":
		return flags(1, words("-p"))
	case "poetry", "pipenv", "uv", "pdm", "hatch":
		if second == "run" {
			return flags(2, nil)
		}
	case "bundle", "pnpm", "yarn", "npm":
		if second == "exec" {
			return flags(2, nil)
		}
		if program(argv[0]) != "npm" && slices.Contains([]string{"jest", "vitest", "mocha"}, second) {
			return 1
		}
	}
	return 0
}

func runners() []runner {
	return slices.Concat(goRunners(), pythonRunners(), rustRunners(), jvmRunners(), scriptRunners(), nativeRunners())
}

// starts makes a takes of words that a command begins with; the first is the
// program's name.
func starts(words ...string) func([]string) ([]string, bool) {
	return func(argv []string) ([]string, bool) {
		if len(argv) < len(words) || program(argv[0]) != words[0] || !slices.Equal(argv[1:len(words)], words[1:]) {
			return nil, false
		}
		return argv[len(words):], true
	}
}

// suffix makes a files of name endings.
func suffix(endings ...string) func(string) bool {
	return func(name string) bool {
		return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(name, e) })
	}
}
