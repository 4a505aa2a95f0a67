package verify

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/verify/tests"
)

// A trialOfProof is the fix's tests, to be run without the fix and with it.
type trialOfProof struct {
	lane  *lane
	proof backport.Proof
	steps *[]backport.RunStep
	// left are those that could not be put on the target.
	left string
	// commands run them; wide says that they are all of the platform's, as the
	// tests could not be singled out, and note why.
	commands [][]string
	wide     bool
	note     string
	// brings are the names that the tests need and that come with the fix.
	brings tests.Brought
	// without and with are the trees.
	without, with *site
	// after is what the platform's test commands say of the backport.
	after outcome
}

// prove runs the fix's own tests without the fix and with it. after is what the
// platform's test commands say of the backport.
func (l *lane) prove(ctx context.Context, s Subject, after outcome, steps *[]backport.RunStep) *backport.Proof {
	if l.v.layer == nil || s.plain {
		return nil
	}
	t := &trialOfProof{lane: l, steps: steps, after: after}
	switch {
	case !after.built():
		t.says(backport.NotTried, "the backport could not be built")
	case t.choose(ctx, s):
		t.run(ctx, s)
	}
	if ctx.Err() != nil {
		return nil
	}
	for _, more := range []string{t.note, t.left} {
		if more != "" && !strings.Contains(t.proof.Text, more) {
			t.proof.Text += "; " + more
		}
	}
	return &t.proof
}

// says ends the trial.
func (t *trialOfProof) says(state backport.ProofState, text string) {
	t.proof.State, t.proof.Text = state, text
}

// choose finds the tests and how they are run, and lays them out.
func (t *trialOfProof) choose(ctx context.Context, s Subject) bool {
	p := t.lane.p
	laid, err := t.lane.v.layer.lay(ctx, tests.Trees{Target: s.Target.Tree, Backport: s.Backport.Tree, Base: s.Base, Original: s.Original, More: p.TestFiles})
	if err != nil {
		t.says(backport.NotTried, "the fix's tests could not be put on the target: "+err.Error())
		return false
	}
	t.brings = laid.Brings
	var left []string
	for _, l := range laid.Left {
		left = append(left, l.Path+": "+l.Why)
	}
	if len(left) > 0 {
		t.left = "left out: " + firstFew(left)
	}
	chosen := tests.Select(laid.Changes, p.TestFiles)
	t.proof.Files = slices.Sorted(slices.Values(slices.Concat(chosen.Files, chosen.Data)))
	t.proof.Tests = chosen.Names()
	if chosen.Empty() && len(chosen.Data) == 0 {
		text := "the fix adds or alters no test"
		if len(chosen.Helpers) > 0 {
			text = "the fix changes what tests use, but no test"
		}
		t.says(backport.NoTest, text)
		return false
	}
	if err := t.lane.v.layer.locate(ctx, &chosen, laid.With); err != nil {
		t.says(backport.NotTried, "the fix's tests could not be looked at: "+err.Error())
		return false
	}
	t.without = t.lane.site(onTests, Tip{s.Target.Commit, laid.Without})
	t.with = t.lane.site(onBackport, Tip{s.Backport.Commit, laid.With})
	commands := p.Test
	if len(p.Proof) > 0 {
		commands = [][]string{nil}
	}
	for _, command := range commands {
		narrowed, note := tests.Narrow(command, p.Proof, chosen)
		if narrowed != nil {
			t.commands, t.note = narrowed, note
			return true
		}
		t.note = cmp.Or(t.note, note)
	}
	if len(p.Test) == 0 {
		t.says(backport.NotTried, cmp.Or(t.note, "the platform has no command that runs tests"))
		return false
	}
	// All tests are run: with the tests of the fix something has to fail then
	// that doesn't fail on the target.
	t.commands, t.wide = p.Test, true
	return true
}

// outcome is what the tests say on a site.
func (t *trialOfProof) outcome(ctx context.Context, s *site) outcome {
	t.lane.expect(s, len(t.commands))
	o := t.lane.outcome(ctx, s, t.commands)
	t.lane.tell(t.steps, s, o)
	return o
}

