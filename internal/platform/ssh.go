package platform

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// SSHOptions say how another machine is reached.
type SSHOptions struct {
	// Host is the machine as ssh takes it: user@host, a name of its
	// configuration, ssh://host:port.
	Host string
	// Program is the ssh program, "ssh" by default; Args are further arguments
	// of it, before the host.
	Program string
	Args    []string
	// Yard remembers the folder over there until it is removed, under the kind
	// SSHKind; nil for no such memory.
	Yard *Yard
}

const (
	// SSHKind is what a Yard calls a folder on a host. UndoSSH removes it.
	SSHKind = "ssh"
	// quick is how long one of the small conversations with a host may take,
	// connecting included.
	quick = time.Minute
)

// NewSSH gives a machine that is reached by the user's own ssh program, with the
// user's configuration, agent and known hosts. It asks for no password, forwards
// nothing, and needs a POSIX shell, tar and find on the other side.
func NewSSH(o SSHOptions) Machine {
	if o.Program == "" {
		o.Program = "ssh"
	}
	return &sshMachine{o}
}

type sshMachine struct{ o SSHOptions }

// Open makes a private folder on the host and brings the checkout there,
// without its .git.
func (m *sshMachine) Open(ctx context.Context, dir string) (Place, error) {
	if m.o.Host == "" || strings.HasPrefix(m.o.Host, "-") || strings.ContainsAny(m.o.Host, "\x00\n\r") {
		return nil, fmt.Errorf("open %q: this is no host", m.o.Host)
	}
	name := "backstay-" + rand.Text()
	// Noted before it is made: a note too many costs a connection, one too few a
	// folder for ever.
	done := func() {}
	if m.o.Yard != nil {
		var err error
		words := slices.Concat([]string{m.o.Program, m.o.Host, name}, m.o.Args)
		if done, err = m.o.Yard.Note(SSHKind, words...); err != nil {
			return nil, fmt.Errorf("open %s: %w", m.o.Host, err)
		}
	}
	p := &sshPlace{m: m, name: name, done: done, life: newLife(ctx)}
	err := p.open(ctx, dir)
	switch {
	case err == nil:
		return p, nil
	case errors.Is(err, errUnreached):
		done()
	default:
		// Where this fails, the note stands.
		err = errors.Join(err, p.Close())
	}
	return nil, fmt.Errorf("open %s: %w", m.o.Host, err)
}

// sshPlace is a folder on a host, with the folders tree, home and tmp in it.
type sshPlace struct {
	m *sshMachine
	// name is the last segment of folder, the path on the host.
	name, folder string
	done         func()
	life         *life
	// off and on are the names of the wrappers that commands run in, without and
	// with the network; "" for none.
	off, on string
	// limited says that the host counts this user's processes.
	limited bool
}

// harmless are the folders whose names no shell reads in more than one way: that
// of the tar command is read by whatever shell the user has on the host.
var harmless = regexp.MustCompile(`^/[A-Za-z0-9/._-]+$`)

func (p *sshPlace) open(ctx context.Context, dir string) error {
	opening, cancel := context.WithTimeout(ctx, quick)
	defer cancel()
	said, err := p.m.script(opening, openScript(p.name))
	if err != nil {
		return err
	}
	for line := range strings.Lines(said) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch key {
		case "folder":
			p.folder = value
		case "off":
			p.off = value
		case "on":
			p.on = value
		case "limited":
			p.limited = true
		}
	}
	if !harmless.MatchString(p.folder) || !strings.HasSuffix(p.folder, "/"+p.name) || p.off != "" && wrappers[p.off] == "" || p.on != "" && wrappers[p.on] == "" {
		return fmt.Errorf("the host made the folder %q, which is none to work in", p.folder)
	}
	return p.m.send(ctx, dir, p.folder+"/tree")
}

// Top is where the checkout is on the host.
func (p *sshPlace) Top() string { return p.folder + "/tree" }

// Kept gives what the host keeps out. A command sees the host's files there, and
// its memory is only looked at.
func (p *sshPlace) Kept() []string {
	var kept []string
	if p.off != "" {
		kept = append(kept, KeptNetwork)
	}
	if strings.HasSuffix(p.off, "p") && p.on != "" {
		kept = append(kept, KeptProcesses)
	}
	return kept
}

// Close ends what still runs on the host and removes the folder.
func (p *sshPlace) Close() error {
	p.life.end()
	ctx, cancel := context.WithTimeout(context.Background(), quick)
	defer cancel()
	if _, err := p.m.script(ctx, removeScript(p.name)); err != nil {
		return fmt.Errorf("remove %s from %s: %w", p.name, p.m.o.Host, err)
	}
	p.done()
	return nil
}

// UndoSSH removes what a dead process left on a host: the Undo of SSHKind.
func UndoSSH(ctx context.Context, words []string) error {
	if len(words) < 3 || !strings.HasPrefix(words[2], "backstay-") || strings.Contains(words[2], "/") || !harmless.MatchString("/"+words[2]) {
		return errors.New("remove a folder from a host: the note is damaged")
	}
	ctx, cancel := context.WithTimeout(ctx, quick)
	defer cancel()
	m := &sshMachine{SSHOptions{Program: words[0], Host: words[1], Args: words[3:]}}
	if _, err := m.script(ctx, removeScript(words[2])); err != nil {
		return fmt.Errorf("remove %s from %s: %w", words[2], words[1], err)
	}
	return nil
}
