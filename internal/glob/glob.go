package glob

import (
	"path"
	"slices"
	"strings"
)

// Match reports whether one of the patterns matches a name, both with slashes. A
// malformed segment matches nothing.
func Match(patterns []string, name string) bool {
	segments := strings.Split(name, "/")
	return slices.ContainsFunc(patterns, func(p string) bool { return match(strings.Split(p, "/"), segments) })
}

// match goes back to the last "**" only: with more of them, an earlier one that
// takes fewer segments never hurts.
func match(pattern, name []string) bool {
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
