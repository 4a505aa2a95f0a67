package tests

import (
	"reflect"
	"strings"
	"testing"
)

func one(file, suite, fn string, line int) Test {
	name := fn
	if strings.HasSuffix(file, ".py") {
		name = file + "::" + strings.TrimPrefix(strings.ReplaceAll(suite, ".", "::")+"::"+fn, "::")
	} else if suite != "" {
		sep := map[bool]string{true: "::", false: "."}[strings.HasSuffix(file, ".rs") || strings.HasSuffix(file, ".php")]
		if strings.HasSuffix(file, ".ts") {
			sep = " "
		}
		name = suite + sep + fn
	}
	return Test{File: file, Suite: suite, Func: fn, Name: name, Line: line}
}

var (
	goSel = Selection{Tests: []Test{one("a/x_test.go", "", "TestA", 1), one("b/y_test.go", "", "TestB", 1), one("a/x_test.go", "", "FuzzC", 9)}}
	pySel = Selection{Tests: []Test{one("tests/test_a.py", "A.In", "test_x", 3), one("tests/test_a.py", "", "test_y", 9)}, Whole: []string{"tests/test_b.py"}}
	rsSel = Selection{
		Tests: []Test{one("src/net.rs", "net::tests", "one", 3), one("tests/cli.rs", "", "two", 3), one("sub/src/lib.rs", "tests", "three", 1)},
		Roots: Roots{"": {"Cargo.toml"}, "sub": {"Cargo.toml"}, "sub/src": nil},
	}
	javaSel = Selection{
		Tests: []Test{one("core/src/test/java/com/x/ATest.java", "com.x.ATest", "a", 1), one("core/src/test/java/com/x/ATest.java", "com.x.ATest", "b", 5), one("core/src/test/java/com/x/BIT.java", "com.x.BIT$In", "c", 5)},
		Whole: []string{"core/src/test/groovy/com/x/CSpec.groovy"},
		Roots: Roots{"": {"pom.xml", "build.gradle"}, "core": {"pom.xml", "build.gradle.kts"}},
	}
	jsSel   = Selection{Tests: []Test{one("src/a.test.ts", "outer", "does (it) a/b", 4)}}
	rubySel = Selection{Tests: []Test{one("spec/a_spec.rb", "", "does", 4)}, Whole: []string{"spec/b_spec.rb"}}
	phpSel  = Selection{Tests: []Test{one("tests/ATest.php", `App\ATest`, "testX", 4), one("tests/ATest.php", `App\ATest`, "testY", 9)}, Whole: []string{"tests/b.phpt"}}
	cSel    = Selection{Tests: []Test{one("test/list_test.cc", "List", "Push", 4)}, Whole: []string{"test/test-heap.c"}}
	tclSel  = Selection{Tests: []Test{one("tests/unit/type/list.tcl", "", "LPUSH", 4)}, Whole: []string{"tests/integration/aof.tcl", "tests/cluster/x.tcl"}}
	shSel   = Selection{Tests: []Test{one("t/t1234-x.sh", "", "setup", 4)}, Whole: []string{"t/a.t"}}
)

