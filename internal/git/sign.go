package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Encode returns the bytes of the commit object, without a signature and
// without headers that Commit does not have.
func (c Commit) Encode() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\n", c.Tree)
	for _, p := range c.Parents {
		fmt.Fprintf(&b, "parent %s\n", p)
	}
	fmt.Fprintf(&b, "author %s\ncommitter %s\n", c.Author, c.Committer)
	if c.Encoding != "" {
		fmt.Fprintf(&b, "encoding %s\n", c.Encoding)
	}
	b.WriteByte('\n')
	b.Write(c.Message)
	return b.Bytes()
}

// Unsigned returns a commit object's bytes without its signature, which is a
// header gpgsig (gpgsig-sha256 in SHA-256 repositories) whose further lines
// begin with a blank.
func Unsigned(content []byte) []byte {
	out := make([]byte, 0, len(content))
	for within := false; len(content) > 0 && content[0] != '\n'; {
		line, rest, found := bytes.Cut(content, []byte("\n"))
		if !found {
			rest = nil
		}
		key, _, _ := bytes.Cut(line, []byte(" "))
		within = within && len(key) == 0 || string(key) == "gpgsig" || string(key) == "gpgsig-sha256"
		if !within {
			out = append(out, content[:len(content)-len(rest)]...)
		}
		content = rest
	}
	return append(out, content...)
}

// Signs reports whether the user's git signs commits (commit.gpgSign).
func (r *Repo) Signs(ctx context.Context) (bool, error) {
	out, err := r.user.output(ctx, nil, "config", "--type=bool", "--get", "commit.gpgSign")
	var failed *commandError
	if errors.As(err, &failed) && failed.status == 1 {
		return false, nil // not set
	}
	if err != nil {
		return false, fmt.Errorf("read commit.gpgSign: %w", err)
	}
	return strings.TrimSpace(string(out)) == "true", nil
}

// ErrUnsignable says that git would write another commit than the one it was
// asked to sign, or none: it tidies up names, dates and texts that are not
// well-formed, and refuses an author without a name or with no date.
var ErrUnsignable = errors.New("git cannot sign this commit without changing its author line or its message")

// SignCommit writes the commit to the store with the user's signature and
// returns its id. It is git that signs, as the user has set it up (gpg.format,
// user.signingKey and so on), in the user's repository but with the store for
// its objects. Only the signature is added: git's result is compared byte for
// byte, and if it differs the error is ErrUnsignable, as it is where git
// refuses the author.
func (r *Repo) SignCommit(ctx context.Context, s *Store, c Commit) (string, error) {
	dir, err := filepath.Abs(s.Dir)
	if err != nil {
		return "", fmt.Errorf("sign commit: %w", err)
	}
	author, ok := identEnv("AUTHOR", c.Author)
	committer, ok2 := identEnv("COMMITTER", c.Committer)
	if !ok || !ok2 || bytes.IndexByte(c.Message, 0) >= 0 {
		return "", ErrUnsignable
	}
	encoding := c.Encoding
	if encoding == "" {
		encoding = "UTF-8"
	}
	args := []string{"-c", "i18n.commitEncoding=" + encoding, "-c", "core.fsync=none", "commit-tree", "-S", c.Tree}
	for _, p := range c.Parents {
		args = append(args, "-p", p)
	}
	cmd := r.user.command(ctx, args...)
	cmd.Env = append(append(append([]string{}, cmd.Env...), author...), committer...)
	// The signing program's temporary files go where they are swept away.
	cmd.Env = append(cmd.Env, "GIT_OBJECT_DIRECTORY="+filepath.Join(dir, "objects"), "TMPDIR="+dir)
	out, err := finish(ctx, cmd, bytes.NewReader(c.Message), args[4:])
	var failed *commandError
	if errors.As(err, &failed) && r.refusesIdent(ctx, author) {
		return "", ErrUnsignable
	}
	if err != nil {
		return "", fmt.Errorf("sign commit: %w", err)
	}
	id := strings.TrimSpace(string(out))
	o, err := s.Read(ctx, id, maxCommit)
	if err != nil {
		return "", fmt.Errorf("sign commit: %w", err)
	}
	if unsigned := Unsigned(o.Content); len(unsigned) == len(o.Content) || !bytes.Equal(unsigned, c.Encode()) {
		return "", ErrUnsignable
	}
	return id, nil
}

// refusesIdent reports whether git writes no commit at all with this author:
// one without a name, or with a date that is none. git is asked, as its words
// are in the user's language.
func (r *Repo) refusesIdent(ctx context.Context, author []string) bool {
	cmd := r.user.command(ctx, "var", "GIT_AUTHOR_IDENT")
	cmd.Env = append(append([]string{}, cmd.Env...), author...)
	_, err := finish(ctx, cmd, nil, []string{"var"})
	var failed *commandError
	return errors.As(err, &failed)
}

// identEnv turns "Name <mail> seconds zone" into the variables that git takes
// an identity from.
func identEnv(who, ident string) ([]string, bool) {
	lt, gt := strings.IndexByte(ident, '<'), strings.LastIndexByte(ident, '>')
	if lt < 0 || gt < lt || strings.IndexByte(ident, 0) >= 0 {
		return nil, false
	}
	prefix := "GIT_" + who + "_"
	return []string{
		prefix + "NAME=" + strings.TrimSuffix(ident[:lt], " "),
		prefix + "EMAIL=" + ident[lt+1:gt],
		prefix + "DATE=@" + strings.TrimPrefix(ident[gt+1:], " "),
	}, true
}
