//go:build !linux

package git

import "os/exec"

// dieWithParent has nothing to set here: a reading child ends when the pipe
// to this process does.
func dieWithParent(*exec.Cmd) {}
