// Package config answers one question: what does a project's .backstay.yaml
// ask for?
//
// The file is optional and small. It is read strictly, since a setting that is
// silently ignored is worse than an error: a key that is not known, a value of
// the wrong kind, a key given twice each end with an error that names line and
// column and shows the place.
//
//	releases:            # branches that are releases, instead of recognising them
//	  - release/*
//	  - v0.2.x
//	provenance: git-x    # how a backport names its origin
//	sign-off: true       # add the committer's Signed-off-by
//	squash: false        # one commit of a fix that has several
//	regenerate:          # files that programs make; run only with the user's leave
//	  - paths: [api/**/*.pb.go]
//	    run: [make, protos]
//	platforms:           # where backports are built and tested
//	  - name: linux-amd64
//	    test: [go, test, -json, ./...]
//	policy:              # what must hold of them
//	  - targets: [release/*]
//	    proof: proven
//
// The text is a repository's and therefore hostile. Of YAML only what such a
// file needs is accepted: no anchors, aliases, merge keys, tags, directives,
// second documents or deep nesting. That is checked on the tokens, before the
// YAML library builds a tree of them: its time and memory grow with the square
// of the nesting and with the product of nested aliases.
//
// Invariants:
//
//   - Parse reads no file, variable or clock; the same bytes give the same
//     answer.
//   - Parse never panics. Its cost is bounded by MaxSize and MaxTokens.
//   - Every failure is an *Error.
package config
