package tests

import (
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/lazy"
)

func scriptRunners() []runner {
	js := suffix(".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts")
	return []runner{
		{name: "jest", takes: starts("jest"), files: js, narrow: narrowJest},
		{name: "vitest", takes: starts("vitest"), files: js, narrow: narrowVitest},
		{name: "mocha", takes: starts("mocha"), files: js, narrow: narrowMocha},
		{name: "node --test", takes: takesNode, files: js, narrow: narrowNode},
		{name: "rspec", takes: starts("rspec"), files: suffix("_spec.rb"), narrow: narrowRSpec},
		{name: "rails test", takes: takesRails, files: suffix(".rb"), narrow: narrowRails},
		{name: "rake test", takes: starts("rake", "test"), files: suffix(".rb"), narrow: narrowRake},
		{name: "phpunit", takes: takesPHPUnit, files: suffix(".php", ".phpt"), narrow: narrowPHPUnit},
		{name: "bats", takes: starts("bats"), files: suffix(".bats"), narrow: narrowBats},
		{name: "prove", takes: starts("prove"), files: suffix(".t", ".sh", ".pl"), narrow: narrowProve},
		{name: "make test", takes: takesGitMake, files: isGitTest, narrow: narrowGitMake},
	}
}

// names are those of the tests; nil where a file must be run whole, since then no
// filter may be given.
func (j *job) names(name func(Test) string) []string {
	if len(j.whole) > 0 {
		return nil
	}
	var out []string
	for _, t := range j.tests {
		out = append(out, name(t))
	}
	return out
}

func (j *job) paths() []string {
	var out []string
	for _, f := range j.files() {
		out = append(out, argument(f))
	}
	return out
}

func full(t Test) string { return t.Name }

// titles makes a filter of the tests' full titles, nil where none can be given.
func (j *job) titles(flag, before, after string) []string {
	names := j.names(full)
	if names == nil {
		return nil
	}
	return []string{flag, alternatives(before, names, after, quoteAll)}
}

// narrowJest matches whole titles; --runTestsByPath takes paths for paths.
func narrowJest(j *job) {
	opts, _, _ := options(j.args, words("-c --config -t --testNamePattern --maxWorkers -w --env --reporters --testPathPattern --testPathPatterns --testTimeout --rootDir --selectProjects --testRunner --shard"))
	drop := words("-t --testNamePattern --testPathPattern --testPathPatterns --watch --watchAll --coverage --bail -b -o --onlyChanged --changedSince --runTestsByPath --verbose --silent --listTests --shard --findRelatedTests")
	j.add(without(opts, drop), []string{"--verbose"}, j.titles("-t", "^", "$"), []string{"--runTestsByPath"}, j.paths())
}

func narrowVitest(j *job) {
	opts, _, _ := options(j.args, words("-c --config -t --testNamePattern -r --root --dir --project --pool --mode --reporter --maxWorkers --minWorkers --environment"))
	drop := words("-t --testNamePattern -w --watch --run --coverage --bail --changed --ui --reporter --shard")
	j.add([]string{"run"}, without(opts, drop), []string{"--reporter=tap-flat"}, j.titles("-t", "^", "$"), j.paths())
}

func narrowMocha(j *job) {
	opts, _, _ := options(j.args, words("-r --require -g --grep -f --fgrep -R --reporter -t --timeout -u --ui --config --package --extension -s --slow --retries -O --reporter-option --ignore -n --node-option -j --jobs"))
	drop := words("-g --grep -f --fgrep -i --invert -b --bail -w --watch -R --reporter")
	j.add(without(opts, drop), []string{"--reporter=tap"}, j.titles("-g", "^", "$"), j.paths())
}

func takesNode(argv []string) ([]string, bool) {
	if program(argv[0]) != "node" || !slices.Contains(argv, "--test") {
		return nil, false
	}
	return argv[1:], true
}

// narrowNode runs whole files: what --test-name-pattern makes of nested tests
// has changed from version to version.
func narrowNode(j *job) {
	opts, _, _ := options(j.args, words("-r --require --import --loader --experimental-loader -C --conditions --test-name-pattern --test-skip-pattern --test-reporter --test-reporter-destination --test-shard --test-concurrency --env-file"))
	drop := words("--test-name-pattern --test-skip-pattern --test-only --watch --test-reporter --test-reporter-destination --test-shard")
	j.add(without(opts, drop), []string{"--test-reporter=tap"}, j.paths())
}

// lines are the tests as path:line, and files that are run whole.
func (j *job) lines() []string {
	var out []string
	for _, f := range j.whole {
		out = append(out, argument(f))
	}
	for _, t := range j.tests {
		out = append(out, fmt.Sprintf("%s:%d", argument(t.File), t.Line))
	}
	return slices.Compact(out)
}

