//go:build unix

package git

import (
	"os/exec"
	"syscall"
)

// outlive puts a writing child into a process group of its own, so that
// Ctrl-C at the terminal does not reach it: a writer that is cut off leaves a
// lock in the user's repository, one that ends by itself does not.
func outlive(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}
