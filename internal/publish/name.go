package publish

import (
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// The folders of the refs that are written.
const (
	branches = "refs/heads/backport/"
	records  = "refs/backstay/branches/"
)

// IsResult reports whether a ref is a result branch, here or as seen on a
// remote: work that nobody has merged yet.
func IsResult(ref string) bool {
	return strings.HasPrefix(ref, branches) || strings.HasPrefix(ref, "refs/remotes/") && strings.Contains(ref, "/backport/")
}

// place is the part of both refs that follows the folder: <target>/<slug>.
// remotes are the names of the user's remotes: a target that is a
// remote-tracking branch counts by the name that it has over there.
func place(fix backport.Fix, target backport.Target, remotes []string) string {
	name := target.Name
	if tracking, ok := strings.CutPrefix(target.Ref, "refs/remotes/"); ok {
		name = withoutRemote(tracking, remotes)
	}
	slug := strings.ReplaceAll(safe(fix.Slug), "/", "-")
	if rest, ok := strings.CutSuffix(slug, "."); ok {
		slug = rest + "-"
	}
	return safe(name) + "/" + slug
}

// withoutRemote cuts the longest remote's name off; the name of a remote may
// have slashes. Where no remote fits the first part is taken for one.
func withoutRemote(tracking string, remotes []string) string {
	best := ""
	for _, r := range remotes {
		if len(r) > len(best) && strings.HasPrefix(tracking, r+"/") {
			best = r
		}
	}
	if best != "" {
		return tracking[len(best)+1:]
	}
	if _, rest, ok := strings.Cut(tracking, "/"); ok {
		return rest
	}
	return tracking
}

// safe makes s a name that git takes as the middle of a ref
// (git-check-ref-format(1)). What it may not contain becomes a dash; a name
// that is fine is returned as it is.
func safe(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c < 0x20 || c == 0x7f || strings.IndexByte(` ~^:?*[\`, c) >= 0 {
			b[i] = '-'
		}
	}
	s = strings.ReplaceAll(strings.ReplaceAll(string(b), "@{", "@-"), "..", ".-")
	var parts []string
	for _, p := range strings.Split(s, "/") {
		if p == "" {
			continue
		}
		if p[0] == '.' {
			p = "-" + p[1:]
		}
		if strings.HasSuffix(p, ".lock") {
			p = strings.TrimSuffix(p, ".lock") + "-lock"
		}
		parts = append(parts, p)
	}
	if len(parts) == 0 {
		return "-"
	}
	return strings.Join(parts, "/")
}