// run runs the tests with the fix and without it.
func (t *trialOfProof) run(ctx context.Context, s Subject) {
	known := map[string]bool{}
	if t.wide {
		target := t.outcome(ctx, t.lane.site(onTarget, s.Target))
		if !target.built() || target.State == backport.RunLimit {
			t.says(backport.NotTried, "the target could not be tested: "+reason(target))
			return
		}
		for id := range target.Report.Tests {
			known[id] = failsIn(target.Report, id)
		}
	}
	with := t.outcome(ctx, t.with)
	without := t.outcome(ctx, t.without)
	if ctx.Err() == nil {
		t.judge(ctx, with, without, known)
	}
}

// judge says what the tests prove; known are those that count for nothing, as
// they fail on the target without the fix's tests, too.
//
// That they fail with the fix comes first: whatever they do without, it is not
// fixed then.
func (t *trialOfProof) judge(ctx context.Context, with, without outcome, known map[string]bool) {
	if why := unfinished(with); why != "" {
		t.says(backport.NotTried, why+" with the fix")
		return
	}
	if mute(with) && mute(without) && t.after.State != backport.RunPassed {
		t.says(backport.NotTried, "the command fails with the fix and without it, as the platform's tests do, and names no test: nothing can be told")
		return
	}
	if why := unbuilt(with, known); why != "" {
		t.says(backport.TestDoesNotBuild, "the tests cannot be built with the fix either: "+why)
		return
	}
	bad := failures(with, known)
	if t.wide { // what fails with the fix alone is no test of the fix
		bad = slices.DeleteFunc(bad, func(id string) bool { return !failsIn(without.Report, id) })
	}
	if len(bad) > 0 {
		if bad = t.confirm(ctx, t.with, with, bad); len(bad) == 0 {
			t.says(backport.NotTried, flaky("with the fix"))
			return
		}
		text := some(bad, "fails with the fix", "fail with the fix")
		if failsIn(without.Report, bad[0]) {
			text += " as without it"
		}
		t.says(backport.NotFixed, text)
		return
	}
	if why := unfinished(without); why != "" {
		t.unclear(with, why+" without the fix, which proves nothing")
		return
	}
	if why := unbuilt(pardon(without, with), known); why != "" {
		t.says(backport.TestDoesNotBuild, "the tests cannot be built without the fix: "+why)
		return
	}
	t.reproduce(ctx, with, without, known)
}

// reproduce judges tests that could be built, and don't fail with the fix.
func (t *trialOfProof) reproduce(ctx context.Context, with, without outcome, known map[string]bool) {
	broken := failures(without, known)
	switch {
	case len(broken) == 0 && without.State != backport.RunPassed && len(failing(without.Report, func(string) bool { return true })) == 0:
		t.unclear(with, "without the fix the command fails, but no test is seen to")
		return
	case !ran(without) || !ran(with):
		t.says(backport.NotTried, "none of the fix's tests was run")
		return
	case len(broken) == 0 && t.wide && !without.told() && !with.told():
		t.says(backport.NotTried, "all that the platform tests passes without the fix, too, and does not say whether the fix's tests are part of it")
		return
	case len(broken) == 0:
		t.says(backport.NotReproduced, "the fix's tests pass without it: the target may not be affected")
		return
	}
	if slow := slices.DeleteFunc(slices.Clone(broken), func(id string) bool { return !ownLimit.MatchString(without.Report.Tests[id].Text) }); len(slow) > 0 {
		if broken = slices.DeleteFunc(broken, func(id string) bool { return slices.Contains(slow, id) }); len(broken) == 0 {
			t.unclear(with, some(slow, "fails", "fail")+" without the fix by a limit of time, which proves nothing")
			return
		}
	}
	if broken = t.confirm(ctx, t.without, without, broken); len(broken) == 0 {
		t.unclear(with, flaky("without the fix"))
		return
	}
	fixed := slices.DeleteFunc(slices.Clone(broken), func(id string) bool {
		return stateOf(with, id, without.Report.Tests[id]) != backport.TestPassed
	})
	if len(fixed) == 0 {
		t.says(backport.NotTried, some(broken, "fails", "fail")+" without the fix, and cannot be seen with it")
		return
	}
	t.conclude(fixed, with, without)
}

