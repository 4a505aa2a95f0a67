// Package reuse answers: has this chunk been resolved before, by whom, and
// what stands there now?
//
// A Resolution is one chunk with the text that replaced it. [Results] reads
// resolutions off a merge and the file that was made of it, a [Store] keeps
// and finds them, [Rerere] reads those that git rerere has recorded.
//
// # What is kept
//
// Resolutions are files of the commits on refs/backstay/resolutions, so that
// git fetches, pushes and shows them:
//
//	4f/0c…e1-5a41d2f09b7c8e36
//
// The first 64 digits are the [Key] of the chunk, the others a digest of the
// rest. A file has a short header and four texts; see [Resolution]. Every call
// of Add is one commit, and two such histories merge by the union of their
// files. What was fetched from others lies in
//
//	refs/backstay/remotes/<remote>/resolutions
//
// and counts as well; the next Add takes it in.
//
// # What is the same chunk
//
// The key is made of the three sides, of each without blank lines at its ends,
// blanks at the ends of lines, and carriage returns; indentation counts. So a
// resolution made on 2.x serves 1.x where the surroundings differ. What is
// found is fitted to the chunk that was asked for, or left out.
//
// # Invariants
//
//   - A file under another name than its content gives is not believed, nor is
//     one that is larger than 1 MiB or has a side larger than 256 KiB; what is
//     damaged counts as not there.
//   - Nothing but refs/backstay/resolutions is written. It is moved from the
//     value that was read; when somebody else was faster all is done again on
//     top of what is there then.
//   - Adding what is there already writes nothing.
//   - With Results put in the places of the chunks, the merge is the file that
//     a person made of it wherever only chunks were changed.
package reuse
