package tests

import (
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/lazy"
)

func nativeRunners() []runner {
	c := suffix(".c", ".cc", ".cpp", ".cxx", ".C", ".m", ".mm", ".sh", ".py")
	return []runner{
		{name: "ctest", takes: starts("ctest"), files: c, narrow: narrowCTest},
		{name: "meson test", takes: starts("meson", "test"), files: c, narrow: narrowMeson},
		{name: "runtest", takes: takesRedis, files: redisFile, narrow: narrowRedis},
	}
}

// The flags of ctest and of meson test that take a value.
const (
	ctestValued = `-R --tests-regex -E --exclude-regex -L --label-regex -LE --label-exclude -C --build-config -j --parallel -I --tests-information
		-S --script -T -M -D -O --output-log --output-junit --timeout --stop-time --test-dir --repeat --preset --schedule-random --no-tests -FA -FS -FC`
	mesonValued = "-C --suite --no-suite --wrapper --setup -t --timeout-multiplier --num-processes --repeat --maxfail --logbase --test-args --gdb-path"
)

var affix = lazy.Regexp(`^(tests?|tst|t|check)[-_]|[-_](tests?|unittest|check)$`)

// stems are what a program of tests may be called by the build, after its
// source: with its affix, and without.
func stems(file string) []string {
	base := strings.TrimSuffix(path.Base(file), path.Ext(file))
	out := []string{base}
	if s := affix().ReplaceAllString(base, ""); s != "" && s != base {
		out = append(out, s)
	}
	return out
}

// narrowCTest selects by the names that GoogleTest's discovery gives, and for
// the other tests by names that are made of the file's: CTest knows programs,
// not sources. Its expressions know neither groups that don't capture nor word
// boundaries.
func narrowCTest(j *job) {
	opts, _, _ := options(j.args, words(ctestValued))
	var names, guessed []string
	for _, t := range j.tests {
		names = append(names, t.Name)
	}
	for _, f := range j.files() {
		guessed = append(guessed, stems(f)...)
	}
	quote := func(s string) string { return ctestMeta().ReplaceAllString(s, `\$0`) }
	var all []string
	for _, n := range names {
		all = append(all, quote(n)+"(/.*)?")
	}
	for _, g := range guessed {
		all = append(all, "(.*[^A-Za-z0-9])?"+quote(g)+"([^A-Za-z0-9].*)?")
	}
	j.note("ctest's tests are chosen by the names of their files, too")
	j.add(without(opts, words("-R --tests-regex -I --tests-information --rerun-failed --stop-on-failure -Q --quiet -N --show-only")),
		[]string{"--output-on-failure", "-R", alternatives("^", all, "$", func(s string) string { return s })})
}

var ctestMeta = lazy.Regexp(`[][^$.*+?()|\\]`)

// narrowMeson names programs after their sources; meson runs those that there
// are.
func narrowMeson(j *job) {
	opts, _, _ := options(j.args, words(mesonValued))
	var names []string
	for _, f := range j.files() {
		for _, s := range stems(f) {
			if plain().MatchString(s) && !strings.ContainsAny(s[:1], "-+@") && !strings.Contains(s, ":") && !slices.Contains(names, s) {
				names = append(names, s)
			}
		}
	}
	if len(names) == 0 {
		return
	}
	j.note("meson's tests are chosen by the names of their files")
	flags := without(opts, words("--suite --maxfail --list -q --quiet --benchmark"))
	if !slices.Contains(flags, "--print-errorlogs") {
		flags = append(flags, "--print-errorlogs")
	}
	j.add(flags, names)
}

// takesRedis recognises ./runtest and the program behind it.
func takesRedis(argv []string) ([]string, bool) {
	if program(argv[0]) == "runtest" {
		return argv[1:], true
	}
	if strings.HasPrefix(program(argv[0]), "tclsh") && len(argv) > 1 && strings.HasSuffix(argv[1], "test_helper.tcl") {
		return argv[2:], true
	}
	return nil, false
}

func redisFile(name string) bool {
	return strings.HasSuffix(name, ".tcl") && (strings.HasPrefix(name, "tests/unit/") || strings.HasPrefix(name, "tests/integration/"))
}

// narrowRedis runs whole units: the tests of one share a server, and what one
// leaves there another needs.
func narrowRedis(j *job) {
	opts, _, _ := options(j.args, words("--single --only --skipunit --skip-test --skipfile --skiptest --clients --baseport --portcount --timeout --tags --config --host --port --log-req-res --cluster-mode"))
	var args []string
	for _, f := range j.files() {
		args = append(args, "--single", strings.TrimSuffix(strings.TrimPrefix(f, "tests/"), ".tcl"))
	}
	j.add(without(opts, words("--single --only --skipunit --skipfile --list-tests --loop --stop --wait-server")), args)
}
