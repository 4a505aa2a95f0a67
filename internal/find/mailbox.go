package find

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/patch"
)

// mailbox reads a patch or a series of them as one fix. name is what messages
// call it.
func (r *reader) mailbox(ctx context.Context, name string, in io.Reader) (backport.Fix, error) {
	series, err := patch.Parse(in, patch.Limits{})
	if err != nil {
		return backport.Fix{}, &backport.InputError{
			What: fmt.Sprintf("%s: %v", name, err),
			Hint: "git format-patch --stdout writes what can be read here", Err: err,
		}
	}
	read, err := r.reconstruct(ctx, name, series)
	if err != nil {
		return backport.Fix{}, err
	}
	fix := backport.Fix{Notes: read.notes}
	parent := read.base
	for i, p := range series.Patches {
		made := read.steps[i]
		if made.base == made.tree {
			return backport.Fix{}, &backport.InputError{What: fmt.Sprintf("%s: patch %d changes nothing", name, i+1)}
		}
		if parent == "" || read.apart {
			if parent, err = r.store.Trial(made.base, ""); err != nil {
				return backport.Fix{}, err
			}
		}
		text := r.letter(ctx, name, p, read.date, &fix)
		commit, err := r.store.Write("commit", fmt.Appendf(nil, "tree %s\nparent %s\nauthor %s\ncommitter %s\n\n%s",
			made.tree, parent, text.author, text.author, text.message))
		if err != nil {
			return backport.Fix{}, err
		}
		fix.Steps = append(fix.Steps, backport.Step{Commit: commit, Base: parent, Origin: r.origin(ctx, p)})
		fix.Subject = text.subject
		parent = commit
	}
	if fix.Slug = slug(fix.Subject); fix.Slug == "" {
		fix.Slug = "patch-" + git.ShortID(parent)
	}
	return fix, nil
}

// letter is what a commit takes from its mail.
type letter struct{ author, subject, message string }

// letter fills in what a bare diff does not say: the author is then whoever
// runs this, on the day of the base, so that a second run makes the same
// commit.
func (r *reader) letter(ctx context.Context, name string, p patch.Patch, date int64, fix *backport.Fix) letter {
	l := letter{subject: p.Subject, message: strings.ReplaceAll(p.Message, "\x00", "\uFFFD")}
	if l.message == "" {
		base := filepath.Base(name)
		if looksLikePatch(base) {
			base = strings.TrimSuffix(base, filepath.Ext(base))
		}
		l.subject = strings.Join(strings.Fields(strings.ToValidUTF8(base, "\uFFFD")), " ")
		l.message = l.subject + "\n"
		fix.Notes = append(fix.Notes, "the patch has no message; it is called "+quote(l.subject))
	}
	a := p.Author
	if a.Known {
		zone := '+'
		if a.Offset < 0 {
			zone, a.Offset = '-', -a.Offset
		}
		l.author = fmt.Sprintf("%s <%s> %d %c%02d%02d", identity(a.Name), identity(a.Email), a.Seconds, zone, a.Offset/60, a.Offset%60)
		return l
	}
	who := fmt.Sprintf("%s <%s>", identity(a.Name), identity(a.Email))
	missing := "date"
	if a.Email == "" {
		missing = "author"
		who = "unknown <>"
		if ident, err := r.repo.Ident(ctx); err == nil {
			who = ident[:strings.LastIndexByte(ident, '>')+1]
		}
	}
	fix.Notes = append(fix.Notes, fmt.Sprintf("the patch names no %s; taken as by %s", missing, who))
	l.author = fmt.Sprintf("%s %d +0000", who, date)
	return l
}

// identity cleans one half of an author as git does: what would end it early
// goes, and so do blanks around it.
func identity(s string) string {
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if c == '<' || c == '>' || c == '\n' || c == 0 {
			return -1
		}
		return c
	}, s))
}

// origin is the commit that a patch says it was made from, if this repository
// has that commit and it has the patch's subject: anybody can write an id.
func (r *reader) origin(ctx context.Context, p patch.Patch) string {
	if !git.IsID(p.ID) || len(p.ID) != 2*r.store.Format.RawLen() {
		return ""
	}
	c, err := r.store.Commit(ctx, p.ID)
	if err != nil {
		return ""
	}
	if s := c.Subject(); s != p.Subject && withoutTags(s) != p.Subject {
		return ""
	}
	return p.ID
}

// withoutTags removes leading "[net]" groups, as reading a mail does.
func withoutTags(s string) string {
	for strings.HasPrefix(s, "[") {
		_, rest, ok := strings.Cut(s, "]")
		if !ok {
			break
		}
		s = strings.TrimLeft(rest, " \t")
	}
	return s
}

// maxSlug bounds a slug in bytes.
const maxSlug = 40

// slug makes a subject a component of a ref: lower-case ASCII letters, digits
// and dashes, cut between words where possible. It may be empty.
func slug(subject string) string {
	var b strings.Builder
	for _, c := range []byte(strings.ToLower(subject)) {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			b.WriteByte(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() > maxSlug {
			break
		}
	}
	s := b.String()
	if len(s) > maxSlug {
		s = s[:maxSlug+1]
		if i := strings.LastIndexByte(s, '-'); i > maxSlug/2 {
			s = s[:i]
		} else {
			s = s[:maxSlug]
		}
	}
	return strings.Trim(s, "-")
}

// misfit says that a patch does not fit where it was tried; anything else that
// fails ends the reading.
type misfit struct{ error }

func (m misfit) Unwrap() error { return m.error }

func isMisfit(err error) bool {
	var m misfit
	return errors.As(err, &m)
}
