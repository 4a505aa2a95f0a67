package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"backstay.dev/backstay/internal/verify"
)

// Bounds of what a configuration may ask for.
const (
	// MaxPlatforms is how many platforms there may be, MaxCommands how many
	// commands each step of one.
	MaxPlatforms = 50
	MaxCommands  = 50
	// MaxReruns is how often a test may be run again.
	MaxReruns = 20
)

// forges are the values of `forge`.
var forges = []string{"github", "gitlab", "gitea", "forgejo"}

// engines are the values of `engine`. They are run as you: a path, or a program
// that takes an engine's arguments for something else, would have the repository
// choose what runs with nothing kept out.
var engines = []string{"podman", "docker"}

// platformKinds are the values of `run`.
var platformKinds = []string{verify.Local, verify.Container, verify.SSH, verify.CI}

func (s source) platforms(n ast.Node) ([]verify.Platform, error) {
	out, err := listOf(s, n, "platforms, each with a `name` and a `test`", s.platform)
	if err != nil {
		return nil, err
	}
	if len(out) > MaxPlatforms {
		return nil, s.at(n, fmt.Sprintf("more than %d platforms", MaxPlatforms))
	}
	names := map[string]bool{}
	for i, p := range out {
		if names[p.Name] {
			return nil, s.at(n.(*ast.SequenceNode).Values[i], fmt.Sprintf("two platforms are called %q", p.Name))
		}
		names[p.Name] = true
	}
	return out, nil
}

// platformKeys says how each key of a platform is read.
var platformKeys = []struct {
	name string
	read func(*verify.Platform, source, ast.Node) error
}{
	{"build", func(p *verify.Platform, s source, n ast.Node) (err error) { p.Build, err = s.commands(n); return }},
	{"engine", func(p *verify.Platform, s source, n ast.Node) (err error) {
		p.Engine, err = s.oneOf(n, engines)
		return
	}},
	{"env", func(p *verify.Platform, s source, n ast.Node) (err error) { p.Env, err = s.variables(n); return }},
	{"forge", func(p *verify.Platform, s source, n ast.Node) (err error) { p.Forge, err = s.oneOf(n, forges); return }},
	{"host", func(p *verify.Platform, s source, n ast.Node) (err error) { p.Host, err = s.word(n); return }},
	{"image", func(p *verify.Platform, s source, n ast.Node) (err error) { p.Image, err = s.word(n); return }},
	{"keep-cache", func(p *verify.Platform, s source, n ast.Node) (err error) { p.KeepCache, err = s.boolean(n); return }},
	{"libraries", func(p *verify.Platform, s source, n ast.Node) (err error) { p.Libraries, err = s.paths(n); return }},
	{"limits", func(p *verify.Platform, s source, n ast.Node) (err error) { p.Limits, err = s.limits(n); return }},
	{"name", func(p *verify.Platform, s source, n ast.Node) (err error) { p.Name, err = s.word(n); return }},
	{"network", func(p *verify.Platform, s source, n ast.Node) (err error) { p.Network, err = s.boolean(n); return }},
	{"prepare", func(p *verify.Platform, s source, n ast.Node) (err error) { p.Prepare, err = s.commands(n); return }},
	{"proof", func(p *verify.Platform, s source, n ast.Node) (err error) { p.Proof, err = s.command(n); return }},
	{"remote", func(p *verify.Platform, s source, n ast.Node) (err error) { p.Remote, err = s.word(n); return }},
	{"reruns", func(p *verify.Platform, s source, n ast.Node) (err error) {
		p.Reruns, err = s.number(n, MaxReruns)
		return
	}},
	{"results", func(p *verify.Platform, s source, n ast.Node) (err error) { p.Results, err = s.results(n); return }},
	{"run", func(p *verify.Platform, s source, n ast.Node) (err error) {
		p.Kind, err = s.oneOf(n, platformKinds)
		return
	}},
	{"test", func(p *verify.Platform, s source, n ast.Node) (err error) { p.Test, err = s.commands(n); return }},
	{"test-files", func(p *verify.Platform, s source, n ast.Node) (err error) { p.TestFiles, err = s.paths(n); return }},
}

func (s source) platform(n ast.Node) (p verify.Platform, err error) {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return p, s.at(n, "expected a platform with a `name` and a `test`")
	}
	p.Kind = verify.Local
	var known []string
	for _, k := range platformKeys {
		known = append(known, k.name)
	}
	for _, pair := range m.Values {
		i := slices.Index(known, text(pair.Key))
		if i < 0 {
			return p, s.unknown(pair.Key, known)
		}
		if err := platformKeys[i].read(&p, s, pair.Value); err != nil {
			return p, err
		}
	}
	switch {
	case p.Name == "":
		return p, s.at(n, "a platform needs a `name`")
	case strings.ContainsAny(p.Name, ", ") || p.Name == "all":
		return p, s.at(n, fmt.Sprintf("%q cannot be the name of a platform: no blank, no comma, not \"all\"", p.Name))
	case p.Kind == verify.Container && p.Image == "":
		return p, s.at(n, "a container needs an `image`")
	case p.Kind == verify.SSH && p.Host == "":
		return p, s.at(n, "`run: ssh` needs a `host`")
	case p.Kind != verify.CI && len(p.Test) == 0 && len(p.Build) == 0:
		return p, s.at(n, "a platform needs a `test` or a `build`, a list of commands")
	case len(p.Libraries) > 0 && (p.Kind == verify.CI || len(p.Build) == 0):
		return p, s.at(n, "`libraries` are those that `build` makes, and there is none (`run: ci` has none here)")
	}
	return p, nil
}

