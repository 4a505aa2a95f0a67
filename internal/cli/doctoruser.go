package cli

import (
	"context"
	"os/exec"
	"strings"

	"backstay.dev/backstay/internal/git"
)

// identity says who would commit.
func (d *diagnosis) identity(ctx context.Context, repo *git.Repo) {
	who, err := repo.Ident(ctx)
	if err != nil {
		d.add("identity", checkMissing, `git config --global user.name "Your Name", and user.email; needed to write branches`, "git does not know who you are")
		return
	}
	d.add("identity", checkOK, "", "%s", who[:strings.LastIndexByte(who, '>')+1])
}

// signers are the programs that git signs with, by gpg.format (git-config(1)).
var signers = map[string]struct{ config, program string }{
	"openpgp": {"gpg.openpgp.program", "gpg"},
	"x509":    {"gpg.x509.program", "gpgsm"},
	"ssh":     {"gpg.ssh.program", "ssh-keygen"},
}

// signing says whether commits are signed, and whether they can be. Nothing is
// signed for trying: that could ask for a passphrase.
func (d *diagnosis) signing(ctx context.Context, repo *git.Repo) {
	signs, err := repo.Signs(ctx)
	switch {
	case err != nil:
		d.add("signing", checkWarn, "git config --show-origin commit.gpgSign shows where it is set", "%v", err)
		return
	case !signs:
		d.add("signing", checkOK, "", "commits are not signed (commit.gpgSign)")
		return
	}
	format := repo.Config(ctx, "gpg.format")
	if format == "" {
		format = "openpgp"
	}
	signer, ok := signers[format]
	if !ok {
		d.add("signing", checkMissing, "use openpgp, x509 or ssh", "gpg.format is %q", format)
		return
	}
	program := repo.Config(ctx, signer.config)
	if program == "" && format == "openpgp" {
		program = repo.Config(ctx, "gpg.program")
	}
	if program == "" {
		program = signer.program
	}
	if _, err := exec.LookPath(program); err != nil {
		d.add("signing", checkMissing, "install it, or set "+signer.config+" or commit.gpgSign=false", "commits are signed with %s, but there is no %s", format, program)
		return
	}
	key := repo.Config(ctx, "user.signingKey")
	switch {
	case key == "" && format == "ssh" && repo.Config(ctx, "gpg.ssh.defaultKeyCommand") == "":
		d.add("signing", checkMissing, "set user.signingKey to the file of your public key", "commits are signed with ssh, but no key is named")
	case key == "":
		d.add("signing", checkOK, "", "commits are signed with %s (%s), with the key of your identity", format, program)
	default:
		d.add("signing", checkOK, "", "commits are signed with %s (%s), key %s", format, program, key)
	}
}
