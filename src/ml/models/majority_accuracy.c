#include "base/special.h"
#include "models/committee.h"

/* The last of an even number of voters decides nothing: where it makes a majority of a tie, or a tie of a majority, it
 * does both equally often. So 2 m voters are as good as 2 m - 1, of whom at least m must be right. */
double ml_majority_accuracy(int n, double p) {
    if (n < 1 || !(p >= 0.0 && p <= 1.0))
        return -1.0;
    const double m = (double)(n / 2 + n % 2);
    return ml_beta_i(m, m, p);
}
