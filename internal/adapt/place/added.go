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

// Added says where on the target a file belongs that the fix adds, if the target
// lacks the folder: where most of the files are that stand in this folder in
// the fix's base. moved is empty where the file belongs at its own path, where
// the target has less than a third of them, or where most of these have no
// folder in common.
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
	if folder == "" {
		return "", "", nil
	}
	if l, err := f.lookup(ctx, t.Ours, strings.TrimSuffix(folder, "/")); err != nil || l.mode != 0 {
		return "", "", err
	}
	votes, voters, siblings, err := f.votes(ctx, t, folder)
	if err != nil || 3*voters < siblings {
		return "", "", err
	}
	for _, dir := range slices.Sorted(maps.Keys(votes)) {
		if 2*votes[dir] > voters {
			return dir + below, fmt.Sprintf("%d of the %d files that stood in %s are in %s on the target", votes[dir], voters, folder, orRoot(dir)), nil
		}
	}
	return "", "", nil
}

// votes counts for each folder of the target how many of the base's files of
// one folder stand there, by name. A name that is new in several places of the
// target casts no vote. siblings is how many could.
func (f *Finder) votes(ctx context.Context, t Trees, folder string) (votes map[string]int, voters, siblings int, err error) {
	names, err := f.files(ctx, t.Base, folder)
	if err != nil {
		return nil, 0, 0, err
	}
	pairs, _, err := f.differing(ctx, t.Base, t.Ours)
	if err != nil {
		return nil, 0, 0, err
	}
	fresh := map[string][]string{} // folders of the target in which a name is new
	for _, p := range pairs {
		if p.ours.mode.IsRegular() && p.base.mode == 0 {
			dir, name := path.Split(p.path)
			fresh[name] = append(fresh[name], dir)
		}
	}
	votes = map[string]int{}
	names = names[:min(len(names), maxSiblings)]
	for _, name := range names {
		if dirs := fresh[name]; len(dirs) == 1 {
			votes[dirs[0]]++
			voters++
		}
	}
	return votes, voters, len(names), nil
}

// files are the names of the regular files that stand right in a folder.
func (f *Finder) files(ctx context.Context, root, folder string) ([]string, error) {
	l, err := f.lookup(ctx, root, strings.TrimSuffix(folder, "/"))
	if err != nil || l.mode != git.ModeTree {
		return nil, err
	}
	t, err := f.tree(ctx, l.id)
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
