package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// engine is a program that makes containers.
type engine struct {
	program string
	podman  bool
	// user is who a command is in the container so that its files are the user's
	// out here.
	user string
	// memory and processes say which limits the engine can hold.
	memory, processes bool
	// timeout: it ends a container after a time by itself.
	timeout bool
}

// ask finds out what a program is and whether it can make containers here.
func ask(ctx context.Context, program string) (*engine, error) {
	ctx, cancel := context.WithTimeout(ctx, engineTime)
	defer cancel()
	e := &engine{program: program, user: "0:0"}
	version, err := e.do(ctx, "--version")
	if err != nil {
		return nil, err
	}
	e.podman = strings.HasPrefix(strings.ToLower(version), "podman")
	var major int
	if _, err := fmt.Sscanf(strings.ToLower(version), "podman version %d.", &major); err == nil {
		e.timeout = major >= 4
	}
	format := "{{json .}}"
	if e.podman {
		format = "json"
	}
	text, err := e.do(ctx, "info", "--format", format)
	if err != nil {
		return nil, err
	}
	if e.podman {
		err = e.readPodman(text)
	} else {
		err = e.readDocker(text)
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

func (e *engine) readPodman(text string) error {
	var info struct {
		Host struct {
			CgroupControllers []string `json:"cgroupControllers"`
			CgroupVersion     string   `json:"cgroupVersion"`
			ServiceIsRemote   bool     `json:"serviceIsRemote"`
			Security          struct {
				Rootless bool `json:"rootless"`
			} `json:"security"`
		} `json:"host"`
	}
	if err := json.Unmarshal([]byte(text), &info); err != nil {
		return fmt.Errorf("read what it says of itself: %w", err)
	}
	if info.Host.ServiceIsRemote && runtime.GOOS == "linux" {
		return errors.New("it runs on another machine, where the checkout is not")
	}
	// Without root, limits need the newer control groups.
	able := !info.Host.Security.Rootless || info.Host.CgroupVersion == "v2"
	e.memory = able && slices.Contains(info.Host.CgroupControllers, "memory")
	e.processes = able && slices.Contains(info.Host.CgroupControllers, "pids")
	return nil
}

func (e *engine) readDocker(text string) error {
	var info struct {
		ServerVersion            string
		ServerErrors             []string
		SecurityOptions          []string
		MemoryLimit, PidsLimit   bool
		OperatingSystem, OSType  string
		Swarm, ClientInfo, Debug json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &info); err != nil {
		return fmt.Errorf("read what it says of itself: %w", err)
	}
	if len(info.ServerErrors) > 0 {
		return errors.New(oneLine(info.ServerErrors[0]))
	}
	if info.ServerVersion == "" {
		return errors.New("its daemon does not answer")
	}
	if info.OSType != "" && info.OSType != "linux" {
		return fmt.Errorf("it makes containers of %s", info.OSType)
	}
	e.memory, e.processes = info.MemoryLimit, info.PidsLimit
	rootless := slices.ContainsFunc(info.SecurityOptions, func(o string) bool { return strings.Contains(o, "rootless") })
	if id := os.Getuid(); id > 0 && !rootless {
		e.user = fmt.Sprintf("%d:%d", id, os.Getgid())
	}
	return nil
}

// image gives the id of an image, so that all commands see the same.
func (e *engine) image(ctx context.Context, name string, pull bool) (string, error) {
	id, err := e.do(ctx, "image", "inspect", "--format", "{{.Id}}", name)
	if err == nil {
		return strings.TrimSpace(id), nil
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if !pull {
		return "", fmt.Errorf("the image is not here: %s pull %s", e.program, name)
	}
	if _, err := e.do(ctx, "pull", "--quiet", name); err != nil {
		return "", fmt.Errorf("pull it: %w", err)
	}
	id, err = e.do(ctx, "image", "inspect", "--format", "{{.Id}}", name)
	return strings.TrimSpace(id), err
}

// remove removes a container, running or not. One that is not there is removed.
func (e *engine) remove(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, engineTime)
	defer cancel()
	_, err := e.do(ctx, "rm", "--force", "--volumes", name)
	if err == nil || strings.Contains(strings.ToLower(err.Error()), "no such container") {
		return nil
	}
	return fmt.Errorf("remove the container %s: %w", name, err)
}

// do runs the engine for something that should take a moment.
func (e *engine) do(ctx context.Context, args ...string) (string, error) {
	var out bounded
	errs := &lines{}
	cmd := exec.CommandContext(ctx, e.program, args...)
	cmd.Stdout, cmd.Stderr = &out, errs
	cmd.WaitDelay = time.Second
	apart(cmd)
	err := cmd.Run()
	var exit *exec.ExitError
	switch said := errs.last(); {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case errors.As(err, &exit) && said != nil:
		return "", said
	case err != nil:
		return "", err
	case out.over:
		return "", errors.New("it says too much")
	}
	return out.String(), nil
}

// oneLine is the first line of what an engine says.
func oneLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
