package replay

import "regexp"

// What is not code, by path: tests, then documentation with changelogs and
// version files, then vendored and generated files and what only releases and
// CI read. The rules are coarse and fixed: a figure is worth something only as
// long as the next one means the same.
var notCode = []*regexp.Regexp{
	regexp.MustCompile(`(?i)(^|/)(tests?|testing|__tests__|testdata|spec|src/test|e2e)(/|$)|_test\.|(^|/)test_[^/]*$|Tests?\.java$|\.tcl$|fixtures`),
	regexp.MustCompile(`(?i)CHANGE|RELEASE|NEWS|HISTORY|README|\.md$|\.rst$|\.txt$|webapps/docs|\.po$|VERSION`),
	regexp.MustCompile(`(^|/)(vendor/|go\.mod$|go\.sum$|vendor\.(conf|mod|sum)$|.*\.pb\.go$|package-lock\.json$)|^\.github/workflows|^\.mailmap`),
}

// codePath reports whether a path holds code.
func codePath(path string) bool {
	for _, class := range notCode {
		if class.MatchString(path) {
			return false
		}
	}
	return true
}
