/* Factorisation machine: all pairs in time for one, because sum_{i<j} a_i a_j = ((sum a_i)^2 - sum a_i^2) / 2. */
#include "base/math.h"
#include "models/factorisation.h"

static double value_of(ml_sparse_row row, size_t j) {
    return row.value != NULL ? row.value[j] : 1.0;
}

double ml_machine_score(const ml_machine *machine, ml_sparse_row row) {
    double score = machine->bias;
    for (size_t j = 0; j < row.n; j++)
        score += machine->weight[row.index[j]] * value_of(row, j);
    for (size_t c = 0; c < machine->k; c++) {
        double sum = 0.0, squares = 0.0;
        for (size_t j = 0; j < row.n; j++) {
            const double term = machine->factor[row.index[j] * machine->k + c] * value_of(row, j);
            sum += term;
            squares += term * term;
        }
        score += 0.5 * (sum * sum - squares);
    }
    return score;
}

static void adagrad(double gradient, double rate, double *parameter, double *square) {
    *square += gradient * gradient;
    *parameter -= rate * gradient / sqrt(*square + 1e-10);
}

void ml_machine_learn(ml_machine *machine, ml_sparse_row row, double slope, double rate, double l2, double *scratch) {
    const size_t k = machine->k;
    for (size_t c = 0; c < k; c++) { /* the sums as they were before the step */
        scratch[c] = 0.0;
        for (size_t j = 0; j < row.n; j++)
            scratch[c] += machine->factor[row.index[j] * k + c] * value_of(row, j);
    }
    adagrad(slope, rate, &machine->bias, &machine->square_bias);
    for (size_t j = 0; j < row.n; j++) {
        const size_t i = row.index[j];
        const double value = value_of(row, j);
        for (size_t c = 0; c < k; c++) {
            const double factor = machine->factor[i * k + c];
            const double gradient = slope * value * (scratch[c] - factor * value) + l2 * factor;
            adagrad(gradient, rate, &machine->factor[i * k + c], &machine->square_factor[i * k + c]);
        }
        adagrad(slope * value + l2 * machine->weight[i], rate, &machine->weight[i], &machine->square_weight[i]);
    }
}
