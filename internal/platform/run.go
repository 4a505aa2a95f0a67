package platform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"backstay.dev/backstay/internal/backport"
)

// Recipe is one program to run on this machine.
type Recipe struct {
	// Run is the program and its arguments. A name without a slash is looked
	// up in Path, one with a slash in Dir.
	Run []string
	// Dir is where it runs, an absolute path. A folder in Scratch is its $HOME and
	// the one for its temporary files; both are removed.
	Dir, Scratch string
	// Path and Lang are its $PATH and $LANG.
	Path, Lang string
	// Network lets it reach the network.
	Network bool
	// Hidden are places that are empty for it, where that can be.
	Hidden []string
	// Timeout ends it; not zero. Memory bounds it in bytes where that can be; 0
	// for no limit.
	Timeout time.Duration
	Memory  int64
	// Log gets all that it prints, as that of a Command; may be nil.
	Log io.Writer
}

// ErrTimeout says that a program did not end in time.
var ErrTimeout = errors.New("it did not end in time")

// A FailedError is a program that ended with another status than 0.
type FailedError struct {
	Name string
	// Status is its exit code, -1 where a signal ended it.
	Status int
	// Output is the end of what it printed, both streams together.
	Output string
}

func (e *FailedError) Error() string {
	if e.Status < 0 {
		return e.Name + " was ended by a signal"
	}
	return fmt.Sprintf("%s ended with status %d", e.Name, e.Status)
}

// Run runs a program to its end and returns the end of what it printed. The
// error is a *FailedError where it says that it failed, ErrTimeout where it was
// ended, and else why it could not be started.
func Run(ctx context.Context, r Recipe) (output string, err error) {
	name := filepath.Base(strings.Join(r.Run[:min(1, len(r.Run))], ""))
	place, err := NewLocal(LocalOptions{Scratch: r.Scratch, Path: r.Path, Lang: r.Lang, Hidden: r.Hidden}).Open(ctx, r.Dir)
	if err != nil {
		return "", fmt.Errorf("run %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, place.Close()) }()
	result, err := place.Run(ctx, Command{Run: r.Run, Network: r.Network, Time: r.Timeout, Memory: r.Memory, Log: r.Log})
	if err != nil {
		return result.Tail, err
	}
	switch result.State {
	case backport.RunPassed:
		return result.Tail, nil
	case backport.RunFailed:
		return result.Tail, &FailedError{Name: r.Run[0], Status: result.Exit, Output: result.Tail}
	}
	if result.Detail == overLimit+limitTime {
		return result.Tail, fmt.Errorf("run %s: %w", name, ErrTimeout)
	}
	return result.Tail, fmt.Errorf("run %s: %s", name, result.Detail)
}
