package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/replay"
)

type replayOptions struct {
	app *app

	cases string
	limit int
	seed  uint64
	fetch bool
	json  bool
	// learn keeps what the history teaches; gitOnly judges git's merge alone.
	learn, gitOnly bool
}

func newReplay(a *app, run func(context.Context, *replayOptions) error) *cobra.Command {
	o := &replayOptions{app: a}
	c := &cobra.Command{
		Use:   "replay [OPTION]...",
		Short: "Try real backports again and compare with what people committed",
		Long: `Finds the backports in the history of the repository: the commits on its
branches and tags that say which commit they were picked from. Picks each of
these fixes again, onto the very commit that people picked it onto, and compares
the tree with the one that they committed. While a case is judged nothing is
consulted that was committed later than what people made of it.

"exact" is a result whose tree is theirs, byte for byte; "code-exact" one that
differs in tests, documentation, changelogs, vendored or generated files only;
"different" has a tree that is not theirs.

What git cannot merge is taken up the ladder as pick does, results are checked,
and each case knows of the repository's own backports those that were committed
before it. --learn keeps what all of them teach in the cache folder, for pick to
weigh in; no case is left out, whatever --limit and --cases say.

With --json there is one object a line for each case, in the order of the cases,
as soon as it is known.`,
		Example: `  backstay replay                       all of the repository's backports
  backstay replay --limit 500 --seed 7  a sample of them
  backstay replay --json > results.jsonl
  backstay replay --learn               … and have pick know what they teach
  backstay replay --cases FILE          lines "fix<TAB>onto<TAB>expected"`,
		Annotations: map[string]string{exitKey: `  0    the cases were tried, whatever came of them
  2    wrong use or a malformed case file; nothing was tried
  3    the environment failed: git, disk, network
  130  interrupted`},
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if c.Flags().Changed("cases") && o.cases == "" {
				return wrongUse("", "--cases wants the name of a file, or - for standard input")
			}
			if o.limit < 0 {
				return wrongUse("0 means all", "--limit wants a positive number")
			}
			if o.learn && o.gitOnly {
				return wrongUse("git alone teaches nothing", "--learn and --git-only exclude each other")
			}
			return run(c.Context(), o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.cases, "cases", "", "take the cases from `FILE`, - for standard input: full commit ids\nfix, onto and expected (may be empty), separated by tabs")
	f.IntVar(&o.limit, "limit", 0, "try `N` cases, drawn at random (default: all)")
	f.Uint64Var(&o.seed, "seed", 1, "draw by this `NUMBER`: the same one draws the same cases")
	f.BoolVar(&o.learn, "learn", false, "keep what the history teaches, for pick to use")
	f.BoolVar(&o.gitOnly, "git-only", false, "judge git's own merge alone: no ladder, causes or checks")
	f.BoolVar(&o.fetch, "fetch", false, "let git fetch objects that a partial clone lacks")
	f.BoolVar(&o.json, "json", false, "print one JSON object a line for each case")
	return c
}

func runReplay(ctx context.Context, o *replayOptions) (err error) {
	w, err := o.app.open(ctx, o.fetch)
	if err != nil {
		return err
	}
	defer w.close(ctx, &err)
	cases, err := w.replayCases(ctx, o)
	if err != nil {
		return err
	}
	drawn := replay.Sample(cases, o.limit, o.seed)
	if err := replay.Learn(ctx, w.store, w.index, drawn); err != nil {
		return err
	}
	opts := replay.Options{
		Jobs: o.app.jobs, Gates: !o.gitOnly, Explain: !o.gitOnly,
		CustomDriver: func(name string) bool { return w.repo.Config(ctx, "merge."+name+".driver") != "" },
	}
	if !o.gitOnly {
		if opts.Tips, err = replay.Tips(ctx, w.repo); err != nil {
			return err
		}
		if index := o.app.indexFile(w.repo); index != "" {
			opts.Words, opts.Mentions = besides(index)
		}
		if err := w.study(ctx, o, &opts, cases); err != nil {
			return err
		}
	}
	judge := replay.New(w.store, w.index, opts)
	done := 0
	lines := json.NewEncoder(o.app.Out)
	lines.SetEscapeHTML(false)
	summary, err := judge.Run(ctx, drawn, func(r replay.Result) error {
		done++
		w.progress.update("cases", done, len(drawn))
		if !o.json {
			return nil
		}
		if err := lines.Encode(r); err != nil {
			return fmt.Errorf("write the result: %w", err)
		}
		return o.app.flush()
	})
	if err != nil {
		return err
	}
	w.progress.done()
	v := replayView{app: o.app, w: o.app.Out, style: o.app.style, given: o.cases != ""}
	switch {
	case !o.json:
	case o.app.ErrWidth == 0:
		return nil
	default:
		v.w, v.style = o.app.Err, o.app.errStyle
	}
	v.print(summary, len(cases))
	return nil
}

// study has the ladder learn from the repository's own history; under replay
// each case knows of it what was committed before.
func (w *workspace) study(ctx context.Context, o *replayOptions, opts *replay.Options, cases []replay.Case) (err error) {
	if opts.Model, err = adapt.Shipped(); err != nil {
		return err
	}
	if o.cases != "" {
		if cases, err = replay.Mine(ctx, w.repo, w.index); err != nil {
			return err
		}
	}
	quiet := *opts
	quiet.Gates, quiet.Explain = false, false
	corpus, err := replay.New(w.store, w.index, quiet).Study(ctx, cases, func(done, total int) {
		w.progress.update("learning from earlier backports", done, total)
	})
	if err != nil {
		return err
	}
	opts.Experience = opts.Model.Experience(corpus)
	if o.learn {
		return w.keep(append(corpus.Lessons(), opts.Experience.Kept()...))
	}
	return nil
}

// replayCases reads the case file, or mines the repository.
func (w *workspace) replayCases(ctx context.Context, o *replayOptions) ([]replay.Case, error) {
	switch o.cases {
	case "":
		return replay.Mine(ctx, w.repo, w.index)
	case "-":
		return replay.ReadCases(w.app.In)
	}
	path := o.cases
	if !filepath.IsAbs(path) {
		path = filepath.Join(w.repo.Dir, path)
	}
	f, err := os.Open(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, wrongUse("with -C the name is relative to that folder", "%s: no such file", o.cases)
	case err != nil:
		return nil, fmt.Errorf("read cases: %w", err)
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && st.IsDir() {
		return nil, wrongUse("", "%s is a folder and no case file", o.cases)
	}
	return replay.ReadCases(f)
}
