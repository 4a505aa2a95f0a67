package report

import "backstay.dev/backstay/internal/backport"

const (
	fixID    = "18a01c0020c5d2b7f0a6a2d8a2b51f3a8c6a9e01"
	tipID    = "4b1e22f09a1c77b0c2f1f8f0f2b7c5d3e4a59602"
	targetID = "544e4657dd07c0b1a9a1f3d2e4b5c6d7e8f90103"
	treeID   = "9d0f3c2b1a4e5d6c7b8a9f0e1d2c3b4a5f6e7d04"
	otherID  = "cff94ea40f39a1b2c3d4e5f60718293a4b5c6d05"
)

// rich is a report with every state that there is.
func rich() []backport.Verification {
	refused := backport.Verification{
		Name:    "backport/release/1.7/18a01c0020c5",
		Target:  backport.Target{Name: "release/1.7", Ref: "refs/heads/release/1.7", Commit: targetID},
		Commits: []string{otherID, tipID}, Tree: treeID,
		Subject: "ctr: add --scrub-logs flag for Windows",
		Original: &backport.Fix{
			Name: fixID, Slug: "18a01c0020c5", Subject: "ctr: add --scrub-logs flag for Windows",
			Steps:  []backport.Step{{Commit: fixID, Base: targetID, Origin: fixID}},
			Squash: true, Notes: []string{"merge commit: changes against its first parent"},
		},
		Found: "its message names it (cherry picked from commit)",
		Audit: &backport.Audit{
			State: backport.Deviates, Outcome: backport.Conflict,
			Deviations: []backport.Deviation{
				{
					Path: "cmd/ctr/commands/run/run_windows.go", Line: 175, Lines: 3, Kind: "conflict",
					Expected: "\t\truntimeOpts = &options.Options{\n\t\t\tDebug: context.GlobalBool(\"debug\"),\n\t\t}\n",
					Actual:   "\t\topts := &options.Options{\n\t\t\tDebug: context.GlobalBool(\"debug\"),\n\t\t}\n",
					Declared: "cmd/ctr/commands/run/run_windows.go: context is not renamed yet", By: "conflicts",
				},
				{
					Path: "cmd/ctr/commands/run/run_windows.go", Line: 182, Kind: "changed", Lines: 1,
					Expected: "\t\tif context.IsSet(\"scrub-logs\") {\n", Actual: "\t\tif context.Bool(\"scrub-logs\") {\n",
				},
				{Path: "docs/scrub.md", Kind: "removed", Declared: "[rw: no documentation on this branch]", By: "note"},
				{Path: "script/setup", Kind: "mode"},
				{Path: "cmd/ctr/scrub.go", Kind: "added", Actual: "package main\n", Declared: "agreed with the release manager", By: "override"},
			},
		},
		Functions: []backport.FunctionDiff{
			{State: backport.FunctionIdentical, Original: at("cmd/ctr/app/main.go", "New", 31), Backport: at("cmd/ctr/app/main.go", "New", 29), Same: 4},
			{State: backport.FunctionIdentical, Original: at("cmd/ctr/app/main.go", "", 12), Backport: at("cmd/ctr/app/main.go", "", 12), Same: 1},
			{
				State: backport.FunctionContext, Original: at("internal/cri/config/config.go", "DefaultConfig", 52),
				Backport: at("pkg/cri/config/config.go", "DefaultConfig", 70), Same: 3,
				Lines: []backport.DiffLine{
					{Side: "original", Op: " ", Text: "\tOptions: map[string]any{"},
					{Side: "backport", Op: " ", Text: "\tOptions: map[string]interface{}{"},
					{Side: "folded", Count: 3},
				},
			},
			{
				State: backport.FunctionDiffers, Original: at("cmd/ctr/commands/run/run_windows.go", "NewContainer", 175),
				Backport: at("cmd/ctr/commands/run/run_windows.go", "NewContainer", 171), Same: 21,
				Lines: []backport.DiffLine{
					{Side: "folded", Count: 14},
					{Side: "both", Op: " ", Text: "\t\topts := &options.Options{"},
					{Side: "original", Op: " ", Text: "\t\t\tDebug: cliContext.Bool(\"debug\"),"},
					{Side: "backport", Op: " ", Text: "\t\t\tDebug: context.GlobalBool(\"debug\"),"},
					{Side: "both", Op: "-", Text: "\t\truntimeOpts = opts"},
					{Side: "both", Op: "+", Text: "\t\t// the flag wins over the configuration, where it is given at all"},
					{Side: "original", Op: "+", Text: "\t\tif cliContext.IsSet(\"scrub-logs\") {"},
					{Side: "original", Op: "+", Text: "\t\t\topts.ScrubLogs = cliContext.Bool(\"scrub-logs\")"},
					{Side: "backport", Op: "+", Text: "\t\tif context.Bool(\"scrub-logs\") {"},
					{Side: "both", Op: "+", Text: "\t\t}"},
					{Side: "folded", Count: 7},
				},
			},
			{
				State: backport.FunctionOriginalOnly, Original: at("integration/client/scrub_windows_test.go", "TestScrub", 1), Same: 0,
				Lines: []backport.DiffLine{{Side: "original", Op: "+", Text: "func TestScrub(t *testing.T) {"}, {Side: "original", Op: "+", Text: "}"}},
			},
			{
				State: backport.FunctionBackportOnly, Backport: at("cmd/ctr/scrub.go", "", 1), Same: 0,
				Lines: []backport.DiffLine{{Side: "backport", Op: "+", Text: "package main"}},
			},
		},
		Trail: []backport.Hop{
			{
				From: tipID, Dialect: "git-x", Named: otherID, Commit: otherID, Subject: "ctr: add --scrub-logs flag for Windows",
				Branches: []backport.HopBranch{
					{Name: "release/2.0", Has: "yes", Commit: otherID},
					{Name: "release/1.8", Has: "no"},
					{Name: "release/1.9", Has: "declined", Text: "no Windows build there since 1.9.2"},
				},
			},
			{From: otherID, Dialect: "stable-upstream", Named: "18a01c0020c5"},
		},
		API: []backport.APIChange{
			{Path: "pkg/cri/config/config.go", Line: 41, Symbol: "config.Runtime.ScrubLogs", Kind: "added", Level: "types", Text: "a field"},
			{Path: "pkg/oci/spec.go", Line: 9, Symbol: "oci.WithScrub", Kind: "removed", Breaks: true, Level: "syntax", Text: "was func(bool) SpecOpts"},
			{Path: "libscrub.so", Symbol: "scrub_open", Kind: "changed", Breaks: true, Level: "abi", Text: "parameter 1 was int, is long"},
		},
		Runs: []backport.Run{
			{
				Platform: "linux-amd64", Kind: "local", State: backport.RunPassed, Cached: true, Kept: []string{"network", "processes"},
				Steps: []backport.RunStep{
					{Name: "build", On: "backport", Command: []string{"go", "build", "./..."}, State: backport.RunPassed, Seconds: 12.25},
					{Name: "test", On: "tests", Command: []string{"go", "test", "-run", "^TestScrub$", "./cmd/ctr"}, State: backport.RunFailed, Exit: 1, Seconds: 3, Tail: "--- FAIL: TestScrub (0.01s)\n", Log: "logs/amd64-tests.log"},
					{Name: "test", On: "backport", Command: []string{"go", "test", "./..."}, State: backport.RunPassed, Seconds: 29},
				},
				Tests: map[backport.TestState]int{backport.TestPassed: 412, backport.TestSkipped: 3},
				Changes: []backport.TestChange{
					{Test: "cmd/ctr.TestScrub", Kind: "newly-passing", Before: backport.TestFailed, After: backport.TestPassed},
					{Test: "cmd/ctr.TestFlags/scrub", Kind: "new", After: backport.TestPassed},
				},
				API: []backport.APIChange{{Path: "build/libctr.so.2", Symbol: "ctr_run", Kind: "removed", Breaks: true, Level: "abi", Text: "'function int ctr_run(int)'"}},
				Proof: &backport.Proof{
					State: backport.Proven, Files: []string{"cmd/ctr/scrub_test.go"}, Tests: []string{"cmd/ctr.TestScrub"},
					Text: "1 test fails without the fix and passes with it",
				},
			},
			{
				Platform: "linux-arm64", Kind: "container", State: backport.RunFailed,
				Steps: []backport.RunStep{
					{Name: "prepare", On: "backport", Command: []string{"make", "deps"}, State: backport.RunPassed, Seconds: 1},
					{
						Name: "test", On: "backport", Command: []string{"sh", "-c", "go test ./... | tee out"}, State: backport.RunFailed, Exit: 1, Seconds: 191.4,
						Log:  "logs/arm64-test.log",
						Tail: "=== RUN   TestRelay\n    relay_test.go:41: got 3 frames, want 4\n--- FAIL: TestRelay (0.03s)\nFAIL\nFAIL\texample.org/ctr/relay\t0.041s\n",
					},
				},
				Tests: map[backport.TestState]int{backport.TestPassed: 409, backport.TestFailed: 2, backport.TestFlaky: 1, backport.TestSkipped: 3},
				Changes: []backport.TestChange{
					{Test: "relay.TestRelay", Kind: "newly-failing", Before: backport.TestPassed, After: backport.TestFailed, Reruns: 3, Text: "got 3 frames, want 4"},
					{Test: "relay.TestClock", Kind: "flaky", Before: backport.TestPassed, After: backport.TestFlaky, Reruns: 5},
					{Test: "relay.TestOld", Kind: "gone", Before: backport.TestPassed},
					{Test: "relay.TestRoot", Kind: "newly-skipped", Before: backport.TestPassed, After: backport.TestSkipped},
				},
				API: []backport.APIChange{
					{Path: "build/libctr.so.2", Symbol: "ctr_run", Kind: "removed", Breaks: true, Level: "abi", Text: "'function int ctr_run(int)'"},
					{Path: "build/libctr.so.2", Symbol: "ctr_start", Kind: "added", Level: "abi", Text: "'function int ctr_start()'"},
				},
				Proof: &backport.Proof{State: backport.NotReproduced, Tests: []string{"cmd/ctr.TestScrub"}, Text: "the test passes without the fix: this target may not be affected"},
			},
			{
				Platform: "linux-s390x", Kind: "ssh", State: backport.RunLimit, Detail: "over its limit of 10 min",
				Steps: []backport.RunStep{{Name: "build", On: "target", Command: []string{"make"}, State: backport.RunLimit, Exit: -1, Seconds: 600, Detail: "ended after 10 min"}},
				Proof: &backport.Proof{State: backport.TestDoesNotBuild, Text: "relay_test.go:9: undefined: newRelay"},
			},
			{Platform: "windows", Kind: "ci", State: backport.RunSkipped, Detail: "no forge is configured", Proof: &backport.Proof{State: backport.NotTried, Text: "no platform was run"}},
			{Platform: "macos", Kind: "ssh", State: backport.RunError, Detail: "connect build@mac: connection refused"},
		},
		Findings: []backport.Finding{
			{Check: "missing", Severity: backport.Error, Path: "cmd/ctr/commands/run/run_windows.go", Line: 182, Commit: fixID, Text: "cliContext occurs nowhere on the target"},
			{Check: "neighbour", Severity: backport.Warning, Path: "cmd/ctr/commands/run/run_windows.go", Line: 180, Commit: otherID, Text: "an earlier backport of this fix has another text here"},
			{Check: "followup", Severity: backport.Info, Text: "no commit mends it so far"},
		},
		Verdict: backport.Verdict{State: backport.Refused, Rules: []backport.RuleResult{
			{Rule: "original", State: "held", Text: "its message names it (cherry picked from commit)"},
			{Rule: "findings", State: "broken", Text: "1 finding of severity error"},
			{Rule: "deviations", State: "broken", Text: "2 of 5 deviations declared nowhere"},
			{Rule: "api", State: "broken", Text: "3 changes that may break users of the API"},
			{Rule: "platforms", State: "open", Text: "not run: windows"},
		}},
	}
	accepted := backport.Verification{
		Name: "release/2.0~1..release/2.0", Target: backport.Target{Name: "release/2.0", Commit: targetID},
		Commits: []string{tipID}, Tree: treeID, Subject: "proxy: wait for both directions",
		Original:  &backport.Fix{Name: "main~3", Slug: "f", Subject: "proxy: wait for both directions", Steps: []backport.Step{{Commit: fixID, Origin: fixID}}},
		Found:     "the only commit of main with its patch-id",
		Audit:     &backport.Audit{State: backport.Faithful, Outcome: backport.Clean, Expected: treeID},
		Functions: []backport.FunctionDiff{{State: backport.FunctionIdentical, Original: at("proxy.go", "relay", 38), Backport: at("proxy.go", "relay", 40), Same: 7}},
		Runs: []backport.Run{{
			Platform: "amd64", Kind: "local", State: backport.RunPassed,
			Steps: []backport.RunStep{{Name: "test", On: "backport", Command: []string{"go", "test", "./..."}, State: backport.RunPassed, Seconds: 4405}},
			Proof: &backport.Proof{State: backport.NoTest, Text: "the original brings no test"},
		}},
		Verdict: backport.Verdict{State: backport.Accepted, Rules: []backport.RuleResult{{Rule: "deviations", State: "held", Text: "the pick repeated gives the same tree"}}},
	}
	overridden := backport.Verification{
		Name: "v1.1.9", Target: backport.Target{Name: "release/1.1", Commit: targetID}, Commits: []string{tipID}, Tree: treeID,
		Subject: "dial: do not skip the first backend", Found: "no commit of the source has this title, patch-id or content",
		Runs: []backport.Run{{Platform: "amd64", Kind: "local", State: backport.RunFailed, Proof: &backport.Proof{State: backport.NotFixed, Text: "TestDial fails with the fix, too"}}},
		Verdict: backport.Verdict{
			State: backport.Overridden, Override: "the runner is out of order; tested by hand",
			Rules: []backport.RuleResult{{Rule: "platforms", State: "broken", Text: "not green: amd64"}, {Rule: "original", State: "open", Text: "not found"}},
		},
	}
	open := backport.Verification{
		Name: "topic", Target: backport.Target{Name: "release/1.0", Commit: targetID}, Tree: treeID, Commits: []string{tipID},
		Subject: "dial: a file of its own",
		Audit: &backport.Audit{State: backport.Declared, Outcome: backport.Proposed, Deviations: []backport.Deviation{
			{Path: "dial.go", Line: 4, Kind: "changed", Expected: "a\n", Declared: "[rw: the file is called proxy.go here]", By: "note"},
		}},
		Verdict: backport.Verdict{State: backport.Open, Rules: []backport.RuleResult{{Rule: "proof", State: "open", Text: "the fix's tests were not run"}}},
	}
	lost := backport.Verification{
		Name: "nothing..here", Target: backport.Target{Name: "release/0.9", Commit: targetID},
		Audit: &backport.Audit{State: backport.Unrepeated, Detail: "the original was not found"}, Error: "the range nothing..here has no commit",
	}
	return []backport.Verification{refused, accepted, overridden, open, lost}
}

func at(path, name string, line int) *backport.FunctionPlace {
	return &backport.FunctionPlace{Path: path, Name: name, Line: line}
}
