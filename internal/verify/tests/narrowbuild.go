package tests

import (
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/lazy"
)

func rustRunners() []runner {
	return []runner{
		{name: "cargo test", takes: takesCargo("test"), files: suffix(".rs"), narrow: narrowCargo},
		{name: "cargo nextest", takes: takesCargo("nextest", "run"), files: suffix(".rs"), narrow: narrowCargo},
	}
}

// takesCargo recognises cargo [+toolchain] [flags] and these words.
func takesCargo(words ...string) func([]string) ([]string, bool) {
	return func(argv []string) ([]string, bool) {
		if program(argv[0]) != "cargo" {
			return nil, false
		}
		i := 1
		for i < len(argv) && (strings.HasPrefix(argv[i], "+") || strings.HasPrefix(argv[i], "-")) {
			i++
		}
		if len(argv) < i+len(words) || !slices.Equal(argv[i:i+len(words)], words) && !(words[0] == "test" && argv[i] == "t") {
			return nil, false
		}
		return argv[i+len(words):], true
	}
}

// libtestValued are the flags of Rust's test programs that take a value.
const libtestValued = "--test-threads --skip --format -Z --color --logfile"

// narrowCargo filters by the tests' paths, which libtest takes for parts of
// names: a parametrised test (name::case_1) is among them, and so may be a test
// with a longer name. The tests of a folder tests/ are programs of their own.
func narrowCargo(j *job) {
	opts, _, tail := options(j.args, words(`-p --package --exclude --bin --test --example --bench -F --features --target --target-dir --manifest-path
		--profile --cargo-profile -j --jobs --test-threads --color --message-format --config -Z -E --filter-expr --retries --partition --archive-file`))
	drop := words(`-p --package --exclude --workspace --all --lib --bins --bin --tests --test --examples --example --bench --benches --all-targets --doc
		-E --filter-expr --no-fail-fast --fail-fast -q --quiet --no-run --partition`)
	own, _, _ := options(tail, words(libtestValued))
	var binary []string
	for _, o := range own {
		if o.name != "--exact" && o.name != "--list" && o.name != "-q" && o.name != "--quiet" && o.name != "--format" {
			binary = append(binary, o.text...)
		}
	}
	type group struct{ manifest, target string }
	names := map[group][]string{}
	var order []group
	at := func(f string) group {
		g := group{manifest: j.roots.nearest(path.Dir(f), "Cargo.toml")}
		rest := strings.TrimPrefix(strings.TrimPrefix(f, g.manifest), "/")
		if dir, base := path.Split(rest); dir == "tests/" {
			g.target = strings.TrimSuffix(base, ".rs")
		}
		if _, known := names[g]; !known {
			names[g] = nil
			order = append(order, g)
		}
		return g
	}
	all := map[group]bool{}
	for _, f := range j.whole {
		all[at(f)] = true
	}
	for _, t := range j.tests {
		g := at(t.File)
		name := t.Name
		if strings.HasPrefix(name, "-") {
			name = t.Func
		}
		if strings.ContainsAny(name[:1], "-+@") {
			all[g] = true
			continue
		}
		names[g] = append(names[g], name)
	}
	for _, g := range order {
		flags := without(opts, drop)
		if g.manifest != "" && !hasOption(opts, "--manifest-path") {
			flags = append(flags, "--manifest-path", argument(g.manifest)+"/Cargo.toml")
		}
		if g.target != "" {
			flags = append(flags, "--test="+g.target)
		}
		filters := names[g]
		if all[g] {
			filters = nil
			j.note("a whole crate's tests are run")
		}
		slices.Sort(filters)
		tail := slices.Concat(binary, slices.Compact(filters))
		if len(tail) > 0 {
			tail = append([]string{"--"}, tail...)
		}
		j.add(flags, []string{"--no-fail-fast"}, tail)
	}
}

func jvmRunners() []runner {
	files := suffix(".java", ".kt", ".groovy", ".scala")
	one := func(names ...string) func([]string) ([]string, bool) {
		return func(argv []string) ([]string, bool) { return argv[1:], slices.Contains(names, program(argv[0])) }
	}
	return []runner{
		{name: "Maven", takes: one("mvn", "mvnw", "mvnd"), files: files, narrow: narrowMaven},
		{name: "Gradle", takes: one("gradle", "gradlew"), files: files, narrow: narrowGradle},
	}
}

var (
	javaName    = lazy.Regexp(`^[\p{L}_$][\p{L}\p{N}_$]*(\.[\p{L}_$][\p{L}\p{N}_$]*)*$`)
	plainFolder = lazy.Regexp(`^[A-Za-z0-9_.][A-Za-z0-9_./-]*$`)
	isIT        = lazy.Regexp(`(^|\.)(IT[A-Z][^.]*|[^.]*(IT|ITCase))(\$|$)`)
)

// class is the name of the class that a file of the JVM is named for.
func class(file string) string {
	name := strings.TrimSuffix(file, path.Ext(file))
	if i := strings.Index("/"+name, "/src/"); i >= 0 {
		if parts := strings.SplitN(name[i:], "/", 4); len(parts) == 4 {
			return strings.ReplaceAll(parts[3], "/", ".")
		}
	}
	return path.Base(name)
}

