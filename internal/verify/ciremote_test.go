package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/forge"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/platform"
)

// pushable is a repository with a store, a remote on disk, and a backport that is
// in the store alone.
type pushable struct {
	*gittest.Repo
	remote *gittest.Repo
	repo   *git.Repo
	store  *git.Store
	s      Subject
}

func newPushable(t *testing.T) pushable {
	t.Helper()
	r := gittest.New(t, "-- commit base on main: begin --\n-- file a --\na\n")
	p := pushable{Repo: r, remote: &gittest.Repo{Dir: filepath.Join(t.TempDir(), "remote.git")}}
	r.Git(t, "init", "-q", "--bare", p.remote.Dir)
	r.Git(t, "remote", "add", "origin", p.remote.Dir)
	r.Git(t, "push", "-q", "origin", "main")
	var err error
	if p.repo, err = git.Open(t.Context(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	if p.store, err = p.repo.NewStore(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.store.Close(); err != nil {
			t.Error(err)
		}
	})
	blob, err := p.store.Write("blob", []byte("b"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := git.Tree{}.Apply([]git.Edit{{Name: "a", Mode: git.ModeFile, ID: blob}}, p.store.Format.RawLen())
	if err != nil {
		t.Fatal(err)
	}
	tree, err := p.store.Write("tree", raw)
	if err != nil {
		t.Fatal(err)
	}
	who := "A <a@example.org> 1700000000 +0000"
	commit, err := p.store.Write("commit", git.Commit{Tree: tree, Parents: []string{r.ID("base")}, Author: who, Committer: who, Message: []byte("fix\n")}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	p.s = Subject{Name: "pick", Target: Tip{r.ID("base"), r.Git(t, "rev-parse", "main^{tree}")}, Backport: Tip{commit, tree}}
	return p
}

// branches are those of the remote but main.
func (p pushable) branches(t *testing.T) string {
	t.Helper()
	return p.remote.Git(t, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/backstay")
}

// A ci is a forge on this machine: it looks at the bare repository, and gives a
// commit that some branch has a status that goes from word to word.
type ci struct {
	remote *gittest.Repo
	words  []string

	mu    sync.Mutex
	t     *testing.T
	asked map[string]int
}

func (c *ci) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	commit := strings.Split(r.URL.Path+"/////", "/")[5]
	w.Header().Set("Content-Type", "application/json")
	if !strings.Contains(c.remote.Git(c.t, "for-each-ref", "--format=%(objectname)"), commit) {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"message":"object does not exist"}`)
		return
	}
	statuses := []map[string]string{}
	if main := c.remote.Git(c.t, "rev-parse", "main"); commit != main {
		word := c.words[min(c.asked[commit]/2, len(c.words)-1)] // two pages each
		c.asked[commit]++
		if word != "" {
			statuses = append(statuses, map[string]string{"context": "build", "status": word, "target_url": "https://ci.example/1"})
		}
	}
	if err := json.NewEncoder(w).Encode(map[string]any{"state": "", "statuses": statuses}); err != nil {
		c.t.Error(err)
	}
}

// line is the pipeline to the remote, with a forge whose status goes that way.
func (p pushable) line(t *testing.T, words ...string) *Remote {
	t.Helper()
	server := httptest.NewServer(&ci{remote: p.remote, words: words, t: t, asked: map[string]int{}})
	t.Cleanup(server.Close)
	client, err := forge.NewClient(forge.Repository{Kind: forge.Gitea, API: server.URL, Owner: "o", Name: "n"}, forge.Options{Token: "t0ken"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return &Remote{Repo: p.repo, Store: p.store, Name: "origin", Checker: client}
}

func TestRemote(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		words []string
		state backport.RunState
	}{
		{[]string{"", "pending", "pending", "success"}, backport.RunPassed},
		{[]string{"pending", "failure"}, backport.RunFailed},
	} {
		p := newPushable(t)
		line := p.line(t, tt.words...)
		root := t.TempDir()
		yard, err := platform.OpenYard(t.Context(), root, map[string]platform.Undo{CIKind: UndoCI(p.repo)})
		if err != nil {
			t.Fatal(err)
		}
		line.Note = yard.Note
		before := p.State(t)
		v := &Verifier{
			Platforms: []Platform{{Name: "forge", Kind: CI, Remote: "origin"}}, Store: p.store, pace: quick(),
			CI: func(Platform) (Pipeline, error) { return line, nil },
		}
		e, err := v.verify(t.Context(), p.s, v.Platforms)
		if err != nil || e[0].Run.State != tt.state || len(e[0].Run.Steps) != 1 || e[0].Run.Steps[0].Log != "https://ci.example/1" || e[0].Blamed != (tt.state == backport.RunFailed) {
			t.Errorf("%+v, %v", e, err)
		}
		if got := p.branches(t); got != "" {
			t.Errorf("it left %s", got)
		}
		if p.State(t) != before {
			t.Error("the repository was changed")
		}
		if notes, err := filepath.Glob(filepath.Join(root, "*", "notes", "*")); err != nil || len(notes) > 0 {
			t.Errorf("%q are noted", notes)
		}
		if err := yard.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestRemoteOfSomebodyElse(t *testing.T) {
	t.Parallel()
	p := newPushable(t)
	line := p.line(t, "success")
	branch := branchOf(p.s.Backport)
	p.remote.Git(t, "update-ref", heads+branch, p.ID("base"))
	if err := line.Push(t.Context(), branch, p.s.Backport.Commit); !errors.Is(err, git.ErrRefChanged) {
		t.Error(err)
	}
	// It was taken by somebody else in the meantime.
	if err := line.Delete(t.Context(), branch, p.s.Backport.Commit); err != nil {
		t.Error(err)
	}
	if err := UndoCI(p.repo)(t.Context(), []string{"origin", branch, p.s.Backport.Commit}); err != nil {
		t.Error(err)
	}
	if got := p.branches(t); got != heads+branch+" "+p.ID("base") {
		t.Errorf("it is %q now", got)
	}
}

func TestRemoteNotes(t *testing.T) {
	t.Parallel()
	p := newPushable(t)
	p.Git(t, "remote", "add", "gone", filepath.Join(t.TempDir(), "gone.git"))
	branch, commit := branchOf(p.s.Backport), p.s.Backport.Commit
	for _, tt := range []struct {
		remote string
		note   error
		kept   bool
	}{
		{"origin", nil, true},
		{"gone", nil, false}, // it was never reached
		{"unknown", nil, false},
		{"origin", errors.New("the disk is full"), false},
	} {
		line := p.line(t, "success")
		line.Name = tt.remote
		var noted []string
		line.Note = func(kind string, words ...string) (func(), error) {
			noted = append([]string{kind}, words...)
			return func() { noted = nil }, tt.note
		}
		err := line.Push(t.Context(), branch, commit)
		if tt.kept != (err == nil) || tt.note != nil && !errors.Is(err, tt.note) {
			t.Errorf("%s: %v", tt.remote, err)
		}
		if want := strings.Join([]string{CIKind, tt.remote, branch, commit}, " "); tt.kept != (strings.Join(noted, " ") == want) && tt.note == nil {
			t.Errorf("%s: %q is noted", tt.remote, noted)
		}
		if tt.kept {
			if err := line.Delete(t.Context(), branch, commit); err != nil || noted != nil {
				t.Errorf("%s: %q is noted, %v", tt.remote, noted, err)
			}
		}
		if got := p.branches(t); got != "" {
			t.Errorf("%s: it left %s", tt.remote, got)
		}
	}
}

func TestUndoCIRefuses(t *testing.T) {
	t.Parallel()
	p := newPushable(t)
	undo := UndoCI(p.repo)
	for _, words := range [][]string{
		nil,
		{"origin"},
		{"origin", "main", p.ID("base")},
		{"origin", branchPrefix + "x", "main"},
		{"origin", branchPrefix + "x:refs/heads/main", p.ID("base")},
		{"unknown", branchPrefix + "x", p.ID("base")},
		{p.remote.Dir, branchPrefix + "x", p.ID("base")},
		{"--exec=x", branchPrefix + "x", p.ID("base")},
	} {
		if err := undo(t.Context(), words); err == nil {
			t.Errorf("%q was undone", words)
		}
	}
	if err := undo(t.Context(), []string{"origin", branchPrefix + "x", p.ID("base")}); err != nil {
		t.Errorf("what is not there: %v", err)
	}
	if got := p.remote.Git(t, "rev-parse", "main"); got != p.ID("base") {
		t.Error("main was removed")
	}
}

// TestRemoteOfTheKilled has a process push, and kills it; the next one cleans up.
func TestRemoteOfTheKilled(t *testing.T) {
	t.Parallel()
	const variable = "BACKSTAY_TEST_PUSHES"
	if words := strings.Split(os.Getenv(variable), "\n"); len(words) == 5 {
		pushAndWait(t, words[0], words[1], words[2], words[3])
		return
	}
	p := newPushable(t)
	root := t.TempDir()
	// The child has the repository only: the backport has to be there.
	if errs, err := p.repo.Publish(t.Context(), p.store, nil, []git.Transaction{{
		Updates: []git.Update{{Name: "refs/heads/pick", New: p.s.Backport.Commit}}, Reason: "test",
	}}); err != nil || errs[0] != nil {
		t.Fatal(errs, err)
	}
	branch := branchOf(p.s.Backport)
	cmd := exec.Command(os.Args[0], "-test.run=^TestRemoteOfTheKilled$")
	cmd.Env = append(gittest.Env(), variable+"="+strings.Join([]string{p.Dir, root, branch, p.s.Backport.Commit, ""}, "\n"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); p.branches(t) == "" && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	if got := p.branches(t); got == "" {
		t.Error("nothing was pushed")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	yard, err := platform.OpenYard(t.Context(), root, map[string]platform.Undo{CIKind: UndoCI(p.repo)})
	if err != nil || len(yard.Left()) > 0 {
		t.Fatal(err, yard.Left())
	}
	if got := p.branches(t); got != "" {
		t.Errorf("it left %s", got)
	}
	if err := yard.Close(); err != nil {
		t.Error(err)
	}
}

// pushAndWait is the process that is killed.
func pushAndWait(t *testing.T, dir, root, branch, commit string) {
	t.Helper()
	repo, err := git.Open(t.Context(), dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	yard, err := platform.OpenYard(t.Context(), root, nil)
	if err != nil {
		t.Fatal(err)
	}
	line := &Remote{Repo: repo, Name: "origin", Note: yard.Note}
	if err := line.Push(t.Context(), branch, commit); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	<-ctx.Done()
}
