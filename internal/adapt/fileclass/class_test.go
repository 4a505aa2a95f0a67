package fileclass_test

import (
	"strings"
	"testing"

	"backstay.dev/backstay/internal/adapt/fileclass"
)

func TestClass(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		fileclass.Lock: "go.sum integration/client/go.sum package-lock.json web/yarn.lock pnpm-lock.yaml Cargo.lock Gemfile.lock composer.lock " +
			"poetry.lock uv.lock vendor/modules.txt tests/app/package-lock.json",
		fileclass.Manifest: "go.mod package.json core/pom.xml Cargo.toml setup.cfg requirements.txt doc/requirements.txt test-requirements.txt " +
			"requirements-dev.txt Gemfile rails.gemspec build.gradle pyproject.toml vendor.conf .ruby-version lower-constraints.txt",
		fileclass.Version: "VERSION RAILS_VERSION src/version.h version/version.go lib/app/version.rb gem_version.rb app/_version.py version.txt",
		fileclass.Changelog: "CHANGELOG CHANGELOG.md activerecord/CHANGELOG.md changelog.html NEWS NEWS.rst HISTORY.md RELEASENOTES 00-RELEASENOTES " +
			"release_notes.txt Release-Notes.md releases/v1.7.0.toml debian/changelog ChangeLog CHANGES.txt docs/CHANGELOG.rst",
		fileclass.Fragment:  "releasenotes/notes/fix-dhcp-1a2b.yaml newsfragments/123.bugfix changelog/unreleased/issue-7 .changeset/blue-fox.md",
		fileclass.Vendor:    "vendor/github.com/x/y/go.mod third_party/zlib/inflate.c web/node_modules/a/package.json vendor/a/CHANGELOG.md deps/vendor/a_test.go",
		fileclass.Generated: "api/events/container.pb.go zz_generated.deepcopy.go static/app.min.js configure api/next.pb.txt widget_generated.go",
		fileclass.CI: ".github/workflows/ci.yml .travis.yml .zuul.yaml zuul.d/base.yaml .gitlab-ci.yml Jenkinsfile tox.ini .circleci/config.yml " +
			"Jenkinsfile.release .pre-commit-config.yaml",
		fileclass.Docs: "README.md docs/index.rst man/tool.8 docs/conf.py LICENSE guides/source/security.md",
		fileclass.Test: "pkg/a_test.go tests/unit/test_version.py src/test/java/A.java core/FooTest.java spec/a_spec.rb testdata/go.txt tests/assets/a.conf",
		fileclass.Data: "etc/app.conf locale/de.po messages.properties a.json icon.svg",
		fileclass.Code: "main.go src/server.c lib/news.rb app/changes.py Makefile Dockerfile nothing",
	}
	for want, paths := range tests {
		for path := range strings.FieldsSeq(paths) {
			if got := fileclass.Class(path); got != want {
				t.Errorf("Class(%q) = %q, want %q", path, got, want)
			}
		}
	}
}

func FuzzClass(f *testing.F) {
	for _, p := range []string{"", "/", "a//b", "vendor/", "[", "go.sum\x00", strings.Repeat("a/", 500)} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if fileclass.Class(path) == "" {
			t.Error("no class")
		}
	})
}
