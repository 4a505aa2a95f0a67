package git_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

func TestResolve(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	r.Git(t, "tag", "-a", "-m", "x", "annotated", "ours")
	r.Git(t, "tag", "-a", "-m", "x", "nested", "annotated")
	r.Git(t, "tag", "blob", "ours:a")
	r.Git(t, "tag", "both", "theirs")
	r.Git(t, "branch", "both", "clash")
	r.Git(t, "update-ref", "refs/heads/caf\xe9$(touch)'\"", "other")
	r.Git(t, "update-ref", "refs/heads/"+r.ID("ours"), "other")
	r.Git(t, "update-ref", "refs/heads/a@b", "other")
	repo, _ := openAt(t, r.Dir)
	for name, label := range map[string]string{
		"ours": "ours", "heads/ours": "ours", "annotated": "ours", "nested": "ours", "ours~1": "base", "ours^": "base", "HEAD": "base",
		"@": "base", "both": "theirs", "heads/both": "clash", "caf\xe9$(touch)'\"": "other", r.ID("clash"): "clash", r.ID("clash")[:10]: "clash",
		strings.ToUpper(r.ID("clash")): "clash", r.ID("ours"): "ours", ":/clash": "clash", "HEAD^0": "base", "nested^{commit}": "ours", "ours^{}": "ours",
		"ours^{/bas}": "base", "a@b": "other", "annotated-0-g" + r.ID("ours")[:9]: "ours",
	} {
		if got, err := repo.Resolve(t.Context(), name); err != nil || got != r.ID(label) {
			t.Errorf("%q: got %s %v, want %s", name, got, err, label)
		}
	}
	for _, name := range []string{
		"", "--help", "-x", "--all", "--", "-", "a\nb", "ours\n", "\nours", "ours\x00", "@{u}", "@{push}", "ours@{upstream}", "HEAD^{tree}", "ours:a", ":a", ":0:a",
		"blob", "no such", "ours..theirs", "ours...theirs", "^ours", "ours^@", "ours^!", "ours^-", "ours^9", "ours~99", "ours~99999999999999999999",
		":/no such subject", "ours^{/no such}", nothing, nothing[:39], "refs/heads", "refs/heads/", "../..", "*", "ours*", "main@{1000}",
		strings.Repeat("a", 5000), strings.Repeat("a", 4<<20), strings.Repeat("ours^{commit}", 400), strings.Repeat("^", 4000), "\xff\xfe", "ours ", " ours",
	} {
		got, err := repo.Resolve(t.Context(), name)
		if !errors.Is(err, git.ErrUnknownName) || strings.Contains(err.Error(), "\n") || len(err.Error()) > 5000 {
			t.Errorf("%.100q: got %s %.300v, want an unknown name", name, got, err)
		}
	}
	for name, want := range map[string]string{
		"ours": "refs/heads/ours", "annotated": "refs/tags/annotated", "HEAD": "refs/heads/main", "--help": "", "-x": "", "": "", "ours~1": "", r.ID("ours"): "",
		"no such": "", "a\nb": "", strings.Repeat("a", 4<<20): "", "ours..theirs": "", "^ours": "", "blob": "refs/tags/blob",
	} {
		if got := repo.FullRef(t.Context(), name); got != want {
			t.Errorf("%.100q: full name %q, want %q", name, got, want)
		}
	}
}

