package verify

import (
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
)

// good is a verification of which every rule holds.
func good() *backport.Verification {
	return &backport.Verification{
		Original: &backport.Fix{},
		Found:    "named in the message",
		Audit:    &backport.Audit{State: backport.Faithful},
		Runs: []backport.Run{
			{Platform: "amd64", State: backport.RunPassed, Proof: &backport.Proof{State: backport.Proven}},
			{Platform: "arm64", State: backport.RunPassed, Proof: &backport.Proof{State: backport.NoTest, Text: "no test"}},
		},
	}
}

func TestPolicyRules(t *testing.T) {
	t.Parallel()
	type change = func(*backport.Verification)
	audit := func(a backport.Audit) change { return func(v *backport.Verification) { v.Audit = &a } }
	api := func(changes ...backport.APIChange) change {
		return func(v *backport.Verification) { v.API = changes }
	}
	finding := func(s backport.Severity) change {
		return func(v *backport.Verification) { v.Findings = []backport.Finding{{Severity: s}} }
	}
	run := func(s backport.RunState) change { return func(v *backport.Verification) { v.Runs[0].State = s } }
	proof := func(s backport.ProofState) change {
		return func(v *backport.Verification) {
			v.Runs[0].Proof, v.Runs[1].Proof = &backport.Proof{State: s, Text: "because"}, nil
		}
	}
	noOriginal := func(v *backport.Verification) { v.Original, v.Audit, v.Found = nil, nil, "nothing like it" }
	noRuns := func(v *backport.Verification) { v.Runs = nil }
	required := []string{"amd64", "arm64"}
	libraries := func(platforms ...[]backport.APIChange) change {
		return func(v *backport.Verification) {
			for _, changes := range platforms {
				v.Runs = append(v.Runs, backport.Run{API: changes})
			}
		}
	}
	libraryGain := backport.APIChange{Path: "l.so", Symbol: "f", Kind: "added"}
	libraryLoss := backport.APIChange{Path: "l.so", Symbol: "f", Kind: "removed", Breaks: true}
	gain, loss := backport.APIChange{Kind: "added"}, backport.APIChange{Kind: "removed", Breaks: true}
	unknown := func(v *backport.Verification) {
		v.Uncompared, v.Runs[0].Uncompared = []string{"big.h, which is too large or not there"}, "abidiff is not installed"
	}
	deviations := []backport.Deviation{{By: "note"}, {}}

	for _, test := range []struct {
		name     string
		policy   Policy
		change   change
		required []string // nil for both platforms
		rule     string
		state    string // "" where the rule is not there
		text     string // part of what it says
	}{
		{name: "original", rule: "original", state: held, text: "named in the message"},
		{name: "no original", change: noOriginal, rule: "original", state: open, text: "nothing like it"},
		{name: "no original refused", policy: Policy{Original: "known"}, change: noOriginal, rule: "original", state: broken, text: "nothing like it"},
		{name: "no original allowed", policy: Policy{Original: "any"}, change: noOriginal, rule: "original", state: open},
		{name: "original known", policy: Policy{Original: "known"}, rule: "original", state: held},
		{name: "not examined", change: func(v *backport.Verification) { v.Error = "no such commit" }, rule: "original", state: broken, text: "no such commit"},

		{name: "no findings", rule: "findings", state: held, text: "no finding of severity error"},
		{name: "warning", change: finding(backport.Warning), rule: "findings", state: held},
		{name: "error", change: finding(backport.Error), rule: "findings", state: broken, text: "1 finding of severity error"},
		{name: "warning counts", policy: Policy{Findings: "warning"}, change: finding(backport.Warning), rule: "findings", state: broken, text: "1 finding of severity warning or error"},
		{name: "error counts with warnings", policy: Policy{Findings: "warning"}, change: finding(backport.Error), rule: "findings", state: broken},
		{name: "info never counts", policy: Policy{Findings: "warning"}, change: finding(backport.Info), rule: "findings", state: held},
		{name: "two", change: func(v *backport.Verification) {
			v.Findings = []backport.Finding{{Severity: backport.Error}, {Severity: backport.Error}}
		}, rule: "findings", state: broken, text: "2 findings"},
		{name: "findings don't matter", policy: Policy{Findings: "none"}, change: finding(backport.Error), rule: "findings"},

		{name: "faithful", rule: "deviations", state: held, text: "the same tree"},
		{name: "declared", change: audit(backport.Audit{State: backport.Declared, Deviations: deviations[:1]}), rule: "deviations", state: held, text: "1 deviation, all declared"},
		{name: "declared by a conflict that is none", change: audit(backport.Audit{State: backport.Declared, Deviations: []backport.Deviation{{By: "conflicts", NoConflict: true}, {By: "note"}}}), rule: "deviations", state: held, text: "2 deviations, all declared, 1 of them by naming a conflict in a file that git merges without one"},
		{name: "declared isn't faithful", policy: Policy{Deviations: "faithful"}, change: audit(backport.Audit{State: backport.Declared, Deviations: deviations[:1]}), rule: "deviations", state: broken},
		{name: "faithful is", policy: Policy{Deviations: "faithful"}, rule: "deviations", state: held},
		{name: "deviates", change: audit(backport.Audit{State: backport.Deviates, Deviations: deviations}), rule: "deviations", state: broken, text: "1 of 2 deviations declared nowhere"},
		{name: "unrepeated", change: audit(backport.Audit{State: backport.Unrepeated, Detail: "it is a merge"}), rule: "deviations", state: open, text: "it is a merge"},
		{name: "not audited", change: func(v *backport.Verification) { v.Audit = nil }, rule: "deviations", state: open, text: "not repeated"},
		{name: "nothing to audit with", change: noOriginal, rule: "deviations", state: open, text: "no original"},
		{name: "deviations don't matter", policy: Policy{Deviations: "any"}, change: audit(backport.Audit{State: backport.Deviates}), rule: "deviations"},
		{name: "deviations don't matter without an original", policy: Policy{Deviations: "any"}, change: noOriginal, rule: "deviations"},

		{name: "api as it was", rule: "api", state: held, text: "nothing gained"},
		{name: "api gains", change: api(gain), rule: "api", state: broken, text: "1 addition to"},
		{name: "api may gain", policy: Policy{API: "additions"}, change: api(gain, gain), rule: "api", state: held, text: "2 additions"},
		{name: "libraries gain", change: libraries([]backport.APIChange{libraryGain}, []backport.APIChange{libraryGain}), rule: "api", state: broken, text: "1 addition to"},
		{name: "libraries lose", change: libraries([]backport.APIChange{libraryLoss, libraryLoss}, []backport.APIChange{libraryLoss, libraryGain}), rule: "api", state: broken, text: "2 changes that"},
		{name: "api loses", policy: Policy{API: "additions"}, change: api(gain, loss), rule: "api", state: broken, text: "1 change that"},
		{name: "libraries not compared", change: unknown, rule: "api", state: open, text: "nothing gained, nothing lost; not known of big.h, which is too large or not there, the libraries on amd64 (abidiff is not installed)"},
		{name: "libraries not compared, with additions", policy: Policy{API: "additions"}, change: unknown, rule: "api", state: open},
		{name: "libraries not compared, as allowed", policy: Policy{Uncompared: "allowed"}, change: unknown, rule: "api", state: held, text: "(abidiff is not installed), which the policy allows"},
		{name: "libraries not compared, as refused", policy: Policy{Uncompared: "refused"}, change: unknown, rule: "api", state: broken, text: "(abidiff is not installed), which the policy refuses"},
		{name: "all compared, as asked", policy: Policy{Uncompared: "refused"}, rule: "api", state: held, text: "nothing gained, nothing lost"},
		{name: "libraries not compared, code loses", policy: Policy{Uncompared: "allowed"}, change: func(v *backport.Verification) {
			unknown(v)
			v.API = []backport.APIChange{loss}
		}, rule: "api", state: broken, text: "1 change that may break users of the API; not known of"},
		{name: "libraries don't matter", policy: Policy{API: "any"}, change: unknown, rule: "api"},
		{name: "api doesn't matter", policy: Policy{API: "any"}, change: api(loss), rule: "api"},

		{name: "green", rule: "platforms", state: held, text: "green: amd64, arm64"},
		{name: "failed", change: run(backport.RunFailed), rule: "platforms", state: broken, text: "not green: amd64"},
		{name: "limit", change: run(backport.RunLimit), rule: "platforms", state: broken, text: "not green: amd64"},
		{name: "skipped", change: run(backport.RunSkipped), rule: "platforms", state: open, text: "not run: amd64"},
		{name: "not asked for", change: noRuns, rule: "platforms", state: open, text: "not run: amd64, arm64"},
		{name: "none configured", change: noRuns, required: []string{}, rule: "platforms", state: held, text: "no platform is configured, nothing is built"},
		{name: "failed one isn't required", policy: Policy{Platforms: []string{"arm64"}}, change: run(backport.RunFailed), rule: "platforms", state: held, text: "green: arm64"},
		{name: "none is required", policy: Policy{Platforms: []string{}}, change: run(backport.RunFailed), rule: "platforms", state: held},
		{name: "a broken one counts more than a missing one", change: func(v *backport.Verification) {
			v.Runs[0].State, v.Runs[1].State = backport.RunSkipped, backport.RunFailed
		}, rule: "platforms", state: broken, text: "not green: arm64"},

		{name: "proven", rule: "proof", state: held, text: "pass with it on amd64"},
		{name: "proven as asked", policy: Policy{Proof: "proven"}, rule: "proof", state: held},
		{name: "not reproduced", change: proof(backport.NotReproduced), rule: "proof", state: held, text: "amd64: because"},
		{name: "does not build", change: proof(backport.TestDoesNotBuild), rule: "proof", state: held},
		{name: "no test", change: proof(backport.NoTest), rule: "proof", state: held},
		{name: "among all others", change: func(v *backport.Verification) { v.Runs[0].Proof, v.Runs[1].Proof = nil, nil }, rule: "proof", state: held, text: "among those that passed"},
		{name: "among all others, but asked for", policy: Policy{Proof: "proven"}, change: func(v *backport.Verification) { v.Runs[0].Proof, v.Runs[1].Proof = nil, nil }, rule: "proof", state: open},
		{name: "a platform that could not be run", change: run(backport.RunError), rule: "platforms", state: open, text: "could not be run"},
		{name: "not tried", change: proof(backport.NotTried), rule: "proof", state: open, text: "amd64: because"},
		{name: "unclear", change: proof(backport.Unclear), rule: "proof", state: held, text: "amd64: because"},
		{name: "unclear where proof is asked for", policy: Policy{Proof: "proven"}, change: proof(backport.Unclear), rule: "proof", state: open},
		{name: "not fixed", change: proof(backport.NotFixed), rule: "proof", state: broken, text: "amd64: because"},
		{name: "not proven", policy: Policy{Proof: "proven"}, change: proof(backport.NotReproduced), rule: "proof", state: broken},
		{name: "no test where proof is asked for", policy: Policy{Proof: "proven"}, change: proof(backport.NoTest), rule: "proof", state: broken},
		{name: "proof not run", change: noRuns, rule: "proof", state: open, text: "were not run"},
		{name: "proof asked for and not run", policy: Policy{Proof: "proven"}, change: noRuns, rule: "proof", state: open},
		{name: "nowhere to prove", change: noRuns, required: []string{}, rule: "proof"},
		{name: "nowhere to prove, but asked for", policy: Policy{Proof: "proven"}, change: noRuns, required: []string{}, rule: "proof", state: open},
		{name: "proof doesn't matter", policy: Policy{Proof: "any"}, change: proof(backport.NotFixed), rule: "proof"},
		{name: "not fixed on one beats proven on another", change: func(v *backport.Verification) {
			v.Runs[1].Proof = &backport.Proof{State: backport.NotFixed, Text: "fails"}
		}, rule: "proof", state: broken, text: "arm64: fails"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v := good()
			if test.change != nil {
				test.change(v)
			}
			names := required
			if test.required != nil {
				names = test.required
			}
			verdict := test.policy.Judge(v, names, "")
			i := slices.IndexFunc(verdict.Rules, func(r backport.RuleResult) bool { return r.Rule == test.rule })
			switch {
			case i < 0 && test.state != "":
				t.Fatalf("no rule %q in %+v", test.rule, verdict.Rules)
			case i < 0:
				return
			}
			r := verdict.Rules[i]
			if r.State != test.state || !strings.Contains(r.Text, test.text) {
				t.Errorf("%s is %q: %q, want %q: …%s…", r.Rule, r.State, r.Text, test.state, test.text)
			}
			// The verdict follows the worst rule.
			want := backport.Accepted
			for _, r := range verdict.Rules {
				if r.State == broken {
					want = backport.Refused
				} else if r.State == open && want == backport.Accepted {
					want = backport.Open
				}
			}
			if verdict.State != want {
				t.Errorf("verdict %q with rules %+v", verdict.State, verdict.Rules)
			}
		})
	}
}

