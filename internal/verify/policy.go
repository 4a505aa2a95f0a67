package verify

import (
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/say"
)

// Policy says what must hold of a backport. The zero value is the default: no
// finding of severity error, deviations declared, all platforms green, the API
// as it was.
type Policy struct {
	// Findings is the severity from which on a finding breaks the rule: "error"
	// by default, "warning", or "none" for no rule.
	Findings string `json:"findings,omitempty"`
	// Deviations is "declared" by default, "faithful", or "any".
	Deviations string `json:"deviations,omitempty"`
	// Platforms are those that must pass; nil for all.
	Platforms []string `json:"platforms,omitempty"`
	// Proof is "possible" by default: the fix's tests must not fail with the fix,
	// on their own or among all others;
	// "proven": on some platform they must fail without it and pass with it; or
	// "any".
	Proof string `json:"proof,omitempty"`
	// API is "frozen" by default, "additions" where a branch may gain, or "any".
	API string `json:"api,omitempty"`
	// Uncompared is what becomes of the API's rule where part of the API could not
	// be compared, and nothing that could breaks the rule: "open" by default,
	// "allowed", or "refused".
	Uncompared string `json:"uncompared,omitempty"`
	// Original is "known" where a backport of unknown origin is refused, "any"
	// by default.
	Original string `json:"original,omitempty"`
}

// Judge makes a verdict of what was found out. required are the names of the
// configured platforms; override is the reason for going on anyway, "" for
// none.
func (p Policy) Judge(v *backport.Verification, required []string, override string) backport.Verdict {
	if p.Platforms != nil {
		required = p.Platforms
	}
	rules := []backport.RuleResult{p.original(v), p.findings(v), p.deviations(v), p.api(v), p.platforms(v, required), p.proof(v, required)}
	rules = slices.DeleteFunc(rules, func(r backport.RuleResult) bool { return r.Rule == "" })
	verdict := backport.Verdict{State: backport.Accepted, Rules: rules}
	for _, r := range rules {
		switch {
		case r.State == broken:
			verdict.State = backport.Refused
		case r.State == open && verdict.State == backport.Accepted:
			verdict.State = backport.Open
		}
	}
	if verdict.State != backport.Accepted && override != "" {
		verdict.State, verdict.Override = backport.Overridden, override
	}
	return verdict
}

// The states of a rule.
const (
	held   = "held"
	broken = "broken"
	open   = "open"
)

func (p Policy) original(v *backport.Verification) backport.RuleResult {
	switch {
	case v.Error != "":
		return backport.RuleResult{Rule: "original", State: broken, Text: v.Error}
	case v.Original != nil:
		return backport.RuleResult{Rule: "original", State: held, Text: v.Found}
	case p.Original == "known":
		return backport.RuleResult{Rule: "original", State: broken, Text: v.Found}
	}
	return backport.RuleResult{Rule: "original", State: open, Text: v.Found}
}

func (p Policy) findings(v *backport.Verification) backport.RuleResult {
	if p.Findings == "none" {
		return backport.RuleResult{}
	}
	worst := 0
	for _, f := range v.Findings {
		if f.Check == backport.CheckUndeclared {
			continue // the rule of deviations judges them
		}
		if f.Severity == backport.Error || p.Findings == "warning" && f.Severity == backport.Warning {
			worst++
		}
	}
	if worst > 0 {
		return backport.RuleResult{Rule: "findings", State: broken, Text: say.Count(worst, "finding") + " of severity " + p.severity()}
	}
	return backport.RuleResult{Rule: "findings", State: held, Text: "no finding of severity " + p.severity()}
}

func (p Policy) severity() string {
	if p.Findings == "warning" {
		return "warning or error"
	}
	return "error"
}

func (p Policy) deviations(v *backport.Verification) backport.RuleResult {
	r := backport.RuleResult{Rule: "deviations", State: open, Text: "no original to compare with"}
	if p.Deviations == "any" || v.Original == nil {
		if p.Deviations == "any" {
			return backport.RuleResult{}
		}
		return r
	}
	if v.Audit == nil {
		r.Text = "the pick was not repeated"
		return r
	}
	undeclared := 0
	for _, d := range v.Audit.Deviations {
		if d.By == "" {
			undeclared++
		}
	}
	switch v.Audit.State {
	case backport.Faithful:
		r.State, r.Text = held, "the pick repeated gives the same tree"
	case backport.Declared:
		r.State, r.Text = held, say.Count(len(v.Audit.Deviations), "deviation")+", all declared"+unforced(v.Audit.Deviations)
		if p.Deviations == "faithful" {
			r.State = broken
		}
	case backport.Deviates:
		r.State, r.Text = broken, fmt.Sprintf("%d of %s declared nowhere", undeclared, say.Count(len(v.Audit.Deviations), "deviation"))
	default:
		r.Text = v.Audit.Detail
	}
	return r
}

