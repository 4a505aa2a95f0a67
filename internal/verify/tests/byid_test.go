package tests

import (
	"strings"
	"testing"
)

func TestByID(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ command, ids, want string }{ // ids with "; " in between
		{"cargo test --workspace -- --test-threads 1 old", "app::m::test_a; m::b::c", "cargo test --workspace -- --test-threads 1 b::c m::test_a"},
		{"cargo test", "src/lib.rs - f", ""},
		{"mvn -q test", "p.FooTest.a[1]; p.FooTest.b; q.Bar$In.c(int)[2]", "mvn -q -DfailIfNoTests=false -Dsurefire.failIfNoSpecifiedTests=false -Dtest=p.FooTest#a+b,q.Bar$In#c test"},
		{"./gradlew test", "p.FooTest.a(); p.FooTest.b", "./gradlew test --tests p.FooTest.a --tests p.FooTest.b"},
		{"./gradlew assemble", "p.FooTest.a", ""},
		{"mvn test", "a title in words", ""},
		{"ctest --test-dir build -R old", "unit.a+b; unit.c", `ctest --test-dir build -R ^(unit\.a\+b|unit\.c)$`},
		{"meson test -C build --suite unit", "p:unit / one; two", "meson test -C build --suite unit one two"},
		{"prove -r t", "t/a.t > sub one; t/a.t; t/b.t", "prove -v t/a.t t/b.t"},
		{"prove t", "a title", ""},
		{"bats test", "it (really) works", `bats test -f (it \(really\) works)$`},
		{"vendor/bin/phpunit tests", `Tests.FooTest.testBar with data set #0`, "vendor/bin/phpunit --filter /::(testBar)( with data set .*)?$/ tests"},
		{"npx jest --ci", "outer inner works", "npx jest --ci -t (outer inner works)$"},
		{"npx vitest run", "src/a.test.ts > outer > works; src/a.test.ts.other > works", "npx vitest run -t (other works|outer works)$"},
		{"python3 -m unittest", "mod.Case.test_a", "python3 -m unittest discover -k mod.Case.test_a -v"},
		{"python3 -m unittest discover -s tests", "mod.Case.test_a", "python3 -m unittest discover -s tests -k mod.Case.test_a -v"},
		{"pytest -q", "tests.test_a.TestA.test_b[1-2]", "pytest -q -k test_b"},
		{"bundle exec rspec", "A does b", "bundle exec rspec -e A does b"},
		{"bin/rails test", "TestA#test_b; TestA#test_c?", `bin/rails test -v -n /^(?:TestA#test_b|TestA#test_c\?)$/`},
		{"./runtest", "a test", ""},
		{"make check", "a test", ""},
		{"ctest", "-R", ""},
		{"ctest", "", ""},
	} {
		ids := strings.Split(test.ids, "; ")
		if test.ids == "" {
			ids = nil
		}
		got := strings.Join(ByID(strings.Fields(test.command), ids), " ")
		if got != test.want {
			t.Errorf("%s, %s:\n got %q\nwant %q", test.command, test.ids, got, test.want)
		}
	}
	if got := ByID([]string{"ctest"}, []string{strings.Repeat("x", maxArguments)}); got != nil {
		t.Errorf("%d arguments", len(got))
	}
}
