/* caught by: by_hand */
/* Takes the errors of both means and adds them up, as if ML and the baseline had met different cases. */
#include <math.h>
#include <stdlib.h>

typedef struct {
    size_t n;
    const double *x;
    const int *y, *rule;
} split;

typedef struct {
    size_t d;
    split train, valid, test;
    double c_fp, c_fn;
    double decisions, build_cost;
} problem;

typedef struct {
    double threshold;
    double cost_never, cost_always, cost_rule, cost_ml;
    double saving, saving_se, net;
    int choice;
} verdict;

enum { STEPS = 300 };
static const double RATE = 0.5, L2 = 1e-3;

typedef struct {
    size_t d;
    double *mean, *sd, *w;
    double b;
} model;

static void learn_scale(model *m, const split *train) {
    for (size_t j = 0; j < m->d; j++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < train->n; i++)
            sum += train->x[i * m->d + j];
        m->mean[j] = sum / (double)train->n;
        for (size_t i = 0; i < train->n; i++) {
            const double off = train->x[i * m->d + j] - m->mean[j];
            squares += off * off;
        }
        m->sd[j] = sqrt(squares / (double)train->n);
        if (m->sd[j] == 0)
            m->sd[j] = 1;
    }
}

static void standardise(const model *m, const double *x, double *z) {
    for (size_t j = 0; j < m->d; j++)
        z[j] = (x[j] - m->mean[j]) / m->sd[j];
}

static double probability(const model *m, const double *z) {
    double logit = m->b;
    for (size_t j = 0; j < m->d; j++)
        logit += m->w[j] * z[j];
    return 1 / (1 + exp(-logit));
}

static void train(model *m, const double *z, const split *s, double *slope) {
    const double rate = RATE / (double)s->n;
    for (int step = 0; step < STEPS; step++) {
        double slope_b = 0;
        for (size_t j = 0; j < m->d; j++)
            slope[j] = L2 * (double)s->n * m->w[j];
        for (size_t i = 0; i < s->n; i++) {
            const double *row = z + i * m->d;
            const double error = probability(m, row) - s->y[i];
            for (size_t j = 0; j < m->d; j++)
                slope[j] += error * row[j];
            slope_b += error;
        }
        for (size_t j = 0; j < m->d; j++)
            m->w[j] -= rate * slope[j];
        m->b -= rate * slope_b;
    }
}

static void score(const model *m, const split *s, double *z, double *p) {
    for (size_t i = 0; i < s->n; i++) {
        standardise(m, s->x + i * m->d, z);
        p[i] = probability(m, z);
    }
}

typedef enum { NEVER, ALWAYS, RULE, ML } policy;

static double cost_of(const problem *q, const split *s, size_t i, policy who,
                      const double *p, double t) {
    const int acts = who == ALWAYS || (who == RULE && s->rule[i] == 1) ||
                     (who == ML && p[i] >= t);
    if (acts == s->y[i])
        return 0;
    return acts ? q->c_fp : q->c_fn;
}

static double mean_cost(const problem *q, const split *s, policy who,
                        const double *p, double t) {
    double sum = 0;
    for (size_t i = 0; i < s->n; i++)
        sum += cost_of(q, s, i, who, p, t);
    return sum / (double)s->n;
}

typedef struct {
    double p;
    int y;
} scored;

static int highest_first(const void *left, const void *right) {
    const double a = ((const scored *)left)->p, b = ((const scored *)right)->p;
    return (a < b) - (a > b);
}

static double cheapest_threshold(const problem *q, const split *s,
                                 const double *p, scored *sorted) {
    int fp = 0, fn = 0;
    for (size_t i = 0; i < s->n; i++) {
        sorted[i] = (scored){p[i], s->y[i]};
        fn += s->y[i];
    }
    qsort(sorted, s->n, sizeof *sorted, highest_first);
    double best = INFINITY, least = q->c_fn * fn;
    for (size_t i = 0; i < s->n; i++) {
        sorted[i].y == 1 ? fn-- : fp++;
        if (i + 1 < s->n && sorted[i + 1].p == sorted[i].p)
            continue;
        const double cost = q->c_fp * fp + q->c_fn * fn;
        if (cost < least) {
            least = cost;
            best = sorted[i].p;
        }
    }
    return best;
}

static void judge(const problem *q, policy base, const double *p,
                  verdict *out) {
    const split *s = &q->test;
    const double n = (double)s->n, t = out->threshold;
    out->cost_never = mean_cost(q, s, NEVER, p, t);
    out->cost_always = mean_cost(q, s, ALWAYS, p, t);
    out->cost_rule = mean_cost(q, s, RULE, p, t);
    out->cost_ml = mean_cost(q, s, ML, p, t);
    const double mean_base = mean_cost(q, s, base, p, t);
    out->saving = mean_base - out->cost_ml;
    double squares = 0;
    for (size_t i = 0; i < s->n; i++) {
        const double by_base = cost_of(q, s, i, base, p, t) - mean_base;
        const double by_ml = cost_of(q, s, i, ML, p, t) - out->cost_ml;
        squares += by_base * by_base + by_ml * by_ml;
    }
    out->saving_se = sqrt(squares / n) / sqrt(n);
    out->net = q->decisions * out->saving - q->build_cost;
    const double sure = out->saving - 2 * out->saving_se;
    out->choice = q->decisions * sure > q->build_cost;
}

int should_be_ml(const problem *p, verdict *out) {
    const size_t d = p->d, most = p->train.n + p->valid.n + p->test.n;
    if (d == 0 || p->train.n == 0 || p->valid.n == 0 || p->test.n == 0)
        return -1;
    double *room = calloc(4 * d + p->train.n * d + most, sizeof *room);
    scored *sorted = malloc(p->valid.n * sizeof *sorted);
    if (room == NULL || sorted == NULL) {
        free(room);
        free(sorted);
        return -1;
    }
    model m = {d, room, room + d, room + 2 * d, 0};
    double *spare = room + 3 * d, *prob = room + 4 * d, *z = prob + most;
    learn_scale(&m, &p->train);
    for (size_t i = 0; i < p->train.n; i++)
        standardise(&m, p->train.x + i * d, z + i * d);
    train(&m, z, &p->train, spare);
    score(&m, &p->valid, spare, prob);
    out->threshold = cheapest_threshold(p, &p->valid, prob, sorted);
    policy base = NEVER;
    for (policy other = ALWAYS; other <= RULE; other++)
        if (mean_cost(p, &p->valid, other, prob, 0) <
            mean_cost(p, &p->valid, base, prob, 0))
            base = other;
    score(&m, &p->test, spare, prob);
    judge(p, base, prob, out);
    free(room);
    free(sorted);
    return 0;
}
