//go:build e2e

package verify

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/forge"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// TestGitea runs a backport at a real Gitea or Forgejo: BACKSTAY_TEST_GITEA is its
// URL, BACKSTAY_TEST_GITEA_TOKEN a token of somebody who may make projects there.
func TestGitea(t *testing.T) {
	server, token := os.Getenv("BACKSTAY_TEST_GITEA"), os.Getenv("BACKSTAY_TEST_GITEA_TOKEN")
	if server == "" || token == "" {
		t.Skip("BACKSTAY_TEST_GITEA and BACKSTAY_TEST_GITEA_TOKEN name no server")
	}
	call := func(method, path string, body any, out any) {
		t.Helper()
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), method, server+"/api/v1"+path, bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "token "+token)
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		said, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode >= 300 {
			t.Fatalf("%s %s: %s %s %v", method, path, answer.Status, said, err)
		}
		if out != nil {
			if err := json.Unmarshal(said, out); err != nil {
				t.Fatal(err)
			}
		}
	}
	var me struct{ Login string }
	call(http.MethodGet, "/user", nil, &me)
	name := "verify-" + strings.ToLower(rand.Text())
	call(http.MethodPost, "/user/repos", map[string]any{"name": name, "default_branch": "main"}, nil)
	project := "/repos/" + me.Login + "/" + name

	p := newPushable(t)
	p.Git(t, "remote", "set-url", "origin", server+"/"+me.Login+"/"+name+".git")
	p.Git(t, "config", "credential.helper", `!f() { echo "username=`+me.Login+`"; echo "password=$E2E_TOKEN"; }; f`)
	var err error
	if p.repo, err = git.Open(t.Context(), p.Dir, git.Options{Env: append(gittest.Env(), "E2E_TOKEN="+token), Scratch: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	if err := p.repo.Push(t.Context(), nil, "origin", git.Update{Name: "refs/heads/main", New: p.ID("base")}); err != nil {
		t.Fatal(err)
	}
	url, err := p.repo.PushURL(t.Context(), "origin")
	if err != nil {
		t.Fatal(err)
	}
	where, err := forge.Recognise(url, forge.Gitea)
	if err != nil {
		t.Fatal(err)
	}
	client, err := forge.NewClient(where, forge.Options{Token: token})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	branches := func() []string {
		var list []struct{ Name string }
		call(http.MethodGet, project+"/branches", nil, &list)
		var names []string
		for _, b := range list {
			names = append(names, b.Name)
		}
		slices.Sort(names)
		return names
	}
	post := func(context, state string) {
		call(http.MethodPost, project+"/statuses/"+p.s.Backport.Commit, map[string]string{
			"context": context, "state": state, "description": "it is " + state, "target_url": "https://ci.example.org/" + context,
		}, nil)
	}
	v := &Verifier{
		Platforms: []Platform{{Name: "forge", Kind: CI, Remote: "origin"}},
		pace:      pace{first: 100 * time.Millisecond, most: 200 * time.Millisecond, grace: 20 * time.Second, settle: 2 * time.Second, patience: 20 * time.Second, short: time.Minute},
		CI: func(Platform) (Pipeline, error) {
			return &Remote{Repo: p.repo, Store: p.store, Name: "origin", Checker: client}, nil
		},
	}
	if _, err := client.Checks(t.Context(), p.s.Backport.Commit); err == nil {
		t.Log("this server gives statuses for commits that it does not have")
	}
	for _, tt := range []struct {
		build string
		state backport.RunState
	}{{"success", backport.RunPassed}, {"failure", backport.RunFailed}} {
		var seen []string
		began := false
		v.Progress = func(pr Progress) {
			switch {
			case strings.Contains(pr.Stage, "push"):
			case !began:
				began = true
				seen = branches()
				post("build", "pending")
				for i := range 60 { // more than one page
					post(fmt.Sprintf("lint/%02d", i), "success")
				}
			default:
				post("build", tt.build)
			}
		}
		runs, err := v.Verify(t.Context(), p.s)
		if err != nil || runs[0].State != tt.state || len(runs[0].Steps) != 61 {
			t.Errorf("%+v, %v", runs, err)
		}
		if want := "[backstay/verify/" + p.s.Backport.Tree[:12] + "-" + p.s.Backport.Commit[:12] + " main]"; fmt.Sprint(seen) != want {
			t.Errorf("there were %q, want %s", seen, want)
		}
		if left := branches(); len(left) != 1 {
			t.Errorf("%q are left", left)
		}
		p.s.Backport.Commit = p.again(t)
	}
	ctx, cancel := context.WithCancel(t.Context())
	v.Progress = func(pr Progress) {
		if !strings.Contains(pr.Stage, "push") {
			cancel()
		}
	}
	if runs, err := v.Verify(ctx, p.s); err == nil || runs[0].Detail != "cancelled" {
		t.Errorf("%+v, %v", runs, err)
	}
	if left := branches(); len(left) != 1 {
		t.Errorf("%q are left", left)
	}
	call(http.MethodDelete, project, nil, nil)
}

// again is another commit of the same backport.
func (p pushable) again(t *testing.T) string {
	t.Helper()
	who := "B <b@example.org> 1700000000 +0000"
	id, err := p.store.Write("commit", git.Commit{Tree: p.s.Backport.Tree, Parents: []string{p.s.Target.Commit}, Author: who, Committer: who, Message: []byte(p.s.Backport.Commit)}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	return id
}
