/* The lab many-classes asks the library's ml_topk_accuracy for its top-1 and top-5; here your topk_accuracy answers. */
#include <ml.h>

double topk_accuracy(const float *z, const int *label, size_t n, size_t c, size_t k);

double ml_topk_accuracy(const float *scores, const int32_t *label, size_t n, size_t classes, size_t k) {
    return topk_accuracy(scores, label, n, classes, k);
}
