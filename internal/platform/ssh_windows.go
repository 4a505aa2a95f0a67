package platform

import (
	"os/exec"
	"syscall"
)

// apart keeps the console's Ctrl-C from a helper program: it is told by its
// input, or by its engine, when to end.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// endAll has nothing to end: Windows knows no tree of processes that could be
// ended at once.
func endAll(*exec.Cmd) {}
