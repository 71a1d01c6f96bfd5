/* says: did not end */
/* Follows a ring of nodes for its end. */
#include <stddef.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    (void)X, (void)n, (void)d, (void)w, (void)b, (void)out;
    struct node {
        struct node *volatile next;
    } one = {&one};
    for (struct node *at = &one; at != NULL; at = at->next) {
    }
}
