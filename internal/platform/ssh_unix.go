//go:build unix

package platform

import (
	"os/exec"
	"syscall"
)

// apart keeps the terminal's Ctrl-C from a helper program: it is told by its
// input, or by its engine, when to end.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// endAll ends what a helper program that has ended left running.
func endAll(cmd *exec.Cmd) {
	// The group is gone where nothing was left.
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
}
