package gate

import (
	"bytes"
	"cmp"
	"context"
	"strconv"
	"strings"
)

// manifests are the files in which projects list what they need from outside.
var manifests = []string{"requirements.txt", "go.mod", "Gemfile.lock", "Gemfile", "package.json", "pom.xml", "Cargo.toml", "composer.json", "pyproject.toml", "setup.cfg", "setup.py"}

// requirement is the first line of a manifest at the top of a tree that names a
// module, "" if there is none.
func (c *Checker) requirement(ctx context.Context, tree, module string) (string, error) {
	root := strings.ToLower(module)
	if !strings.Contains(root, "/") {
		root, _, _ = strings.Cut(root, ".")
	}
	root = strings.NewReplacer("_", "-", ".", "-").Replace(root)
	for _, name := range manifests {
		id, err := c.objects.file(ctx, tree, name)
		if err != nil {
			return "", err
		}
		src, err := c.objects.blob(ctx, id)
		if err != nil {
			return "", err
		}
		for line := range bytes.Lines(src) {
			l := strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(strings.TrimSpace(string(line))))
			if rest, ok := strings.CutPrefix(l, root); ok && (rest == "" || !inWord[rest[0]] && rest[0] != '-') {
				return strings.TrimSpace(string(line)), nil
			}
			if name == "go.mod" {
				if k, _, ok := strings.Cut(strings.TrimPrefix(l, "require "), " "); ok && len(k) > 4 && strings.HasPrefix(root, k) {
					return strings.TrimSpace(string(line)), nil
				}
			}
		}
	}
	return "", nil
}

// promised reports whether the target asks for as much of a module from outside
// as the source did before the fix: what the source took from it is there.
func (c *Checker) promised(ctx context.Context, ch *change, f *touched, module string) (bool, error) {
	if inside, err := c.resolves(ctx, ch.before, f.from, binding{name: lastOf(module, "."), path: module}); err != nil || inside {
		return false, err
	}
	here, err := c.requirement(ctx, ch.result, module)
	if err != nil || here == "" {
		return false, err
	}
	there, err := c.requirement(ctx, ch.before, module)
	return here == there || covers(here, there), err
}

// covers reports whether a requirement admits no version that is older than what
// another admits. What is no plain number is not compared.
func covers(here, there string) bool {
	a, b := least(here), least(there)
	order, ok := compare(a, b)
	return a != "" && ok && order >= 0
}

// least is the lowest version that a line of a manifest admits, "" if it names
// none: the highest of those that stand behind no "<" and no "!".
func least(line string) (version string) {
	line, _, _ = strings.Cut(line, "#")
	line, _, _ = strings.Cut(line, "//")
	line, _, _ = strings.Cut(line, ";")
	for i := 0; i < len(line); i++ {
		start := i
		for i < len(line) && (inWord[line[i]] || line[i] == '.' || line[i] == '-' || line[i] == '+' || line[i] == '/') {
			i++
		}
		word := strings.TrimPrefix(line[start:i], "v")
		if word == "" || word[0] < '0' || word[0] > '9' {
			continue
		}
		operator := strings.TrimRight(line[:start], " \t\"'")
		operator = operator[len(strings.TrimRight(operator, "<>=!~^")):]
		if !strings.ContainsAny(operator, "<!") && (version == "" || older(version, word)) {
			version = word
		}
	}
	return version
}

// older reports whether a version is certainly lower than another.
func older(a, b string) bool {
	order, ok := compare(a, b)
	return ok && order < 0
}

// compare orders two versions by their numbers; ok is false where what is no
// number decides.
func compare(a, b string) (order int, ok bool) {
	if a == b {
		return 0, true
	}
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(x), len(y)) {
		var number [2]int
		for k, parts := range [][]string{x, y} {
			if i < len(parts) {
				n, err := strconv.Atoi(parts[i])
				if err != nil {
					return 0, false
				}
				number[k] = n
			}
		}
		if number[0] != number[1] {
			return cmp.Compare(number[0], number[1]), true
		}
	}
	return 0, true
}
