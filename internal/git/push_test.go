package git_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

const testBranch = "refs/heads/backstay/verify/1"

// withRemote is a repository with a remote on disk, which has its branch main.
func withRemote(t *testing.T, opts ...gittest.Option) (publisher, *gittest.Repo) {
	t.Helper()
	p := newPublisher(t, opts...)
	dir := filepath.Join(t.TempDir(), "remote.git")
	p.Git(t, "init", "-q", "--bare", "--object-format="+p.Git(t, "rev-parse", "--show-object-format"), dir)
	p.Git(t, "remote", "add", "origin", "file://"+dir)
	p.Git(t, "push", "-q", "origin", "main")
	return p, &gittest.Repo{Dir: dir}
}

// at is what a ref is at, "" for one that is not there.
func at(t *testing.T, r *gittest.Repo, ref string) string {
	t.Helper()
	return strings.TrimSpace(r.Run(t, "", "rev-parse", "-q", "--verify", ref).Stdout)
}

func TestPush(t *testing.T) {
	t.Parallel()
	for _, opts := range [][]gittest.Option{nil, {gittest.Bare()}, {gittest.SHA256()}} {
		p, remote := withRemote(t, opts...)
		one, two := p.commit(t, "one"), p.commit(t, "two")
		before := p.State(t)
		for _, step := range []struct {
			old, new string
			want     error
			at       string
		}{
			{"", one, nil, one},
			{"", one, nil, one}, // it is there already
			{"", two, git.ErrRefChanged, one},
			{two, two, git.ErrRefChanged, one},
			{two, "", git.ErrRefChanged, one},
			{one, two, nil, two}, // no descendant
			{one, "", git.ErrRefChanged, two},
			{two, "", nil, ""},
			{two, "", nil, ""}, // it is gone already
			{two, one, git.ErrRefChanged, ""},
		} {
			err := p.repo.Push(t.Context(), p.store, "origin", git.Update{Name: testBranch, Old: step.old, New: step.new})
			if !errors.Is(err, step.want) || step.want == nil && err != nil {
				t.Errorf("%+v: %v", step, err)
			}
			if got := at(t, remote, testBranch); got != step.at {
				t.Errorf("%+v: it is at %q", step, got)
			}
		}
		if p.State(t) != before {
			t.Errorf("the repository was changed:\n%s\nis\n%s", before, p.State(t))
		}
		remote.Git(t, "fsck", "--strict")
		if got := p.Run(t, "", "cat-file", "-e", one); got.Exit == 0 {
			t.Error("the objects of the store are in the repository")
		}
	}
}

