//go:build unix

package git

import (
	"os/exec"
	"syscall"
)

// alone takes the terminal from a child and its children, in a session of their
// own: ssh and helpers of credentials ask there, whatever git is told, and one
// that asks in the background stops for ever.
func alone(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setsid = true
}
