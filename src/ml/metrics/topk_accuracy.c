#include <math.h>
#include <stdbool.h>

#include "metrics/metrics.h"

/* How many classes rank before this one: those with a higher score, and of its equals the lower ones. */
static size_t ranked_before(const float *score, size_t classes, size_t label) {
    size_t before = 0;
    for (size_t i = 0; i < classes; i++)
        before += score[i] > score[label] || (score[i] == score[label] && i < label);
    return before;
}

static bool is_in_top(const float *score, size_t classes, int32_t label, size_t k) {
    if (label < 0 || (size_t)label >= classes || isnan(score[label]))
        return false;
    return ranked_before(score, classes, (size_t)label) < k;
}

double ml_topk_accuracy(const float *scores, const int32_t *label, size_t n, size_t classes, size_t k) {
    size_t right = 0;
    for (size_t i = 0; i < n; i++)
        right += is_in_top(scores + i * classes, classes, label[i], k);
    return n > 0 ? (double)right / (double)n : (double)NAN;
}
