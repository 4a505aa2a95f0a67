package git

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	// ErrNoRemote says that a remote is not in the configuration.
	ErrNoRemote = errors.New("no such remote")
	// ErrPushRefused says that the other side does not take it.
	ErrPushRefused = errors.New("the remote refuses it")
)

// PushURL is where git would push to for a remote of the configuration, after
// all that it rewrites. It may have a password in it.
func (r *Repo) PushURL(ctx context.Context, remote string) (string, error) {
	if _, err := r.pushConfig(ctx, remote); err != nil {
		return "", fmt.Errorf("find where %.100q is: %w", remote, err)
	}
	out, err := r.user.output(ctx, nil, "remote", "get-url", "--push", remote)
	if err != nil {
		return "", fmt.Errorf("find where %.100q is: %w", remote, err)
	}
	url, _, _ := strings.Cut(string(out), "\n")
	return url, nil
}

// Push sets a ref of a remote to u.New, or removes it where that is empty,
// provided that it is u.Old there: an empty Old says that it must not exist
// (--force-with-lease, git-push(1)). What is already as it is to be is no error.
// The objects come from the repository and, where s is not nil, from that store.
// ErrRefChanged, ErrPushRefused and ErrNoRemote can be told apart.
//
// The user's credentials, proxies and ssh are used, but nothing asks: a
// passphrase or a password that no agent or helper knows is an error. Hooks are
// not run, a pre-push hook among them: it is there for what the user publishes.
// Tags, submodules, signatures and options that push.* asks for are left out. The
// repository stays as it is, also its remote-tracking branches: the remote is
// given to git under a name that has none.
//
// What a partial clone lacks may be fetched on the way by a git before 2.44.
func (r *Repo) Push(ctx context.Context, s *Store, remote string, u Update) error {
	if err := r.push(ctx, s, remote, u); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return fmt.Errorf("push %s to %.100q: %w", u.Name, remote, err)
	}
	return nil
}

// pushed is the name under which git knows the remote that is pushed to.
const pushed = "backstay-push"

func (r *Repo) push(ctx context.Context, s *Store, remote string, u Update) error {
	for _, id := range []string{u.Old, u.New} {
		if id != "" && !IsID(id) {
			return fmt.Errorf("%.100q is no object id", id)
		}
	}
	if !strings.HasPrefix(u.Name, "refs/heads/") || !sane(u.Name) || strings.ContainsAny(u.Name, ":^~?*[\\ ") {
		return fmt.Errorf("%.100q is no branch", u.Name)
	}
	config, err := r.pushConfig(ctx, remote)
	if err != nil {
		return err
	}
	err = r.pushOnce(ctx, s, config, u)
	if u.New == "" && u.Old != "" && errors.Is(err, ErrRefChanged) {
		// Git says the same of one that is gone. To remove what must not exist is
		// refused unless it does not.
		if r.pushOnce(ctx, s, config, Update{Name: u.Name}, "--dry-run") == nil {
			return nil
		}
	}
	return err
}

func (r *Repo) pushOnce(ctx context.Context, s *Store, config [][2]string, u Update, more ...string) error {
	args := append([]string{"push"}, more...)
	args = append(args,
		"--porcelain", "--no-verify", "--no-follow-tags", "--no-signed", "--recurse-submodules=no",
		"--force-with-lease="+u.Name+":"+u.Old, "--end-of-options", pushed, u.New+":"+u.Name)
	cmd := r.user.command(ctx, args...)
	cmd.Env = r.pushEnv(config, s)
	alone(cmd)
	out, err := finish(ctx, cmd, nil, args)
	return pushResult(string(out), err, u)
}

// copied are the keys of a remote that say how it is reached.
var copied = []string{"url", "pushurl", "proxy", "proxyauthmethod", "receivepack", "vcs"}

