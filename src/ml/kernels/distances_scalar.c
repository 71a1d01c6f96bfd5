/* The nearest of eight, one distance at a time. */
#include "base/math.h"
#include "kernels/kernels.h"

size_t ml_kernel_nearest_of_eight_scalar(size_t d, const double *row, const double *group, double *least) {
    size_t nearest = 0;
    least[0] = least[1] = (double)INFINITY;
    for (size_t c = 0; c < 8; c++) {
        double sum = 0.0;
        for (size_t j = 0; j < d; j++) {
            const double difference = row[j] - group[8 * j + c];
            sum += difference * difference;
        }
        if (sum < least[0]) {
            least[1] = least[0];
            least[0] = sum;
            nearest = c;
        } else if (sum < least[1]) {
            least[1] = sum;
        }
    }
    return nearest;
}
