package main

const preface = `# How good the answers are

Made by ` + "`make quality`" + ` from the five repositories that the shipped model was fitted to. In the first two tables
no figure is of a model that knew the repository it is about: each is judged with one fitted to the other four, and with
what its own history taught before each case's moment. A case is a commit that says which commit it was picked from (docs/replay.md).

- **resolved as people did**: the result is the tree that people committed, or differs from it in documentation and
  changelogs only; share of all cases that git did not merge.
- **precision of resolved**: the same test, share of the answers that were given as resolved.
- **first answer right**: resolved and proposed together.
- **clean but different, flagged**: cases that git merged, whose code files are not what people committed, and of which
  a check warns; **false alarms**: warnings on those that git merged exactly.

`

const rungPreface = `
## The record of each rung

On the regions of the fixes themselves, asked alone: how often it had an answer, and how often that was what people
committed. The forest weighs them by what surrounds the region; this is where it starts from.

| rung | answers | right |
|---|---|---|
`

const crossedText = `
## Cross-validated by fix

All five repositories together; every case is judged by what was fitted to other fixes, its own repository among them:
what a user sees whose history is like these. Before the gates, which make some resolved picks proposed.

%s`

const shippedText = `
## The shipped model on what it was fitted to

What "backstay replay" shows on these clones. These figures flatter: the model knows the cases.

%s%s
`
