// Package bench answers one question: how fast is Backstay, side by side with
// git in the same run?
//
// It has benchmarks only. Each measures our way and git's way of doing the same
// thing on the same repository, one after the other, and reports both, their
// ratio, and how many clean trees differ ("mismatches", which must be 0).
//
//	make bench                                        on generated repositories
//	BACKSTAY_BENCH_REPO=DIR make bench                on a real one
//	go test -run '^$' -bench Matrix -benchtime 1x -timeout 0 ./internal/bench
//
// More variables make a run smaller or larger: BACKSTAY_BENCH_CASES (replay,
// default 1,000), BACKSTAY_BENCH_FIXES (matrix, default 2,000),
// BACKSTAY_BENCH_CONFLICTS (explain, default 200).
//
// Invariants:
//
//   - The repository that is measured on is only read; what has to be written
//     is written to a repository of its own that borrows the objects.
//   - A generated repository is the same in every run.
//   - Times are wall-clock times; the machine should do nothing else.
package bench