// unknown is the error of a key that is none.
func (s source) unknown(n ast.Node, known []string) error {
	return s.at(n, fmt.Sprintf("unknown key %q; known are %s", text(n), strings.Join(known, ", ")))
}

// word reads one scalar that may become an argument: it is no option.
func (s source) word(n ast.Node) (string, error) {
	if !isScalar(n) {
		return "", s.at(n, "expected one word")
	}
	w := text(n)
	if strings.HasPrefix(w, "-") || strings.ContainsFunc(w, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", s.at(n, fmt.Sprintf("%q begins with a dash or holds a control character", w))
	}
	return w, nil
}

func (s source) oneOf(n ast.Node, known []string) (string, error) {
	if !isScalar(n) || !slices.Contains(known, text(n)) {
		return "", s.at(n, "expected one of "+strings.Join(known, ", "))
	}
	return text(n), nil
}

func (s source) number(n ast.Node, limit int) (int, error) {
	i, err := strconv.Atoi(text(n))
	if !isScalar(n) || err != nil || i < 0 || i > limit {
		return 0, s.at(n, fmt.Sprintf("expected a number from 0 to %d", limit))
	}
	return i, nil
}

func (s source) paths(n ast.Node) ([]string, error) {
	list, err := s.words(n, "path pattern")
	for i := 0; err == nil && i < len(list); i++ {
		if why := checkPath(list[i]); why != "" {
			err = s.at(n, why)
		}
	}
	return list, err
}

// results reads "go-json" or "junit:build/*.xml".
func (s source) results(n ast.Node) (string, error) {
	w, err := s.word(n)
	if err != nil {
		return "", err
	}
	format, files, ok := strings.Cut(w, ":")
	if strings.Trim(format, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || format == "" {
		return "", s.at(n, fmt.Sprintf("%q is no format of test results", format))
	}
	if why := checkPath(files); ok && why != "" {
		return "", s.at(n, why)
	}
	return w, nil
}

// command reads a program and its arguments.
func (s source) command(n ast.Node) ([]string, error) {
	words, err := s.words(n, "word of a command")
	if err == nil && (len(words) == 0 || words[0] == "" || strings.HasPrefix(words[0], "-")) {
		err = s.at(n, "the command has no name")
	}
	return words, err
}

// commands reads a list of commands; a list of words is one.
func (s source) commands(n ast.Node) ([][]string, error) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return nil, s.at(n, "expected a command (a list of words), or a list of commands")
	}
	if len(list.Values) > MaxCommands && !isScalar(list.Values[0]) {
		return nil, s.at(n, fmt.Sprintf("more than %d commands", MaxCommands))
	}
	if len(list.Values) == 0 || isScalar(list.Values[0]) {
		c, err := s.command(n)
		return [][]string{c}, err
	}
	var out [][]string
	for _, item := range list.Values {
		c, err := s.command(item)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// variables reads a map of names and values as NAME=value.
func (s source) variables(n ast.Node) ([]string, error) {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return nil, s.at(n, "expected variables, NAME: value each")
	}
	if len(m.Values) > MaxArguments {
		return nil, s.at(n, fmt.Sprintf("more than %d variables", MaxArguments))
	}
	var out []string
	for _, pair := range m.Values {
		name := text(pair.Key)
		if name == "" || strings.ContainsFunc(name, func(r rune) bool {
			return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
		}) {
			return nil, s.at(pair.Key, fmt.Sprintf("%q cannot be the name of a variable", name))
		}
		if !isScalar(pair.Value) || strings.ContainsRune(text(pair.Value), 0) {
			return nil, s.at(pair.Value, "expected one value")
		}
		out = append(out, name+"="+text(pair.Value))
	}
	return out, nil
}

func (s source) limits(n ast.Node) (l verify.Limits, err error) {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return l, s.at(n, "expected limits: time, memory, processes, output, disk")
	}
	for _, pair := range m.Values {
		switch v := pair.Value; text(pair.Key) {
		case "time":
			if l.Time, err = time.ParseDuration(text(v)); !isScalar(v) || err != nil || l.Time <= 0 {
				return l, s.at(v, "expected a time such as 20m")
			}
		case "disk":
			l.Disk, err = s.size(v)
		case "memory":
			l.Memory, err = s.size(v)
		case "output":
			l.Output, err = s.size(v)
		case "processes":
			l.Processes, err = s.number(v, 1<<20)
		default:
			err = s.unknown(pair.Key, []string{"disk", "memory", "output", "processes", "time"})
		}
		if err != nil {
			return l, err
		}
	}
	return l, nil
}

// size reads bytes: a number with K, M or G behind it, powers of 1,024.
func (s source) size(n ast.Node) (int64, error) {
	w, shift := text(n), 0
	if i := strings.IndexAny(w, "KMG"); i > 0 && i == len(w)-1 {
		shift = 10 * (strings.IndexByte("KMG", w[i]) + 1)
		w = w[:i]
	}
	v, err := strconv.ParseInt(w, 10, 64)
	if !isScalar(n) || err != nil || v <= 0 || v > 1<<50>>shift {
		return 0, s.at(n, "expected a size such as 512M or 4G")
	}
	return v << shift, nil
}
