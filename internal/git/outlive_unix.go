//go:build unix

package git

import (
	"os/exec"
	"syscall"
)

// outlive puts a child into a process group of its own, so that Ctrl-C at the
// terminal does not reach it: a writer that is cut off leaves a lock in the
// user's repository, one that ends by itself does not.
func outlive(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
}
