//go:build !linux

package platform

import (
	"errors"
	"os/exec"
)

// process is a command that was started.
type process struct {
	cmd *exec.Cmd
	job job
	// done is closed when it has ended; ending and err are set then.
	done   chan struct{}
	ending ending
	err    error
}

// start starts a command. Limits of memory and processes are not seen to here.
func (*mode) start(o order, out *output) (*process, error) {
	cmd := exec.Command(o.Program)
	cmd.Args, cmd.Env, cmd.Dir = o.Run, o.Env, o.Dir
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = grace
	cmd.SysProcAttr = attributes()
	p := &process{cmd: cmd, done: make(chan struct{}), ending: ending{Exit: -1, Signal: -1}}
	if err := cmd.Start(); err != nil {
		p.ending.Error = err.Error()
		close(p.done)
		return p, nil
	}
	if err := p.adopt(o); err != nil {
		_ = cmd.Process.Kill() // it may have ended
		return nil, errors.Join(err, cmd.Wait())
	}
	go p.wait()
	return p, nil
}

func (p *process) wait() {
	defer close(p.done)
	err := p.cmd.Wait()
	p.release()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		p.err = err
		return
	}
	p.ending.Exit, p.ending.Signal = p.cmd.ProcessState.ExitCode(), endedBy(p.cmd)
}

func (*process) over() string { return "" }
