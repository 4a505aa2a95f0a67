package tests

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/lazy"
)

// ByID makes of the command that runs all tests one that runs those which results
// name so (package results says how ids look), and few others; nil where the
// runner is not known, or an id is none of its. An id says less than a test's
// source: whether the command ran a test, its results have to show. The tests of
// Redis are not taken: one needs what those before it left.
func ByID(command, ids []string) []string {
	prefix, argv := unwrap(command)
	if len(argv) == 0 || len(ids) == 0 || slices.ContainsFunc(ids, func(id string) bool { return !printable(id) || strings.ContainsAny(id[:1], "-+@") }) {
		return nil
	}
	for _, r := range runners() {
		rest, ok := r.takes(argv)
		if !ok {
			continue
		}
		args := byIDs()[r.name]
		if args == nil {
			return nil
		}
		tail := args(rest, ids)
		if tail == nil {
			return nil
		}
		if c := slices.Concat(prefix, argv[:len(argv)-len(rest)], tail); !tooLong(c) {
			return c
		}
		return nil
	}
	return nil
}

// byIDs are, by the runner's name, the arguments that take the place of its own;
// nil where an id is none of the runner's.
func byIDs() map[string]func(args, ids []string) []string {
	return map[string]func(args, ids []string) []string{
		"pytest": pytestByID, "unittest": unittestByID,
		"cargo test": cargoByID, "cargo nextest": cargoByID,
		"Maven": mavenByID, "Gradle": gradleByID,
		"ctest": ctestByID, "meson test": mesonByID,
		"prove": proveByID, "bats": titleByID("-f"), "phpunit": phpunitByID,
		"jest": titleByID("-t"), "vitest": vitestByID,
		"rspec": rspecByID, "rails test": railsByID,
	}
}

// base is a test's name without its parameters: "test_a[1]", "a(int)[2]".
func base(name string) string {
	if i := strings.IndexAny(name, "[({ "); i > 0 {
		return name[:i]
	}
	return name
}

// last is what stands behind the last separator.
func last(s, separator string) string {
	if i := strings.LastIndex(s, separator); i >= 0 {
		return s[i+len(separator):]
	}
	return s
}

