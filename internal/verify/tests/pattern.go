package tests

import (
	"path"
	"strings"
)

// matchesAny reports whether one of the patterns matches a path: path.Match by
// segment, "**" for any number of segments.
func matchesAny(patterns []string, name string) bool {
	for _, p := range patterns {
		if matches(strings.Split(p, "/"), strings.Split(name, "/")) {
			return true
		}
	}
	return false
}

// matches goes back to the last "**" only: with more of them, an earlier one
// that takes fewer segments never hurts.
func matches(pattern, name []string) bool {
	star, from := -1, 0
	p, n := 0, 0
	for n < len(name) {
		if p < len(pattern) && pattern[p] == "**" {
			star, from = p, n
			p++
			continue
		}
		if p < len(pattern) {
			if ok, err := path.Match(pattern[p], name[n]); ok && err == nil {
				p, n = p+1, n+1
				continue
			}
		}
		if star < 0 {
			return false
		}
		from++
		p, n = star+1, from
	}
	for p < len(pattern) && pattern[p] == "**" {
		p++
	}
	return p == len(pattern)
}
