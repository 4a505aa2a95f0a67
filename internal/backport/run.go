package backport

// RunState is what came of something that was run.
type RunState string

// The states of a run, from best to worst.
const (
	RunPassed RunState = "passed"
	// RunSkipped: it was not run; Detail says why.
	RunSkipped RunState = "skipped"
	RunFailed  RunState = "failed"
	// RunLimit: it went over a limit of time, memory, processes or output and was
	// ended.
	RunLimit RunState = "limit"
	// RunError: it could not be run; Detail says why.
	RunError RunState = "error"
)

// Run is a backport on one platform.
type Run struct {
	// Platform is the name in the configuration, Kind how it is reached:
	// "local", "container", "ssh" or "ci".
	Platform string   `json:"platform"`
	Kind     string   `json:"kind"`
	State    RunState `json:"state"`
	// Steps are the commands in their order; those behind the first that did not
	// pass are not run.
	Steps []RunStep `json:"steps,omitempty"`
	// Kept says what the platform kept out: "network", "processes", "memory".
	Kept []string `json:"kept,omitempty"`
	// Cached says that the result is that of an earlier run of the same commands
	// on the same tree.
	Cached bool `json:"cached,omitempty"`
	// Tests counts the tests of the backport's tree by state; nil where the
	// commands say nothing of single tests.
	Tests map[TestState]int `json:"tests,omitempty"`
	// Changes are the tests whose result the backport changes, by name.
	Changes []TestChange `json:"changes,omitempty"`
	Proof   *Proof       `json:"proof,omitempty"`
	// API is what the built libraries gain or lose, on this platform; Uncompared
	// says why not all of those that the platform names could be compared.
	API        []APIChange `json:"api,omitempty"`
	Uncompared string      `json:"uncompared,omitempty"`
	Detail     string      `json:"detail,omitempty"`
}

// RunStep is one command on a platform.
type RunStep struct {
	// Name is "prepare", "build" or "test"; On is "backport", or "target" for
	// the run on the target without the fix, or "tests" for that on the target
	// with the tests of the fix alone.
	Name    string   `json:"name"`
	On      string   `json:"on"`
	Command []string `json:"command"`
	State   RunState `json:"state"`
	// Exit is the program's exit code; -1 where it has none.
	Exit    int     `json:"exit"`
	Seconds float64 `json:"seconds"`
	// Log is the file with all that was printed, Tail its last lines where the
	// step did not pass.
	Log    string `json:"log,omitempty"`
	Tail   string `json:"tail,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// TestState is what came of one test.
type TestState string

// The states of a test.
const (
	TestPassed  TestState = "passed"
	TestFailed  TestState = "failed"
	TestSkipped TestState = "skipped"
	// TestFlaky: it passed and failed on the same tree.
	TestFlaky TestState = "flaky"
)

// TestChange is a test whose result differs between target and backport.
type TestChange struct {
	Test string `json:"test"`
	// Kind is "newly-failing", "newly-passing", "flaky", "new" (the target lacks
	// it), "gone" (the backport lacks it) or "newly-skipped".
	Kind   string    `json:"kind"`
	Before TestState `json:"before,omitempty"`
	After  TestState `json:"after,omitempty"`
	// Reruns is how often it was run again to tell whether it is flaky.
	Reruns int    `json:"reruns,omitempty"`
	Text   string `json:"text,omitempty"`
}

// ProofState is what the fix's own tests say.
type ProofState string

// The states of a proof test.
const (
	// Proven: the tests fail without the fix and pass with it.
	Proven ProofState = "proven"
	// NotReproduced: they pass without the fix; the target may not be affected.
	NotReproduced ProofState = "not-reproduced"
	// TestDoesNotBuild: they cannot be built on the target without the fix.
	TestDoesNotBuild ProofState = "test-does-not-build"
	// NoTest: the original brings no test that could be told apart.
	NoTest ProofState = "no-test"
	// NotFixed: they fail with the fix, too.
	NotFixed ProofState = "not-fixed"
	// Unclear: they pass with the fix and fail without it, and it cannot be told
	// whether they fail for the bug.
	Unclear ProofState = "unclear"
	// NotTried: no platform says how to run them, or what came of it says nothing.
	NotTried ProofState = "not-tried"
)

// Proof is the proof test: the tests of the fix on the target without the fix,
// then with it.
type Proof struct {
	State ProofState `json:"state"`
	// Files are the test files that the original brings or changes, Tests the
	// single tests that were selected; without any, all of the files' tests are
	// run.
	Files []string `json:"files,omitempty"`
	Tests []string `json:"tests,omitempty"`
	// Text says in one sentence why the state is what it is.
	Text string `json:"text"`
}

// VerdictState is what a policy makes of a verification.
type VerdictState string

// The verdicts, from best to worst.
const (
	// Accepted: all rules hold.
	Accepted VerdictState = "accepted"
	// Overridden: some rule is broken, and somebody took the responsibility.
	Overridden VerdictState = "overridden"
	// Open: no rule is broken, but some could not be tried.
	Open VerdictState = "open"
	// Refused: some rule is broken.
	Refused VerdictState = "refused"
)

// Verdict is what a policy makes of a verification.
type Verdict struct {
	State VerdictState `json:"state"`
	Rules []RuleResult `json:"rules,omitempty"`
	// Override is the reason that a person gave for going on anyway.
	Override string `json:"override,omitempty"`
}

// RuleResult is one rule of a policy on one backport.
type RuleResult struct {
	// Rule is its key in the policy: "findings", "deviations", "platforms", …
	Rule string `json:"rule"`
	// State is "held", "broken" or "open" (it could not be tried).
	State string `json:"state"`
	Text  string `json:"text"`
}
