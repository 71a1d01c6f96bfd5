#include "base/math.h"
#include "metrics/classification.h"

int ml_precision_recall_f(const double *score, const uint8_t *y, int n, double threshold, double beta, double out[3]) {
    if (n < 1 || !(beta > 0.0))
        return -1;
    double right = 0.0, flagged = 0.0, positives = 0.0;
    for (int i = 0; i < n; i++) {
        if (isnan(score[i]))
            return -1;
        const int flag = score[i] >= threshold;
        right += flag && y[i];
        flagged += flag;
        positives += y[i] != 0;
    }
    const double precision = flagged > 0.0 ? right / flagged : 0.0, recall = positives > 0.0 ? right / positives : 0.0;
    out[0] = precision;
    out[1] = recall;
    out[2] = ml_fbeta(precision, recall, beta);
    return 0;
}
