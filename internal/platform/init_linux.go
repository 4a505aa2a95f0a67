package platform

import (
	"bufio"
	"encoding/gob"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// initName is what a process is called that is not the program but the first
// process of a command.
const initName = "backstay-init"

// The first process of a command is this program, started anew: between fork and
// exec there is no room to mount file systems, and no other program is needed.
// It becomes that here, before main, so that no caller can forget it and no test
// binary starts its tests again.
func init() {
	if len(os.Args) == 1 && os.Args[0] == initName {
		os.Exit(initProcess(os.NewFile(3, "orders"), os.NewFile(4, "ending")))
	}
}

// maxOrder bounds an order in bytes: the kernel takes fewer arguments.
const maxOrder = 16 << 20

// warden is the first process of a command: it furnishes the room, starts the
// command, waits for all that loses its parent, and ends everything when the
// command ends, when it is told to, and when nobody is left to tell it. Confined,
// it is process 1 of its namespace, and the kernel ends everything with it.
type warden struct {
	order  order
	out    *os.File
	ending sync.Once
	// command is its process id.
	command int
}

func initProcess(in, out *os.File) int {
	// Privileges are a thread's: the one that gives them up starts the command.
	runtime.LockOSThread()
	unix.CloseOnExec(int(in.Fd()))
	unix.CloseOnExec(int(out.Fd()))
	// Process 1 gets only signals that it has handlers for; the command starts
	// with the usual ones. Nobody reads the channel.
	signal.Notify(make(chan os.Signal, 1))
	orders := bufio.NewReader(io.LimitReader(in, maxOrder))
	w := &warden{out: out}
	if err := gob.NewDecoder(orders).Decode(&w.order); err != nil {
		return 1 // nobody is left to tell
	}
	if err := w.settle(); err != nil {
		w.end(ending{Exit: -1, Signal: -1, Unfit: err.Error()})
	}
	if w.order.Program == "" {
		w.end(ending{Signal: -1})
	}
	if err := w.start(); err != nil {
		w.end(ending{Exit: -1, Signal: -1, Error: err.Error()})
	}
	go w.obey(orders)
	go w.watch()
	w.wait()
	return 0
}

// settle makes the process what it has to be before the command starts.
func (w *warden) settle() error {
	if !w.order.Confined {
		// Processes whose parent ends become this one's children, so that they can
		// be found.
		return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
	}
	// The user's keyring can be had through that of the session.
	_, _ = unix.KeyctlJoinSessionKeyring("") // not every kernel has keyrings
	if w.order.Offline {
		if err := loopback(); err != nil {
			return fmt.Errorf("bring the loopback up: %w", err)
		}
	}
	if err := furnish(w.order.Room); err != nil {
		return err
	}
	if w.order.Mapped {
		return nil
	}
	return dropPrivileges()
}

func (w *warden) start() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up new privileges: %w", err)
	}
	if err := keepFiles(); err != nil {
		return err
	}
	if w.order.Confined {
		if err := filterCalls(); err != nil {
			return err
		}
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("switch core files off: %w", err)
	}
	// The machine's own need for memory goes first.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("500"), 0)
	unix.Umask(0o022)
	attr := &syscall.ProcAttr{
		Dir: w.order.Dir, Env: w.order.Env, Files: []uintptr{0, 1, 2},
		Sys: &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL},
	}
	if w.order.Mapped {
		// In a user namespace below this one the command is its user again, who
		// may do nothing to the namespaces that were made here.
		attr.Sys.Cloneflags = syscall.CLONE_NEWUSER
		attr.Sys.UidMappings = []syscall.SysProcIDMap{{ContainerID: w.order.User, HostID: 0, Size: 1}}
		attr.Sys.GidMappings = []syscall.SysProcIDMap{{ContainerID: w.order.Group, HostID: 0, Size: 1}}
	}
	if limit, ok := w.userLimit(); ok {
		// The command inherits it, and this process takes it off again: it must be
		// able to start threads when the command no longer is.
		var was unix.Rlimit
		if err := unix.Getrlimit(unix.RLIMIT_NPROC, &was); err == nil {
			if err := unix.Setrlimit(unix.RLIMIT_NPROC, &unix.Rlimit{Cur: min(was.Cur, limit), Max: was.Max}); err == nil {
				defer func() { _ = unix.Setrlimit(unix.RLIMIT_NPROC, &was) }()
			}
		}
	}
	// What the command starts may be of the same user. Who is mapped could then not
	// be given a namespace, in which nothing out here can be reached anyway.
	hide := func() error { return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) }
	if !w.order.Mapped {
		if err := hide(); err != nil {
			return fmt.Errorf("hide: %w", err)
		}
	}
	pid, err := syscall.ForkExec(w.order.Program, w.order.Run, attr)
	if err != nil {
		return err
	}
	w.command = pid
	return hide()
}

