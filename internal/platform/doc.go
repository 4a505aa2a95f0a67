// Package platform answers: what does a project's own program say or make, run
// where it can do little harm?
//
// A Machine runs commands: this one (NewLocal), a container, or another host. A
// Place is a checkout that was brought there; a Command is an argument list, no
// shell, with limits; a Result is what came of it. A Yard is the folder of all
// that lies about meanwhile, and what the next start removes when this one was
// killed. Run is the short way to one program on this machine.
//
// # This machine
//
// On Linux a command runs in namespaces of its own. Its first process is this
// program, started anew (see warden): it mounts what the command is to see,
// starts it, reaps what it abandons, and is process 1 there. The kernel ends it
// with the thread that started it, and everything else with it, so that nothing
// outlives Backstay even if that is killed, whoever forked twice or left its
// process group. A pidfd or a process group would not do: the one is for a
// single process, the other is left with one call.
//
// The superuser's commands keep her id, to own the files that builds install,
// but few of her privileges. Everybody else gets a user namespace, and in it the
// command has another one, so that it has no privilege over what was mounted.
//
// Where namespaces cannot be had (they are tried, once for each machine) the same
// first process is the one that inherits orphans, and ends all that it finds when
// the command or Backstay ends. That keeps accidents out and no ill will, and
// Place.Kept says so. On other systems a process group or a job object is all.
//
// Processes and memory are limited by control groups where they can be made, else
// by the kernel's limit on a user's processes, and by looking ten times a second.
//
// Invariants:
//
//   - Nothing of the environment is handed on but what a Command and the machine's
//     options say.
//   - When Run returns, the command and what it started are gone; on systems other
//     than Linux and Windows, what did not leave its process group.
//   - Memory is bounded by MaxTail for an output, by its arguments for a Read.
//   - What a command made is never followed out of its folders, neither to be read
//     nor to be removed.
//   - Whatever is made elsewhere was noted before.
package platform