func TestPolicyOverride(t *testing.T) {
	t.Parallel()
	required := []string{"amd64", "arm64"}
	v := good()
	if got := (Policy{}).Judge(v, required, ""); got.State != backport.Accepted || len(got.Rules) != 6 {
		t.Fatalf("a good one is %+v", got)
	}
	if got := (Policy{}).Judge(v, required, "hurry"); got.State != backport.Accepted || got.Override != "" {
		t.Errorf("what is accepted is not overridden: %+v", got)
	}
	v.Runs[0].State = backport.RunFailed
	if got := (Policy{}).Judge(v, required, ""); got.State != backport.Refused {
		t.Errorf("verdict %q", got.State)
	}
	got := (Policy{}).Judge(v, required, "the disk is full")
	if got.State != backport.Overridden || got.Override != "the disk is full" {
		t.Errorf("verdict %+v", got)
	}
	if !slices.ContainsFunc(got.Rules, func(r backport.RuleResult) bool { return r.State == broken }) {
		t.Error("an override hides what is broken")
	}
	v.Runs[0].State = backport.RunSkipped
	if got := (Policy{}).Judge(v, required, "no engine"); got.State != backport.Overridden {
		t.Errorf("what is open can be overridden, too: %q", got.State)
	}
	if got := (Policy{Findings: "none", Deviations: "any", Platforms: []string{}, Proof: "any", API: "any"}).Judge(v, required, ""); got.State != backport.Accepted {
		t.Errorf("a policy that asks for nothing: %+v", got)
	}
}