// classes gives the classes with their methods; a class without methods is meant
// as a whole.
func (j *job) classes(files []string) (names []string, methods map[string][]string) {
	methods = map[string][]string{}
	put := func(class, method string) {
		if !javaName().MatchString(class) {
			j.note("not run: " + class)
			return
		}
		if !slices.Contains(names, class) {
			names = append(names, class)
		}
		if method != "" && javaName().MatchString(method) {
			methods[class] = append(methods[class], method)
		}
	}
	for _, f := range files {
		ts := j.of(f)
		if len(ts) == 0 {
			put(class(f), "")
		}
		for _, t := range ts {
			put(t.Suite, t.Func)
		}
	}
	return names, methods
}

// narrowMaven writes Surefire's -Dtest=package.Class#a+b, and Failsafe's
// -Dit.test where the command gets that far.
func narrowMaven(j *job) {
	opts, goals, _ := options(j.args, words("-pl --projects -f --file -P --activate-profiles -s --settings -gs -T --threads -D -l --log-file -rf --resume-from -t -b"))
	var kept []option
	for _, o := range opts {
		define := slices.ContainsFunc(o.text, func(s string) bool {
			s = strings.TrimPrefix(s, "-D")
			return strings.HasPrefix(s, "test=") || strings.HasPrefix(s, "it.test=")
		})
		if !define {
			kept = append(kept, o)
		}
	}
	failsafe := slices.ContainsFunc(goals, func(g string) bool {
		return slices.Contains([]string{"verify", "integration-test", "install", "deploy"}, g)
	})
	names, methods := j.classes(j.files())
	var unit, it []string
	for _, n := range names {
		s := n
		if m := methods[n]; len(m) > 0 {
			s += "#" + strings.Join(m, "+")
		}
		if failsafe && isIT().MatchString(n) {
			it = append(it, s)
		} else {
			unit = append(unit, s)
		}
	}
	if len(names) == 0 {
		return
	}
	drop := map[string]bool{}
	args := []string{"-DfailIfNoTests=false", "-Dsurefire.failIfNoSpecifiedTests=false"}
	if len(unit) > 0 {
		args = append(args, "-Dtest="+strings.Join(unit, ","))
	}
	if len(it) > 0 {
		args = append(args, "-Dit.test="+strings.Join(it, ","), "-Dfailsafe.failIfNoSpecifiedTests=false")
	}
	if modules := j.modules("pom.xml"); modules != nil && !hasOption(opts, "-f", "--file") {
		drop = words("-pl --projects -am --also-make -rf --resume-from")
		args = append(args, "-pl", strings.Join(modules, ","), "-am")
	}
	j.add(without(kept, drop), args, goals)
}

// modules are the folders of the files' modules; nil where one is the top, or is
// named so that it cannot be said.
func (j *job) modules(names ...string) []string {
	var out []string
	for _, f := range j.files() {
		m := j.roots.nearest(path.Dir(f), names...)
		if m == "" || !plainFolder().MatchString(m) {
			return nil
		}
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

var gradleTask = lazy.Regexp(`^(.*:)?([A-Za-z0-9]*[tT]est|check|build)$`)

// narrowGradle gives each project's test task its own --tests.
func narrowGradle(j *job) {
	opts, tasks, _ := options(j.args, words("-p --project-dir -x --exclude-task --tests -c --settings-file -b --build-file -I --init-script -g --gradle-user-home --console --max-workers -P -D"))
	task := ""
	var others []string
	for _, t := range tasks {
		if m := gradleTask().FindStringSubmatch(t); m == nil {
			others = append(others, t)
		} else if task = m[2]; task == "check" || task == "build" {
			task = "test"
		}
	}
	if task == "" {
		j.note("the command names no test task")
		return
	}
	type place struct{ project, task string }
	files := map[place][]string{}
	var order []place
	for _, f := range j.files() {
		p := place{j.roots.nearest(path.Dir(f), "build.gradle", "build.gradle.kts"), task}
		if !plainFolder().MatchString(p.project) {
			p.project = ""
		}
		if _, rest, ok := strings.Cut("/"+f, "/src/"); ok {
			if set, _, _ := strings.Cut(rest, "/"); strings.HasSuffix(set, "Test") && identifier().MatchString(set) {
				p.task = set
			}
		}
		if files[p] == nil {
			order = append(order, p)
		}
		files[p] = append(files[p], f)
	}
	var args []string
	for _, p := range order {
		names, methods := j.classes(files[p])
		if len(names) == 0 {
			continue
		}
		t := p.task
		if p.project != "" {
			t = ":" + strings.ReplaceAll(p.project, "/", ":") + ":" + t
		}
		args = append(args, t)
		for _, n := range names {
			if len(methods[n]) == 0 {
				args = append(args, "--tests", n)
			}
			for _, m := range methods[n] {
				args = append(args, "--tests", n+"."+m)
			}
		}
	}
	if len(args) > 0 {
		j.add(without(opts, words("--tests --fail-fast")), others, args)
	}
}