func TestAmbiguousNames(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, twoBranches, gittest.Bare())
	repo, s := openAt(t, r.Dir)
	seen := map[string][]byte{}
	tree := r.Git(t, "rev-parse", "main^{tree}")
	for i := range 5000 {
		c := git.Commit{Tree: tree, Author: who, Committer: who, Message: fmt.Append(nil, i)}
		id := git.SHA1.Hash("commit", c.Encode())
		other := seen[id[:4]]
		seen[id[:4]] = c.Encode()
		if other == nil {
			continue
		}
		for _, text := range [][]byte{other, c.Encode()} {
			if got := r.Run(t, string(text), "hash-object", "-t", "commit", "-w", "--stdin"); got.Exit != 0 {
				t.Fatal(got.Stderr)
			}
		}
		if got, err := repo.Resolve(t.Context(), id[:4]); !errors.Is(err, git.ErrAmbiguousName) {
			t.Errorf("%s: got %s %v, want ambiguous", id[:4], got, err)
		}
		if _, _, err := s.Info(t.Context(), id[:4]); !errors.Is(err, git.ErrAmbiguousName) {
			t.Errorf("%s: got %v, want ambiguous", id[:4], err)
		}
		if got, err := repo.Resolve(t.Context(), id[:12]); err != nil || got != id {
			t.Errorf("%s: got %s %v, want %s", id[:12], got, err, id)
		}
		return
	}
	t.Fatal("no two commits share four digits")
}

func TestRefs(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	r.Git(t, "tag", "-a", "-m", "x", "annotated", "ours")
	r.Git(t, "tag", "-a", "-m", "x", "nested", "annotated")
	r.Git(t, "tag", "-a", "-m", "x", "of-blob", "ours:a")
	r.Git(t, "tag", "-a", "-m", "x", "nested-blob", "of-blob")
	r.Git(t, "tag", "tree", "ours^{tree}")
	r.Git(t, "symbolic-ref", "refs/heads/alias", "refs/heads/ours")
	r.Git(t, "symbolic-ref", "refs/heads/dangling", "refs/heads/none")
	const weird = "refs/heads/caf\xe9$(x)'\"%(objectname)#|"
	r.Git(t, "update-ref", weird, "other")
	repo, _ := openAt(t, r.Dir)
	check := func(broken string) {
		t.Helper()
		refs, err := repo.Refs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]git.Ref{}
		for i, ref := range refs {
			got[ref.Name] = ref
			if i > 0 && refs[i-1].Name >= ref.Name {
				t.Errorf("%s stands before %s", refs[i-1].Name, ref.Name)
			}
		}
		for name, commit := range map[string]string{
			"refs/heads/ours": r.ID("ours"), "refs/tags/annotated": r.ID("ours"), "refs/tags/nested": r.ID("ours"), "refs/tags/of-blob": "",
			"refs/tags/nested-blob": "", "refs/tags/tree": "", "refs/heads/alias": r.ID("ours"), weird: r.ID("other"),
		} {
			if ref, ok := got[name]; !ok || ref.Commit != commit || ref.Object != r.Git(t, "rev-parse", name) {
				t.Errorf("%s: got %v %v, want commit %q", name, ok, ref, commit)
			}
		}
		if got["refs/heads/alias"].Symref != "refs/heads/ours" || got["refs/heads/ours"].Symref != "" {
			t.Errorf("symbolic refs: %v", got["refs/heads/alias"])
		}
		if ref, ok := got[broken]; broken != "" && (!ok || ref.Commit != "") {
			t.Errorf("%s: got %v %v", broken, ok, ref)
		}
	}
	check("")
	write(t, filepath.Join(r.Dir, ".git/refs/heads/broken"), nothing+"\n")
	check("refs/heads/broken")
	write(t, filepath.Join(r.Dir, ".git/refs/heads/rubbish"), "rubbish\n")
	check("refs/heads/broken")
	if refs, err := repo.Refs(t.Context(), "refs/tags/annotated", "refs/none"); err != nil || len(refs) != 1 {
		t.Errorf("one prefix: %v %v", refs, err)
	}
	values, err := repo.RefValues(t.Context(), []string{weird, "refs/heads/none", "refs/tags/annotated", "refs/heads/dangling", "--help"})
	if err != nil || len(values) != 2 || values[weird] != r.ID("other") || values["refs/tags/annotated"] == r.ID("ours") {
		t.Errorf("values %v %v", values, err)
	}
	if values, err := repo.RefValues(t.Context(), nil); err != nil || len(values) != 0 {
		t.Errorf("no names: %v %v", values, err)
	}
}
