#include "serving/quantise.h"

/* floor(acc M + 1/2) by an arithmetic shift, which rounds down where a division would round towards 0. */
static int32_t scaled(int32_t acc, int32_t mult, int shift) {
    return (int32_t)(((int64_t)acc * mult + (INT64_C(1) << (30 + shift))) >> (31 + shift));
}

void ml_q8_matvec(const int8_t *w, size_t rows, size_t columns, const int8_t *x, int32_t x_zero, const int32_t *bias,
                  const int32_t *mult, const int *shift, int32_t y_zero, int8_t *y) {
    for (size_t i = 0; i < rows; i++) {
        int32_t acc = bias == NULL ? 0 : bias[i];
        for (size_t j = 0; j < columns; j++)
            acc += w[i * columns + j] * (x[j] - x_zero);
        const int64_t code = (int64_t)scaled(acc, mult[i], shift[i]) + y_zero;
        y[i] = (int8_t)(code < -128 ? -128 : code > 127 ? 127 : code);
    }
}
