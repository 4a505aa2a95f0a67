package tests

import "testing"

func TestKindOf(t *testing.T) {
	t.Parallel()
	cases := map[Kind][]string{
		Source: {
			"runtime/v2/shim_test.go", "a_test.go", "integration/client/container_linux_test.go",
			"neutron/tests/unit/test_api.py", "test_x.py", "pkg/x_test.py", "app/tests.py", "tests/core/models.py",
			"core/src/test/java/hudson/FooTest.java", "test/src/test/groovy/X.groovy", "src/integrationTest/kotlin/AIT.kt", "x/FooTests.java",
			"src/a.test.ts", "src/__tests__/a.js", "a.spec.tsx", "test/foo.js", "cypress/login.cy.js",
			"activerecord/test/cases/base_test.rb", "spec/models/user_spec.rb", "test/test_all.rb",
			"tests/cli.rs", "src/parser/tests.rs", "tests/it/main.rs",
			"tests/Unit/FooTest.php", "tests/basic.phpt",
			"tests/test_list.c", "src/foo_unittest.cc", "lib/test_bitmap.c", "net/foo/bar_kunit.c", "tools/testing/selftests/net/tls.c",
			"tests/unit/type/list.tcl", "t/t1234-foo.sh", "sub/t/t0001-init.sh", "t/basic.t", "lib/x/t/a.t", "test/foo.bats", "test/run_tests.sh",
			"Foo.Tests/BarTests.cs",
		},
		Helper: {
			"integration/images/volume/main.go", "pkg/testutil/helpers.go", "internal/cri/testing/fake.go", "test/e2e/framework.go",
			"tests/conftest.py", "conftest.py", "spec/spec_helper.rb", "test/test_helper.rb", "test/models/author.rb", "spec/support/login.rb",
			"tests/helpers/gen.tcl", "tests/support/server.tcl", "t/test-lib.sh", "t/lib-httpd.sh", "tests/common/mod.rs", "src/testFixtures/java/A.java",
			"tests/foo.h", "src/__mocks__/fs.js",
		},
		Data: {
			"pkg/testdata/in.txt", "pkg/testdata/src/a.go", "tests/assets/default.conf", "src/test/resources/a.xml", "test/fixtures/a.json",
			"spec/fixtures/a.yml", "src/__snapshots__/a.js.snap", "docs.golden", "t/t1234/expect", "test/Dockerfile", "tests/modules/Makefile",
		},
		Product: {
			"main.go", "README.md", "src/server.c", "runtime/v2/shim.go", "src/testing/testing.go", "vendor/x/y_test.go", "node_modules/a/test/a.js",
			"docs/tests/a.md", "deps/jemalloc/test/unit/a.c", "src/main/java/test/Foo.java", "core/src/main/java/hudson/test/X.java",
			"specs-go/config.go", "spec/runtime.md", "contest/a.go", "src/latest.c", "lib/active_support/testing/time.rb", ".github/workflows/test.yml",
			"protest.py", "attest.rs", "src/commands/test.rs", "latest.js", "a/manifest.cc",
		},
	}
	for want, names := range cases {
		for _, n := range names {
			if got := KindOf(n, nil); got != want {
				t.Errorf("KindOf(%q) = %v, want %v", n, got, want)
			}
		}
	}
	more := []string{"checks/**", "src/*.chk.c"}
	for n, want := range map[string]Kind{"checks/a/b.c": Source, "checks/list.txt": Data, "src/a.chk.c": Source, "src/a.c": Product, "vendor/checks/a.c": Product} {
		if got := KindOf(n, more); got != want {
			t.Errorf("KindOf(%q, more) = %v, want %v", n, got, want)
		}
	}
}
