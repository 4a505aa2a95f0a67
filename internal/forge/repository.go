package forge

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/lazy"
)

// The kinds of forges.
const (
	GitHub = "github"
	GitLab = "gitlab"
	// Gitea is Forgejo, too.
	Gitea   = "gitea"
	forgejo = "forgejo"
)

// Repository is where a project is on a forge.
type Repository struct {
	// Kind is one of the constants.
	Kind string
	// API is where requests begin, Web the project's page for people: URLs
	// without a slash at their end, and without credentials.
	API, Web string
	// Owner is a person or organisation, at GitLab a path of groups.
	Owner, Name string
}

var (
	// ErrNoForge says that a remote is a folder, or nothing that a forge has.
	ErrNoForge = errors.New("no forge is behind it")
	// ErrUnknownForge says that a host's name does not tell what runs there.
	ErrUnknownForge = errors.New("which forge this is cannot be told from the host's name")
)

const (
	// maxURL bounds a remote's URL, in bytes.
	maxURL = 2048
	// maxGroups bounds the path of a project; GitLab has twenty levels of groups.
	maxGroups = 24
)

var (
	// segment is one part of a project's path, in all forges.
	segment = lazy.Regexp(`^[A-Za-z0-9_.-]{1,255}$`)
	host    = lazy.Regexp(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)
	scheme  = lazy.Regexp(`^[A-Za-z][A-Za-z0-9+.-]*://`)
	// scp is user@host:path, the short form of ssh (git-clone(1), GIT URLS).
	scp = lazy.Regexp(`^(?:[^@/:\s]+@)?([A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\]):([^\s]+)$`)
)

// Recognise tells the repository from the URL that git pushes to. hint is a kind
// ("forgejo" is one, too) for hosts whose names say nothing, "" for none.
//
// Credentials in the URL are left out; errors don't repeat them either.
func Recognise(remote, hint string) (Repository, error) {
	r, err := recognise(remote, hint)
	if err != nil {
		return Repository{}, fmt.Errorf("recognise %.200q: %w", withoutUser(remote), err)
	}
	return r, nil
}

// withoutUser is a URL as it may be shown.
func withoutUser(remote string) string {
	lead := scheme().FindString(remote)
	rest := remote[len(lead):]
	if at := strings.LastIndexByte(rest[:authority(rest)], '@'); at >= 0 {
		rest = rest[at+1:]
	}
	if query := strings.IndexAny(rest, "?#"); query >= 0 {
		rest = rest[:query]
	}
	return lead + rest
}

// authority is the length of what stands before the path.
func authority(rest string) int {
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		return i
	}
	return len(rest)
}

// A place is a remote's URL, taken apart.
type place struct {
	// scheme is that of the API: https unless git uses http.
	scheme, host, port string
	path               []string
}

func recognise(remote, hint string) (Repository, error) {
	if !slices.Contains([]string{"", GitHub, GitLab, Gitea, forgejo}, hint) {
		return Repository{}, fmt.Errorf("%.100q is no kind of forge: it is one of github, gitlab, gitea, forgejo", hint)
	}
	p, err := locate(remote)
	if err != nil {
		return Repository{}, err
	}
	kind := hint
	if kind == forgejo {
		kind = Gitea
	}
	if kind == "" {
		kind = kindOf(p.host)
	}
	if kind == "" {
		return Repository{}, ErrUnknownForge
	}
	return p.repository(kind)
}

