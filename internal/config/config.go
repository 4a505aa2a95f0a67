package config

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"backstay.dev/backstay/internal/verify"
)

// FileName is where a repository keeps its configuration, at the top of the
// tree.
const FileName = ".backstay.yaml"

// Bounds of what Parse reads.
const (
	// MaxSize is the size of a file in bytes.
	MaxSize = 1 << 20
	// MaxTokens is the number of YAML tokens: three thousand branch patterns
	// fit.
	MaxTokens = 10_000
	// MaxDepth is the number of blocks, lists and maps that enclose each other.
	MaxDepth = 8
)

// Config is what a project asks for. The zero value asks for nothing.
type Config struct {
	// Releases are patterns for the branches that are releases. They replace
	// the recognition by names. path.Match by path segment; "**" stands for
	// any number of segments.
	Releases []string
	// Provenance is the style in which a backport names its origin, a dialect
	// of package provenance; "" leaves the choice to Backstay. Whether the
	// style exists is for the caller to check.
	Provenance string
	// SignOff adds the committer's Signed-off-by to every backport.
	SignOff bool
	// Squash makes one commit of all commits of a fix.
	Squash bool
	// Regenerate says which files programs of the project make from others. To
	// run them needs the user's leave, which no file of a repository can give.
	Regenerate []Regenerate
	// Platforms are where backports are built and tested, Policies what must
	// hold of them; the first that is for a target does.
	Platforms []verify.Platform
	Policies  []Policy
}

// keys says how each key is read. A value is read by hand and not by
// reflection: YAML's own idea of a scalar would turn the branch 2.10 into 2.1.
var keys = []struct {
	name string
	read func(*Config, source, ast.Node) error
}{
	{"platforms", func(c *Config, s source, n ast.Node) (err error) {
		c.Platforms, err = s.platforms(n)
		return err
	}},
	{"policy", func(c *Config, s source, n ast.Node) (err error) {
		c.Policies, err = s.policies(n)
		return err
	}},
	{"provenance", func(c *Config, s source, n ast.Node) (err error) {
		c.Provenance, err = s.style(n)
		return err
	}},
	{"regenerate", func(c *Config, s source, n ast.Node) (err error) {
		c.Regenerate, err = s.regenerate(n)
		return err
	}},
	{"releases", func(c *Config, s source, n ast.Node) (err error) {
		c.Releases, err = s.patterns(n, "to have releases recognised by name")
		return err
	}},
	{"sign-off", func(c *Config, s source, n ast.Node) (err error) {
		c.SignOff, err = s.boolean(n)
		return err
	}},
	{"squash", func(c *Config, s source, n ast.Node) (err error) {
		c.Squash, err = s.boolean(n)
		return err
	}},
}

// Parse reads a configuration. name is what errors call the file.
func Parse(name string, data []byte) (Config, error) {
	s := source{name: name, text: strings.TrimPrefix(string(data), "\ufeff")}
	if len(data) > MaxSize {
		return Config{}, s.fail(0, 0, fmt.Sprintf("the file has %d bytes, more than the %d that are read", len(data), MaxSize))
	}
	if !utf8.ValidString(s.text) {
		return Config{}, s.fail(s.firstBad(), 0, "the text is not UTF-8")
	}
	pairs, err := s.parse()
	if err != nil {
		return Config{}, err
	}
	var c Config
	for _, pair := range pairs {
		if err := s.read(&c, pair); err != nil {
			return Config{}, err
		}
	}
	if why := c.checkPlatforms(); why != "" {
		return Config{}, s.fail(0, 0, why)
	}
	return c, nil
}

func (s source) read(c *Config, pair *ast.MappingValueNode) error {
	name := text(pair.Key)
	var known []string
	for _, key := range keys {
		if key.name == name {
			return key.read(c, s, pair.Value)
		}
		known = append(known, key.name)
	}
	return s.at(pair.Key, fmt.Sprintf("unknown key %q; known are %s", name, strings.Join(known, ", ")))
}

// text is a scalar as it is written, without its quotes.
func text(n ast.Node) string {
	if l, ok := n.(*ast.LiteralNode); ok {
		return l.Value.Value
	}
	if n.Type() == ast.NullType {
		return ""
	}
	return n.GetToken().Value
}

func isScalar(n ast.Node) bool {
	_, ok := n.(ast.ScalarNode)
	return ok
}

// boolean reads true or false; nothing at all is false.
func (s source) boolean(n ast.Node) (bool, error) {
	switch v := n.(type) {
	case *ast.BoolNode:
		return v.Value, nil
	case *ast.NullNode:
		return false, nil
	}
	return false, s.at(n, "expected true or false")
}

func (s source) style(n ast.Node) (string, error) {
	if !isScalar(n) {
		return "", s.at(n, "expected the name of one provenance style")
	}
	v := text(n)
	if strings.Trim(v, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return "", s.at(n, fmt.Sprintf("%q is no provenance style", v))
	}
	return v, nil
}

// listOf reads a list, of one kind; nothing at all is none. expected says what it
// is a list of.
func listOf[T any](s source, n ast.Node, expected string, read func(ast.Node) (T, error)) ([]T, error) {
	if n.Type() == ast.NullType {
		return nil, nil
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return nil, s.at(n, "expected a list of "+expected)
	}
	var out []T
	for _, item := range list.Values {
		v, err := read(item)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// patterns reads patterns for branches; without says what leaving the key out
// does, which an empty list does not.
func (s source) patterns(n ast.Node, without string) ([]string, error) {
	out, err := listOf(s, n, "branch patterns", func(item ast.Node) (string, error) {
		if !isScalar(item) {
			return "", s.at(item, "expected one branch pattern")
		}
		if err := checkPattern(text(item)); err != nil {
			return "", s.at(item, err.Error())
		}
		return text(item), nil
	})
	if err == nil && out == nil && n.Type() != ast.NullType {
		err = s.at(n, "the list of branch patterns is empty; leave the key out "+without)
	}
	return out, err
}

func checkPattern(p string) error {
	switch {
	case p == "":
		return errors.New("an empty branch pattern")
	case p[0] == '-' || strings.ContainsFunc(p, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return fmt.Errorf("%q cannot be the name of a branch", p)
	}
	for segment := range strings.SplitSeq(p, "/") {
		if _, err := path.Match(segment, ""); err != nil {
			return fmt.Errorf("malformed branch pattern %q", p)
		}
	}
	return nil
}
