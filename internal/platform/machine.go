package platform

import (
	"context"
	"io"
	"time"

	"backstay.dev/backstay/internal/backport"
)

// A Machine is where commands run.
type Machine interface {
	// Open brings the checkout in dir there. The caller made dir, and removes it
	// after the place is closed. dir is absolute.
	Open(ctx context.Context, dir string) (Place, error)
}

// A Place is a checkout on a machine. Its methods may be called at the same
// time.
type Place interface {
	// Run runs a command at the top of the checkout, Top, to its end, and ends what it
	// left running. The error is for what is not the command's own failing: ctx is
	// over, the engine is gone.
	Run(ctx context.Context, c Command) (Result, error)
	// Read gives the regular files below the top whose slash-separated path
	// matches a pattern: segment by segment as path.Match, "**" for any number of
	// segments. What is behind max bytes of a file is cut off. No link is
	// followed, and at most MaxFiles files are given.
	Read(ctx context.Context, pattern string, max int64) (map[string][]byte, error)
	// Top is where commands find the checkout: what they print of its files begins
	// with it.
	Top() string
	// Kept is what the machine keeps out, of the constants, in their order.
	Kept() []string
	// Close ends all that runs there and removes what was brought.
	Close() error
}

// What a machine can keep out, also of a command that tries to get by.
const (
	// KeptNetwork: a command without leave for the network reaches none but its
	// own loopback.
	KeptNetwork = "network"
	// KeptProcesses: a command sees no process but its own, and none of its
	// processes lives on, whoever is killed.
	KeptProcesses = "processes"
	// KeptMemory: limits of memory hold.
	KeptMemory = "memory"
	// KeptFiles: nothing can be written but the checkout and folders that were
	// made for the command.
	KeptFiles = "files"
)

// Command is one command to run.
type Command struct {
	// Run is the program and its arguments; no shell reads them. A name without
	// a slash is looked up in the machine's path, one with a slash at the top of
	// the checkout.
	Run []string
	// Env are variables, NAME=value, on top of the machine's clean ones.
	Env []string
	// Network lets it reach the network.
	Network bool
	// Time ends it; 0 for no limit.
	Time time.Duration
	// Memory bounds all of its processes together, in bytes; 0 for no limit.
	Memory int64
	// Processes bounds how many processes and threads there are at once;
	// 0 for DefaultProcesses.
	Processes int
	// Output is how many bytes of what it prints are logged; 0 for
	// DefaultOutput. A command that prints more than OutputFactor times as much
	// is ended.
	Output int64
	// Log gets all that it prints, both streams together, up to Output bytes and
	// a line that says where it was cut; may be nil. It is not written to after
	// Run has returned.
	Log io.Writer
}

const (
	// DefaultProcesses is the limit of a Command that names none.
	DefaultProcesses = 4096
	// DefaultOutput is the limit, in bytes, of a Command that names none.
	DefaultOutput = 64 << 20
	// OutputFactor times the limit is the end of a command that prints on and on.
	OutputFactor = 16
	// MaxTail is how many bytes of the end of an output a Result keeps.
	MaxTail = 64 << 10
	// MaxFiles is how many files one Read gives.
	MaxFiles = 10000
)

// Result is what came of a command.
type Result struct {
	// State is RunPassed for exit code 0, RunFailed for another or a signal,
	// RunLimit where a limit ended it, RunError where it could not be started.
	State backport.RunState
	// Exit is the exit code, -1 where there is none.
	Exit int
	// Seconds is how long it took.
	Seconds float64
	// Tail is the end of the output, at most MaxTail bytes, beginning with a
	// whole line where it was cut.
	Tail string
	// Detail says which limit it went over, which signal ended it, or why it could
	// not be started; "" for a plain exit code.
	Detail string
}
