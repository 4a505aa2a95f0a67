package tests

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/lazy"
)

var (
	pythonName = lazy.Regexp(`^(python|pypy)[0-9.]*$`)
	identifier = lazy.Regexp(`^[\p{L}_][\p{L}\p{N}_]*$`)

	pytestValued = words(`-c -p -n -o -W -r -k -m --rootdir --basetemp --junitxml --junit-xml --tb --color --durations --maxfail --ignore --ignore-glob
		--deselect --confcutdir --timeout --dist --log-level --log-cli-level --import-mode --cov --cov-config --cov-report --numprocesses --ds --reuse-db`)
	pytestDropped = words("-k -x --exitfirst --maxfail --lf --last-failed --ff --failed-first --nf --sw --stepwise -q --quiet -qq --co --collect-only -v -vv -rA --cov --cov-config --cov-report --pyargs")
)

func pythonRunners() []runner {
	files := suffix(".py")
	return []runner{
		{name: "pytest", takes: takesPytest, files: files, narrow: narrowPytest},
		{name: "unittest", takes: takesModule("unittest"), files: files, narrow: narrowUnittest},
		{name: "stestr", takes: takesStestr, files: files, narrow: narrowStestr},
		{name: "manage.py test", takes: takesManage, files: files, narrow: narrowManage},
	}
}

// takesModule recognises python -m module.
func takesModule(names ...string) func([]string) ([]string, bool) {
	return func(argv []string) ([]string, bool) {
		if !pythonName().MatchString(program(argv[0])) {
			return nil, false
		}
		for i := 1; i+1 < len(argv); i++ {
			switch a := argv[i]; {
			case a == "-m":
				return argv[i+2:], slices.Contains(names, argv[i+1])
			case a == "-W" || a == "-X":
				i++
			case !strings.HasPrefix(a, "-"):
				return nil, false
			}
		}
		return nil, false
	}
}

func takesPytest(argv []string) ([]string, bool) {
	if p := program(argv[0]); p == "pytest" || p == "py.test" {
		return argv[1:], true
	}
	return takesModule("pytest", "py.test")(argv)
}

func takesStestr(argv []string) ([]string, bool) {
	if rest, ok := starts("stestr", "run")(argv); ok {
		return rest, true
	}
	rest, ok := takesModule("stestr")(argv)
	if !ok || len(rest) == 0 || rest[0] != "run" {
		return nil, false
	}
	return rest[1:], true
}

func takesManage(argv []string) ([]string, bool) {
	if pythonName().MatchString(program(argv[0])) && len(argv) > 1 {
		argv = argv[1:]
	}
	return starts("manage.py", "test")(argv)
}

// narrowPytest names tests by their node ids. A word among the arguments is a
// path to be replaced, unless it may be the value of the flag before it.
func narrowPytest(j *job) {
	opts, _, _ := options(j.guessValues(pytestValued, "tests", "test"), pytestValued)
	var nodes []string
	for _, f := range j.files() {
		ts := j.of(f)
		if len(ts) == 0 {
			nodes = append(nodes, argument(f))
		}
		for _, t := range ts {
			nodes = append(nodes, argument(t.Name))
		}
	}
	j.add(without(opts, pytestDropped), []string{"-v", "-rA"}, nodes)
}

// guessValues joins words that are no paths to the unknown flag before them.
func (j *job) guessValues(valued map[string]bool, folders ...string) []string {
	var out []string
	for i := 0; i < len(j.args); i++ {
		a := j.args[i]
		out = append(out, a)
		if len(a) > 1 && a[0] == '-' && valued[a] && i+1 < len(j.args) {
			i++
			out = append(out, j.args[i])
			continue
		}
		if len(a) > 2 && a[:2] == "--" && !strings.Contains(a, "=") && i+1 < len(j.args) {
			next := j.args[i+1]
			if next != "" && next[0] != '-' && !strings.ContainsAny(next, "/.:") && !slices.Contains(folders, next) {
				out[len(out)-1] = a + "=" + next
				i++
			}
		}
	}
	return out
}

