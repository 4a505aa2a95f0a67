package fileclass

import (
	"path"
	"strings"
)

// The classes of files. What people do with a conflict depends on them more
// than on the project: a lock file is made anew, a changelog differs by
// branch, code is merged.
const (
	// Lock is what a package manager wrote: exact versions and checksums.
	Lock = "lock"
	// Manifest is what people wrote for a package manager: what is needed, in
	// which versions.
	Manifest = "manifest"
	// Version says which version this is.
	Version = "version"
	// Changelog tells what is new, one file for many changes.
	Changelog = "changelog"
	// Fragment tells what is new, one file for each change.
	Fragment = "fragment"
	// Vendor is other people's code.
	Vendor = "vendor"
	// Generated is what a program wrote from other files of the tree.
	Generated = "generated"
	// CI says how the project is built and tested elsewhere.
	CI = "ci"
	// Docs is text for people.
	Docs = "docs"
	// Test is code and data that only tests use.
	Test = "test"
	// Data is neither code nor prose: translations, tables, pictures.
	Data = "data"
	// Code is everything else.
	Code = "code"
)

// table gives each class its patterns. The first line that fits decides, so
// the order tells what wins: a name that only one tool gives beats the folder
// it lies in, vendored code beats every name, and tests beat names that are
// mere habits.
//
// A pattern without a slash is for the last element of the path, one that ends
// with a slash for any folders above it, any other for the last elements.
// Elements are matched by path.Match, in lower case.
var table = []struct {
	class    string
	patterns string
}{
	{Lock, "vendor/modules.txt"},
	{Vendor, "vendor/ vendored/ _vendor/ third_party/ third-party/ thirdparty/ 3rdparty/ node_modules/ bower_components/ godeps/_workspace/"},
	{Fragment, "releasenotes/notes/ newsfragments/ news.d/ changelog.d/ changelogs.d/ changes.d/ changelogs/unreleased/ changelog/unreleased/ " +
		"changelogs/fragments/ changes/unreleased/ changes/next-release/ release/upcoming_changes/ .changeset/ .changes/ .chloggen/"},
	{Lock, "go.sum go.work.sum vendor.sum package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock cargo.lock " +
		"gemfile.lock *.gemfile.lock gems.locked composer.lock poetry.lock pipfile.lock uv.lock pdm.lock pixi.lock conda-lock.yml mix.lock rebar.lock " +
		"pubspec.lock podfile.lock package.resolved cartfile.resolved gradle.lockfile packages.lock.json paket.lock flake.lock glide.lock gopkg.lock " +
		"conan.lock stack.yaml.lock cabal.project.freeze chart.lock manifest.toml .terraform.lock.hcl module.bazel.lock vendor.lock"},
	{Manifest, "go.mod go.work vendor.mod vendor.conf glide.yaml gopkg.toml package.json lerna.json pnpm-workspace.yaml bower.json deno.json cargo.toml " +
		"pom.xml build.gradle build.gradle.kts settings.gradle settings.gradle.kts gradle.properties gradle-wrapper.properties libs.versions.toml " +
		"ivy.xml build.sbt requirements*.txt *-requirements.txt *_requirements.txt requirements/*.txt constraints*.txt *-constraints.txt " +
		"setup.cfg setup.py pyproject.toml pipfile environment.yml gemfile gems.rb *.gemfile *.gemspec composer.json mix.exs rebar.config " +
		"pubspec.yaml podfile *.podspec package.swift cartfile *.csproj *.fsproj *.vbproj *.nuspec directory.packages.props packages.config " +
		"conanfile.txt conanfile.py vcpkg.json *.cabal project.toml chart.yaml flake.nix bindep.txt .go-version .ruby-version .python-version " +
		".node-version .nvmrc .tool-versions .terraform-version rust-toolchain rust-toolchain.toml module.bazel .gitmodules"},
	{Changelog, "changelog changelog.* changelog-* changelog_* changes changes.md changes.rst changes.txt changes.html *changelog.md *changelog.rst " +
		"*changelog.html *changelog.txt news news.md news.rst news.txt news.html news-* news.adoc history history.md history.rst history.txt " +
		"release*notes release*notes.* release*notes-* releases.md releases.rst releases.txt *_release_notes.* whatsnew.* whats-new.* whats_new.* " +
		"00-release*notes changelogs/* changelog/* changelogs/*/* whatsnew/* release*notes/* news/* releases/v*.toml releases/v*.md releases/v*.rst " +
		"release*notes/source/* upgrading.md upgrade.md upgrading upgrade.txt debian/news debian/changelog"},
	{CI, ".github/workflows/ .github/actions/ .circleci/ .buildkite/ .gitlab/ci/ .gitlab-ci/ zuul.d/ .zuul.d/ .azure-pipelines/ .semaphore/ .teamcity/ .ci/ " +
		"ci/ .travis.yml travis.yml .travis.yaml .zuul.yaml zuul.yaml .gitlab-ci.yml .gitlab-ci.yaml *.gitlab-ci.yml jenkinsfile* *.jenkinsfile tox.ini noxfile.py " +
		"azure-pipelines*.yml appveyor.yml .appveyor.yml .cirrus.yml .drone.yml .woodpecker.yml bitbucket-pipelines.yml cloudbuild.yaml codecov.yml .codecov.yml " +
		".coveragerc .codeclimate.yml .pre-commit-config.yaml .golangci.yml .golangci.yaml .rubocop.yml .pylintrc .flake8 .goreleaser.yml .goreleaser.yaml " +
		".fossa.yml .mergify.yml mergify.yml .lgtm.yml sonar-project.properties dependabot.yml renovate.json renovate.json5 buildkite.yml vagrantfile .dockerignore"},
	{Generated, "*.pb.go *.pb.cc *.pb.h *.pb.gw.go *_pb2.py *_pb2_grpc.py *_pb2.pyi *.pb.txt *.pbtxt *.twirp.go *_ttrpc.pb.go *_grpc.pb.go *_generated.* *.generated.* " +
		"*-generated.* generated.* zz_generated* *.gen.go *_gen.go *.gen.ts bindata.go *_bindata.go *_string.go *.min.js *.min.css *.bundle.js *.js.map *.css.map " +
		"configure aclocal.m4 config.h.in config.guess config.sub ltmain.sh makefile.in libtool *.designer.cs *.g.dart *.freezed.dart *.snap *.swagger.json " +
		"generated/ gen/ zz_generated/ __generated__/ __snapshots__/ mocks/ swagger.json openapi.json *.lock.yml"},
	{Test, "test/ tests/ testing/ __tests__/ testdata/ spec/ specs/ e2e/ fixtures/ testsuite/ src/test/ unittests/ integration-tests/ *_test.* *_tests.* *_spec.* " +
		"test_* *.test.* *.spec.* *test.java *tests.java *testcase.java *test.kt *test.groovy *tests.cs *test.php conftest.py *.t"},
	{Version, "version version.* _version.* __version__.* *_version *_version.* *-version.* .version versions.* version/version*.* version/*.go pkg/version/*.go " +
		"version-* release_version release.version"},
	{Docs, "doc/ docs/ documentation/ man/ guides/ webapps/docs/ examples/ *.md *.markdown *.rst *.adoc *.asciidoc *.txt *.texi *.tex *.pod *.rdoc *.1 *.2 *.3 *.4 *.5 *.6 *.7 *.8 *.9 " +
		"readme readme.* license license.* licence copying copying.* notice authors contributors maintainers codeowners credits thanks todo install .mailmap"},
	{Data, "*.po *.pot *.mo *.json *.yaml *.yml *.toml *.csv *.tsv *.xml *.xsd *.properties *.ini *.cfg *.conf *.svg *.png *.jpg *.jpeg *.gif *.ico *.pdf *.woff *.woff2 " +
		"*.ttf *.dat *.bin *.gz *.zip *.jar *.crt *.pem *.key *.ics *.strings *.resx *.plist"},
}

