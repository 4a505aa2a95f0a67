package config

import (
	"fmt"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"backstay.dev/backstay/internal/glob"
	"backstay.dev/backstay/internal/verify"
)

// Policy is what must hold of backports to some targets.
type Policy struct {
	// Targets are patterns for names of branches; none stands for all.
	Targets []string
	verify.Policy
}

// PolicyFor is the first policy for a target, by the name of its branch; the
// default where none is.
func (c Config) PolicyFor(target string) verify.Policy {
	for _, p := range c.Policies {
		if len(p.Targets) == 0 || glob.Match(p.Targets, target) {
			return p.Policy
		}
	}
	return verify.Policy{}
}

func (s source) policies(n ast.Node) ([]Policy, error) {
	return listOf(s, n, "policies, the first that matches a target holds", s.policy)
}

func (s source) policy(n ast.Node) (p Policy, err error) {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return p, s.at(n, "expected a policy: targets, and what must hold of them")
	}
	for _, pair := range m.Values {
		switch v := pair.Value; text(pair.Key) {
		case "targets":
			p.Targets, err = s.patterns(v, "for all targets")
		case "findings":
			p.Findings, err = s.oneOf(v, []string{"error", "warning", "none"})
		case "deviations":
			p.Deviations, err = s.oneOf(v, []string{"declared", "faithful", "any"})
		case "platforms":
			if p.Platforms, err = s.words(v, "platform"); err == nil && p.Platforms == nil {
				p.Platforms = []string{} // none must pass
			}
		case "proof":
			p.Proof, err = s.oneOf(v, []string{"possible", "proven", "any"})
		case "api":
			p.API, err = s.oneOf(v, []string{"frozen", "additions", "any"})
		case "uncompared":
			p.Uncompared, err = s.oneOf(v, []string{"open", "allowed", "refused"})
		case "original":
			p.Original, err = s.oneOf(v, []string{"known", "any"})
		default:
			err = s.unknown(pair.Key, []string{"api", "deviations", "findings", "original", "platforms", "proof", "targets", "uncompared"})
		}
		if err != nil {
			return Policy{}, err
		}
	}
	return p, nil
}

// checkPlatforms finds a policy that asks for a platform which is none.
func (c Config) checkPlatforms() string {
	for _, p := range c.Policies {
		for _, name := range p.Platforms {
			if !slices.ContainsFunc(c.Platforms, func(pl verify.Platform) bool { return pl.Name == name }) {
				return fmt.Sprintf("a policy asks for platform %q, which is not among `platforms`", name)
			}
		}
	}
	return ""
}
