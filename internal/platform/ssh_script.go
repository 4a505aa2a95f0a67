package platform

import (
	"fmt"
	"strconv"
	"strings"
)

// Scripts go to the host on the standard input of "/bin/sh -s": the shell that
// a user has there reads nothing but these words, be it csh or fish, and there
// is no limit on the length of a command. A script is one group in braces, so
// that the shell has read all of it before it starts.

// quote writes a word so that a POSIX shell reads exactly it.
func quote(word string) string {
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func quoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	return strings.Join(quoted, " ")
}

const (
	asRoot = `unshare`
	// A user who is not root gets it in a user namespace, stays the same user
	// there and gives up all rights that came with it.
	asUser = `unshare --map-current-user --keep-caps`
	drop   = ` setpriv --inh-caps=-all --ambient-caps=-all --`
	// A space of processes ends with its first process, and that with whoever
	// started it. The shell stays as the first: as one, a program would be deaf
	// for its own signals.
	ownProcesses = ` --pid --fork --kill-child --mount-proc`
	stay         = ` /bin/sh -c '"$@"; exit $?' sh`
	// A network without the loopback device would fail tests for no reason of
	// theirs.
	ownNetwork = ` --net`
	withLoop   = ` /bin/sh -c '{ ip link set lo up || ifconfig lo up; } 2>/dev/null || exit 126; "$@"; exit $?' sh`
	// systemPath is where the programs for a network are; a user's own path may
	// lack it.
	systemPath = `PATH=$PATH:/usr/sbin:/sbin`
)

// wrappers are what a command may be run in, by the name that the host answers
// with: for whom, and whether the network (n) and the processes (p) are split
// off.
var wrappers = map[string]string{
	"root-np": asRoot + ownNetwork + ownProcesses + withLoop,
	"root-n":  asRoot + ownNetwork + withLoop,
	"root-p":  asRoot + ownProcesses + stay,
	"user-np": asUser + ownNetwork + ownProcesses + withLoop + drop,
	"user-n":  asUser + ownNetwork + withLoop + drop,
	"user-p":  asUser + ownProcesses + stay + drop,
}

// openScript makes the folder and tells what the host can do, as lines of a key
// and a value: of the wrappers the first that works.
func openScript(name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `umask 077
cd -P "${TMPDIR:-/tmp}" && d=$(pwd -P) && d=${d%%/}/%s && mkdir "$d" "$d/tree" "$d/home" "$d/tmp" || exit 1
for w in tar find env; do command -v $w >/dev/null || { echo "the host has no $w" >&2; exit 1; }; done
echo "folder $d"
%s
u=$(id -u)
[ "$u" = 0 ] || { ulimit -u >/dev/null || ulimit -p >/dev/null; } 2>/dev/null && [ "$u" != 0 ] && echo limited
`, name, systemPath)
	for _, try := range []struct{ key, names string }{{"off", "root-np user-np root-n user-n"}, {"on", "root-p user-p"}} {
		fmt.Fprintf(&b, "for w in %s; do\ncase $w$u in root-*[!p]0|root-*p0|user-*) ;; *) continue;; esac\ncase $w in\n", try.names)
		for name := range strings.FieldsSeq(try.names) {
			fmt.Fprintf(&b, "%s) %s true;;\n", name, wrappers[name])
		}
		fmt.Fprintf(&b, "esac >/dev/null 2>&1 </dev/null && { echo \"%s $w\"; break; }\ndone\n", try.key)
	}
	b.WriteString("true")
	return b.String()
}

// removeScript ends the processes that have the folder as their home and
// removes it. Go's module cache and others write-protect what they unpack.
func removeScript(name string) string {
	return fmt.Sprintf(`cd -P "${TMPDIR:-/tmp}" && d=$(pwd -P) && d=${d%%/}/%s || exit 1
for i in 1 2 3; do
	p=$(grep -lzxF "HOME=$d/home" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3)
	[ -z "$p" ] && break
	kill -9 $p 2>/dev/null
done
rm -rf "$d" 2>/dev/null || { chmod -R u+rwX "$d"; rm -rf "$d"; }
[ ! -e "$d" ]`, name)
}

