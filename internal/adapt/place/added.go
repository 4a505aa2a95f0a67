package place

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/git"
)

// maxSiblings bounds the files of a folder that vote for where it went.
const maxSiblings = 300

// Added says where on the target a file belongs that the fix adds: where the
// files went, or came from, that stand in the same folder of the fix's base.
// With no vote, or none that most of them cast, moved is empty; so it is where
// the file belongs at its own path.
func (f *Finder) Added(ctx context.Context, t Trees, file string) (moved, why string, err error) {
	folder, below := path.Split(file)
	for folder != "" { // the nearest folder that the base has
		l, err := f.lookup(ctx, t.Base, strings.TrimSuffix(folder, "/"))
		if err != nil {
			return "", "", err
		}
		if l.mode == git.ModeTree {
			break
		}
		up, name := path.Split(strings.TrimSuffix(folder, "/"))
		folder, below = up, name+"/"+below
	}
	votes, voters, err := f.votes(ctx, t, folder)
	if err != nil || voters == 0 {
		return "", "", err
	}
	best := ""
	for _, dir := range slices.Sorted(maps.Keys(votes)) {
		if votes[dir] > votes[best] {
			best = dir
		}
	}
	if best == folder || 2*votes[best] <= voters {
		return "", "", nil
	}
	return best + below, fmt.Sprintf("%d of the %d files that stand in %s are in %s on the target", votes[best], voters, orRoot(folder), orRoot(best)), nil
}

// votes counts for each folder of the target how many of the base's files of
// one folder stand there, by name. A name that is new in several places of the
// target casts no vote.
func (f *Finder) votes(ctx context.Context, t Trees, folder string) (votes map[string]int, voters int, err error) {
	siblings, err := f.files(ctx, t.Base, folder)
	if err != nil {
		return nil, 0, err
	}
	here, err := f.files(ctx, t.Ours, folder)
	if err != nil {
		return nil, 0, err
	}
	pairs, _, err := f.differing(ctx, t.Base, t.Ours)
	if err != nil {
		return nil, 0, err
	}
	fresh := map[string][]string{} // folders of the target in which a name is new
	for _, p := range pairs {
		if p.ours.mode.IsRegular() && p.base.mode == 0 {
			dir, name := path.Split(p.path)
			fresh[name] = append(fresh[name], dir)
		}
	}
	votes = map[string]int{}
	for _, name := range siblings[:min(len(siblings), maxSiblings)] {
		switch {
		case slices.Contains(here, name):
			votes[folder]++
			voters++
		case len(fresh[name]) == 1:
			votes[fresh[name][0]]++
			voters++
		}
	}
	return votes, voters, nil
}

// files are the names of the regular files that stand right in a folder.
func (f *Finder) files(ctx context.Context, root, folder string) ([]string, error) {
	id := root
	if folder != "" {
		l, err := f.lookup(ctx, root, strings.TrimSuffix(folder, "/"))
		if err != nil || l.mode != git.ModeTree {
			return nil, err
		}
		id = l.id
	}
	t, err := f.tree(ctx, id)
	if err != nil {
		return nil, err
	}
	var out []string
	for e, rest, ok := t.Next(f.store.Format.RawLen()); ok; e, rest, ok = rest.Next(f.store.Format.RawLen()) {
		if e.Mode.IsRegular() {
			out = append(out, string(e.Name))
		}
	}
	return out, nil
}

func orRoot(folder string) string {
	if folder == "" {
		return "the top folder"
	}
	return folder
}
