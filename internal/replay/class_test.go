package replay

import "testing"

func TestCodePath(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path string
		code bool
	}{
		{"main.go", true},
		{"src/net/http.c", true},
		{"Makefile", true},
		{"contest/a.c", true},
		{"lib/attest.rb", true},
		{"latest/run.py", true},
		{"caf\xe9.c", true},
		{"vendored/x.go", true},
		{"pb.go", true},
		{"docs/design.html", true}, // no class of its own
		// tests
		{"tests/unit.py", false},
		{"a/Test/b", false},
		{"net/http_test.go", false},
		{"x/test_client.py", false},
		{"src/AppTests.java", false},
		{"src/AppTest.java", false},
		{"spec/models/user_spec.rb", false},
		{"unit/dump.tcl", false},
		{"activerecord/fixtures_loader.rb", false},
		{"testdata", false},
		// documentation, changelogs, versions
		{"README", false},
		{"CHANGES", false},
		{"guides/CHANGELOG.md", false},
		{"releasenotes/notes/fix-1.yaml", false},
		{"00-RELEASENOTES", false},
		{"src/version.h", false},
		{"po/de.po", false},
		{"webapps/docs/a.xml", false},
		{"a.txt", false},
		// generated, vendored, for CI only
		{"vendor/a/b.go", false},
		{"x/vendor/a.go", false},
		{"go.mod", false},
		{"api/go.sum", false},
		{"vendor.conf", false},
		{"api/v1/events.pb.go", false},
		{"ui/package-lock.json", false},
		{".github/workflows/ci.yml", false},
		{".mailmap", false},
		{"x/.mailmap", true},
	} {
		if got := codePath(tt.path); got != tt.code {
			t.Errorf("codePath(%q) = %v", tt.path, got)
		}
	}
}