// each changes all ids; nil where one comes out empty.
func each(ids []string, change func(string) string) []string {
	var out []string
	for _, id := range ids {
		s := change(id)
		if s == "" {
			return nil
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// anyName is a regular expression for any of some names.
func anyName(before string, names []string, after string) string {
	return alternatives(before, names, after, quoteAll)
}

// pytestByID takes the names of JUnit's XML; node ids are Narrow's.
func pytestByID(args, ids []string) []string {
	names := each(ids, func(id string) string {
		if name := last(base(id), "."); identifier().MatchString(name) {
			return name
		}
		return ""
	})
	if names == nil {
		return nil
	}
	return slices.Concat(args, []string{"-k", strings.Join(names, " or ")})
}

// unittestByID filters what the command finds: -k takes parts of names.
func unittestByID(args, ids []string) []string {
	names := each(ids, func(id string) string {
		if name := base(id); javaName().MatchString(name) && strings.Contains(name, ".") {
			return name
		}
		return ""
	})
	if names == nil {
		return nil
	}
	out := slices.Clone(args)
	if len(args) == 0 {
		out = []string{"discover"}
	}
	for _, n := range names {
		out = append(out, "-k", n)
	}
	return append(out, "-v")
}

// cargoByID filters by the path behind the crate, if the id has one.
func cargoByID(args, ids []string) []string {
	names := each(ids, func(id string) string {
		if _, rest, ok := strings.Cut(id, "::"); ok {
			id = rest
		}
		if strings.ContainsAny(id, " \t") {
			return "" // a test in documentation
		}
		return id
	})
	if names == nil {
		return nil
	}
	at := slices.Index(args, "--")
	if at < 0 {
		at = len(args)
	}
	own, _, _ := options(args[min(at+1, len(args)):], words(libtestValued))
	return slices.Concat(args[:at], []string{"--"}, without(own, words("--exact --list")), names)
}

// methods cuts "package.Class.method[1]".
func methods(ids []string) []Test {
	var out []Test
	for _, id := range ids {
		name := base(id)
		i := strings.LastIndexByte(name, '.')
		if i < 0 || !javaName().MatchString(name) {
			return nil
		}
		out = append(out, Test{File: "all.java", Suite: name[:i], Func: name[i+1:]})
	}
	return out
}

// narrowedBy are the arguments of the only command that a runner makes of tests,
// if it makes no other.
func narrowedBy(narrow func(*job), args []string, tests []Test) []string {
	j := &job{args: args, tests: tests}
	if len(tests) > 0 {
		narrow(j)
	}
	if len(j.commands) != 1 || len(j.notes) > 0 {
		return nil
	}
	return j.commands[0]
}

func mavenByID(args, ids []string) []string  { return narrowedBy(narrowMaven, args, methods(ids)) }
func gradleByID(args, ids []string) []string { return narrowedBy(narrowGradle, args, methods(ids)) }

func ctestByID(args, ids []string) []string {
	opts, _, _ := options(args, words(ctestValued))
	return slices.Concat(without(opts, words("-R --tests-regex -I --tests-information --rerun-failed")), []string{
		"-R", alternatives("^", ids, "$", func(s string) string { return ctestMeta().ReplaceAllString(s, `\$0`) }),
	})
}

// mesonByID takes the name behind the suites: "project:suite / name".
func mesonByID(args, ids []string) []string {
	names := each(ids, func(id string) string {
		if name := last(id, " / "); plain().MatchString(name) {
			return name
		}
		return ""
	})
	if names == nil {
		return nil
	}
	opts, _, _ := options(args, words(mesonValued))
	return slices.Concat(without(opts, words("--maxfail --list -q --quiet")), names)
}

// proveByID runs the files that the ids begin with.
func proveByID(args, ids []string) []string {
	files := each(ids, func(id string) string {
		file, _, _ := strings.Cut(id, " > ")
		if !plainFolder().MatchString(file) || !strings.Contains(file, ".") {
			return ""
		}
		return file
	})
	if files == nil {
		return nil
	}
	j := &job{args: args, whole: files}
	narrowProve(j)
	return j.commands[0]
}

// titleByID filters by titles, as JUnit's XML and TAP of this runner have them.
func titleByID(flag string) func(args, ids []string) []string {
	return func(args, ids []string) []string { return slices.Concat(args, []string{flag, anyName("", ids, "$")}) }
}

// scriptFile cuts the file off that an id of vitest begins with: "a/b.test.ts >
// outer > inner" in TAP, "a/b.test.ts.outer > inner" in JUnit's XML.
var scriptFile = lazy.Regexp(`^([^ ]+?\.[cm]?[jt]sx?)(?: > |\.)(.+)$`)

func vitestByID(args, ids []string) []string {
	titles := each(ids, func(id string) string {
		if m := scriptFile().FindStringSubmatch(id); m != nil {
			id = m[2]
		}
		return strings.ReplaceAll(id, " > ", " ")
	})
	return slices.Concat(args, []string{"-t", anyName("", titles, "$")})
}

// phpunitByID filters by methods. One with data has "with data set" behind it.
func phpunitByID(args, ids []string) []string {
	names := each(ids, func(id string) string {
		if name := last(cmp.Or(base(id), id), "."); phpName().MatchString(name) {
			return name
		}
		return ""
	})
	if names == nil {
		return nil
	}
	return slices.Concat([]string{"--filter", anyName("/::", names, "( with data set .*)?$/")}, args)
}

var phpName = lazy.Regexp(`^[A-Za-z_][A-Za-z0-9_]*$`)

func rspecByID(args, ids []string) []string {
	out := slices.Clone(args)
	for _, id := range ids {
		out = append(out, "-e", id)
	}
	return out
}

// railsByID takes "TestA#test_b", as minitest names it.
func railsByID(args, ids []string) []string {
	if slices.ContainsFunc(ids, func(id string) bool { return !strings.Contains(id, "#") }) {
		return nil
	}
	return slices.Concat(args, []string{"-v", "-n", "/^(?:" + strings.Join(each(ids, regexp.QuoteMeta), "|") + ")$/"})
}
