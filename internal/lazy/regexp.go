package lazy

import (
	"regexp"
	"sync"
)

// Regexp is regexp.MustCompile put off until the first call. A text that is no
// regular expression panics there, so its package's tests have to call it.
func Regexp(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