// unforced counts those that are declared as conflicts git does not have.
func unforced(deviations []backport.Deviation) string {
	n := 0
	for _, d := range deviations {
		if d.NoConflict {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d of them by naming a conflict in a file that git merges without one", n)
}

func (p Policy) api(v *backport.Verification) backport.RuleResult {
	if p.API == "any" {
		return backport.RuleResult{}
	}
	breaking, gained := 0, 0
	for _, c := range v.APIChanges() {
		if c.Breaks {
			breaking++
		} else {
			gained++
		}
	}
	r := backport.RuleResult{Rule: "api", State: held, Text: "nothing gained, nothing lost"}
	switch {
	case breaking > 0:
		r.State, r.Text = broken, say.Count(breaking, "change")+" that may break users of the API"
	case gained > 0 && p.API != "additions":
		r.State, r.Text = broken, say.Count(gained, "addition")+" to the API of a stable branch"
	case gained > 0:
		r.Text = say.Count(gained, "addition")
	}
	unknown := uncompared(v)
	if len(unknown) == 0 {
		return r
	}
	r.Text += "; not known of " + firstFew(unknown)
	switch {
	case r.State == broken:
	case p.Uncompared == "allowed":
		r.Text += ", which the policy allows"
	case p.Uncompared == "refused":
		r.State, r.Text = broken, r.Text+", which the policy refuses"
	default:
		r.State = open
	}
	return r
}

// uncompared says of what it is not known whether the API changes.
func uncompared(v *backport.Verification) []string {
	unknown := slices.Clone(v.Uncompared)
	for _, run := range v.Runs {
		if run.Uncompared != "" {
			unknown = append(unknown, "the libraries on "+run.Platform+" ("+run.Uncompared+")")
		}
	}
	return unknown
}

// platforms says whether all that are required passed, and the backport breaks
// no test there.
func (p Policy) platforms(v *backport.Verification, required []string) backport.RuleResult {
	r := backport.RuleResult{Rule: "platforms", State: held, Text: "no platform is configured, nothing is built"}
	if len(required) == 0 {
		if p.Platforms != nil {
			r.Text = "the policy asks for none"
		}
		return r
	}
	var bad, missing []string
	for _, name := range required {
		i := slices.IndexFunc(v.Runs, func(run backport.Run) bool { return run.Platform == name })
		switch {
		case i < 0 || v.Runs[i].State == backport.RunSkipped:
			missing = append(missing, name)
		case v.Runs[i].State == backport.RunError:
			missing = append(missing, name+" (it could not be run)")
		case v.Runs[i].State != backport.RunPassed:
			bad = append(bad, name)
		}
	}
	switch {
	case bad != nil:
		r.State, r.Text = broken, "not green: "+strings.Join(bad, ", ")
	case missing != nil:
		r.State, r.Text = open, "not run: "+strings.Join(missing, ", ")
	default:
		r.Text = "green: " + strings.Join(required, ", ")
	}
	return r
}

func (p Policy) proof(v *backport.Verification, required []string) backport.RuleResult {
	if p.Proof == "any" || len(required) == 0 && p.Proof != "proven" {
		return backport.RuleResult{}
	}
	r := backport.RuleResult{Rule: "proof", State: open, Text: "the fix's tests were not run"}
	best := len(proofOrder)
	for _, run := range v.Runs {
		state := backport.ProofState("")
		said := run.Platform + ": the fix's tests are among those that passed"
		if run.Proof != nil {
			state, said = run.Proof.State, run.Platform+": "+run.Proof.Text
		} else if run.State != backport.RunPassed {
			continue
		}
		at := slices.Index(proofOrder, state)
		if at >= best {
			continue
		}
		best = at
		r.State, r.Text = held, said
		switch {
		case state == backport.NotFixed, p.Proof == "proven" && (state == backport.NotReproduced || state == backport.TestDoesNotBuild || state == backport.NoTest):
			r.State = broken
		case state == backport.NotTried, p.Proof == "proven" && (state == "" || state == backport.Unclear):
			r.State = open
		case state == backport.Proven:
			r.Text = "the fix's tests fail without it and pass with it on " + run.Platform
		}
	}
	return r
}

// proofOrder says which platform's proof counts: one where the tests fail with
// the fix, then one where they prove it, and last one that ran them only among
// all others.
var proofOrder = []backport.ProofState{
	backport.NotFixed, backport.Proven, backport.NotReproduced, backport.Unclear, backport.TestDoesNotBuild, backport.NoTest, backport.NotTried, "",
}