func narrowRSpec(j *job) {
	opts, _, _ := options(j.args, words("-I -r --require -e --example -E --example-matches -f --format -o --out -t --tag -P --pattern --default-path --seed --order -O --options --exclude-pattern"))
	args := without(opts, words("-e --example -E --example-matches -P --pattern --fail-fast --only-failures -n --next-failure --dry-run"))
	if !hasOption(opts, "-f", "--format") {
		args = append(args, "--format", "documentation")
	}
	j.add(args, j.lines())
}

func takesRails(argv []string) ([]string, bool) {
	if program(argv[0]) == "ruby" && len(argv) > 1 {
		argv = argv[1:]
	}
	return starts("rails", "test")(argv)
}

var minitestValued = words("-n --name -e --exclude -s --seed -e --environment -I -r")

func narrowRails(j *job) {
	opts, _, _ := options(j.args, minitestValued)
	j.add(without(opts, words("-n --name -f --fail-fast -v --verbose -d --defer-output")), []string{"-v"}, j.lines())
}

// narrowRake runs file by file. Rake::TestTask hands the file's name to a shell,
// so no other than plain ones get there.
func narrowRake(j *job) {
	var kept []string
	for _, a := range j.args {
		if !strings.HasPrefix(a, "TEST=") && !strings.HasPrefix(a, "TESTOPTS=") {
			kept = append(kept, a)
		}
	}
	for _, f := range j.files() {
		if !plain().MatchString(f) {
			j.note("not run: " + f)
			continue
		}
		j.add(kept, []string{"TEST=" + f, "TESTOPTS=-v"})
	}
	j.note("all tests of the files are run")
}

func takesPHPUnit(argv []string) ([]string, bool) {
	if program(argv[0]) == "php" {
		for i, a := range argv[1:] {
			if p := program(a); p == "phpunit" || p == "phpunit.phar" {
				return argv[i+2:], true
			}
		}
		return nil, false
	}
	p := program(argv[0])
	return argv[1:], p == "phpunit" || p == "phpunit.phar" || p == "simple-phpunit"
}

// narrowPHPUnit runs file by file, as phpunit takes one. A test with data has
// "with data set" behind its name.
func narrowPHPUnit(j *job) {
	opts, _, _ := options(j.args, words("-c --configuration --bootstrap --filter --group --exclude-group --testsuite --log-junit --printer --order-by --cache-result-file --include-path -d --colors"))
	flags := without(opts, words("--filter --testsuite --stop-on-failure --stop-on-error --stop-on-defect --testdox --teamcity --debug --list-tests"))
	for _, f := range j.files() {
		var names []string
		for _, t := range j.of(f) {
			names = append(names, t.Func)
		}
		var filter []string
		if names != nil {
			filter = []string{"--filter", alternatives("/::", names, "( with data set .*)?$/", quoteAll)}
		}
		j.add(flags, filter, []string{argument(f)})
	}
}

func narrowBats(j *job) {
	opts, _, _ := options(j.args, words("-f --filter --filter-tags --filter-status -F --formatter -j --jobs -o --output --report-formatter --gather-test-outputs-in"))
	j.add(without(opts, words("-f --filter --filter-tags --filter-status -F --formatter -p --pretty -c --count -t --tap")), []string{"--tap"}, j.titles("-f", "^", "$"), j.paths())
}

// narrowProve runs whole files: a TAP program is one unit.
func narrowProve(j *job) {
	opts, _, _ := options(j.args, words("-I -e --exec -j --jobs --ext --formatter --harness --source --archive --state --rules -P -a -M"))
	var tail []string
	if i := slices.Index(j.args, "::"); i >= 0 {
		tail = j.args[i:]
		opts, _, _ = options(j.args[:i], words("-I -e --exec -j --jobs --ext --formatter --harness --source --archive --state --rules -P -a -M"))
	}
	j.add(without(opts, words("-r --recurse -q --quiet -Q --QUIET -v --verbose -s --shuffle --state --dry -D")), []string{"-v"}, j.paths(), tail)
}

var gitTestFile = lazy.Regexp(`^t/t[0-9]{4}-[A-Za-z0-9._-]+\.sh$`)

func isGitTest(name string) bool { return gitTestFile().MatchString(name) }

// takesGitMake recognises make test of a tree with git's own test suite, whose
// makefile takes the files in T.
func takesGitMake(argv []string) ([]string, bool) {
	if p := program(argv[0]); p != "make" && p != "gmake" {
		return nil, false
	}
	return argv[1:], slices.Contains(argv, "test")
}

func narrowGitMake(j *job) {
	var names, kept []string
	for _, f := range j.files() {
		names = append(names, strings.TrimPrefix(f, "t/"))
	}
	for _, a := range j.args {
		if !strings.HasPrefix(a, "T=") {
			kept = append(kept, a)
		}
	}
	j.add(kept, []string{"T=" + strings.Join(names, " ")})
}
