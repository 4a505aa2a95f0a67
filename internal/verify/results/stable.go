package results

import (
	"regexp"
	"strings"
)

// What differs from run to run in the name of a test. RE2 takes linear time.
var unstable = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`[\x00-\x1f\x7f]+`), " "},
	// A temporary folder with all below it.
	{regexp.MustCompile(`(^|[^\w./-])(?:/private)?/(?:tmp|var/tmp|var/folders|dev/shm|run/user)/[^\s"'\]),;:]*`), "$1/tmp/*"},
	{regexp.MustCompile(`(?i)[a-z]:\\[^\s"']*\\temp\\[^\s"'\]),;]*`), "/tmp/*"},
	{regexp.MustCompile(`(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`), "*"},
	// An address of the heap; shorter ones are cases of a table.
	{regexp.MustCompile(`\b0x[0-9a-fA-F]{7,16}\b`), "0x*"},
	{regexp.MustCompile(`\b(127\.0\.0\.1|localhost|\[::1\]):[0-9]{4,5}\b`), "$1:*"},
	{regexp.MustCompile(`\b[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?`), "*"},
	{regexp.MustCompile(`\s*[(\[][0-9]+(?:\.[0-9]+)? ?(?:ns|µs|us|ms|s|sec|secs|seconds|min)[)\]]\s*$`), ""},
	{regexp.MustCompile(`^\s+|\s+$`), ""},
}

// stable is the id of a test by its name; tops are taken out of it.
func stable(name string, tops []string) string {
	if len(name) > maxLine {
		name = name[:maxLine]
	}
	for _, top := range tops {
		name = strings.ReplaceAll(name, top, "")
	}
	for _, u := range unstable {
		name = u.pattern.ReplaceAllString(name, u.with)
	}
	return bound(name)
}