// userLimit is how many processes and threads the command's user may have: where
// she has a namespace of her own, those in it. That is the namespace's bound
// then, whatever the command sets itself. Superusers have no such limit.
func (w *warden) userLimit() (limit uint64, ok bool) {
	limit = uint64(w.order.MaxProcesses + ownThreads)
	switch {
	case w.order.User == 0:
		return 0, false
	case w.order.Mapped:
		return limit, counted()
	}
	for _, pid := range ownTable.others(os.Getpid()) {
		if t := ownTable.status(pid); t.user == w.order.User {
			limit += uint64(t.threads)
		}
	}
	return limit, true
}

// ownThreads is how many threads the warden itself may have.
const ownThreads = 16

// counted reports whether the limit on a user's processes is one of her user
// namespace's, as since Linux 5.14.
func counted() bool {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return false
	}
	var major, minor int
	if _, err := fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.%d", &major, &minor); err != nil {
		return false
	}
	return major > 5 || major == 5 && minor >= 14
}

// obey does what it is told: a byte is the polite end of everything, the end of
// the orders the other one. Orders end also when their giver is killed.
func (w *warden) obey(orders io.ByteReader) {
	for {
		if _, err := orders.ReadByte(); err != nil {
			w.end(ending{Exit: -1, Signal: -1})
		}
		w.tell(unix.SIGTERM)
	}
}

// tell sends a signal to all processes but this one.
func (w *warden) tell(s unix.Signal) {
	if w.order.Confined {
		_ = unix.Kill(-1, s) // fails where nothing is left
		return
	}
	for _, d := range descendants() {
		_ = unix.Kill(d.pid, s)
	}
}

// wait reaps everything until the command has ended, and says how.
func (w *warden) wait() {
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, 0, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			w.end(ending{Exit: -1, Signal: -1, Error: fmt.Sprintf("wait: %v", err)})
		case pid == w.command && status.Signaled():
			w.end(ending{Exit: -1, Signal: int(status.Signal())})
		case pid == w.command && status.Exited():
			w.end(ending{Exit: status.ExitStatus(), Signal: -1})
		}
	}
}

// end ends everything, this process too. Of several only the first is heard.
func (w *warden) end(e ending) {
	w.ending.Do(func() {
		if !w.order.Confined {
			killDescendants()
		}
		_ = gob.NewEncoder(w.out).Encode(e) // nobody may be left to read it
		// At once: a race detector's second of waiting is not the command's.
		syscall.Exit(0)
	})
	select {} // another one is ending everything
}

// sampling is how often the warden looks at what processes take.
const sampling = 100 * time.Millisecond

// watch ends everything when it takes too much. A command can take files and time
// from this process, whose user it is: who started it looks, too, where it may.
func (w *warden) watch() {
	if w.order.Processes <= 0 && w.order.Memory <= 0 {
		return
	}
	for {
		time.Sleep(sampling)
		var pids []int
		if w.order.Confined {
			pids = ownTable.others(os.Getpid())
		} else {
			for _, d := range descendants() {
				pids = append(pids, d.pid)
			}
		}
		if limit := ownTable.over(pids, w.order.Processes, w.order.Memory); limit != "" {
			w.end(ending{Exit: -1, Signal: -1, Limit: limit})
		}
	}
}
