package tests

import (
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/glob"
	"backstay.dev/backstay/internal/lazy"
	"backstay.dev/backstay/internal/outline"
)

// Kind is what a file is to a project's tests.
type Kind int

const (
	// Product is all that is no test.
	Product Kind = iota
	// Source holds tests, or may.
	Source
	// Helper is code that tests use.
	Helper
	// Data is what tests read.
	Data
)

// String is the kind's name in lower case.
func (k Kind) String() string {
	return [...]string{"product", "source", "helper", "data"}[k]
}

var (
	foreign = words("vendor node_modules third_party third-party bower_components .git .github .gitlab")
	prose   = words("doc docs Documentation website")
	// folders hold tests and what belongs to them.
	folders = words(`test tests __tests__ __mocks__ testsuite testsuites e2e selftests unittests
		unit-tests unit_tests integration-tests integration_tests integration-test functional-tests functional_tests
		regress testutil testutils testhelper testhelpers testsupport testlib testkit androidTest`)
	dataFolders   = words("testdata test-data test_data testfiles __snapshots__ __fixtures__ test-fixtures test_fixtures test-resources")
	helperFolders = words("helpers helper include includes support util utils lib common shared fixtures factories __mocks__ testutil testutils testhelper testhelpers testsupport testlib testkit")
	helperNames   = words("conftest.py test_helper.rb spec_helper.rb rails_helper.rb test-lib.sh test-lib-functions.sh helpers.tcl util.tcl test_helper.tcl test_helper.bash")

	gitTest   = lazy.Regexp(`^t[0-9]{4}-.*\.sh$`)
	shellTest = lazy.Regexp(`^(test[-_].*|.*[-_]tests?)\.(sh|bash|zsh)$`)
	javaTest  = lazy.Regexp(`^(Test[A-Z].*|.*(Tests?|TestCase|IT|ITCase|Spec|Specs))\.(java|kt|kts|groovy|scala)$`)
	cTest     = lazy.Regexp(`^(test[-_].*|tst_.*|.*([-_]tests?|_unittest|_kunit|-kunit|Tests?))\.(c|cc|cpp|cxx|C|m|mm)$`)
	rustTest  = lazy.Regexp(`^(tests|test_.*|.*_tests?)\.rs$`)
	csTest    = lazy.Regexp(`^.*(Tests?|Specs?)\.(cs|fs|vb)$`)
	// named are names that say "test" in every language that has them.
	named = lazy.Regexp(`[-_.](test|spec|cy)\.[A-Za-z]+$`)
)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// KindOf tells by its path what a file is to the tests. The conventions are
// those of the languages' own tools (go test, pytest and unittest, Maven's
// Surefire and Failsafe, Jest, Minitest and RSpec, cargo, PHPUnit, prove) and of
// large projects in C. A path that one of the patterns in more (of
// package glob) matches is a test whatever it looks like. Code of others that lies in the tree is none.
func KindOf(name string, more []string) Kind {
	dir, base := path.Split(name)
	segments := strings.FieldsFunc(dir, func(r rune) bool { return r == '/' })
	lang := outline.Detect(name, nil)
	if glob.Match(more, name) {
		if isCode(lang, base) {
			return Source
		}
		return Data
	}
	if anyOf(segments, foreign) || len(segments) > 0 && (prose[segments[0]] || segments[0] == "deps") {
		return Product
	}
	if anyOf(segments, dataFolders) || strings.HasSuffix(base, ".golden") || strings.HasSuffix(base, ".js.snap") || strings.HasSuffix(base, ".ts.snap") {
		return Data
	}
	if k, ok := byLanguage(lang, dir, base, segments); ok {
		return k
	}
	switch {
	case !inTests(lang, segments):
		return Product
	case !isCode(lang, base):
		return Data
	case helperNames[base] || anyOf(segments, helperFolders):
		return Helper
	case lang == outline.Shell:
		return Helper
	}
	return Source
}