// rules is table taken apart.
var rules = func() []rule {
	var out []rule
	for _, line := range table {
		for p := range strings.FieldsSeq(line.patterns) {
			folder := strings.HasSuffix(p, "/")
			out = append(out, rule{line.class, strings.Split(strings.TrimSuffix(p, "/"), "/"), folder})
		}
	}
	return out
}()

type rule struct {
	class  string
	parts  []string
	folder bool
}

// Class is the class of the file at a slash-separated path, told from its name
// alone, as in any project. It is never empty.
func Class(name string) string {
	parts := strings.Split(strings.ToLower(name), "/")
	for _, r := range rules {
		if r.fits(parts) {
			return r.class
		}
	}
	return Code
}

func (r rule) fits(parts []string) bool {
	if !r.folder {
		return fit(r.parts, parts[max(0, len(parts)-len(r.parts)):])
	}
	for i := 0; i+len(r.parts) < len(parts); i++ {
		if fit(r.parts, parts[i:i+len(r.parts)]) {
			return true
		}
	}
	return false
}

func fit(patterns, parts []string) bool {
	if len(patterns) != len(parts) {
		return false
	}
	for i, p := range patterns {
		if ok, err := path.Match(p, parts[i]); !ok || err != nil {
			return false
		}
	}
	return true
}
