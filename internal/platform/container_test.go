//go:build unix

package platform

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
)

// dockerInfo is what docker info says, as far as it is read.
const dockerInfo = `{"ServerVersion":"28.2.2","MemoryLimit":true,"PidsLimit":true,"OSType":"linux","SecurityOptions":["name=seccomp,profile=builtin"]}`

// podmanInfo is what podman info says, as far as it is read.
const podmanInfo = `{"host":{"cgroupControllers":["cpu","memory","pids"],"cgroupVersion":"v2","serviceIsRemote":false,"security":{"rootless":true}}}`

// fakeEngine is a program that writes down how it is called and answers as the
// case says, words of a shell's case statement.
func fakeEngine(t *testing.T, version, info, cases string) (program string, calls func() []string) {
	t.Helper()
	dir := t.TempDir()
	script := `#!/bin/sh
printf '%s\n' "$*" | tr '\n' ' ' >>` + quote(dir+"/calls") + `; echo >>` + quote(dir+"/calls") + `
case "$*" in
` + cases + `
--version) echo ` + quote(version) + `;;
info*) printf '%s' ` + quote(info) + `;;
"image inspect"*) echo sha256:0123;;
inspect*) echo '{"Status":"exited","ExitCode":0}';;
esac
`
	program = filepath.Join(dir, "engine")
	// Another process writes it: one that is being started elsewhere may hold a
	// file open that this one wrote.
	if out, err := exec.Command("sh", "-c", `printf %s "$1" >"$2" && chmod +x "$2"`, "sh", script, program).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program, func() []string {
		text, err := os.ReadFile(filepath.Join(dir, "calls"))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSpace(string(text)), "\n")
	}
}

func TestContainerArguments(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, version, info string
		command             Command
		want, not           []string
	}{
		{
			"docker", "Docker version 28.2.2, build e6534b4", dockerInfo,
			Command{Run: []string{"make", "a b"}, Env: []string{"A=b c"}, Memory: 1 << 30, Processes: 77},
			[]string{
				" --network none ", " --cap-drop all ", " --security-opt no-new-privileges ", " --pids-limit 77 ", " --memory 1073741824 --memory-swap 1073741824 ",
				" --env A=b c ", " --env HOME=/backstay/home ", " --entrypoint /bin/sh ", " --pull never ", ",target=/backstay/tree ", ",readonly=true ", "/far/objects,readonly=true ", " --further one sha256:0123 -c ",
			},
			[]string{"--http-proxy", "PATH=", "--privileged", "--volume", "--timeout"},
		},
		{
			"podman", "podman version 4.3.1", podmanInfo,
			Command{Run: []string{"make"}, Network: true},
			[]string{" --http-proxy=false ", " --user 0:0 ", " --pids-limit 4096 ", " --timeout 75 "},
			[]string{"--network", "--memory"},
		},
		{
			"podman without control groups", "podman version 3.0.1", strings.Replace(podmanInfo, `"v2"`, `"v1"`, 1),
			Command{Run: []string{"make"}, Memory: 1 << 30},
			[]string{" --network none "},
			[]string{"--memory", "--pids-limit", "--timeout"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			program, calls := fakeEngine(t, test.version, test.info, "")
			dir, objects := sample(t), filepath.Join(t.TempDir(), "objects")
			if err := errors.Join(os.Mkdir(objects, 0o700), os.MkdirAll(filepath.Join(dir, ".git/objects/info"), 0o700)); err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(dir, ".git/objects/info/alternates"), 0o600, objects+"\n/etc\n")
			if err := errors.Join(os.MkdirAll(filepath.Join(objects, "info"), 0o700), os.MkdirAll(filepath.Join(objects, "../far/objects"), 0o700)); err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(objects, "info/alternates"), 0o600, "../far/objects\n"+objects+"\n")
			p, err := NewContainer(ContainerOptions{Image: "img", Engine: program, Args: []string{"--further", "one"}, Scratch: t.TempDir()}).Open(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			if r := runAt(t, p, test.command); r.State != backport.RunPassed {
				t.Errorf("%+v", r)
			}
			all := calls()
			i := slices.IndexFunc(all, func(c string) bool { return strings.HasPrefix(c, "create ") })
			if i < 0 {
				t.Fatalf("nothing was created: %q", all)
			}
			for _, want := range test.want {
				if !strings.Contains(all[i], want) {
					t.Errorf("%q lacks %q", all[i], want)
				}
			}
			for _, not := range append(test.not, "source=/etc") {
				if strings.Contains(all[i], not) {
					t.Errorf("%q has %q", all[i], not)
				}
			}
			if last := all[len(all)-1]; !strings.HasPrefix(last, "rm --force --volumes backstay-") {
				t.Errorf("the last call is %q", last)
			}
			if slices.Contains(p.Kept(), KeptMemory) != (test.name != "podman without control groups") {
				t.Errorf("kept %v", p.Kept())
			}
		})
	}
}

