package gate

import (
	"context"

	"backstay.dev/backstay/internal/git"
)

// ahead has a partial clone fetch the files whose words are not known, where it
// may: those of a folder, as most words are found near to where they are looked
// for, and from the second folder on those of the whole tree at once.
func (q *question) ahead(ctx context.Context, folder git.Tree) error {
	if !q.objects.Fetches() || q.fetched > 1 {
		return nil
	}
	ids, err := q.unread(ctx, folder, nil, -1)
	if err != nil || len(ids) == 0 {
		return err
	}
	if q.fetched++; q.fetched > 1 {
		t, err := q.objects.Tree(ctx, q.root)
		if err != nil {
			return err
		}
		if ids, err = q.unread(ctx, t, nil, 0); err != nil {
			return err
		}
	}
	return q.objects.Bring(ctx, ids)
}

// unread adds the files of a folder whose words are not known; depth is that of
// the folder, -1 to stay in it.
func (q *question) unread(ctx context.Context, t git.Tree, ids []string, depth int) ([]string, error) {
	rawLen := q.objects.Format.RawLen()
	for e, rest, ok := t.Next(rawLen); ok; e, rest, ok = rest.Next(rawLen) {
		switch {
		case len(ids) > maxIndexed:
			return ids, nil
		case e.IsTree() && depth >= 0 && depth < maxDepth:
			below, err := q.objects.Tree(ctx, e.ID())
			if err != nil {
				return ids, err
			}
			if ids, err = q.unread(ctx, below, ids, depth+1); err != nil {
				return ids, err
			}
		case e.Mode.IsRegular() && q.takes(string(e.Name)):
			if _, known := q.storedWords(string(e.Raw)); !known {
				ids = append(ids, e.ID())
			}
		}
	}
	return ids, nil
}
