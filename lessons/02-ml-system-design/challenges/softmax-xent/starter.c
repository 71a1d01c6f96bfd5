#include <math.h>
#include <stddef.h>

/* Softmax and cross-entropy of n rows of k logits z with true classes label.
 * prob (n x k) receives the probabilities, *loss the mean over the rows of
 * -ln p of the true class. Returns 0; or -1, and then touches neither, if n or
 * k is 0 or a label is not one of 0 to k - 1. */
int softmax_xent(const float *z, size_t n, size_t k, const int *label,
                 float *prob, double *loss) {
    /* not used yet: delete this line once they are */
    (void)z, (void)n, (void)k, (void)label, (void)prob;
    /* TODO: the labels; then for each row its largest logit, sum, prob, loss */
    *loss = 0;
    return 0;
}