// dotted is a file's module, "" where it cannot be one.
func dotted(file string) string {
	parts := strings.Split(strings.TrimSuffix(file, ".py"), "/")
	for _, p := range parts {
		if !identifier().MatchString(p) {
			return ""
		}
	}
	return strings.Join(parts, ".")
}

// inModule is a test's name as unittest has it, behind its module.
func (t Test) inModule(module string) string {
	if t.Suite != "" {
		module += "." + t.Suite
	}
	return module + "." + t.Func
}

// narrowUnittest keeps discovery where the command has it: the tests may import
// what lies beside them only with the folders that discovery puts on the path.
// Then one command is run for each file name, since -p takes one pattern.
func narrowUnittest(j *job) {
	opts, found, _ := options(j.args, words("-k -s --start-directory -p --pattern -t --top-level-directory --durations"))
	drop := words("-k -p --pattern -v --verbose -q --quiet -f --failfast")
	if len(found) > 0 && found[0] == "discover" || len(j.args) == 0 {
		var start []string
		for i, f := range found {
			switch i {
			case 1:
				start = append(start, "-s", argument(f))
			case 3:
				start = append(start, "-t", argument(f))
			}
		}
		var bases []string
		for _, f := range j.files() {
			b := path.Base(f)
			switch {
			case !identifier().MatchString(strings.TrimSuffix(b, ".py")):
				j.note("not run: " + f)
			case !slices.Contains(bases, b):
				bases = append(bases, b)
			}
		}
		for _, b := range bases {
			var only []string
			for _, f := range j.files() {
				if path.Base(f) != b {
					continue
				}
				ts := j.of(f)
				if len(ts) == 0 {
					only = nil
					break
				}
				for _, t := range ts {
					only = append(only, "-k", t.inModule(strings.TrimSuffix(b, ".py")))
				}
			}
			j.add([]string{"discover"}, without(opts, drop), start, []string{"-v", "-p", b}, only)
		}
		return
	}
	var names []string
	for _, f := range j.files() {
		m, ts := dotted(f), j.of(f)
		switch {
		case m == "":
			names = append(names, argument(f))
		case len(ts) == 0:
			names = append(names, m)
		}
		for _, t := range ts {
			if m != "" {
				names = append(names, t.inModule(m))
			}
		}
	}
	j.add(without(opts, drop), []string{"-v"}, names)
}

// narrowStestr matches the ids of tests, behind which stand attributes and
// scenarios in brackets.
func narrowStestr(j *job) {
	opts, _, _ := options(j.args, words("--concurrency --load-list --exclude-list --include-list --exclude-regex --worker-file --blacklist-file --whitelist-file --black-regex --group-regex --top-dir --test-path --color"))
	var names []string
	for _, f := range j.files() {
		m, ts := strings.ReplaceAll(strings.TrimSuffix(f, ".py"), "/", "."), j.of(f)
		if len(ts) == 0 {
			names = append(names, regexp.QuoteMeta(m)+`\..*`)
		}
		for _, t := range ts {
			names = append(names, regexp.QuoteMeta(t.inModule(m)))
		}
	}
	j.add(without(opts, words("--load-list --include-list --whitelist-file --failing --no-discover -n --until-failure --analyze-isolation -l --list")),
		[]string{alternatives("^", names, `($|[\[(])`, func(s string) string { return s })})
}

func narrowManage(j *job) {
	opts, _, _ := options(j.args, words("-k -p --pattern -t --top-level-directory -v --verbosity --settings --testrunner --tag --exclude-tag --parallel"))
	var names []string
	for _, f := range j.files() {
		m, ts := dotted(f), j.of(f)
		if m == "" {
			j.note("not run: " + f)
			continue
		}
		if len(ts) == 0 {
			names = append(names, m)
		}
		for _, t := range ts {
			names = append(names, t.inModule(m))
		}
	}
	if len(names) > 0 {
		j.add(without(opts, words("-k -p --pattern -v --verbosity --failfast --tag --exclude-tag")), []string{"--verbosity=2"}, names)
	}
}
