#include <math.h>
#include <string.h>

#include "base/sort.h"
#include "serving/serving.h"

static double middle_of(double a, double b, double c) {
    if (a > b)
        return middle_of(b, a, c);
    return c < a ? a : c > b ? b : c;
}

/* Moves what is below the pivot to the front and what is above to the back of x[*low..*high]; then narrows that range
 * to the side which holds the k-th, or to k itself. Hoare 1961, "Algorithm 65: FIND", Communications of the ACM 4(7).
 */
static void narrow(double *x, ptrdiff_t k, ptrdiff_t *low, ptrdiff_t *high) {
    const double pivot = middle_of(x[*low], x[*low + (*high - *low) / 2], x[*high]);
    ptrdiff_t i = *low, j = *high;
    while (i <= j) {
        while (x[i] < pivot)
            i++;
        while (x[j] > pivot)
            j--;
        if (i <= j) {
            const double swapped = x[i];
            x[i++] = x[j];
            x[j--] = swapped;
        }
    }
    if (k <= j) {
        *high = j;
    } else if (k >= i) {
        *low = i;
    } else {
        *low = *high = k;
    }
}

/* The k-th smallest of x, counted from 0; reorders x. An input made to mislead the pivots ends in a plain sort. */
static double select_smallest(size_t n, double *x, size_t k, double *scratch) {
    ptrdiff_t low = 0, high = (ptrdiff_t)n - 1;
    int rounds = 16;
    for (size_t left = n; left > 1; left /= 2)
        rounds += 2;
    for (; low < high && rounds > 0; rounds--)
        narrow(x, (ptrdiff_t)k, &low, &high);
    if (low < high)
        ml_sort_double((size_t)(high - low) + 1, x + low, scratch);
    return x[k];
}

double ml_percentile(size_t n, const double *value, double p, double *scratch) {
    if (n == 0 || !(p >= 0.0 && p <= 100.0))
        return (double)NAN;
    size_t rank = (size_t)ceil(p * (double)n / 100.0); /* p n first: 0.07 is not 7/100 in binary */
    if (rank < 1)
        rank = 1;
    memcpy(scratch, value, n * sizeof *scratch);
    return select_smallest(n, scratch, rank - 1, scratch + n);
}
