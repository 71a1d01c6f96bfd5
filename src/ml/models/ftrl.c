/* FTRL-proximal, per coordinate. */
#include "base/math.h"
#include "models/online.h"

/* What settings, weights and values may be in size, so that no product or quotient of a few of them overflows. */
static const double LARGEST = 1e50, SMALLEST = 1e-50;

ml_status ml_ftrl_create(size_t d, double alpha, double beta, double l1, double l2, ml_ftrl *model, ml_arena *arena,
                         ml_error *error) {
    if (d == 0 || d - 1 > UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu features; there is at least 1, and 32 bits number them", d);
    if (!(alpha >= SMALLEST && alpha <= LARGEST))
        return ml_fail(error, ML_EINVAL, "alpha is %g; the learning rate is above 0, from 1e-50 to 1e50", alpha);
    if (!(beta >= 0.0 && beta <= LARGEST && l1 >= 0.0 && l1 <= LARGEST && l2 >= 0.0 && l2 <= LARGEST))
        return ml_fail(error, ML_EINVAL, "beta %g, l1 %g, l2 %g; each is 0 or more, and at most 1e50", beta, l1, l2);
    if (beta < SMALLEST && l2 < SMALLEST)
        return ml_fail(error, ML_EINVAL,
                       "beta and l2 are both 0; one of them must keep new features from dividing by 0");
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_ftrl made = {d, alpha, beta, l1, l2, ML_ALLOC(arena, d, double), ML_ALLOC(arena, d, double)};
    if (made.z == NULL || made.n == NULL) {
        ml_arena_release(arena, before);
        return ml_fail(error, ML_ENOMEM, "a model of %zu features does not fit into the memory; use fewer", d);
    }
    *model = made;
    return ML_OK;
}

double ml_ftrl_weight(const ml_ftrl *model, size_t feature) {
    const double z = model->z[feature], beyond = fabs(z) - model->l1;
    if (!(beyond > 0.0))
        return 0.0;
    const double size = beyond / ((model->beta + sqrt(model->n[feature])) / model->alpha + model->l2);
    return z > 0.0 ? -size : size;
}

static ml_status check(const ml_ftrl *model, size_t count, const uint32_t *feature, const double *value,
                       ml_error *error) {
    for (size_t i = 0; i < count; i++) {
        if (feature[i] >= model->d)
            return ml_fail(error, ML_EINVAL, "feature %u; there are %zu, counted from 0", (unsigned)feature[i],
                           model->d);
        if (value != NULL && !(fabs(value[i]) <= LARGEST))
            return ml_fail(error, ML_EINVAL, "the value of feature %u is %g; it must be finite and at most 1e50",
                           (unsigned)feature[i], value[i]);
    }
    return ML_OK;
}

ml_status ml_ftrl_predict(const ml_ftrl *model, size_t count, const uint32_t *feature, const double *value,
                          double *probability, ml_error *error) {
    ML_TRY(check(model, count, feature, value, error));
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += ml_ftrl_weight(model, feature[i]) * (value != NULL ? value[i] : 1.0);
    *probability = ml_sigmoid(sum);
    return ML_OK;
}

/* sigma is by how much 1 / (learning rate) grows: with it, z stays what makes today's weight of all gradients so far.
 */
static void update(ml_ftrl *model, size_t feature, double gradient) {
    const double squares = model->n[feature] + gradient * gradient;
    const double sigma = (sqrt(squares) - sqrt(model->n[feature])) / model->alpha;
    model->z[feature] += gradient - sigma * ml_ftrl_weight(model, feature);
    model->n[feature] = squares;
}

ml_status ml_ftrl_learn(ml_ftrl *model, size_t count, const uint32_t *feature, const double *value, unsigned label,
                        double weight, double *probability, ml_error *error) {
    double p = 0.0;
    if (label > 1)
        return ml_fail(error, ML_EINVAL, "the label is %u; it is 0 or 1", label);
    if (!(weight > 0.0 && weight <= LARGEST))
        return ml_fail(error, ML_EINVAL, "the row's weight is %g; it is above 0, and at most 1e50", weight);
    ML_TRY(ml_ftrl_predict(model, count, feature, value, &p, error));
    for (size_t i = 0; i < count; i++)
        update(model, feature[i], weight * (p - (double)label) * (value != NULL ? value[i] : 1.0));
    if (probability != NULL)
        *probability = p;
    return ML_OK;
}

size_t ml_ftrl_weights(const ml_ftrl *model, double *w) {
    size_t used = 0;
    for (size_t j = 0; j < model->d; j++) {
        const double weight = ml_ftrl_weight(model, j);
        used += weight != 0.0;
        if (w != NULL)
            w[j] = weight;
    }
    return used;
}
