// Package calibrate answers: how often is an answer like this one right?
//
// A Forest is a sum of small decision trees that turns what can be seen of an
// answer into odds, fitted by gradient boosting (J. H. Friedman, "Greedy
// Function Approximation: A Gradient Boosting Machine", 2001) with the
// second-order gains and the histogram search that became usual later (T. Chen,
// C. Guestrin, "XGBoost", 2016). Odds of a fit are not yet a measured
// precision: a Scale is a monotone staircase, found by pooling adjacent
// violators (M. Ayer et al., 1955) on answers that the forest was not fitted
// on, and each of its steps knows how many answers it stands for and how many
// of them were right.
//
// Invariants:
//
//   - The same rows in the same order give the same forest, bit for bit; there
//     is no randomness and no clock.
//   - A probability lies strictly between 0 and 1, whatever is asked.
//   - A Scale never rises above what was measured: a step's confidence counts
//     one wrong answer more than there was (Laplace).
package calibrate
