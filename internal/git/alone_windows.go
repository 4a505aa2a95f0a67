package git

import "os/exec"

// alone keeps the console's Ctrl-C from a child: its context ends it.
func alone(cmd *exec.Cmd) { outlive(cmd) }
