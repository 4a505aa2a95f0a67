package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"backstay.dev/backstay/internal/forge"
	"backstay.dev/backstay/internal/platform"
	"backstay.dev/backstay/internal/verify"
)

// undos remove what verification has left elsewhere when it was killed.
func (w *workspace) undos() map[string]platform.Undo {
	return map[string]platform.Undo{
		platform.SSHKind: platform.UndoSSH, platform.ContainerKind: platform.UndoContainer, verify.CIKind: verify.UndoCI(w.repo),
	}
}

// machines are where the platforms of a configuration run.
type machines struct {
	*workspace
	// root is the folder for builds of this repository.
	root string
	yard *platform.Yard
}

// verifier builds and tests on platforms. done removes what is left of it.
func (w *workspace) verifier(ctx context.Context, platforms []verify.Platform, fresh bool) (v *verify.Verifier, done func() error, err error) {
	root, remove, err := w.grounds()
	if err != nil {
		return nil, nil, err
	}
	m := &machines{workspace: w, root: root}
	if m.yard, err = platform.OpenYard(ctx, filepath.Join(root, "yard"), w.undos()); err != nil {
		return nil, nil, also(err, remove())
	}
	for _, left := range m.yard.Left() {
		w.app.note("what an earlier run left could not be removed: %v", left)
	}
	return &verify.Verifier{
		Platforms: platforms, Machine: m.machine, Folder: m.yard.Folder, Store: w.store,
		ABI: m.abi(),
		CI:  func(p verify.Platform) (verify.Pipeline, error) { return m.pipeline(ctx, p) },
		Checkout: func(ctx context.Context, dir, commit, tree string) error {
			return w.repo.Checkout(ctx, w.store, dir, commit, tree)
		},
		Logs: filepath.Join(root, "logs"), Cache: filepath.Join(root, "results"), NoCache: fresh,
		Jobs: w.app.jobs, Progress: w.running,
	}, func() error { return errors.Join(m.yard.Close(), remove()) }, nil
}

// grounds is the folder of this repository for builds: below the cache, or
// without one a temporary folder that done removes.
func (w *workspace) grounds() (dir string, done func() error, err error) {
	if index := w.app.indexFile(w.repo); index != "" {
		dir, done = filepath.Join(filepath.Dir(index), "verify"), func() error { return nil }
		err = os.MkdirAll(dir, 0o700)
	} else if dir, err = os.MkdirTemp("", "backstay-verify-"); err == nil {
		done = func() error { return platform.RemoveAll(dir) }
	}
	if err != nil {
		return "", nil, fmt.Errorf("make folder for builds: %w", err)
	}
	return dir, done, nil
}

// machine is where a platform runs.
func (m *machines) machine(p verify.Platform) (platform.Machine, error) {
	home, err := m.yard.Folder(p.Name + "-home")
	if err != nil {
		return nil, fmt.Errorf("make folder for %s: %w", p.Name, err)
	}
	switch p.Kind {
	case verify.Container:
		return platform.NewContainer(platform.ContainerOptions{Image: p.Image, Engine: p.Engine, Pull: p.Network, Scratch: home, Yard: m.yard}), nil
	case verify.SSH:
		return platform.NewSSH(platform.SSHOptions{Host: p.Host, Yard: m.yard}), nil
	}
	cache := filepath.Join(home, "cache")
	if p.KeepCache {
		// A name is no path, not even that of the folder above.
		cache = filepath.Join(m.root, "caches", "of-"+url.PathEscape(p.Name))
	}
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return nil, fmt.Errorf("make folder for %s: %w", p.Name, err)
	}
	o := platform.LocalOptions{
		Scratch: home, Path: m.app.getenv("PATH"), Lang: m.app.getenv("LANG"), Writable: []string{cache},
		Disk: p.Limits.Disk,
		Env: []string{
			"XDG_CACHE_HOME=" + cache, "GOMODCACHE=" + filepath.Join(cache, "go-mod"), "CARGO_HOME=" + filepath.Join(cache, "cargo"),
			"npm_config_cache=" + filepath.Join(cache, "npm"),
		},
	}
	if user, err := os.UserHomeDir(); err == nil {
		o.Hidden = platform.Secrets(user)
	}
	return platform.NewLocal(o), nil
}

// pipeline is the forge that runs a platform: that of a remote.
func (m *machines) pipeline(ctx context.Context, p verify.Platform) (verify.Pipeline, error) {
	remote := cmp.Or(p.Remote, "origin")
	url, err := m.repo.PushURL(ctx, remote) // it may hold a password
	if err != nil {
		return nil, err
	}
	where, err := forge.Recognise(url, p.Forge)
	if err != nil {
		return nil, err
	}
	token := ""
	for _, name := range where.TokenNames() {
		token = cmp.Or(token, m.app.getenv(name))
	}
	client, err := forge.NewClient(where, forge.Options{Token: token, Proxy: http.ProxyFromEnvironment, Agent: "backstay/" + version().Version})
	if err != nil {
		return nil, err
	}
	return &verify.Remote{Repo: m.repo, Store: m.store, Name: remote, Checker: client, Note: m.yard.Note}, nil
}
