#include "base/math.h"
#include "monitor/streams.h"

void ml_adwin_init(ml_adwin *detector, double delta) {
    *detector = (ml_adwin){.delta = delta};
}

static void drop_first(ml_adwin *a, size_t row, int32_t how_many) {
    a->used[row] -= how_many;
    for (int32_t i = 0; i < a->used[row]; i++)
        for (size_t part = 0; part < 2; part++)
            a->bucket[row][i][part] = a->bucket[row][i + how_many][part];
}

static void append(ml_adwin *a, size_t row, double sum, double square) {
    a->bucket[row][a->used[row]][0] = sum;
    a->bucket[row][a->used[row]][1] = square;
    a->used[row]++;
}

/* A sixth bucket of a size: the two oldest become one of the next size. */
static void compress(ml_adwin *a) {
    for (size_t row = 0; row + 1 < ML_ADWIN_ROWS && a->used[row] == ML_ADWIN_BUCKETS; row++) {
        const double sum = a->bucket[row][0][0] + a->bucket[row][1][0];
        const double square = a->bucket[row][0][1] + a->bucket[row][1][1];
        drop_first(a, row, 2);
        append(a, row + 1, sum, square);
    }
}

static size_t oldest_row(const ml_adwin *a) {
    size_t row = ML_ADWIN_ROWS - 1;
    while (row > 0 && a->used[row] == 0)
        row--;
    return row;
}

/* Walks from the oldest bucket to the newest, the older part growing. */
static bool some_border_is_significant(const ml_adwin *a) {
    const double n = (double)a->n, mean = a->sum / n, variance = fmax(a->square / n - mean * mean, 0.0);
    const double e = ml_log(2.0 * ml_log(n) / a->delta);
    double older_n = 0.0, older_sum = 0.0;
    for (size_t row = oldest_row(a) + 1; row-- > 0;)
        for (int32_t i = 0; i < a->used[row]; i++) {
            older_n += (double)(UINT64_C(1) << row);
            older_sum += a->bucket[row][i][0];
            const double newer_n = n - older_n, m = older_n * (newer_n / n);
            if (newer_n > 0.0 && fabs(older_sum / older_n - (a->sum - older_sum) / newer_n) >
                                     sqrt(2.0 * variance * e / m) + 2.0 * e / (3.0 * m))
                return true;
        }
    return false;
}

static void drop_oldest_bucket(ml_adwin *a) {
    const size_t row = oldest_row(a);
    a->n -= UINT64_C(1) << row;
    a->sum -= a->bucket[row][0][0];
    a->square -= a->bucket[row][0][1];
    drop_first(a, row, 1);
}

bool ml_adwin_add(ml_adwin *a, double value) {
    if (!isfinite(value))
        return false;
    if (a->used[ML_ADWIN_ROWS - 1] == ML_ADWIN_BUCKETS) /* full after 2^40 values */
        drop_oldest_bucket(a);
    append(a, 0, value, value * value);
    a->n++;
    a->seen++;
    a->sum += value;
    a->square += value * value;
    compress(a);
    bool alarm = false;
    if (a->seen % 32 == 0)
        while (a->n > 1 && some_border_is_significant(a)) {
            drop_oldest_bucket(a);
            alarm = true;
        }
    return alarm;
}

double ml_adwin_mean(const ml_adwin *a) {
    return a->n > 0 ? a->sum / (double)a->n : (double)NAN;
}
