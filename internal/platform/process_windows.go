package platform

import (
	"context"
	"fmt"
	"os/exec"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// mode is the way to run commands here: in a job object.
type mode struct{ confined bool }

func modes(bool) []mode { return []mode{{}} }

func (*mode) kept() []string { return nil }

func (*mode) try(context.Context, room) error { return nil }

// attributes keep the console's Ctrl-C from a command: its context ends it.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
}

// job is a job object: its processes end with its last handle, also when this
// process is ended. What the command starts before it is in its job is not.
type job struct {
	mu     sync.Mutex
	handle windows.Handle
}

// adopt puts a command into a job of its own, with its limits.
func (p *process) adopt(o order) error {
	h, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return fmt.Errorf("make a job: %w", err)
	}
	p.job.handle = h
	var info windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	info.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | windows.JOB_OBJECT_LIMIT_ACTIVE_PROCESS
	info.BasicLimitInformation.ActiveProcessLimit = uint32(o.MaxProcesses)
	if o.Memory > 0 {
		info.BasicLimitInformation.LimitFlags |= windows.JOB_OBJECT_LIMIT_JOB_MEMORY
		info.JobMemoryLimit = uintptr(o.Memory)
	}
	if _, err := windows.SetInformationJobObject(h, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info))); err != nil {
		p.release()
		return fmt.Errorf("limit a job: %w", err)
	}
	handle, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(p.cmd.Process.Pid))
	if err == nil {
		err = windows.AssignProcessToJobObject(h, handle)
		_ = windows.CloseHandle(handle)
	}
	if err != nil {
		p.release()
		return fmt.Errorf("put a command into a job: %w", err)
	}
	return nil
}

// terminate does nothing: there is no polite end here that reaches a tree of
// processes.
func (*process) terminate() {}

func (p *process) kill() {
	p.job.mu.Lock()
	defer p.job.mu.Unlock()
	if p.job.handle != 0 {
		_ = windows.TerminateJobObject(p.job.handle, 1) // it may have ended
	}
}

// release ends what is left in the job.
func (p *process) release() {
	p.job.mu.Lock()
	defer p.job.mu.Unlock()
	_ = windows.CloseHandle(p.job.handle)
	p.job.handle = 0
}

func endedBy(*exec.Cmd) int { return -1 }
