package git

import (
	"os/exec"
	"syscall"
)

// outlive detaches a writing child from the console's Ctrl-C: a writer that is
// cut off leaves a lock in the user's repository.
func outlive(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
