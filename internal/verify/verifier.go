package verify

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/platform"
)

// Verifier runs backports on platforms. Its fields are not changed once Verify
// or Batch was called; both may be called at the same time.
type Verifier struct {
	Platforms []Platform
	// Machine is where a platform's commands run. An error is the platform's, not
	// the run's: the others go on.
	Machine func(Platform) (platform.Machine, error)
	// CI is the forge behind a platform of kind CI; nil where there is none. An
	// error is the platform's, too.
	CI func(Platform) (Pipeline, error)
	// Checkout lays a tree out in dir, which does not exist.
	Checkout func(ctx context.Context, dir, commit, tree string) error
	// Store is where the trees are, and those with the fix's tests are written;
	// without one no proof is tried.
	Store *git.Store
	// ABI tells what differs between two built libraries, which have a private
	// folder to themselves (api.ABI); nil where abidiff is not installed.
	ABI func(ctx context.Context, before, after string) ([]backport.APIChange, error)
	// Folder makes a private folder that is removed at the latest when the next
	// process cleans up (platform.Yard has one).
	Folder func(name string) (string, error)
	// Logs is the folder for what commands print, one file each; Cache that for
	// results, "" for none. Both are made if need be, and bounded. A result is
	// kept by the tree, the platform and the commands: of a compiler that is
	// another today it knows nothing.
	Logs, Cache string
	// NoCache says that results of earlier runs count for nothing. Those of this
	// Verifier still do, so that several backports onto one target test it once.
	NoCache bool
	// Jobs is how many platforms are at work at once; 1 if less. Those that wait
	// for a forge are not counted.
	Jobs int
	// Progress hears of each command before it runs; may be nil, and is called
	// from several goroutines.
	Progress func(Progress)

	once  sync.Once
	cache *cache
	layer layer
	// pace is how forges are waited for, as usual if it is zero.
	pace pace
}

// Progress is what a platform does now.
type Progress struct {
	// Subject is the backport's name.
	Subject, Platform string
	// Stage is the tree and the step: "backport: build".
	Stage string
	// Done counts the commands that have run, Total those that are known to be
	// needed: it grows when something has to be looked into.
	Done, Total int
}

const (
	// defaultTime is the limit of a command whose platform names none.
	defaultTime = 30 * time.Minute
	// defaultReruns is how often a test that newly fails is run again.
	defaultReruns = 2
	// logFiles and logBytes bound the folder of logs.
	logFiles = 5000
	logBytes = 2 << 30
	// logSuffix ends the name of a log.
	logSuffix = ".log"
)

// Verify runs a backport on every platform, and on the target what is needed to
// tell what is the backport's doing. The runs are in the order of the
// configuration, one for each platform. What a platform could not do is in its
// run; the error is that of a context that is over, and the runs are then what
// was known until there.
func (v *Verifier) Verify(ctx context.Context, s Subject) ([]backport.Run, error) {
	examined, err := v.verify(ctx, s, v.Platforms)
	return plainRuns(examined), err
}

// An examined run knows more than is told: whether the backport made it fail.
type examined struct {
	Run backport.Run
	// Blamed says that it fails, and that the target does not fail like that.
	Blamed bool
}

func (v *Verifier) verify(ctx context.Context, s Subject, platforms []Platform) ([]examined, error) {
	v.once.Do(func() {
		v.cache = newCache(v.Cache, v.NoCache)
		if v.Store != nil {
			v.layer = storeLayer{v.Store}
		}
		prune(v.Logs, logSuffix, logFiles, logBytes)
	})
	runs := make([]examined, len(platforms))
	var group, waiting errgroup.Group
	group.SetLimit(max(v.Jobs, 1))
	for i, p := range platforms {
		if p.Kind == CI { // it costs nothing here
			waiting.Go(func() error {
				runs[i] = v.on(ctx, p, s)
				return nil
			})
		}
	}
	for i, p := range platforms {
		if p.Kind == CI {
			continue
		}
		group.Go(func() error {
			runs[i] = v.on(ctx, p, s)
			return nil
		})
	}
	_, _ = group.Wait(), waiting.Wait() // no error comes from there
	if err := context.Cause(ctx); err != nil {
		return runs, fmt.Errorf("verify %s: %w", s.Name, err)
	}
	return runs, nil
}

// on runs a backport on one platform.
func (v *Verifier) on(ctx context.Context, p Platform, s Subject) examined {
	kind := p.Kind
	if kind == "" {
		kind = Local
	}
	nothing := func(state backport.RunState, why string) examined {
		return examined{Run: backport.Run{Platform: p.Name, Kind: kind, State: state, Detail: why}}
	}
	switch {
	case ctx.Err() != nil:
		return nothing(backport.RunSkipped, cancelled(ctx))
	case kind == CI:
		return v.forge(ctx, p, s)
	}
	key, err := cacheKey("run", s.trees(), p)
	if err != nil {
		return nothing(backport.RunError, err.Error())
	}
	var e examined
	if v.cache.get(key, &e) {
		e.Run.Cached = true
		forgetLogs(e.Run.Steps)
		return e
	}
	m, err := v.Machine(p)
	if err != nil {
		return nothing(backport.RunError, err.Error())
	}
	l := &lane{v: v, p: p, machine: m, subject: s.Name, known: map[string]outcome{}, told: map[string]bool{}}
	e = l.examine(ctx, s)
	e.Run.Platform, e.Run.Kind = p.Name, kind
	if err := l.close(); err != nil && e.Run.Detail == "" {
		e.Run.Detail = "clean up: " + err.Error()
	}
	if ctx.Err() != nil {
		// What was cut off says nothing of the backport.
		e.Blamed = false
		e.Run.State, e.Run.Detail = backport.RunError, cancelled(ctx)
		return e
	}
	if l.sound(e.Run) {
		v.cache.put(key, e)
	}
	return e
}

// cancelled says why a run was ended.
func cancelled(ctx context.Context) string {
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return "cancelled: " + err.Error()
	}
	return "cancelled"
}
