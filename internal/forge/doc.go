// Package forge answers: what do the checks of a forge say of a commit?
//
// Recognise tells from a remote's URL which forge stands behind it: GitHub,
// GitLab, or Gitea with its fork Forgejo. A Client asks that forge over its REST
// API. Each forge has its own words for a check that waits, passed or did not
// run; they become the states of backport.Check, and a word that is not known
// counts as pending or failed, never as passed.
//
// A job that nobody has made yet is seen by none of the lists of jobs. So what
// holds jobs together is asked for, too: GitHub's check suites, GitLab's
// pipelines. Gitea and Forgejo make a status for every job when a run begins.
//
// The payloads were written down from the forges' published schemas (GitHub's
// and Gitea's OpenAPI descriptions, GitLab's REST documentation).
//
// Invariants:
//
//   - The token is in one header of a request to the repository's own API, never
//     in a URL, an error, or anything that is returned, also where the forge
//     repeats it; and it goes nowhere unencrypted but to this machine.
//   - No other host is asked, whatever a redirect or a page's links say.
//   - An answer is bounded in bytes and in time, a list in pages; what is cut off
//     is an error, since a check that was not seen may have failed.
//   - What comes from a forge is one line of text without control characters, and
//     a link only with http or https.
//   - Nothing is written to a forge.
package forge
