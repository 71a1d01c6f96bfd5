#include "base/sort.h"

/* Whether item a ranks before item b. No two items are equal in it, so that the k best are one list, not several. */
static int ranks_before(const double *score, size_t a, size_t b) {
    const int a_is_nan = score[a] != score[a], b_is_nan = score[b] != score[b];
    if (a_is_nan != b_is_nan)
        return b_is_nan;
    return score[a] > score[b] || (!(score[b] > score[a]) && a < b);
}

/* Lets the item at `place` of a heap sink until no child below it ranks behind it: the root is the last in rank. */
static void sink(const double *score, size_t n, size_t *heap, size_t place) {
    const size_t item = heap[place];
    for (size_t child; (child = 2 * place + 1) < n; place = child) {
        if (child + 1 < n && ranks_before(score, heap[child], heap[child + 1]))
            child++;
        if (ranks_before(score, heap[child], item))
            break;
        heap[place] = heap[child];
    }
    heap[place] = item;
}

/* The k best so far are kept as a heap whose root is the worst of them, and which a better item replaces; taking off
 * root after root then fills the list from its end. */
size_t ml_topk(size_t n, const double *score, size_t k, size_t *top) {
    if (k > n)
        k = n;
    if (k == 0)
        return 0;
    for (size_t i = 0; i < k; i++)
        top[i] = i;
    for (size_t i = k / 2; i-- > 0;)
        sink(score, k, top, i);
    for (size_t i = k; i < n; i++) {
        if (!ranks_before(score, i, top[0]))
            continue;
        top[0] = i;
        sink(score, k, top, 0);
    }
    for (size_t left = k - 1; left > 0; left--) {
        const size_t worst = top[0];
        top[0] = top[left];
        top[left] = worst;
        sink(score, left, top, 0);
    }
    return k;
}
