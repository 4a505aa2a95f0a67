package provenance

import "strings"

// A Style is a dialect that can be written. Its value is the Dialect that
// Parse reports for it.
type Style string

// The styles. The zero value means GitX.
const (
	GitX           Style = "git-x"           // (cherry picked from commit X)
	Ubuntu         Style = "ubuntu"          // (backported from commit X), for copies that were adapted
	StableUpstream Style = "stable-upstream" // commit X upstream.
	StableBracket  Style = "stable-bracket"  // [ Upstream commit X ]
	DPDK           Style = "dpdk"            // [ upstream commit X ], of DPDK and Cilium
)

// Styles lists every style, the default first.
func Styles() []Style { return []Style{GitX, Ubuntu, StableUpstream, StableBracket, DPDK} }

// line returns the line that names id, without its end.
func (s Style) line(id string) string {
	switch s {
	case Ubuntu:
		return "(backported from commit " + id + ")"
	case StableUpstream:
		return "commit " + id + " upstream."
	case StableBracket:
		return "[ Upstream commit " + id + " ]"
	case DPDK:
		return "[ upstream commit " + id + " ]"
	}
	return "(cherry picked from commit " + id + ")"
}

// onTop tells whether the line stands between the title and the body.
func (s Style) onTop() bool {
	return s == StableUpstream || s == StableBracket || s == DPDK
}

// Append adds one line of provenance per id to message, in the order given.
// Every byte of the message stays, in its order; a missing last line end is
// added.
//
// GitX and Ubuntu go to the end: into the block of trailers if there is one,
// else below a blank line, exactly as git cherry-pick -x does. The other styles
// are the first paragraph below the title, as the stable kernels and DPDK have
// it. An unknown style is written as GitX. What is not an object id of 7 to 64
// hex digits is left out, so that no message claims nothing.
func Append(message string, s Style, ids ...string) string {
	var sb strings.Builder
	for _, id := range ids {
		if full, ok := hexID(id); ok && len(full) == len(id) {
			sb.WriteString(s.line(full))
			sb.WriteByte('\n')
		}
	}
	switch {
	case sb.Len() == 0:
		return message
	case s.onTop():
		return belowTitle(message, sb.String())
	}
	return below(message, sb.String())
}

// below appends lines to the trailers, or below a blank line if there are none.
func below(message, lines string) string {
	message = completeLine(message)
	if !endsInTrailers(message) {
		message += "\n"
	}
	return message + lines
}

// belowTitle makes lines the first paragraph after the title.
func belowTitle(message, lines string) string {
	message = completeLine(message)
	end := titleEnd(message)
	sep := "\n"
	if end == 0 {
		sep = ""
	}
	return message[:end] + sep + lines + message[end:]
}

func completeLine(s string) string {
	if s == "" || strings.HasSuffix(s, "\n") {
		return s
	}
	return s + "\n"
}

// A Resolution says who resolved the conflict in a file.
type Resolution struct {
	Path string
	By   string // a rung of the ladder or a person; empty if it is not known
}

// AppendConflicts adds a Conflicts: paragraph that names every file that is
// not git's own result:
//
//	Conflicts:
//		lib/a.c: resolved by tokens
//
// It is a trailer with continuation lines and goes where Append puts a line of
// git -x: apart from the trailers it would hide them, the original's Change-Id
// and Reviewed-by, from every tool that looks for trailers in the last
// paragraph. Paths with blanks or control characters are quoted as git quotes
// them. Without resolutions the message stays as it is.
func AppendConflicts(message string, resolutions []Resolution) string {
	if len(resolutions) == 0 {
		return message
	}
	var sb strings.Builder
	sb.WriteString("Conflicts:\n")
	for _, r := range resolutions {
		sb.WriteString("\t" + quotePath(r.Path))
		if by := oneLine(r.By); by != "" {
			sb.WriteString(": resolved by " + by)
		}
		sb.WriteByte('\n')
	}
	return below(message, sb.String())
}

// Override is the key of the trailer that says why a backport was written
// although a gate refused it.
const Override = "Backstay-Override"

// AppendOverride adds "Backstay-Override: reason", where Append puts a line of
// git -x. Without a reason the message stays as it is.
func AppendOverride(message, reason string) string {
	if reason = oneLine(reason); reason == "" {
		return message
	}
	return below(message, Override+": "+reason+"\n")
}

// AppendSignOff adds "Signed-off-by: Name <mail>" at the end by the rule of
// git cherry-pick -s: not if it is the last trailer already, into the block of
// trailers if there is one, else below one blank line.
//
// git commit -s differs in one point only: it puts the line before a
// Conflicts: paragraph or comments that end the message. Here the sign-off
// stands last, for it vouches for the resolutions too.
func AppendSignOff(message, identity string) string {
	identity = oneLine(identity)
	if identity == "" {
		return message
	}
	line := "Signed-off-by: " + identity + "\n"
	message = completeLine(message)
	switch {
	case endsInTrailers(message):
		if lastTrailer(message) == line {
			return message
		}
	case message == "":
		message = "\n\n" // room for a title, as git leaves it
	case !strings.HasSuffix(message, "\n\n"):
		message += "\n"
	}
	return message + line
}

// oneLine makes s fit in a line: control characters, line ends among them,
// become blanks.
func oneLine(s string) string {
	b := []byte(s)
	for i := range b {
		if b[i] < ' ' || b[i] == 0x7f {
			b[i] = ' '
		}
	}
	return trim(string(b))
}