// conclude says what tests prove that fail without the fix and pass with it.
func (t *trialOfProof) conclude(fixed []string, with, without outcome) {
	var proofs, unbuilt, unknown []string
	evidence := ""
	for _, id := range fixed {
		switch c, why := t.causeOf(id, with, without); c {
		case byTest:
			proofs, evidence = append(proofs, id), why
		case byBuild:
			unbuilt = append(unbuilt, why)
		case byUnknown:
			unknown = append(unknown, id+" fails without the fix and passes with it, but names no test: "+why)
		}
	}
	switch {
	case len(proofs) > 0:
		text := some(proofs, "fails without the fix and passes with it", "fail without the fix and pass with it")
		if evidence != "" && len(proofs) == 1 {
			text += ": " + evidence
		}
		t.says(backport.Proven, text)
	case len(unbuilt) > 0:
		t.says(backport.TestDoesNotBuild, "the tests cannot be built without the fix: "+unbuilt[0])
	default:
		t.says(backport.Unclear, unknown[0])
	}
}

// ownLimit is how test tools say that a test took too long: go test, pytest's
// timeout, Jest, and CTest.
var ownLimit = regexp.MustCompile(`panic: test timed out after|Failed: Timeout >|Exceeded timeout of \d|\*\*\*Timeout`)

// confirm runs the tests once more and gives those that fail again.
func (t *trialOfProof) confirm(ctx context.Context, s *site, first outcome, ids []string) []string {
	t.lane.expect(s, len(t.commands))
	second := t.lane.run(ctx, s, t.commands)
	t.lane.tell(t.steps, s, second)
	again := slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		return stateOf(second, id, first.Report.Tests[id]) == backport.TestPassed
	})
	if len(again) < len(ids) {
		t.lane.forget(first)
	}
	return again
}

func flaky(where string) string {
	return "the tests pass and fail " + where + ": they are flaky and prove nothing"
}

// unclear ends a trial whose tests don't fail with the fix, and don't tell what
// they do without it.
func (t *trialOfProof) unclear(with outcome, text string) {
	state := backport.Unclear
	if !ran(with) || t.wide && !with.told() {
		state = backport.NotTried // whether they were run at all is not known either
	}
	t.says(state, text)
}

// failures are the tests of an outcome that fail, but for those known to.
func failures(o outcome, known map[string]bool) []string {
	return failing(o.Report, func(id string) bool { return !known[id] })
}

// mute reports whether an outcome is a failure that names no test.
func mute(o outcome) bool {
	return o.State == backport.RunFailed && o.built() && !o.told()
}

// ran reports whether any test was run.
func ran(o outcome) bool {
	for _, t := range o.Report.Tests {
		if t.State != backport.TestSkipped {
			return true
		}
	}
	return len(o.Report.Tests) == 0 && o.Report.Broken == ""
}

// unfinished says that the tests did not come to their end, "" if they did.
func unfinished(o outcome) string {
	switch {
	case o.State == backport.RunError:
		return "the tests could not be run: " + reason(o)
	case o.State == backport.RunLimit:
		return "the tests were ended: " + reason(o)
	case o.step() == prepareStep && o.State != backport.RunPassed:
		return "the tests could not be run: " + reason(o)
	}
	return ""
}

// unbuilt is what the compiler says where the tests could not be built; "" where
// they could, or where some could and fail.
func unbuilt(o outcome, known map[string]bool) string {
	if !o.built() {
		step, _ := o.failed()
		return cmp.Or(firstLine(compilerLines(step.Tail)), reason(o))
	}
	if o.Report.NotBuilt == "" {
		return ""
	}
	// Beside it a package that could not be built counts as one that failed.
	for _, id := range failures(o, known) {
		if !o.Report.Tests[id].Quiet {
			return ""
		}
	}
	return firstLine(o.Report.NotBuilt)
}

// complaint is a line that a compiler points at a mistake with.
var complaint = regexp.MustCompile(`(?i)\berror\b|^\S+:\d+(:\d+)?: `)

// compilerLines are the lines of a text that point at mistakes, or its last
// ones.
func compilerLines(tail string) string {
	lines := strings.Split(tail, "\n")
	if found := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return !complaint.MatchString(l) }); len(found) > 0 {
		return strings.Join(found, "\n")
	}
	return strings.Join(lines[max(0, len(lines)-3):], "\n")
}