// byLanguage is what the conventions of one language say; ok is false where
// they leave it to the folder.
func byLanguage(lang outline.Language, dir, base string, segments []string) (k Kind, ok bool) {
	if helperNames[base] {
		return Helper, true
	}
	switch lang {
	case outline.Go:
		switch {
		case strings.HasSuffix(base, "_test.go"):
			return Source, true
		case inTests(lang, segments):
			return Helper, true
		}
		return Product, true
	case outline.Python:
		if (strings.HasPrefix(base, "test_") || strings.HasSuffix(base, "_test.py") || base == "tests.py") && !hidden(dir, "src/main/") {
			return Source, true
		}
	case outline.Java, outline.Kotlin, outline.Groovy:
		return jvmKind(dir, base, segments)
	case outline.Rust:
		if rustTest().MatchString(base) {
			return Source, true
		}
	case outline.C, outline.CPP:
		if cTest().MatchString(base) {
			return Source, true
		}
		if strings.HasSuffix(base, ".h") && inTests(lang, segments) {
			return Helper, true
		}
	case outline.Ruby:
		if strings.HasSuffix(base, "_test.rb") || strings.HasSuffix(base, "_spec.rb") {
			return Source, true
		}
		if inTests(lang, segments) && !strings.HasPrefix(base, "test_") {
			return Helper, true
		}
	case outline.PHP:
		if strings.HasSuffix(base, "Test.php") {
			return Source, true
		}
	case outline.CSharp:
		if csTest().MatchString(base) {
			return Source, true
		}
	case outline.Shell:
		if shellTest().MatchString(base) || gitTest().MatchString(base) && slices.Contains(segments, "t") || strings.HasSuffix(base, ".bats") {
			return Source, true
		}
	}
	switch ext := path.Ext(base); {
	case ext == ".t", ext == ".bats", ext == ".phpt", ext == ".test" && inTests(lang, segments):
		return Source, true
	case strings.HasPrefix(dir, "t/") && gitTest().MatchString(base):
		return Source, true
	case named().MatchString(base) && isCode(lang, base):
		return Source, true
	}
	return Product, false
}

// jvmKind knows the folders of Maven and Gradle: src/<set>/<language>.
func jvmKind(dir, base string, segments []string) (Kind, bool) {
	for i, s := range segments {
		if s != "src" || i+1 >= len(segments) {
			continue
		}
		switch set := segments[i+1]; {
		case set == "main":
			return Product, true
		case set == "test" || set == "it" || strings.HasSuffix(set, "Test"):
			return Source, true
		case set == "testFixtures":
			return Helper, true
		}
	}
	if javaTest().MatchString(base) {
		return Source, true
	}
	return Product, false
}

// hidden reports whether a folder lies in another, wherever that is.
func hidden(dir, in string) bool { return strings.Contains("/"+dir, "/"+in) }

// inTests reports whether folders hold the tests of a language.
func inTests(lang outline.Language, segments []string) bool {
	for i, s := range segments {
		switch {
		case s == "main" && i > 0 && segments[i-1] == "src":
			return false
		case folders[s], strings.HasSuffix(s, "-tests"), strings.HasSuffix(s, "_tests"), strings.HasSuffix(s, ".Tests"), strings.HasSuffix(s, ".Test"), strings.HasSuffix(s, "Tests") && lang == outline.CSharp:
			return true
		case i == 0 && (s == "t" || s == "integration"):
			return true
		case s == "testing" && (lang == outline.Go && !(i == 1 && segments[0] == "src") || i > 0 && segments[i-1] == "tools"):
			return true
		case s == "spec" || s == "specs":
			switch lang {
			case outline.Ruby, outline.JavaScript, outline.TypeScript, outline.PHP, outline.Lua:
				return true
			}
			if slices.Contains(segments[i+1:], "fixtures") || slices.Contains(segments[i+1:], "support") {
				return true
			}
		}
	}
	return false
}

// isCode reports whether a file is a program and no data.
func isCode(lang outline.Language, base string) bool {
	switch lang {
	case outline.Plain:
		switch path.Ext(base) {
		case ".t", ".bats", ".phpt", ".test", ".scala", ".pl", ".pm", ".exs", ".ex", ".swift", ".m", ".mm":
			return true
		}
		return false
	case outline.YAML, outline.JSON, outline.TOML, outline.INI, outline.XML, outline.HTML, outline.Markdown, outline.Make, outline.CSS, outline.Proto, outline.SQL:
		return false
	}
	return true
}

func anyOf(segments []string, set map[string]bool) bool {
	return slices.ContainsFunc(segments, func(s string) bool { return set[s] })
}