func TestNarrow(t *testing.T) {
	t.Parallel()
	nested := goSel
	nested.Tests = append([]Test{one("api/v2/z_test.go", "", "TestZ", 1)}, goSel.Tests...)
	nested.Whole = []string{"api/w/w_test.go"}
	nested.Roots = Roots{"": {"go.mod"}, "api": {"go.mod"}, "api/v2": nil, "a": nil}
	cases := []struct {
		name, command, proof string
		sel                  Selection
		want                 []string // commands, their arguments joined by blanks
		note                 string   // part of it
	}{
		{"go", "go test ./...", "", goSel, []string{"go test -json -count=1 -run ^(FuzzC|TestA|TestB)$ ./a ./b"}, ""},
		{
			"go flags", "env GOFLAGS=-mod=vendor nice -n 5 go test -v -tags netgo,seccomp -race -run TestX -count 3 -coverprofile=c.out ./... -test.root -opt val -args -y", "", goSel,
			[]string{"env GOFLAGS=-mod=vendor nice -n 5 go test -tags netgo,seccomp -race -json -count=1 -run ^(FuzzC|TestA|TestB)$ ./a ./b -test.root -opt val -args -y"},
			"",
		},
		{
			"go modules", "go test ./...", "", nested,
			[]string{"go test -json -count=1 -run ^(FuzzC|TestA|TestB)$ ./a ./b", "go test -C api -json -count=1 ./w", "go test -C api -json -count=1 -run ^(TestZ)$ ./v2"},
			"whole packages are run: ./w",
		},
		{"go -C", "go -C api test ./...", "", Selection{Tests: []Test{one("api/z_test.go", "", "TestZ", 1)}}, []string{"go test -C api -json -count=1 -run ^(TestZ)$ ."}, ""},
		{"go testdata", "go test ./...", "", Selection{Data: []string{"a/testdata/script/x.txt", "a/testdata/y", "docs.golden"}}, []string{"go test -json -count=1 ./a"}, "whole packages"},
		{
			"gotestsum", "gotestsum -f dots --packages=./... --junitfile out.xml -- -race", "", goSel,
			[]string{"gotestsum --junitfile out.xml --format=standard-verbose -- -race -count=1 -run ^(FuzzC|TestA|TestB)$ ./a ./b"},
			"",
		},
		{
			"pytest", "poetry run pytest -q -x --cov pkg -n 2 --timeout 60 tests", "", pySel,
			[]string{"poetry run pytest -n 2 --timeout 60 -v -rA tests/test_a.py::A::In::test_x tests/test_a.py::test_y tests/test_b.py"},
			"",
		},
		{"python -m pytest", "python3.11 -W error -m pytest --foo bar", "", Selection{Tests: pySel.Tests[1:]}, []string{"python3.11 -W error -m pytest --foo=bar -v -rA tests/test_a.py::test_y"}, ""},
		{"unittest", "python3 -m unittest -q tests.test_z", "", pySel, []string{"python3 -m unittest -v tests.test_a.A.In.test_x tests.test_a.test_y tests.test_b"}, ""},
		{
			"unittest discover", "python3 -m unittest discover -s tests -f", "", pySel,
			[]string{"python3 -m unittest discover -s tests -v -p test_a.py -k test_a.A.In.test_x -k test_a.test_y", "python3 -m unittest discover -s tests -v -p test_b.py"},
			"",
		},
		{"stestr", "stestr run --concurrency 2 old", "", pySel, []string{`stestr run --concurrency 2 ^(tests\.test_a\.A\.In\.test_x|tests\.test_a\.test_y|tests\.test_b\..*)($|[\[(])`}, ""},
		{"django", "python manage.py test --parallel 2", "", Selection{Tests: pySel.Tests[:1]}, []string{"python manage.py test --parallel 2 --verbosity=2 tests.test_a.A.In.test_x"}, ""},
		{"cargo", "cargo +nightly test --workspace --features x,y old -- --nocapture --exact", "", rsSel, []string{
			"cargo +nightly test --features x,y --no-fail-fast -- --nocapture net::tests::one",
			"cargo +nightly test --features x,y --test=cli --no-fail-fast -- --nocapture two",
			"cargo +nightly test --features x,y --manifest-path sub/Cargo.toml --no-fail-fast -- --nocapture tests::three",
		}, ""},
		{"nextest", "cargo nextest run --profile ci", "", Selection{Tests: rsSel.Tests[:1]}, []string{"cargo nextest run --profile ci --no-fail-fast -- net::tests::one"}, ""},
		{"maven", "./mvnw -B -Dtest=Old -pl war verify", "", javaSel, []string{
			"./mvnw -B -DfailIfNoTests=false -Dsurefire.failIfNoSpecifiedTests=false -Dtest=com.x.CSpec,com.x.ATest#a+b -Dit.test=com.x.BIT$In#c -Dfailsafe.failIfNoSpecifiedTests=false -pl core -am verify",
		}, ""},
		{"gradle", "./gradlew --no-daemon clean check", "", javaSel, []string{
			"./gradlew --no-daemon clean :core:test --tests com.x.CSpec --tests com.x.ATest.a --tests com.x.ATest.b --tests com.x.BIT$In.c",
		}, ""},
		{"gradle without tests", "gradle assemble", "", javaSel, nil, "names no test task"},
		{"jest", "npx jest --coverage --watch -t old src", "", jsSel, []string{`npx jest --verbose -t ^(outer does \(it\) a\/b)$ --runTestsByPath src/a.test.ts`}, ""},
		{"vitest", "yarn vitest run", "", jsSel, []string{`yarn vitest run --reporter=tap-flat -t ^(outer does \(it\) a\/b)$ src/a.test.ts`}, ""},
		{"mocha", "node_modules/.bin/mocha -r ts-node/register test", "", jsSel, []string{`node_modules/.bin/mocha -r ts-node/register --reporter=tap -g ^(outer does \(it\) a\/b)$ src/a.test.ts`}, ""},
		{"node", "node --import ./x.js --test", "", jsSel, []string{"node --import ./x.js --test --test-reporter=tap src/a.test.ts"}, ""},
		{"rspec", "bundle exec rspec --fail-fast", "", rubySel, []string{"bundle exec rspec --format documentation spec/b_spec.rb spec/a_spec.rb:4"}, ""},
		{"rails", "bin/rails test -v", "", rubySel, []string{"bin/rails test -v spec/b_spec.rb spec/a_spec.rb:4"}, ""},
		{"rake", "bundle exec rake test", "", rubySel, []string{"bundle exec rake test TEST=spec/a_spec.rb TESTOPTS=-v", "bundle exec rake test TEST=spec/b_spec.rb TESTOPTS=-v"}, "all tests of the files"},
		{
			"phpunit", "vendor/bin/phpunit --testsuite unit -c phpunit.xml", "", phpSel,
			[]string{`vendor/bin/phpunit -c phpunit.xml --filter /::(testX|testY)( with data set .*)?$/ tests/ATest.php`, "vendor/bin/phpunit -c phpunit.xml tests/b.phpt"},
			"",
		},
		{
			"ctest", "ctest --test-dir build -j 4 -R old", "", cSel,
			[]string{`ctest --test-dir build -j 4 --output-on-failure -R ^((.*[^A-Za-z0-9])?heap([^A-Za-z0-9].*)?|(.*[^A-Za-z0-9])?list([^A-Za-z0-9].*)?|(.*[^A-Za-z0-9])?list_test([^A-Za-z0-9].*)?|(.*[^A-Za-z0-9])?test-heap([^A-Za-z0-9].*)?|List\.Push(/.*)?)$`},
			"names of their files",
		},
		{"meson", "meson test -C build old", "", cSel, []string{"meson test -C build --print-errorlogs list_test list test-heap heap"}, "names of their files"},
		{"redis", "./runtest --clients 2 --single unit/old --tls", "", tclSel, []string{"./runtest --clients 2 --tls --single integration/aof --single unit/type/list"}, "not run: tests/cluster/x.tcl"},
		{"prove", "prove -r -I lib t :: --x", "", shSel, []string{"prove -I lib -v t/a.t t/t1234-x.sh :: --x"}, ""},
		{"git", "make -j2 test", "", shSel, []string{"make -j2 test T=t1234-x.sh"}, "not run: t/a.t"},
		{"bats", "bats -r test", "", Selection{Tests: []Test{one("test/a.bats", "", "one works", 2)}}, []string{"bats -r --tap -f ^(one works)$ test/a.bats"}, ""},
		{"unknown", "ninja test", "", cSel, nil, "not known how"},
		{"shell", "sh -c pytest", "", pySel, nil, "not known how"},
		{"other language", "go test ./...", "", pySel, nil, "none of the fix's tests"},
		{"no test", "go test ./...", "", Selection{}, nil, "no test"},
		{"go package's helper", "go test ./...", "", Selection{Helpers: []string{"a/export_test.go", "pkg/testutil/x.go"}}, []string{"go test -json -count=1 ./a"}, "whole packages"},
		{"helpers alone", "go test ./...", "", Selection{Helpers: []string{"a"}}, nil, "but no test"},
		{"template", "go test ./...", "./run --file={files} {tests} end", tclSel, []string{"./run --file=tests/cluster/x.tcl --file=tests/integration/aof.tcl --file=tests/unit/type/list.tcl LPUSH end"}, "not run: tests/cluster/x.tcl"},
		{"template pairs", "", "./run {files}#{tests}", pySel, []string{"./run tests/test_a.py#test_x tests/test_a.py#test_y"}, "not run: tests/test_b.py"},
		{"template of files", "", "./run {files}", shSel, []string{"./run t/a.t t/t1234-x.sh"}, ""},
		{"template without holes", "", "./run all", shSel, []string{"./run all"}, ""},
		{"template without tests", "", "./run {tests}", Selection{Whole: []string{"t/a.t"}}, nil, "no single test"},
		{"template through a shell", "", "sh -c {tests}", Selection{Tests: []Test{{File: "a", Name: "x;reboot"}, {File: "a", Name: "ok"}}}, []string{"sh -c ok"}, "not run: x;reboot"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			commands, note := Narrow(strings.Fields(c.command), strings.Fields(c.proof), c.sel)
			var got []string
			for _, argv := range commands {
				got = append(got, strings.Join(argv, " "))
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("Narrow =\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(c.want, "\n\t"))
			}
			if !strings.Contains(note, c.note) || c.note == "" && note != "" {
				t.Errorf("note %q, want %q", note, c.note)
			}
		})
	}
}
