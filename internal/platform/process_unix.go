//go:build unix && !linux

package platform

import (
	"context"
	"os/exec"
	"syscall"
)

// mode is the way to run commands here: in a process group of their own.
type mode struct{ confined bool }

func modes(bool) []mode { return []mode{{}} }

func (*mode) kept() []string { return nil }

func (*mode) try(context.Context, room) error { return nil }

func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// signalAll sends a signal to a command's process group: what left the group is
// not reached.
func signalAll(cmd *exec.Cmd, s syscall.Signal) {
	_ = syscall.Kill(-cmd.Process.Pid, s) // it may have ended
}

func (p *process) terminate() { signalAll(p.cmd, syscall.SIGTERM) }

func (p *process) kill() { signalAll(p.cmd, syscall.SIGKILL) }

// job is nothing here: the group was made at the start.
type job struct{}

func (*process) adopt(order) error { return nil }

func (p *process) release() { signalAll(p.cmd, syscall.SIGKILL) }

func endedBy(cmd *exec.Cmd) int {
	if s, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		return int(s.Signal())
	}
	return -1
}
