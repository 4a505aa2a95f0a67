package git_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// lay gives a store the attributes of the files in a map by path.
func lay(t *testing.T, s *git.Store, texts map[string]string) (git.Attributes, error) {
	t.Helper()
	var files []git.AttributeFile
	for path, text := range texts {
		id, err := s.Write("blob", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, git.AttributeFile{Path: path, ID: id})
	}
	slices.SortFunc(files, func(a, b git.AttributeFile) int { return strings.Compare(a.Path, b.Path) })
	return s.Attributes(t.Context(), files)
}

func TestMergeDriversAsGitCheckAttr(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, twoBranches)
	_, s := openAt(t, r.Dir)
	texts := map[string]string{
		".gitattributes":         "* merge=union\n*.bin binary\n*.txt merge\n*.c -merge\n\"od d\\\"\" merge=own\n/top merge=x\n# a remark\n[attr]mine merge=macro\n*.mine mine\n",
		"sub/.gitattributes":     "*.c !merge\n*.bin merge=text\n",
		"sub/sub/.gitattributes": "a.c merge=deep driver\n",
		"caf\xe9/.gitattributes": "* merge=latin\n",
	}
	paths := []string{
		"a.bin", "a.txt", "a.c", "top", "sub/top", "sub/a.c", "sub/a.bin", "sub/sub/a.c", "od d\"", "caf\xe9/x", "x.mine",
		"line\nbreak.c", "-a.c", "not/there/a.txt", ":(glob)x.c", "sub/sub/../a.c",
	}
	a, err := lay(t, s, texts)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.MergeDrivers(t.Context(), a, paths)
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range texts {
		r.Write(t, path, text)
	}
	out := r.Run(t, strings.Join(paths, "\x00")+"\x00", "check-attr", "-z", "--stdin", "merge")
	fields := strings.Split(out.Stdout, "\x00")
	if len(fields) != 3*len(paths)+1 {
		t.Fatalf("git answered %q %s", fields, out.Stderr)
	}
	for i, path := range paths {
		if want := fields[3*i+2]; got[i] != want {
			t.Errorf("%q: got %s, want %s", path, got[i], want)
		}
	}
	if again, err := lay(t, s, texts); err != nil || again != a {
		t.Errorf("laid out again: %s %v, want %s", again, err, a)
	}
	if got, err := s.MergeDrivers(t.Context(), a, nil); err != nil || len(got) != 0 {
		t.Errorf("no paths: %q %v", got, err)
	}
	for _, path := range []string{"", "../up", "/etc/passwd"} {
		if got, err := s.MergeDrivers(t.Context(), a, []string{path}); err == nil && got[0] != "unspecified" && got[0] != "union" {
			t.Errorf("%q: got %q", path, got)
		}
	}
	if _, err := s.MergeDrivers(t.Context(), "", []string{"a"}); err == nil {
		t.Error("asked without attributes")
	}
}

func TestAttributesStayInTheirFolder(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, twoBranches, gittest.Bare())
	_, s := openAt(t, r.Dir)
	for _, path := range []string{
		"", "../.gitattributes", "/tmp/.gitattributes", "a/../../.gitattributes", "a/b", ".gitattributes/x", "a\x00/.gitattributes",
		strings.Repeat("x", 300) + "/.gitattributes",
	} {
		if a, err := lay(t, s, map[string]string{path: "* -merge\n"}); err == nil {
			t.Errorf("%q: laid out in %s", path, a)
		}
	}
	if a, err := lay(t, s, map[string]string{".gitattributes": "", ".gitattributes/.gitattributes": ""}); err == nil {
		t.Errorf("a file that is a folder: laid out in %s", a)
	}
	if _, err := lay(t, s, map[string]string{".gitattributes": strings.Repeat("x", 2<<20)}); !errors.Is(err, git.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	_, err := s.Attributes(t.Context(), []git.AttributeFile{{Path: ".gitattributes", ID: nothing}})
	lacks(t, err, nothing)
	tree := r.Git(t, "rev-parse", "main^{tree}")
	if a, err := s.Attributes(t.Context(), []git.AttributeFile{{Path: ".gitattributes", ID: tree}}); err == nil {
		t.Errorf("a tree: laid out in %s", a)
	}
	// Folders named as git's own are nothing to be afraid of.
	a, err := lay(t, s, map[string]string{".git/.gitattributes": "x", ".git/hooks/.gitattributes": "x", ".gitattributes": "a merge=own\n"})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.MergeDrivers(t.Context(), a, []string{"a"}); err != nil || got[0] != "own" {
		t.Errorf("got %q %v", got, err)
	}
	if entries, err := os.ReadDir(filepath.Dir(s.Dir)); err != nil || len(entries) != 1 {
		t.Errorf("beside the store: %v %v", entries, err)
	}
}
