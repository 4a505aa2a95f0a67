package forge_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/forge"
)

func TestRecognise(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		remote, hint string
		kind         string // "" for no forge, "?" for one that cannot be told
		api, path    string
	}{
		{"https://github.com/containerd/containerd.git", "", forge.GitHub, "https://api.github.com", "containerd/containerd"},
		{"https://github.com/containerd/containerd/", "", forge.GitHub, "https://api.github.com", "containerd/containerd"},
		{"https://me:secret@GitHub.com/o/n", "", forge.GitHub, "https://api.github.com", "o/n"},
		{"git@github.com:o/n.git", "", forge.GitHub, "https://api.github.com", "o/n"},
		{"github.com:o/n", "", forge.GitHub, "https://api.github.com", "o/n"},
		{"ssh://git@github.com:22/o/n.git", "", forge.GitHub, "https://api.github.com", "o/n"},
		{"ssh://git@ssh.github.com:443/o/n.git", "", forge.GitHub, "https://api.github.com", "o/n"},
		{"https://acme.ghe.com/o/n.git", "", forge.GitHub, "https://api.acme.ghe.com", "o/n"},
		{"git@github.example.org:o/n.git", "", forge.GitHub, "https://github.example.org/api/v3", "o/n"},
		{"https://code.example.org:8443/o/n", "github", forge.GitHub, "https://code.example.org:8443/api/v3", "o/n"},
		{"https://gitlab.com/group/sub/deep/n.git", "", forge.GitLab, "https://gitlab.com/api/v4", "group/sub/deep/n"},
		{"git@altssh.gitlab.com:group/n.git", "", forge.GitLab, "https://gitlab.com/api/v4", "group/n"},
		{"ssh://git@gitlab.example.org:2222/g/n.git", "", forge.GitLab, "https://gitlab.example.org/api/v4", "g/n"},
		{"https://codeberg.org/o/n.git", "", forge.Gitea, "https://codeberg.org/api/v1", "o/n"},
		{"https://example.org/forge/o/n.git", "forgejo", forge.Gitea, "https://example.org/forge/api/v1", "o/n"},
		{"http://127.0.0.1:3000/o/n.git", "gitea", forge.Gitea, "http://127.0.0.1:3000/api/v1", "o/n"},
		{"http://[::1]:3000/o/n.git", "gitea", forge.Gitea, "http://[::1]:3000/api/v1", "o/n"},
		{"git@[::1]:o/n.git", "gitea", forge.Gitea, "https://[::1]/api/v1", "o/n"},

		{"https://example.org/o/n.git", "", "?", "", ""},
		{"https://notgithub.com/o/n.git", "", "?", "", ""},
		{"https://github.com.example.org/o/n", "", forge.GitHub, "https://github.com.example.org/api/v3", "o/n"},
		{"/srv/git/n.git", "", "", "", ""},
		{"../n", "", "", "", ""},
		{"./github.com:o/n", "", "", "", ""},
		{"file:///srv/github/o/n.git", "", "", "", ""},
		{`C:\github\o\n`, "", "", "", ""},
		{"c:/github/o/n", "", "", "", ""},
		{"git://github.com/o/n", "", "", "", ""},
		{"ext::sh -c evil github.com:o/n", "", "", "", ""},
		{"ext::evil%20github.com/o/n", "gitea", "", "", ""},
		{"https://github.com/n", "", "", "", ""},
		{"https://github.com/o/n/more", "", "", "", ""},
		{"https://github.com/o/../n", "", "", "", ""},
		{"https://github.com/o/..", "", "", "", ""},
		{"https://github.com/o/%2e%2e", "", "", "", ""},
		{"https://github.com/o%2fx/n", "", "", "", ""},
		{"https://github.com/o/n?x=y", "", "", "", ""},
		{"https://github.com/o/n#x", "", "", "", ""},
		{"https://github.com//n", "", "", "", ""},
		{"https://github.com\\@evil.example/o/n", "", "", "", ""},
		{"https://git hub.com/o/n", "", "", "", ""},
		{"https://-oProxyCommand=x/o/n", "github", "", "", ""},
		{"ssh://-oProxyCommand=x/o/n", "github", "", "", ""},
		{"-oProxyCommand=github.com:o/n", "", "", "", ""},
		{"https://github.com/o/n\nX-Evil: 1", "", "", "", ""},
		{"https://github.com/" + strings.Repeat("a", 3000) + "/n", "", "", "", ""},
		{"https://gitlab.com/" + strings.Repeat("a/", 30) + "n", "", "", "", ""},
		{"", "github", "", "", ""},
	} {
		r, err := forge.Recognise(tt.remote, tt.hint)
		switch tt.kind {
		case "":
			if !errors.Is(err, forge.ErrNoForge) {
				t.Errorf("%.100q: %+v, %v", tt.remote, r, err)
			}
		case "?":
			if !errors.Is(err, forge.ErrUnknownForge) {
				t.Errorf("%.100q: %+v, %v", tt.remote, r, err)
			}
		default:
			if err != nil || r.Kind != tt.kind || r.API != tt.api || r.Owner+"/"+r.Name != tt.path {
				t.Errorf("%.100q: %+v, %v", tt.remote, r, err)
			}
			if strings.Contains(r.Web+r.API, "secret") || !strings.HasSuffix(r.Web, "/"+tt.path) {
				t.Errorf("%.100q: the page is %s", tt.remote, r.Web)
			}
		}
	}
	if _, err := forge.Recognise("https://github.com/o/n", "svn"); err == nil {
		t.Error("svn is taken for a forge")
	}
}

