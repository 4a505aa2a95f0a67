// Package platform answers: what does a project's own program say or make, run
// where it can do little harm?
//
// Run starts one program in a folder that the caller made for it. The program
// gets an argument list and no shell, a home of its own below that folder, an
// environment of four variables, nothing on its standard input, a time limit,
// and a limit on what it may print. It runs as this user and sees this machine's
// files and network: whoever lets a repository's commands run trusts that
// repository. What Run keeps out are accidents and the user's own surroundings:
// configuration, credentials handed down in variables, git's variables.
//
// Invariants:
//
//   - Nothing of the environment is handed on but what a Recipe says.
//   - When Run returns, the program and on Unix what it started are gone.
//   - Memory is bounded by MaxOutput.
package platform
