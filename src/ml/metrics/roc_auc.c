/* AUC without memory: some positives at a time are sorted, and each negative looks up how many of them it beats. */
#include "base/math.h"
#include "base/sort.h"
#include "metrics/curves.h"

enum { TOGETHER = 2048 };

/* How many of the sorted values are below x, or at most x. */
static int count_below(int m, const double *sorted, double x, int or_equal) {
    int low = 0, high = m;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (sorted[middle] < x || (or_equal && sorted[middle] == x))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

double ml_roc_auc(const double *score, const uint8_t *y, int n) {
    double together[TOGETHER], scratch[TOGETHER];
    int64_t positives = 0, negatives = 0, twice_wins = 0; /* a tie is half a win: counted twice, all are whole */
    for (int i = 0; i < n; i++)
        negatives += !y[i];
    for (int i = 0; i < n;) {
        int m = 0;
        for (; i < n && m < TOGETHER; i++)
            if (y[i])
                together[m++] = score[i];
        ml_sort_double((size_t)m, together, scratch);
        for (int j = 0; j < n; j++)
            if (!y[j])
                twice_wins += 2 * m - count_below(m, together, score[j], 0) - count_below(m, together, score[j], 1);
        positives += m;
    }
    if (positives == 0 || negatives == 0)
        return (double)NAN;
    return 0.5 * (double)twice_wins / ((double)positives * (double)negatives);
}