func TestPushIsAlone(t *testing.T) {
	t.Parallel()
	p, remote := withRemote(t)
	mark := filepath.Join(t.TempDir(), "ran")
	hook := filepath.Join(p.Dir, ".git", "hooks", "pre-push")
	if err := os.MkdirAll(filepath.Dir(hook), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(hook, []byte("#!/bin/sh\n>>'"+mark+"'\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	p.Git(t, "tag", "-a", "-m", "x", "v1", p.ID("base"))
	for _, kv := range []string{
		"push.followTags=true", "push.gpgSign=true", "push.pushOption=ci.skip", "push.recurseSubmodules=on-demand", "push.default=matching",
		"remote.origin.push=refs/heads/*:refs/heads/*", "remote.origin.mirror=true", "remote.pushDefault=nowhere",
	} {
		key, value, _ := strings.Cut(kv, "=")
		p.Git(t, "config", key, value)
	}
	remote.Git(t, "config", "receive.advertisePushOptions", "true")
	received := filepath.Join(remote.Dir, "hooks", "pre-receive")
	writeProgram(t, received, "echo \"$GIT_PUSH_OPTION_COUNT\" >options\ncat >>options\n")
	refs := remote.Git(t, "for-each-ref")
	one := p.commit(t, "one")
	if err := p.repo.Push(t.Context(), p.store, "origin", git.Update{Name: testBranch, New: one}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("the hook was run")
	}
	if got, err := os.ReadFile(filepath.Join(remote.Dir, "options")); err != nil || !strings.HasPrefix(string(got), "0\n") || strings.Count(string(got), "\n") != 2 {
		t.Errorf("%q was received, %v", got, err)
	}
	remote.Git(t, "update-ref", "-d", testBranch)
	if got := remote.Git(t, "for-each-ref"); got != refs {
		t.Errorf("other refs were pushed: %s", got)
	}
	if got := p.Git(t, "for-each-ref", "refs/remotes/origin/backstay"); got != "" {
		t.Errorf("it is tracked: %s", got)
	}
}

func TestPushGoesWhereGitWould(t *testing.T) {
	t.Parallel()
	p, remote := withRemote(t)
	one := p.commit(t, "one")
	real := "file://" + remote.Dir
	for name, config := range map[string][]string{
		"plain":         {"remote.there.url", real},
		"pushurl":       {"remote.there.url", "file:///nowhere", "remote.there.pushurl", real},
		"insteadOf":     {"remote.there.url", "short:remote.git", "url.file://" + filepath.Dir(remote.Dir) + "/.insteadOf", "short:"},
		"pushInsteadOf": {"remote.there.url", "short:remote.git", "url.file://" + filepath.Dir(remote.Dir) + "/.pushInsteadOf", "short:"},
		"a dot in it":   {"remote.a.b.url", real},
	} {
		remotes := []string{"there", "a.b"}
		for i := 0; i < len(config); i += 2 {
			p.Git(t, "config", config[i], config[i+1])
		}
		to := remotes[0]
		if name == "a dot in it" {
			to = remotes[1]
		}
		if url, err := p.repo.PushURL(t.Context(), to); err != nil || url != real {
			t.Errorf("%s: %q, %v", name, url, err)
		}
		if err := p.repo.Push(t.Context(), p.store, to, git.Update{Name: testBranch, New: one}); err != nil || at(t, remote, testBranch) != one {
			t.Errorf("%s: %v", name, err)
		}
		if err := p.repo.Push(t.Context(), nil, to, git.Update{Name: testBranch, Old: one}); err != nil || at(t, remote, testBranch) != "" {
			t.Errorf("%s: %v", name, err)
		}
		for i := 0; i < len(config); i += 2 {
			p.Git(t, "config", "--unset", config[i])
		}
	}
}

func TestPushFromAStrangePlace(t *testing.T) {
	t.Parallel()
	p, remote := withRemote(t)
	for _, name := range []string{`a:b`, `"a`, `a"b\:c`} {
		repo, err := git.Open(t.Context(), p.Dir, git.Options{Env: gittest.Env(), Scratch: filepath.Join(t.TempDir(), name)})
		if err != nil {
			t.Fatal(err)
		}
		store, err := repo.NewStore(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		p.store = store
		one := p.commit(t, name)
		if err := repo.Push(t.Context(), store, "origin", git.Update{Name: testBranch, Old: at(t, remote, testBranch), New: one}); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestPushGoesToAllPlaces(t *testing.T) {
	t.Parallel()
	p, remote := withRemote(t)
	one := p.commit(t, "one")
	other := &gittest.Repo{Dir: filepath.Join(t.TempDir(), "other.git")}
	p.Git(t, "init", "-q", "--bare", other.Dir)
	p.Git(t, "config", "--add", "remote.origin.url", "file://"+other.Dir)
	if err := p.repo.Push(t.Context(), p.store, "origin", git.Update{Name: testBranch, New: one}); err != nil || at(t, remote, testBranch) != one || at(t, other, testBranch) != one {
		t.Error(err)
	}
	other.Git(t, "update-ref", testBranch, other.Git(t, "rev-parse", one+"^"))
	if err := p.repo.Push(t.Context(), nil, "origin", git.Update{Name: testBranch, Old: one}); !errors.Is(err, git.ErrRefChanged) || at(t, other, testBranch) == "" {
		t.Error(err)
	}
}

func TestPushSaysWhyNot(t *testing.T) {
	t.Parallel()
	p, remote := withRemote(t)
	one := p.commit(t, "one")
	hook := filepath.Join(remote.Dir, "hooks", "pre-receive")
	writeProgram(t, hook, "printf 'error: \\033[2Jno\\n' >&2\nexit 1\n")
	p.Git(t, "config", "remote.secret.url", "http://me:s3cret@127.0.0.1:1/o/n.git")
	p.Git(t, "config", "remote.strange.url", "s3cret://me:s3cret@x/o/n.git")
	p.Git(t, "config", "remote.empty.fetch", "x")
	for name, tt := range map[string]struct {
		remote string
		update git.Update
		want   error
	}{
		"refused by a hook":  {"origin", git.Update{Name: testBranch, New: one}, git.ErrPushRefused},
		"no remote":          {"upstream", git.Update{Name: testBranch, New: one}, git.ErrNoRemote},
		"no place":           {"empty", git.Update{Name: testBranch, New: one}, git.ErrNoRemote},
		"an address":         {"file://" + remote.Dir, git.Update{Name: testBranch, New: one}, git.ErrNoRemote},
		"an option":          {"--exec=x", git.Update{Name: testBranch, New: one}, git.ErrNoRemote},
		"nothing":            {"", git.Update{Name: testBranch, New: one}, git.ErrNoRemote},
		"another namespace":  {"origin", git.Update{Name: "refs/tags/x", New: one}, errAny},
		"several refs":       {"origin", git.Update{Name: testBranch + ":refs/heads/main", New: one}, errAny},
		"no id":              {"origin", git.Update{Name: testBranch, New: "main"}, errAny},
		"an unknown object":  {"origin", git.Update{Name: testBranch, New: strings.Repeat("ab", 20)}, errAny},
		"nobody there":       {"secret", git.Update{Name: testBranch, New: one}, errAny},
		"a strange protocol": {"strange", git.Update{Name: testBranch, New: one}, errAny},
	} {
		err := p.repo.Push(t.Context(), p.store, tt.remote, tt.update)
		if err == nil || tt.want != errAny && !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if text := err.Error(); strings.Contains(text, "s3cret@") || strings.ContainsAny(text, "\n\x1b") {
			t.Errorf("%s: %q", name, text)
		}
	}
	if _, err := p.repo.PushURL(t.Context(), "upstream"); !errors.Is(err, git.ErrNoRemote) {
		t.Error(err)
	}
	if got := at(t, remote, testBranch); got != "" {
		t.Errorf("it was pushed: %s", got)
	}
}

// TestPushAsksNobody has a remote that wants a password, and a way to ask for
// it.
func TestPushAsksNobody(t *testing.T) {
	t.Parallel()
	p, _ := withRemote(t)
	one := p.commit(t, "one")
	mark := filepath.Join(t.TempDir(), "asked")
	ask := filepath.Join(t.TempDir(), "ask")
	if err := os.WriteFile(ask, []byte("#!/bin/sh\n>>'"+mark+"'\necho x\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	p.Git(t, "config", "core.askPass", ask)
	p.Git(t, "config", "remote.there.url", "ssh://nobody@host.invalid/x")
	repo, err := git.Open(t.Context(), p.Dir, git.Options{
		Env: append(gittest.Env(), "GIT_ASKPASS="+ask, "SSH_ASKPASS="+ask, "SSH_ASKPASS_REQUIRE=force", "DISPLAY=:0",
			// What ssh would do, and whether it could ask at the terminal.
			`GIT_SSH_COMMAND=sh -c 'test "$SSH_ASKPASS_REQUIRE" = never && test -z "$GIT_ASKPASS$SSH_ASKPASS" && ! (: </dev/tty) 2>/dev/null && echo fatal: all well >&2; exit 1' x`),
		Scratch: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := repo.Push(t.Context(), p.store, "there", git.Update{Name: testBranch, New: one}); err == nil || !strings.Contains(err.Error(), "all well") {
		t.Error(err)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a password was asked for")
	}
}

func TestPushEndsWithItsContext(t *testing.T) {
	t.Parallel()
	p, _ := withRemote(t)
	one := p.commit(t, "one")
	p.Git(t, "config", "remote.there.url", "ssh://nobody@host.invalid/x")
	repo, err := git.Open(t.Context(), p.Dir, git.Options{Env: append(gittest.Env(), "GIT_SSH_COMMAND=sleep 60 #"), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	why := errors.New("enough")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, why)
	defer cancel()
	start := time.Now()
	err = repo.Push(ctx, p.store, "there", git.Update{Name: testBranch, New: one})
	if took := time.Since(start); !errors.Is(err, why) || took > 10*time.Second {
		t.Errorf("%v after %s", err, took)
	}
}
