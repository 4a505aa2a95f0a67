package platform

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// environment is all that a command gets of one: last wins, and what is not a
// variable is refused.
func environment(home, temp, path, lang string, more []string) ([]string, error) {
	env := []string{
		"PATH=" + path, "HOME=" + home, "TMPDIR=" + temp, "LANG=" + lang,
		// Builds ask git about their version: neither the machine's nor the user's
		// configuration has a say in that, and nobody can be asked. The user's is not
		// in this home; to name /dev/null instead would have "git config --global"
		// put a file in that one's place, where root runs it and nothing forbids it.
		"GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
	}
	at := map[string]int{}
	for i, e := range env {
		at[e[:strings.IndexByte(e, '=')]] = i
	}
	for _, e := range more {
		name, _, ok := strings.Cut(e, "=")
		if !ok || name == "" || strings.ContainsRune(e, 0) {
			return nil, fmt.Errorf("%q is not NAME=value", e)
		}
		i, ok := at[name]
		if !ok {
			i = len(env)
			at[name] = i
			env = append(env, "")
		}
		env[i] = e
	}
	return env, nil
}

// Find looks a program up in a $PATH, whose relative entries do not count.
func Find(name, path string) (string, error) { return find(name, "", []string{"PATH=" + path}) }

// find looks a program up in the command's own path: exec would take this
// process's.
func find(name, dir string, env []string) (string, error) {
	switch {
	case name == "":
		return "", errors.New("it has no name")
	case strings.ContainsRune(name, 0):
		return "", errors.New("its name has a NUL byte")
	case filepath.IsAbs(name):
		return name, nil
	case strings.ContainsRune(filepath.ToSlash(name), '/'):
		return filepath.Join(dir, name), nil
	}
	for _, e := range env {
		path, ok := strings.CutPrefix(e, "PATH=")
		if !ok {
			continue
		}
		for _, folder := range filepath.SplitList(path) {
			// A relative entry of a path would be one of the repository's folders.
			if !filepath.IsAbs(folder) {
				continue
			}
			if found, err := exec.LookPath(filepath.Join(folder, name)); err == nil {
				return found, nil
			}
		}
	}
	return "", exec.ErrNotFound
}
