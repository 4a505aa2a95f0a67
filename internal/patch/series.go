package patch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrNotAPatch is returned for input in which there is no diff at all.
var ErrNotAPatch = errors.New("not a patch: there is no diff in it")

// Series is one fix: its patches in the order of the input.
type Series struct {
	// Patches has at least one element. Mails without a diff (cover letters)
	// are not in it.
	Patches []Patch
	// BaseCommit is the full hex id of the first "base-commit:" line that git
	// format-patch --base writes, "" if there is none.
	BaseCommit string
}

// Patch is one commit to make.
type Patch struct {
	// ID is the hex id in the line "From <id> Mon Sep 17 00:00:00 2001" or
	// "commit <id>", "" if there is none. A hint: anybody can write it.
	ID string
	// Author is who wrote the change, in-body "From:" lines considered.
	Author Signature
	// Subject is the first paragraph of Message as one line.
	Subject string
	// Message is the whole message as git am --keep-non-patch commits it:
	// without "[PATCH]" prefix, up to the "---" line, blank runs and trailing
	// space removed, in UTF-8 where its charset was stated truly, ended by one
	// newline. "" for a bare diff. Unlike git am it goes on past a diff that is
	// quoted in it, where git format-patch wrote a diffstat behind.
	Message string
	// Files has at least one element, in the order of the diff.
	Files []File
}

// Signature is the author of a patch as far as the input states it.
type Signature struct {
	Name, Email string
	// Seconds is the Unix time, Offset the minutes east of UTC.
	Seconds int64
	Offset  int
	// Known is true if e-mail and date were stated and understood, so that a
	// git author line can be made of it. Name and Email may be set without it.
	Known bool
}

// Limits bounds what Parse accepts. A zero field means its default.
type Limits struct {
	Bytes   int64 // of input; default 64 MiB
	Patches int   // in the series; default 10,000
	Files   int   // of all patches together; default 100,000
}

func (l Limits) orDefault() Limits {
	if l.Bytes <= 0 {
		l.Bytes = 64 << 20
	}
	if l.Patches <= 0 {
		l.Patches = 10_000
	}
	if l.Files <= 0 {
		l.Files = 100_000
	}
	return l
}

// Parse reads r to its end. The files of the result refer to the bytes read,
// which are kept as long as one of them is.
func Parse(r io.Reader, limits Limits) (Series, error) {
	limits = limits.orDefault()
	text, err := io.ReadAll(io.LimitReader(r, limits.Bytes+1))
	if err != nil {
		return Series{}, fmt.Errorf("read patch: %w", err)
	}
	if int64(len(text)) > limits.Bytes {
		return Series{}, fmt.Errorf("patch is larger than %d bytes", limits.Bytes)
	}
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return Series{}, errors.New("line 1: the text is UTF-16: write the patch with git's --output=FILE, not through a shell that recodes it")
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	p := parser{limits: limits}
	if err := p.mbox(newCursor(text), 0); err != nil {
		return Series{}, err
	}
	if len(p.series.Patches) == 0 {
		return Series{}, ErrNotAPatch
	}
	return p.series, nil
}

// parser collects the series over all mails of the input.
type parser struct {
	limits Limits
	series Series
	files  int
}

// add appends a patch that was read from the diff at c; a text without files
// is a cover letter and adds nothing.
func (p *parser) add(c *cursor, patch Patch) error {
	start := *c
	d := diffReader{c: c, base: &p.series.BaseCommit, maxFiles: p.limits.Files - p.files}
	files, err := d.read()
	if err != nil || len(files) == 0 {
		return err
	}
	if len(p.series.Patches) >= p.limits.Patches {
		return start.errorf("more than %d patches", p.limits.Patches)
	}
	if strings.IndexByte(patch.Message, 0) >= 0 {
		return start.errorf("message before this line has a NUL byte in it")
	}
	p.files += len(files)
	patch.Files = files
	patch.Subject = subjectOf(patch.Message)
	p.series.Patches = append(p.series.Patches, patch)
	return nil
}