// memoryScript is a watcher: once a second it sums what the processes below $1 have
// in memory, in KiB, and ends their session when that is over $2, telling so. What
// they share counts once: for that the kernel walks page tables, so it is asked
// only when the quick sum is too high. Where there is no /proc, or no awk, nothing
// is over.
const memoryScript = `while sleep 1; do
	set -- $1 $2 $(cat /proc/[0-9]*/status 2>/dev/null | awk -v top=$1 '
		/^Pid:/ { p = $2 }
		/^PPid:/ { up[p] = $2 }
		/^Rss(Anon|Shmem):/ { kib[p] += $2 }
		END {
			for (p in up) {
				a = p
				for (n = 0; a > 1 && a != top && n < 1000; n++) a = up[a]
				if (a == top) { sum += kib[p]; below = below " " p }
			}
			printf "%d%s", sum, below
		}')
	[ "${3:-0}" -gt $2 ] || continue
	top=$1 limit=$2 sum=$3
	shift 3
	for p; do cat /proc/$p/smaps_rollup; done 2>/dev/null | awk -v sum=$sum -v limit=$limit '
		/^Pss_(Anon|Shmem):/ { shared += $2; known = 1 }
		END { exit (known ? shared : sum) <= limit }' && { echo "$0 memory" >&9; kill -9 -$top; exit; }
	set -- $top $limit
done`

// runScript runs a command: what it prints goes to the output, and what is said
// of it, in lines that begin with the token, to the error output.
//
// Watchers end the command's session: one when the input ends, which it does
// when this process is gone, however it went, one when the time is long over,
// for a connection that died without a word, and one when the memory is. Their home is the command's, by which
// removeScript finds them. The shell itself must live on to end them: without a
// connection it is told to hang up, and to say that a child was killed is to write
// to a closed pipe.
func runScript(p *sshPlace, token string, c Command, env []string) string {
	wrapper := p.on
	if !c.Network {
		wrapper = p.off
	}
	limit := ""
	if p.limited && c.Processes > 0 {
		n := strconv.Itoa(c.Processes)
		limit = "{ ulimit -u " + n + " || ulimit -p " + n + "; } 2>/dev/null; "
	}
	start := `command -v -- "$1" >/dev/null 2>&1 || { echo "$0 absent" >&9; exit 127; }; ` + limit + `exec "$@" 9>&-`
	deadline := "z=$w\n"
	if c.Time > 0 {
		deadline = fmt.Sprintf("HOME=$h $s /bin/sh -c 'sleep %d; kill -9 -$1' sh $p </dev/null >/dev/null 2>&1 3<&- & z=$!\n", int((c.Time + quick).Seconds()))
	}
	memory := "m=$w\n"
	if c.Memory > 0 {
		memory = fmt.Sprintf("HOME=$h $s /bin/sh -c %s $t $p %d 9>&2 </dev/null >/dev/null 2>&1 3<&- & m=$!\n", quote(memoryScript), c.Memory>>10)
	}
	return fmt.Sprintf(`t=%s
cd %s 2>/dev/null || { echo "$t gone" >&2; exit 0; }
s=setsid
command -v setsid >/dev/null || { s=; set -m; } 2>/dev/null
path=$PATH
%s
exec 3<&0
$s %s env -i PATH="$path" %s /bin/sh -c %s $t %s 3<&- 9>&2 2>&1 </dev/null &
p=$!
h=%s
HOME=$h $s /bin/sh -c 'cat >/dev/null; kill -9 -$1' sh $p <&3 >/dev/null 2>&1 3<&- & w=$!
%s%sexec 3<&-
trap '' HUP PIPE TERM
wait $p
r=$?
kill -9 -$p 2>/dev/null
kill -9 -$w 2>/dev/null
kill -9 -$z 2>/dev/null
kill -9 -$m 2>/dev/null
echo "$t exit $r" >&2
exit 0`, token, quote(p.folder+"/tree"), systemPath, wrappers[wrapper], quoteAll(env), quote(start), quoteAll(c.Run), quote(p.folder+"/home"), deadline, memory)
}
