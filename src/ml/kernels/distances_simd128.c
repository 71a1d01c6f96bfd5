/* The nearest of eight: all distances in four registers. Which one it is nobody can predict, so there is no branch. */
#include "base/math.h"
#include "kernels/kernels.h"
#include "kernels/simd128.h"

typedef int64_t i64x2 __attribute__((vector_size(16)));

static inline f64x2 load_doubles(const double *from) {
    f64x2 v;
    memcpy(&v, from, sizeof v);
    return v;
}

static inline f64x2 choose(i64x2 condition, f64x2 a, f64x2 b) {
    return (f64x2)((condition & (i64x2)a) | (~condition & (i64x2)b));
}

size_t ml_kernel_nearest_of_eight_simd128(size_t d, const double *row, const double *group, double *least) {
    f64x2 sum[4] = {{0}};
    for (size_t j = 0; j < d; j++, group += 8) {
        const f64x2 value = {row[j], row[j]};
        for (int c = 0; c < 4; c++) {
            const f64x2 difference = value - load_doubles(group + 2 * c);
            sum[c] += difference * difference;
        }
    }
    /* The least two of the even ones and of the odd ones. */
    f64x2 best = sum[0], second = {(double)INFINITY, (double)INFINITY};
    i64x2 place = {0, 1};
    for (int c = 1; c < 4; c++) {
        const i64x2 is_less = sum[c] < best, here = {2 * c, 2 * c + 1};
        const f64x2 larger = choose(is_less, best, sum[c]);
        place = (is_less & here) | (~is_less & place);
        best = choose(is_less, sum[c], best);
        second = choose(larger < second, larger, second);
    }
    const int odd = (best[1] < best[0]) | ((best[1] == best[0]) & (place[1] < place[0]));
    const double bests[] = {best[0], best[1]}, seconds[] = {second[0], second[1]};
    const double either[] = {seconds[odd], bests[!odd]};
    const int64_t places[] = {place[0], place[1]};
    least[0] = bests[odd];
    least[1] = either[either[1] < either[0]];
    return (size_t)places[odd];
}
