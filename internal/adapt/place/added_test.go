package place_test

import (
	"context"
	"testing"

	"backstay.dev/backstay/internal/adapt/place"
)

func TestAdded(t *testing.T) {
	t.Parallel()
	siblings := func(dir string, names ...string) string {
		out := ""
		for _, n := range names {
			out += file(dir+n, "this is "+n+"\n")
		}
		return out
	}
	base := siblings("pkg/cri/", "a.go", "b.go", "c.go")
	cases := []struct {
		name, path, target, want string
	}{
		{"the folder moved", "pkg/cri/new.go", siblings("internal/cri/", "a.go", "b.go"), "internal/cri/new.go"},
		{"changed on the way", "pkg/cri/new.go", file("internal/cri/a.go", "another text\n"), "internal/cri/new.go"},
		{"a new folder below", "pkg/cri/sub/new.go", siblings("internal/cri/", "a.go", "b.go"), "internal/cri/sub/new.go"},
		{"to the top", "pkg/cri/new.go", siblings("", "a.go", "b.go", "c.go"), "new.go"},
		{"still here", "pkg/cri/new.go", siblings("pkg/cri/", "a.go", "b.go"), ""},
		{"most are still here", "pkg/cri/new.go", siblings("pkg/cri/", "a.go", "b.go") + siblings("internal/cri/", "c.go"), ""},
		{"split without a majority", "pkg/cri/new.go", siblings("x/", "a.go") + siblings("y/", "b.go"), ""},
		{"a name that is new in two places", "pkg/cri/new.go", siblings("x/", "a.go") + siblings("y/", "a.go"), ""},
		{"nothing to go by", "pkg/cri/new.go", siblings("x/", "z.go"), ""},
		{"a folder of its own", "other/new.go", siblings("internal/cri/", "a.go", "b.go"), ""},
	}
	var targets []string
	for _, c := range cases {
		targets = append(targets, c.target)
	}
	s := open(t, branches(base, file("pkg/cri/new.go", "new\n"), targets))
	finder := place.New(s.store)
	for i, c := range cases {
		got, why, err := finder.Added(context.Background(), s.aim(t, i).trees, c.path)
		if err != nil || got != c.want || (why == "") != (c.want == "") {
			t.Errorf("%s: %q (%s), want %q; %v", c.name, got, why, c.want, err)
		}
	}
}
