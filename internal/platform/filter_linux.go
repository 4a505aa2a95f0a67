package platform

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// kernelCalls are, by the architecture that a program was made for, what no
// command may ask the kernel for: those of mounts, and of keys. The newer ones
// have the same numbers everywhere.
func kernelCalls() map[uint32][]uint32 {
	common := []uint32{
		unix.SYS_OPEN_TREE, unix.SYS_MOVE_MOUNT, unix.SYS_FSOPEN, unix.SYS_FSCONFIG, unix.SYS_FSMOUNT, unix.SYS_FSPICK, unix.SYS_MOUNT_SETATTR,
	}
	native := append([]uint32{unix.SYS_MOUNT, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL}, common...)
	switch runtime.GOARCH {
	case "amd64": // 21 and so on are those of 32 bits, which it runs, too
		return map[uint32][]uint32{unix.AUDIT_ARCH_X86_64: native, unix.AUDIT_ARCH_I386: append([]uint32{21, 286, 287, 288}, common...)}
	case "arm64":
		return map[uint32][]uint32{unix.AUDIT_ARCH_AARCH64: native, unix.AUDIT_ARCH_ARM: append([]uint32{21, 309, 310, 311}, common...)}
	case "riscv64":
		return map[uint32][]uint32{unix.AUDIT_ARCH_RISCV64: native}
	case "s390x":
		return map[uint32][]uint32{unix.AUDIT_ARCH_S390X: native}
	case "ppc64le":
		return map[uint32][]uint32{unix.AUDIT_ARCH_PPC64LE: native}
	}
	return nil
}

// x32 marks the numbers of a third kind of program on amd64.
const x32 = 0x40000000

// filterCalls has this thread, and what it starts, refused some calls of the
// kernel. In a user namespace of its own a command may mount, which gives
// nothing back that was covered, but does give the control groups: there a file
// ends or halts all processes of one, also those that it cannot see. And the
// keys of a user are those of all her processes.
func filterCalls() error {
	// Where a call's architecture and number are.
	const archAt, numberAt = 4, 0
	const load, and = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_ALU | unix.BPF_AND | unix.BPF_K
	const equal, ret = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	var program []unix.SockFilter
	for arch, calls := range kernelCalls() {
		n := uint8(len(calls))
		program = append(program, unix.SockFilter{Code: load, K: archAt}, unix.SockFilter{Code: equal, K: arch, Jf: n + 4},
			unix.SockFilter{Code: load, K: numberAt}, unix.SockFilter{Code: and, K: ^uint32(x32)})
		for i, call := range calls {
			// Behind the calls are first what allows, then what refuses.
			program = append(program, unix.SockFilter{Code: equal, K: call, Jt: n - uint8(i)})
		}
		program = append(program, unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_ALLOW}, unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)})
	}
	if len(program) == 0 {
		return nil
	}
	program = append(program, unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_ALLOW})
	p := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	err := unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&p)), 0, 0)
	runtime.KeepAlive(program)
	if err != nil {
		return fmt.Errorf("filter calls of the kernel: %w", err)
	}
	return nil
}

// keepFiles has no command inherit the files that whoever started Backstay left
// open.
func keepFiles() error {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return fmt.Errorf("list open files: %w", err)
	}
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			unix.CloseOnExec(fd)
		}
	}
	return nil
}
