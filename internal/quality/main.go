package main

import (
	"context"
	"encoding/gob"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/replay"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var o options
	flag.StringVar(&o.cache, "cache", "", "keep indexes, what was studied, fitted and judged in this `folder`, and go on with what is there")
	flag.StringVar(&o.only, "only", "", "judge the repository of this `name` into the cache, and write no report")
	flag.StringVar(&o.ship, "ship", "", "fit a model to all repositories and write it to this `file`")
	flag.StringVar(&o.report, "report", "", "judge every repository and write the report to this `file`")
	flag.BoolVar(&o.quick, "quick", false, "print what cross-validation says, and judge nothing")
	flag.Parse()
	if err := run(ctx, o, flag.Args(), os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

type options struct {
	cache, ship, report, only string
	quick                     bool
}

// repository is one of those that are studied.
type repository struct {
	name   string
	dir    string
	corpus *adapt.Corpus
	cases  []replay.Case
}

func run(ctx context.Context, o options, args []string, log io.Writer) error {
	if len(args) == 0 {
		return errors.New("name the repositories, as name=folder")
	}
	var all []*repository
	for _, a := range args {
		name, dir, ok := strings.Cut(a, "=")
		if !ok {
			return fmt.Errorf("%q is not name=folder", a)
		}
		all = append(all, &repository{name: name, dir: dir})
	}
	var corpora []*adapt.Corpus
	for _, r := range all {
		if err := r.study(ctx, o, log); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		corpora = append(corpora, r.corpus)
	}
	if o.quick {
		quick(log, all, corpora)
	}
	if o.ship != "" {
		m, err := o.fitted("all", corpora)
		if err != nil {
			return err
		}
		if err := ship(o.ship, m); err != nil {
			return err
		}
	}
	if o.report == "" && o.only == "" {
		return nil
	}
	return report(ctx, o, all, log)
}

// open runs f in a repository.
func (r *repository) open(ctx context.Context, o options, f func(*git.Repo, *git.Store, *history.Index) error) (err error) {
	repo, err := git.Open(ctx, r.dir, git.Options{Scratch: git.MemoryScratch()})
	if err != nil {
		return err
	}
	store, err := repo.NewStore(ctx, runtime.NumCPU())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	file := ""
	if o.cache != "" {
		file = filepath.Join(o.cache, r.name+".idx")
	}
	index, err := history.Open(ctx, repo, store, history.Options{File: file})
	if err != nil {
		return err
	}
	if r.cases, err = replay.Mine(ctx, repo, index); err != nil {
		return err
	}
	return f(repo, store, index)
}

// study learns from a repository, or reads what was learned before.
func (r *repository) study(ctx context.Context, o options, log io.Writer) error {
	kept := ""
	if o.cache != "" {
		kept = filepath.Join(o.cache, r.name+".gob")
		if f, err := os.Open(kept); err == nil {
			defer f.Close()
			r.corpus = &adapt.Corpus{}
			return gob.NewDecoder(f).Decode(r.corpus)
		}
	}
	err := r.open(ctx, o, func(repo *git.Repo, store *git.Store, index *history.Index) error {
		tips, err := replay.Tips(ctx, repo)
		if err != nil {
			return err
		}
		j := replay.New(store, index, replay.Options{
			Tips: tips, Jobs: runtime.NumCPU(),
			CustomDriver: func(name string) bool { return repo.Config(ctx, "merge."+name+".driver") != "" },
		})
		r.corpus, err = j.Study(ctx, r.cases, func(done, total int) { fmt.Fprintf(log, "\r%s: studied %d of %d ", r.name, done, total) })
		fmt.Fprintln(log)
		return err
	})
	if err != nil || kept == "" {
		return err
	}
	return write(kept, func(w io.Writer) error { return gob.NewEncoder(w).Encode(r.corpus) })
}

// fitted is a model fitted to these corpora, or the one that was before.
func (o options) fitted(name string, corpora []*adapt.Corpus) (*adapt.Model, error) {
	if o.cache == "" {
		return adapt.Fit(corpora), nil
	}
	kept := filepath.Join(o.cache, name+".model")
	if f, err := os.Open(kept); err == nil {
		defer f.Close()
		return adapt.ReadModel(f)
	}
	m := adapt.Fit(corpora)
	return m, ship(kept, m)
}

func ship(path string, m *adapt.Model) error { return write(path, m.Write) }

// write writes a file as a whole or not at all.
func write(path string, f func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".quality-*")
	if err != nil {
		return err
	}
	if err := errors.Join(f(file), file.Chmod(0o644), file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return os.Rename(file.Name(), path)
}

// quick prints what the odds promise, fix by fix, all repositories together.
func quick(log io.Writer, all []*repository, corpora []*adapt.Corpus) {
	outcomes, scale := adapt.CrossValidate(corpora)
	var sum adapt.Outcome
	for i, o := range outcomes {
		fmt.Fprintf(log, "%-12s %s\n", all[i].name, o)
		sum = sum.Plus(o)
	}
	fmt.Fprintf(log, "%-12s %s\n", "all", sum)
	for i := range scale {
		from := scale.From(scale[len(scale)-1-i].From)
		fmt.Fprintf(log, "%.3f %5d/%d %.3f = %.1f %%\n", from.From, from.Right, from.Asked, from.Precision(), 100*float64(from.Right)/float64(sum.Cases))
		if from.Precision() < 0.7 {
			break
		}
	}
}