// locate takes a URL apart.
func locate(remote string) (place, error) {
	if len(remote) > maxURL || strings.ContainsFunc(remote, func(c rune) bool { return c <= ' ' || c == 0x7f || c == '\\' }) {
		return place{}, ErrNoForge
	}
	var p place
	var path string
	if scheme().MatchString(remote) {
		u, err := url.Parse(remote)
		if err != nil {
			return place{}, ErrNoForge // the error has the URL, and that its password
		}
		p.host, path = u.Hostname(), u.EscapedPath()
		switch u.Scheme {
		case "https", "http":
			p.scheme, p.port = u.Scheme, u.Port()
		case "ssh", "git+ssh", "ssh+git":
			p.scheme = "https" // where sshd listens says nothing of the API
		default:
			return place{}, ErrNoForge
		}
		if u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" {
			return place{}, ErrNoForge
		}
	} else {
		m := scp().FindStringSubmatch(remote)
		if m == nil || len(m[1]) == 1 { // a drive of Windows
			return place{}, ErrNoForge
		}
		p.scheme, p.host, path = "https", strings.Trim(m[1], "[]"), m[2]
	}
	p.host = strings.ToLower(p.host)
	if !host().MatchString(p.host) && net.ParseIP(p.host) == nil {
		return place{}, ErrNoForge
	}
	path = strings.TrimSuffix(strings.Trim(path, "/"), ".git")
	p.path = strings.Split(path, "/")
	for _, s := range p.path {
		if !segment().MatchString(s) || s == "." || s == ".." {
			return place{}, ErrNoForge
		}
	}
	if len(p.path) < 2 || len(p.path) > maxGroups {
		return place{}, ErrNoForge
	}
	return p, nil
}

// overHTTPS are hosts that speak ssh on the port of https for another.
var overHTTPS = map[string]string{"ssh.github.com": githubHost, "altssh.gitlab.com": "gitlab.com"}

const (
	githubHost = "github.com"
	// githubCloud ends the hosts of GitHub Enterprise Cloud with data residency.
	githubCloud = ".ghe.com"
)

// kindOf is the kind of a host, by the names that such hosts have.
func kindOf(host string) string {
	switch {
	case host == githubHost, strings.HasSuffix(host, githubCloud), overHTTPS[host] == githubHost:
		return GitHub
	case host == "codeberg.org":
		return Gitea
	}
	for label := range strings.SplitSeq(host, ".") {
		switch label {
		case GitHub, GitLab, Gitea:
			return label
		case forgejo:
			return Gitea
		}
	}
	return ""
}

// repository is what a place is at a forge of that kind.
func (p place) repository(kind string) (Repository, error) {
	if other, ok := overHTTPS[p.host]; ok {
		p.host = other
	}
	server := p.host
	if strings.Contains(server, ":") {
		server = "[" + server + "]"
	}
	if p.port != "" {
		server = net.JoinHostPort(p.host, p.port)
	}
	top := p.scheme + "://" + server
	last := len(p.path) - 1
	r := Repository{Kind: kind, Web: top + "/" + strings.Join(p.path, "/"), Owner: p.path[last-1], Name: p.path[last]}
	switch kind {
	case GitHub:
		if last != 1 {
			return Repository{}, fmt.Errorf("%w: GitHub's paths are owner/name", ErrNoForge)
		}
		switch {
		case p.host == githubHost:
			r.API = "https://api.github.com"
		case strings.HasSuffix(p.host, githubCloud):
			r.API = "https://api." + server
		default:
			r.API = top + "/api/v3"
		}
	case GitLab:
		r.API, r.Owner = top+"/api/v4", strings.Join(p.path[:last], "/")
	case Gitea:
		// It may be served below a path.
		r.API = strings.Join(append([]string{top}, p.path[:last-1]...), "/") + "/api/v1"
	}
	return r, nil
}

// TokenNames are the environment variables with a token for this repository, the
// first that is set being the one. $GITHUB_TOKEN is for github.com alone, as that
// of gh(1) is: one that leads elsewhere would give it away.
func (r Repository) TokenNames() []string {
	names := []string{"BACKSTAY_TOKEN"}
	switch r.Kind {
	case GitHub:
		if u, err := url.Parse(r.API); err == nil && (u.Host == "api."+githubHost || strings.HasSuffix(u.Host, githubCloud)) {
			return append(names, "GITHUB_TOKEN")
		}
		return append(names, "GITHUB_ENTERPRISE_TOKEN")
	case GitLab:
		return append(names, "GITLAB_TOKEN")
	}
	return append(names, "GITEA_TOKEN")
}
