package git

import (
	"os/exec"
	"syscall"
)

// dieWithParent lets the kernel end a reading child when this process is
// killed in a way that leaves no time to do it.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