func TestRecogniseTellsNoPassword(t *testing.T) {
	t.Parallel()
	for _, remote := range []string{
		"https://me:s3cret@example.org/o/n", "https://s3cret@example.org/", "ftp://me:s3cret@example.org/o/n",
		"https://me:s3cret%zz@example.org/o/n", "https://me:s3cret@exa mple.org/o/n", "https://x:y@s3cret@example.org/o/n",
		"s3cret@example.org:o", "https://example.org/o/n?token=s3cret", "https://me:s3cret@example.org:port/o/n",
	} {
		if _, err := forge.Recognise(remote, ""); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: %v", remote, err)
		}
	}
}

func TestTokenNames(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"git@github.com:o/n":                  "GITHUB_TOKEN",
		"https://acme.ghe.com/o/n":            "GITHUB_TOKEN",
		"https://github.evil.example/o/n":     "GITHUB_ENTERPRISE_TOKEN",
		"https://github.com.evil.example/o/n": "GITHUB_ENTERPRISE_TOKEN",
		"git@gitlab.com:o/n":                  "GITLAB_TOKEN",
		"git@codeberg.org:o/n":                "GITEA_TOKEN",
	} {
		r, err := forge.Recognise(remote, "")
		if got := r.TokenNames(); err != nil || !slices.Equal(got, []string{"BACKSTAY_TOKEN", want}) {
			t.Errorf("%s: %q, %v", remote, got, err)
		}
	}
}

func FuzzRecognise(f *testing.F) {
	for _, s := range []string{
		"https://me:secret@github.com/o/n.git", "git@gitlab.com:a/b/c.git", "ssh://git@[::1]:22/o/n", "C:\\x", "ext::x y:z", "http://127.0.0.1:3000/o/n",
	} {
		f.Add(s, "")
		f.Add(s, "gitea")
	}
	f.Fuzz(func(t *testing.T, remote, hint string) {
		r, err := forge.Recognise(remote, hint)
		if err != nil {
			return
		}
		for _, s := range []string{r.API, r.Web} {
			if strings.ContainsAny(s, "@?#\\ \n\x00") || strings.Contains(s, "..") && !strings.Contains(remote, "..") || strings.Contains(s, "/../") || strings.HasSuffix(s, "/..") {
				t.Errorf("%q gives %q", remote, s)
			}
		}
		if _, err := forge.NewClient(r, forge.Options{}); err != nil {
			t.Errorf("%q gives %+v: %v", remote, r, err)
		}
	})
}
