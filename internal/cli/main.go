package cli

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// Main runs the command line of this process and returns its exit status.
func Main(args []string) int {
	// A write to a closed pipe shall be an error and not the end: the store
	// has to be removed. Children still get the signal as usual.
	pipe := make(chan os.Signal, 1)
	signal.Notify(pipe, syscall.SIGPIPE)
	s := System()
	ctx, stop := s.interruptible()
	defer stop()
	return Run(ctx, s, args)
}

// Run runs one command line on the given streams and returns the exit status.
func Run(ctx context.Context, s *Streams, args []string) int {
	a := &app{Streams: s, args: args}
	root := newRoot(a)
	root.SetArgs(args)
	s.In = &patientReader{ctx: ctx, from: s.In}
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	err := root.ExecuteContext(ctx)
	if flushErr := s.flush(); status(err) <= statusNeedsPerson && flushErr != nil {
		err = flushErr
	}
	return a.report(settleInterrupt(ctx, err))
}

// settleInterrupt finds out whether an error came from Ctrl-C. The terminal
// sends it to our children too, and one of them may have died of it before we
// have heard.
func settleInterrupt(ctx context.Context, err error) error {
	switch status(err) {
	case statusReached, statusNeedsPerson:
		return err
	case statusEnvironment:
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// app is what all commands share: the streams and the global options.
type app struct {
	*Streams
	// args is the command line without the program.
	args []string
	// dir is where the command works, from -C.
	dir     folder
	noCache bool
	// cacheless is done once it was told that there is no cache.
	cacheless sync.Once
	// jobs is how many things are done at once.
	jobs  int
	color colorMode
}

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "backstay",
		Short: "Carry fixes to release branches",
		Long: `Backstay carries fixes from a project's newer code to its release branches,
and gives a true answer for each: already there, clean, resolved by a method
whose record is measured, proposed, or in conflict, and why. It works on the
objects of the repository, in memory: the checkout, the index and the branches
of the user are not touched.`,
		Example: `  backstay demo                                 see it work on a small repository
  backstay pick 1a2b3c4                         try a fix on every release branch
  backstay pick 1a2b3c4 --to release/1.7        carry it to one of them
  backstay explain 1a2b3c4 --to release/1.7     why does it conflict?`,
		Annotations: map[string]string{exitKey: `  0    all that was asked for was reached
  1    some pick needs a person
  2    wrong use or bad input; nothing was done
  3    the environment failed: git, disk, network
  130  interrupted`},
		Version: version().String(),
		Args:    noCommand,
		RunE: func(c *cobra.Command, _ []string) error {
			return c.Help()
		},
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.prepare() },
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetHelpFunc(a.help)
	root.SetHelpCommand(newHelp())
	root.SetFlagErrorFunc(flagError)
	f := root.PersistentFlags()
	f.VarP(&a.dir, "dir", "C", "work as if started in `DIR`; several are taken one below the other")
	f.BoolVar(&a.noCache, "no-cache", false, "keep nothing in the cache folder")
	f.IntVarP(&a.jobs, "jobs", "j", 0, "do `N` things at once (default: the number of processors)")
	f.Var(&a.color, "color", "colour the output: auto, always or never")
	f.BoolP("help", "h", false, "show this help")
	root.Flags().Bool("version", false, "show the version")
	root.AddCommand(
		newPick(a, runPick),
		newExplain(a, runExplain),
		newVerify(a, runVerify),
		newReplay(a, runReplay),
		newCompletion(a, runCompletion),
		newDemo(a, runDemo),
		newDoctor(a, runDoctor),
		newMan(a, runMan),
		newVersion(a, runVersion),
	)
	for _, c := range root.Commands() {
		c.DisableFlagsInUseLine = true
	}
	return root
}
