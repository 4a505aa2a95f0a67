package platform

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// mode is a way to run commands here.
type mode struct {
	// confined: in namespaces; mapped: in a user namespace, too, as who is not the
	// superuser has to.
	confined, mapped bool
	// counted: control groups bound the memory, as try found.
	counted bool
}

// modes are the ways to run commands, the best first.
func modes(unconfined bool) []mode {
	plain := mode{}
	switch {
	case unconfined:
		return []mode{plain}
	case os.Geteuid() == 0:
		return []mode{{confined: true}, {confined: true, mapped: true}, plain}
	}
	return []mode{{confined: true, mapped: true}, plain}
}

// kept is what a mode keeps out.
func (m *mode) kept() []string {
	switch {
	case !m.confined:
		// What counts processes and memory then can be ended by a command.
		return nil
	case !m.counted:
		// Who looks at processes does not see what they share and have not mapped.
		return []string{KeptNetwork, KeptProcesses, KeptFiles}
	}
	return []string{KeptNetwork, KeptProcesses, KeptMemory, KeptFiles}
}

// trial is the limit of memory that try tries, in bytes: more than there is.
const trial = 1 << 44

// try furnishes a room and starts nothing in it.
func (m *mode) try(ctx context.Context, r room) error {
	p, err := m.start(order{Dir: "/", Offline: true, Room: r, MaxProcesses: DefaultProcesses, Memory: trial}, newOutput(nil, 0))
	if err != nil {
		return err
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		p.kill()
		<-p.done
		return context.Cause(ctx)
	}
	if p.ending.Unfit != "" {
		return errors.New(p.ending.Unfit)
	}
	m.counted = p.memory <= 0
	return p.err
}

// process is a command that was started, with its first process.
type process struct {
	cmd      *exec.Cmd
	confined bool
	group    *group
	// processes and memory are the limits that nothing but this process sees to.
	processes int
	memory    int64
	// orders is where the first process is told what to do; it ends everything
	// when this is closed, also by this process's end.
	orders *os.File
	close  sync.Once
	// done is closed when everything has ended; ending and err are set then.
	done   chan struct{}
	ending ending
	err    error
}

// patience is how long the first process of a command that is not confined has
// to end all others.
const patience = 2*killing + grace

// start starts a command's first process and tells it what to do.
func (m *mode) start(o order, out *output) (*process, error) {
	o.Confined, o.Mapped = m.confined, m.mapped
	o.Offline = o.Offline && m.confined
	o.User, o.Group = os.Getuid(), os.Getgid()
	hear, orders, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer hear.Close()
	words, say, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, orders.Close())
	}
	defer say.Close()
	cmd := exec.Command("/proc/self/exe")
	cmd.Args, cmd.Env, cmd.Dir = []string{initName}, []string{}, "/"
	cmd.Stdout, cmd.Stderr = out, out
	cmd.ExtraFiles = []*os.File{hear, say}
	cmd.WaitDelay = grace
	cmd.SysProcAttr = m.attributes(o)
	p := &process{cmd: cmd, confined: m.confined, orders: orders, done: make(chan struct{})}
	started := make(chan error)
	go p.run(started, words)
	if err := <-started; err != nil {
		return nil, errors.Join(err, orders.Close(), words.Close())
	}
	p.group = newGroup(o.MaxProcesses, o.Memory)
	held := p.group.add(cmd.Process.Pid)
	if !held.processes {
		o.Processes = o.MaxProcesses
	}
	if held.memory {
		o.Memory = 0
	}
	if p.confined {
		p.processes, p.memory = o.Processes, o.Memory
	}
	if err := gob.NewEncoder(orders).Encode(o); err != nil {
		p.kill()
		<-p.done
		return nil, fmt.Errorf("tell the first process: %w", err)
	}
	return p, nil
}

func (m *mode) attributes(o order) *syscall.SysProcAttr {
	// The kernel ends the first process with the thread that started it.
	attr := &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	if !m.confined {
		// What it started has to be ended before: it notices that nobody gives
		// orders any more.
		attr.Pdeathsig = 0
		return attr
	}
	attr.Cloneflags = syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS
	if o.Offline {
		attr.Cloneflags |= syscall.CLONE_NEWNET
	}
	if m.mapped {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: o.User, Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: o.Group, Size: 1}}
	}
	return attr
}

// run starts the first process and waits for its end, on one thread.
func (p *process) run(started chan<- error, words *os.File) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	heard := make(chan error, 1)
	go func() {
		defer words.Close()
		heard <- gob.NewDecoder(io.LimitReader(words, maxOrder)).Decode(&p.ending)
	}()
	err = p.cmd.Wait()
	// Its end of the pipe is closed, and no other process has it.
	unheard := <-heard
	if unheard != nil {
		p.ending = ending{Exit: -1, Signal: -1}
		p.err = fmt.Errorf("the first process ended without a word: %w", errors.Join(err, unheard))
	}
	p.quiet()
	p.group.remove()
	close(p.done)
}

// quiet closes the orders.
func (p *process) quiet() {
	p.close.Do(func() { _ = p.orders.Close() })
}

// terminate asks all processes to end.
func (p *process) terminate() {
	_, _ = p.orders.Write([]byte{'\n'}) // it may have ended
}

// kill ends all processes.
func (p *process) kill() {
	p.quiet()
	if p.confined {
		_ = p.cmd.Process.Kill() // it may have ended; all others end with it
		return
	}
	time.AfterFunc(patience, func() {
		select {
		case <-p.done:
		default:
			_ = p.cmd.Process.Kill()
		}
	})
}

// over is the limit that the processes are over, or that the kernel saw them
// reach; "" for none. It is looked at as often as attend does.
func (p *process) over() string {
	if why := p.group.over(); why != "" || p.processes <= 0 && p.memory <= 0 {
		return why
	}
	select {
	case <-p.done:
		return "" // its number may be another's
	default:
	}
	// The table that the first process has mounted for the command. Before it has,
	// this process is in it.
	table := processTable(fmt.Sprintf("/proc/%d/root/proc", p.cmd.Process.Pid))
	if _, err := os.Readlink(string(table) + "/self"); err == nil {
		return ""
	}
	return table.over(table.others(1), p.processes, p.memory)
}
