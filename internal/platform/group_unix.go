//go:build unix

package platform

import (
	"os/exec"
	"syscall"
)

// group gives a program a process group of its own, and has its end reach all
// of it.
func group(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// endGroup ends what a program left running.
func endGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		// The group is gone where nothing was left.
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}
