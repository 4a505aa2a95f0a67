package platform

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// ContainerOptions say in what container commands run.
type ContainerOptions struct {
	// Image is what it is made from: an image with /bin/sh, as the engine names
	// it.
	Image string
	// Engine is the program that makes it, podman or docker or what behaves like
	// one of them; "" for the first of them that answers.
	Engine string
	// Pull has an image fetched that is not here.
	Pull bool
	// Args are further arguments of the engine's create.
	Args []string
	// Scratch is the folder below which each Place has its home; it is removed by
	// Close.
	Scratch string
	// Yard remembers containers until they are removed, under the kind
	// ContainerKind; nil for no such memory.
	Yard *Yard
}

const (
	// ContainerKind is what a Yard calls a container. UndoContainer removes it.
	ContainerKind = "container"
	// Where the checkout and the home are in a container.
	containerTree = "/backstay/tree"
	containerHome = "/backstay/home"
	// engineTime is how long an engine may take for what should take a moment.
	engineTime = time.Minute
)

// NewContainer gives a machine on which each command runs in a container of its
// own. What outlives a command are the checkout and its home, which are folders
// of this machine, so that an engine elsewhere is no use.
func NewContainer(o ContainerOptions) Machine { return &containerMachine{o: o} }

type containerMachine struct {
	o ContainerOptions

	mu     sync.Mutex
	engine *engine
}

// Open finds the engine and the image.
func (m *containerMachine) Open(ctx context.Context, dir string) (Place, error) {
	p, err := m.open(ctx, dir)
	if err != nil {
		return nil, fmt.Errorf("open a container of %s: %w", m.o.Image, err)
	}
	return p, nil
}

func (m *containerMachine) open(ctx context.Context, dir string) (*containerPlace, error) {
	if m.o.Image == "" || strings.HasPrefix(m.o.Image, "-") {
		return nil, errors.New("it is no image")
	}
	e, err := m.find(ctx)
	if err != nil {
		return nil, err
	}
	image, err := e.image(ctx, m.o.Image, m.o.Pull)
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	scratch, err := filepath.Abs(m.o.Scratch)
	if err != nil {
		return nil, err
	}
	home, err := os.MkdirTemp(scratch, "home-")
	if err != nil {
		return nil, err
	}
	return &containerPlace{o: m.o, engine: e, image: image, dir: dir, home: home, borrowed: borrowed(dir), life: newLife(ctx)}, nil
}

// find gives the engine that was named, or the first that answers.
func (m *containerMachine) find(ctx context.Context) (*engine, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.engine != nil {
		return m.engine, nil
	}
	programs := []string{m.o.Engine}
	if m.o.Engine == "" {
		programs = []string{"podman", "docker"}
	}
	var why []string
	for _, program := range programs {
		e, err := ask(ctx, program)
		if err == nil {
			m.engine = e
			return e, nil
		}
		why = append(why, fmt.Sprintf("%s: %v", program, err))
	}
	return nil, fmt.Errorf("no engine answers (%s)", strings.Join(why, "; "))
}

// maxBorrowed bounds how many folders of objects a checkout can borrow from.
const maxBorrowed = 20

// borrowed are the folders whose objects a checkout's .git borrows, also those
// that these borrow from: a build that asks git for its version needs them. Git
// quotes odd names, which are left out.
func borrowed(dir string) []string {
	var folders []string
	for todo := []string{filepath.Join(dir, ".git", "objects")}; len(todo) > 0; todo = todo[1:] {
		text, err := os.ReadFile(filepath.Join(todo[0], "info", "alternates"))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			folder := strings.TrimSuffix(line, "\n")
			if !filepath.IsAbs(folder) {
				folder = filepath.Join(todo[0], folder)
			}
			info, err := os.Stat(folder)
			if err == nil && info.IsDir() && filepath.Base(folder) == "objects" && !slices.Contains(folders, folder) && len(folders) < maxBorrowed {
				folders, todo = append(folders, folder), append(todo, folder)
			}
		}
	}
	return folders
}

// containerPlace is a checkout that containers are given.
type containerPlace struct {
	o        ContainerOptions
	engine   *engine
	image    string
	dir      string
	home     string
	borrowed []string
	life     *life
}

// Top is where the checkout is in every container.
func (p *containerPlace) Top() string { return containerTree }

// Kept gives what containers keep out.
func (p *containerPlace) Kept() []string {
	kept := []string{KeptNetwork, KeptProcesses}
	if p.engine.memory {
		kept = append(kept, KeptMemory)
	}
	return append(kept, KeptFiles)
}

// Read gives files of the checkout.
func (p *containerPlace) Read(ctx context.Context, pattern string, limit int64) (map[string][]byte, error) {
	root, err := os.OpenRoot(p.dir)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", pattern, err)
	}
	defer func() { _ = root.Close() }() // nothing was written
	r := &reader{root: root, segments: strings.Split(pattern, "/"), max: limit, files: map[string][]byte{}}
	if err := r.walk(ctx); err != nil {
		return nil, fmt.Errorf("read %s: %w", pattern, err)
	}
	return r.files, nil
}

// Close ends what runs and removes the place's home; the checkout is the
// caller's.
func (p *containerPlace) Close() error {
	p.life.end()
	if err := RemoveAll(p.home); err != nil {
		return fmt.Errorf("close a container of %s: %w", p.o.Image, err)
	}
	return nil
}

// UndoContainer removes a container that a dead process left: the Undo of
// ContainerKind.
func UndoContainer(ctx context.Context, words []string) error {
	if len(words) != 2 || !strings.HasPrefix(words[1], "backstay-") {
		return errors.New("remove a container: the note is damaged")
	}
	return (&engine{program: words[0]}).remove(ctx, words[1])
}
