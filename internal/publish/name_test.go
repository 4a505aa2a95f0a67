package publish

import (
	"os/exec"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
)

func TestPlace(t *testing.T) {
	t.Parallel()
	remotes := []string{"origin", "team/fork", "team"}
	for _, c := range []struct{ name, ref, slug, want string }{
		{"release/1.7", "refs/heads/release/1.7", "abc", "release/1.7/abc"},
		{"v1.7.3", "refs/tags/v1.7.3", "abc", "v1.7.3/abc"},
		{"0123456789abcdef0123456789abcdef01234567", "", "abc", "0123456789abcdef0123456789abcdef01234567/abc"},
		{"origin/release/1.7", "refs/remotes/origin/release/1.7", "abc", "release/1.7/abc"},
		{"team/fork/1.x", "refs/remotes/team/fork/1.x", "abc", "1.x/abc"},
		{"team/1.x", "refs/remotes/team/1.x", "abc", "1.x/abc"},
		{"gone/1.x", "refs/remotes/gone/1.x", "abc", "1.x/abc"},
		{"origin", "refs/remotes/origin", "abc", "origin/abc"},
		{"main~3^2", "", "abc", "main-3-2/abc"},
		{"main@{yesterday}", "", "abc", "main@-yesterday}/abc"},
		{"a..b", "", "abc", "a.-b/abc"},
		{"a...b", "", "abc", "a.-.b/abc"},
		{".hidden/x.lock/end.", "", "end.", "-hidden/x-lock/end./end-"},
		{"/a//b/", "", "abc", "a/b/abc"},
		{`w:o?r*s[e\ `, "", "abc", "w-o-r-s-e--/abc"},
		{"gr\xfcn\x7f", "", "abc", "gr\xfcn-/abc"},
		{"", "", "", "-/-"},
		{"1.x", "", "pr/12", "1.x/pr-12"},
	} {
		got := place(backport.Fix{Slug: c.slug}, backport.Target{Name: c.name, Ref: c.ref}, remotes)
		if got != c.want {
			t.Errorf("place(%q, %q, %q) = %q, want %q", c.name, c.ref, c.slug, got, c.want)
		}
	}
}

// Whatever a target is called, git takes the ref; and what git takes as a
// branch keeps its name.
func TestPlaceIsARef(t *testing.T) {
	t.Parallel()
	name := rapid.OneOf(
		rapid.StringMatching(`[a.@{/~^ \\:*?\[lock]{0,12}`),
		rapid.StringOf(rapid.SampledFrom([]rune("ab./@{-é"))),
		rapid.SampledFrom([]string{".lock", "a.lock.lock", "x.lock.", "....", "@", "-", "a/.lock"}),
		rapid.Map(rapid.SliceOf(rapid.ByteRange(1, 255)), func(b []byte) string { return string(b) }),
	)
	isRef := func(ref string) bool {
		cmd := exec.CommandContext(t.Context(), "git", "check-ref-format", ref)
		cmd.Env = gittest.Env()
		return cmd.Run() == nil
	}
	rapid.Check(t, func(t *rapid.T) {
		target, slug := name.Draw(t, "target"), name.Draw(t, "slug")
		ref := branches + place(backport.Fix{Slug: slug}, backport.Target{Name: target}, nil)
		if !isRef(ref) {
			t.Fatalf("%q, %q: git does not take %q", target, slug, ref)
		}
		if isRef("refs/heads/"+target) && safe(target) != target {
			t.Fatalf("%q is fine, but became %q", target, safe(target))
		}
	})
}
