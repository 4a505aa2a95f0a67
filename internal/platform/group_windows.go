package platform

import (
	"os/exec"
	"syscall"
)

// group keeps the console's Ctrl-C from a program: its context ends it.
func group(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// endGroup has nothing to end: Windows knows no tree of processes that could be
// ended at once.
func endGroup(*exec.Cmd) {}
