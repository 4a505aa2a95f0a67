//go:build unix

package platform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A test binary plays the programs that no shell can.
func TestMain(m *testing.M) {
	if play := os.Getenv("PLATFORM_TEST_PLAY"); play != "" {
		os.Exit(perform(play))
	}
	os.Exit(m.Run())
}

// actor is this test binary, where a confined command can see it.
func actor(t *testing.T, play string) (run, env, readable []string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{exe}, []string{"PLATFORM_TEST_PLAY=" + play}, []string{exe}
}

func perform(play string) int {
	switch play {
	case "echo": // a server and a client of one network
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return 1
		}
		go func() {
			if c, err := l.Accept(); err == nil {
				_, _ = io.WriteString(c, "hello")
				c.Close()
			}
		}()
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			return 2
		}
		if text, err := io.ReadAll(c); err != nil || string(text) != "hello" {
			return 3
		}
	case "dial":
		if _, err := net.DialTimeout("tcp", os.Getenv("ADDRESS"), 5*time.Second); err != nil {
			return 7
		}
	case "hog": // 64 MiB more each time
		var all [][]byte
		for range 64 {
			all = append(all, bytes.Repeat([]byte{1}, 64<<20))
			fmt.Println(len(all))
			time.Sleep(5 * time.Millisecond)
		}
		runtime.KeepAlive(all)
	case "output": // a gibibyte
		line := bytes.Repeat([]byte("0123456789abcde\n"), 4096)
		for range 1 << 14 {
			if _, err := os.Stdout.Write(line); err != nil {
				return 1
			}
		}
	case "bomb":
		return performBomb()
	case "takeover", "blind", "escape", "share":
		return attack(play)
	case "yard": // open a yard, run something in it, and be killed
		return performYard(os.Getenv("YARD"))
	}
	return 0
}

// performBomb starts a fork bomb when it is told that it may.
func performBomb() int {
	if _, err := os.Stdin.Read(make([]byte, 1)); err != nil {
		return fail(err)
	}
	if os.Geteuid() != 0 {
		if err := unix.Setrlimit(unix.RLIMIT_NPROC, &unix.Rlimit{Cur: 1000, Max: 1000}); err != nil {
			return fail(err)
		}
	}
	ctx := context.Background()
	o := LocalOptions{Scratch: os.Getenv("SCRATCH"), Path: "/usr/bin:/bin", Unconfined: os.Getenv("UNCONFINED") != ""}
	place, err := NewLocal(o).Open(ctx, os.Getenv("DIR"))
	if err != nil {
		return fail(err)
	}
	r, err := place.Run(ctx, Command{
		Run: []string{"sh", "-c", `bomb() { bomb | bomb & bomb; }; bomb`, os.Getenv("MARK")}, Processes: 200, Time: 30 * time.Second, Output: 1 << 20,
	})
	if err := errors.Join(err, place.Close()); err != nil {
		return fail(err)
	}
	if r.Seconds > 20 {
		fmt.Println("after", r.Seconds, "seconds")
	}
	fmt.Printf("%s: %s\n", r.State, r.Detail)
	return 0
}