// What the engine says is told apart from what the command does.
func TestContainerEngineFails(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, info, cases, want string }{
		{"no daemon", dockerInfo, `info*) echo "Cannot connect to the Docker daemon" >&2; exit 1;;`, "Cannot connect"},
		{"no daemon, said politely", `{"ServerErrors":["Cannot connect to the Docker daemon"]}`, "", "Cannot connect"},
		{"nonsense", "nonsense", "", "no engine answers"},
		{"other containers", `{"ServerVersion":"1","OSType":"windows"}`, "", "windows"},
		{"no image", dockerInfo, `"image inspect"*) echo "No such image" >&2; exit 1;;`, "is not here"},
		{"no creation", dockerInfo, `create*) echo "no space left" >&2; exit 125;;`, "no space left"},
		{"no start", dockerInfo, `start*) echo "exec: /bin/sh: no such file" >&2; exit 127;; inspect*) echo '{"Status":"created","ExitCode":127,"Error":""}';;`, "no such file"},
		{"no answer", dockerInfo, `inspect*) echo x;;`, "ask how it ended"},
		{"no removal", dockerInfo, `rm*) echo "device busy" >&2; exit 1;;`, "device busy"},
		{"removed by another", dockerInfo, `rm*) echo "Error: No such container: x" >&2; exit 1;;`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			program, _ := fakeEngine(t, "Docker version 28", test.info, test.cases)
			p, err := NewContainer(ContainerOptions{Image: "img", Engine: program, Scratch: t.TempDir()}).Open(t.Context(), sample(t))
			if err == nil {
				defer p.Close()
				_, err = p.Run(t.Context(), Command{Run: []string{"true"}})
			}
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
	if _, err := NewContainer(ContainerOptions{Image: "--privileged"}).Open(t.Context(), t.TempDir()); err == nil {
		t.Error("an option is an image")
	}
	if _, err := NewContainer(ContainerOptions{Image: "img", Engine: filepath.Join(t.TempDir(), "none")}).Open(t.Context(), t.TempDir()); err == nil {
		t.Error("no error without an engine")
	}
}

func TestContainerPulls(t *testing.T) {
	t.Parallel()
	there := filepath.Join(t.TempDir(), "there")
	program, calls := fakeEngine(t, "Docker version 28", dockerInfo,
		`pull*) touch `+quote(there)+`;;`+"\n"+`"image inspect"*) [ -e `+quote(there)+` ] && echo sha256:4567 || exit 1;;`)
	p, err := NewContainer(ContainerOptions{Image: "img", Engine: program, Pull: true, Scratch: t.TempDir()}).Open(t.Context(), sample(t))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if !slices.Contains(calls(), "pull --quiet img ") {
		t.Errorf("%q", calls())
	}
}

// An engine that hangs does not hold a place up, and Close ends what runs.
func TestContainerClose(t *testing.T) {
	t.Parallel()
	killed := filepath.Join(t.TempDir(), "killed")
	program, _ := fakeEngine(t, "Docker version 28", dockerInfo,
		`start*) while ! [ -e `+quote(killed)+` ]; do sleep 0.1; done;;`+"\n"+`kill*) touch `+quote(killed)+`;;`)
	p, err := NewContainer(ContainerOptions{Image: "img", Engine: program, Scratch: t.TempDir()}).Open(t.Context(), sample(t))
	if err != nil {
		t.Fatal(err)
	}
	ran := make(chan error, 1)
	go func() {
		_, err := p.Run(context.Background(), Command{Run: []string{"true"}})
		ran <- err
	}()
	time.Sleep(300 * time.Millisecond)
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ran; !errors.Is(err, errClosed) {
		t.Errorf("%v, want %v", err, errClosed)
	}
	if _, err := p.Run(t.Context(), Command{Run: []string{"true"}}); !errors.Is(err, errClosed) {
		t.Errorf("%v, want %v", err, errClosed)
	}
}
