package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/provenance"
)

// part is a step that changes the target: the commit it came from and the tree
// after it.
type part struct {
	source git.Commit
	origin string
	tree   string
	// conflicts are the files of it that are not git's own result.
	conflicts []backport.File
}

// commits says which commits go on top of the target. None, with a finding on
// the pick, means that no step changes anything.
func (p *publisher) commits(ctx context.Context, pick *backport.Pick) ([]git.Commit, error) {
	parts, err := p.parts(ctx, pick)
	if err != nil || len(parts) == 0 {
		return nil, err
	}
	if pick.Fix.Squash && len(parts) > 1 {
		c, err := squash(parts)
		if err != nil {
			return nil, err
		}
		var origins []string
		for _, part := range parts {
			origins = append(origins, part.origin)
		}
		return []git.Commit{p.sign(c, foreign(pick.Files), origins...)}, nil
	}
	out := make([]git.Commit, 0, len(parts))
	for _, part := range parts {
		out = append(out, p.sign(copied(part), part.conflicts, part.origin))
	}
	return out, nil
}

// parts leaves out the steps that add nothing, and says so.
func (p *publisher) parts(ctx context.Context, pick *backport.Pick) ([]part, error) {
	steps := pick.Fix.Steps
	if len(pick.StepTrees) != len(steps) || len(steps) == 0 {
		return nil, fmt.Errorf("the pick has %d trees for %d steps", len(pick.StepTrees), len(steps))
	}
	target, err := p.source(ctx, pick.Target.Commit)
	if err != nil {
		return nil, err
	}
	var parts []part
	before := target.Tree
	for i, step := range steps {
		after := pick.StepTrees[i]
		if after == before {
			pick.Findings = append(pick.Findings, backport.Finding{
				Check: "nothing-to-commit", Severity: backport.Info, Commit: step.Commit,
				Text: git.ShortID(step.Commit) + " changes nothing on " + pick.Target.Name + " and is left out of the branch",
			})
			continue
		}
		source, err := p.source(ctx, step.Commit)
		if err != nil {
			return nil, err
		}
		var conflicts []backport.File
		if len(pick.StepFiles) == len(steps) {
			// Also a file that stays as the target has it: what the commit
			// leaves out of the fix, its reader must know.
			conflicts = foreign(pick.StepFiles[i])
		} else if conflicts, err = p.changed(ctx, before, after, foreign(pick.Files)); err != nil {
			return nil, err
		}
		parts = append(parts, part{source: source, origin: step.Origin, tree: after, conflicts: conflicts})
		before = after
	}
	return parts, nil
}

// source reads a commit, once for all targets.
func (p *publisher) source(ctx context.Context, id string) (git.Commit, error) {
	if c, ok := p.sources[id]; ok {
		return c, nil
	}
	c, err := p.store.Commit(ctx, id)
	if err != nil {
		return git.Commit{}, err
	}
	p.sources[id] = c
	return c, nil
}

// copied takes over of the original what belongs to the change. Its committer,
// signature and other headers speak of another commit.
func copied(of part) git.Commit {
	return git.Commit{Tree: of.tree, Author: of.source.Author, Encoding: of.source.Encoding, Message: of.source.Message}
}

// sign adds what the message says below the original's: where the commit came
// from, who resolved what git did not merge, and who signs it off.
func (p *publisher) sign(c git.Commit, conflicts []backport.File, origins ...string) git.Commit {
	message := provenance.Append(string(c.Message), p.opts.Style, origins...)
	message = provenance.AppendConflicts(message, p.resolutions(conflicts, c.Encoding))
	message = provenance.AppendOverride(message, p.opts.Override)
	if p.opts.SignOff {
		message = provenance.AppendSignOff(message, person(recode(p.ident, c.Encoding)))
	}
	c.Message = []byte(message)
	return c
}

// person is the "Name <mail>" of an author or committer line.
func person(ident string) string {
	return ident[:strings.LastIndexByte(ident, '>')+1]
}

// squash makes one commit of several. The last part stands for the fix: title,
// author and date are its own. Below the title come all messages in full, then
// the other authors.
func squash(parts []part) (git.Commit, error) {
	last := parts[len(parts)-1]
	c := copied(last)
	known := false
	for _, part := range parts {
		if ascii(part.source) {
			continue
		}
		if known && part.source.Encoding != c.Encoding {
			return c, errors.New("its commits are written in different encodings; carry them one by one, without --squash")
		}
		c.Encoding, known = part.source.Encoding, true
	}
	var b bytes.Buffer
	b.Write(title(last.source.Message))
	b.WriteByte('\n')
	authors := []string{person(last.source.Author)}
	for _, part := range parts {
		b.WriteByte('\n')
		b.Write(bytes.Trim(part.source.Message, "\n"))
		b.WriteByte('\n')
		if other := person(part.source.Author); !slices.Contains(authors, other) {
			authors = append(authors, other)
		}
	}
	if len(authors) > 1 {
		b.WriteString("\nCo-authored-by: " + strings.Join(authors[1:], "\nCo-authored-by: ") + "\n")
	}
	c.Message = b.Bytes()
	return c, nil
}

// title is a message's first paragraph on one line, in the message's encoding.
func title(message []byte) []byte {
	paragraph, _, _ := bytes.Cut(bytes.TrimLeft(message, "\n"), []byte("\n\n"))
	return bytes.ReplaceAll(bytes.TrimRight(paragraph, "\n"), []byte("\n"), []byte(" "))
}

// ascii reports whether a commit reads the same in every encoding that git
// can work with.
func ascii(c git.Commit) bool {
	for _, text := range []string{c.Author, string(c.Message)} {
		for i := range len(text) {
			if text[i] >= 0x80 {
				return false
			}
		}
	}
	return true
}

// reason is the line of the reflogs.
func reason(fix backport.Fix) string {
	name := fix.ID()
	if name == "" {
		name = fix.Slug
	}
	return "backstay: pick " + name
}

// chain writes the plan's commits to the store.
func (p *publisher) chain(ctx context.Context, l *plan, sign bool) error {
	parent := l.pick.Target.Commit
	for _, c := range l.commits {
		c.Parents, c.Committer = []string{parent}, recode(p.ident, c.Encoding)
		var err error
		if sign {
			parent, err = p.repo.SignCommit(ctx, p.store, c)
		} else {
			parent, err = p.store.Write("commit", c.Encode())
		}
		if err != nil {
			return err
		}
	}
	l.tip = parent
	return nil
}