// pushConfig gives the settings that make pushed the same place as remote.
func (r *Repo) pushConfig(ctx context.Context, remote string) ([][2]string, error) {
	if !sane(remote) || strings.ContainsAny(remote, "=\n") {
		return nil, ErrNoRemote
	}
	out, err := r.user.output(ctx, nil, "config", "-z", "--get-regexp", `^remote\.`)
	if err != nil {
		var failed *commandError
		if errors.As(err, &failed) && failed.status == 1 {
			return nil, ErrNoRemote
		}
		return nil, err
	}
	var config [][2]string
	place := false
	for _, entry := range strings.Split(string(out), "\x00") {
		key, value, _ := strings.Cut(entry, "\n")
		rest, ok := strings.CutPrefix(key, "remote."+remote+".")
		if !ok || !slices.Contains(copied, rest) {
			continue
		}
		place = place || strings.HasSuffix(rest, "url")
		config = append(config, [2]string{"remote." + pushed + "." + rest, value})
	}
	if !place {
		return nil, ErrNoRemote
	}
	// An empty value takes back those before it.
	return append(config, [2]string{"push.pushOption", ""}), nil
}

// pushEnv is the user's environment, with settings that no argument has to tell,
// since a URL may have a password in it.
func (r *Repo) pushEnv(config [][2]string, s *Store) []string {
	o := r.opts
	o.Fetch = true // the network is what this is about
	count := 0
	var env []string
	for _, kv := range userEnv(o) {
		name, value, _ := strings.Cut(kv, "=")
		switch name {
		case "GIT_CONFIG_COUNT":
			if n, err := strconv.Atoi(value); err == nil && n > 0 {
				count = n
			}
			continue
		case alternatesVariable:
			if s != nil {
				continue
			}
		case "GIT_ALLOW_PROTOCOL", "GIT_ASKPASS", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE":
			continue
		}
		env = append(env, kv)
	}
	for i, c := range config {
		n := strconv.Itoa(count + i)
		env = append(env, "GIT_CONFIG_KEY_"+n+"="+c[0], "GIT_CONFIG_VALUE_"+n+"="+c[1])
	}
	env = append(env, "GIT_CONFIG_COUNT="+strconv.Itoa(count+len(config)), "GIT_ASKPASS=", "SSH_ASKPASS_REQUIRE=never")
	for _, kv := range r.opts.Env { // userEnv takes the user's own choice out
		if strings.HasPrefix(kv, "GIT_ALLOW_PROTOCOL=") {
			env = append(env, kv)
		}
	}
	if !r.opts.Fetch {
		env = append(env, "GIT_NO_LAZY_FETCH=1")
	}
	if s != nil {
		list := listed(filepath.Join(s.Dir, "objects"))
		for _, kv := range r.opts.Env {
			if value, ok := strings.CutPrefix(kv, alternatesVariable+"="); ok && value != "" {
				list += string(filepath.ListSeparator) + absoluteList(value, r.Dir)
			}
		}
		env = append(env, alternatesVariable+"="+list)
	}
	return env
}

// listed is a path as an element of a list of folders with objects: one with the
// separator in it is a C string (git(1), GIT_ALTERNATE_OBJECT_DIRECTORIES).
func listed(path string) string {
	if !strings.ContainsRune(path, filepath.ListSeparator) && !strings.HasPrefix(path, `"`) {
		return path
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(path) + `"`
}

// credentials stand between a URL's scheme and its host.
var credentials = regexp.MustCompile(`://[^/@\s]*@`)

// pushResult reads what git says of the one ref, by the porcelain format of
// git-push(1): a flag, the refs and what became of it, behind tabs.
//
// A remote of several places has a line for each.
func pushResult(out string, err error, u Update) error {
	done := false
	for line := range strings.Lines(out) {
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 3)
		if len(f) != 3 || !strings.HasSuffix(f[1], ":"+u.Name) {
			continue
		}
		said := lastLine(f[2])
		switch {
		case f[0] != "!":
			done = true
		case strings.Contains(said, "(stale info)"), strings.Contains(said, "(fetch first)"), strings.Contains(said, "(already exists)"):
			return fmt.Errorf("%w: %s", ErrRefChanged, said)
		default:
			return fmt.Errorf("%w: %s", ErrPushRefused, said)
		}
	}
	var failed *commandError
	if errors.As(err, &failed) {
		plain := *failed
		plain.stderr = credentials.ReplaceAllString(failed.stderr, "://")
		return &plain
	}
	if err == nil && !done {
		err = errors.New("git says nothing of it")
	}
	return err
}
