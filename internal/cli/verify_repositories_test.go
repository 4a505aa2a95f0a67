//go:build unix

package cli_test

import (
	"strings"
	"testing"

	"backstay.dev/backstay/internal/gittest"
)

// Whatever kind of repository it is, a backport can be verified in it.
func TestVerifyRepositories(t *testing.T) {
	t.Parallel()
	config := `
platforms:
  - name: here
    test: [./run]
    results: tap
    proof: [./run, "{files}"]
`
	verified := func(t *testing.T, v *verifying, args ...string) {
		t.Helper()
		before := v.State(t)
		exit, out, said := v.run(append(args, "--build")...)
		if exit != 0 || !strings.HasPrefix(out, "accepted ") || !strings.Contains(out, "here  proven") || said != "" {
			t.Errorf("exit status %d\n%s%s", exit, out, said)
		}
		if after := v.State(t); after != before {
			t.Errorf("the repository was\n%s\nand is\n%s", before, after)
		}
		if left := v.left(); len(left) > 0 {
			t.Errorf("%q is left", left)
		}
	}
	t.Run("sha256", func(t *testing.T) {
		t.Parallel()
		verified(t, newVerifying(t, pump(t, gittest.SHA256()), config), "my/handed")
	})
	t.Run("detached", func(t *testing.T) {
		t.Parallel()
		r := pump(t)
		r.Git(t, "checkout", "-q", "--detach", "release/1.0")
		verified(t, newVerifying(t, r, config), "my/handed")
		r.Git(t, "checkout", "-q", "--detach", "my/handed")
		verified(t, newVerifying(t, r, config), "HEAD")
	})
	t.Run("worktree", func(t *testing.T) {
		t.Parallel()
		r := pump(t)
		linked := t.TempDir() + "/linked"
		r.Git(t, "worktree", "add", "-q", linked, "my/handed")
		v := newVerifying(t, r, config)
		v.Write(t, ".backstay.yaml", "")
		v.Repo = &gittest.Repo{Dir: linked}
		v.Write(t, ".backstay.yaml", config)
		if exit, out, said := v.run("my/handed", "--build"); exit != 0 || !strings.Contains(out, "here  proven") || said != "" {
			t.Errorf("exit status %d\n%s%s", exit, out, said)
		}
	})
	t.Run("bare", func(t *testing.T) {
		t.Parallel()
		r := pump(t)
		// Of a bare repository the configuration is that of HEAD.
		r.Write(t, ".backstay.yaml", config)
		r.Git(t, "add", ".backstay.yaml")
		r.Git(t, "commit", "-q", "-m", "how to test")
		bare := t.TempDir() + "/bare.git"
		r.Git(t, "clone", "-q", "--bare", ".", bare)
		v := newVerifying(t, r, config)
		v.Repo = &gittest.Repo{Dir: bare}
		verified(t, v, "my/handed")
	})
	t.Run("nobody", func(t *testing.T) {
		t.Parallel()
		v := newVerifying(t, pump(t), config)
		for i, e := range v.env {
			if strings.HasPrefix(e, "GIT_COMMITTER_") || strings.HasPrefix(e, "GIT_AUTHOR_") {
				v.env[i] = "UNUSED=1"
			}
		}
		v.env = append(v.env, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=user.useConfigOnly", "GIT_CONFIG_VALUE_0=true")
		verified(t, v, "my/handed")
	})
	t.Run("shallow", func(t *testing.T) {
		t.Parallel()
		r := pump(t)
		r.Git(t, "clone", "-q", "--no-local", "--depth=2", "--no-single-branch", ".", "../shallow")
		v := newVerifying(t, r, config)
		v.Repo = &gittest.Repo{Dir: r.Dir + "/../shallow"}
		v.Write(t, ".backstay.yaml", config)
		before := v.State(t)
		// The commit that it names is not here: that is said, and is no crash.
		exit, out, said := v.run("origin/my/handed", "--to", "origin/release/1.0", "--build")
		if exit != 1 || !strings.Contains(out, "this repository has no such commit") || !strings.Contains(out, "here  passed") || said != "" {
			t.Errorf("exit status %d\n%s%s", exit, out, said)
		}
		if after := v.State(t); after != before {
			t.Errorf("the repository was\n%s\nand is\n%s", before, after)
		}
	})
	t.Run("partial", func(t *testing.T) {
		t.Parallel()
		r := pump(t)
		r.Git(t, "config", "uploadpack.allowFilter", "true")
		r.Git(t, "clone", "-q", "--no-local", "--filter=blob:none", "--no-checkout", ".", "../partial")
		v := newVerifying(t, r, config)
		v.Repo = &gittest.Repo{Dir: r.Dir + "/../partial"}
		v.Write(t, ".backstay.yaml", config)
		before := v.State(t)
		exit, out, said := v.run("origin/my/handed", "--build")
		if exit != 1 || !strings.HasPrefix(out, "refused ") || !strings.Contains(out, "this repository lacks the object ") ||
			!strings.HasPrefix(said, "note: this partial clone lacks the object ") || !strings.HasSuffix(said, " --fetch\n") {
			t.Errorf("exit status %d\n%s%s", exit, out, said)
		}
		if after := v.State(t); after != before {
			t.Errorf("the repository was\n%s\nand is\n%s", before, after)
		}
	})
}
