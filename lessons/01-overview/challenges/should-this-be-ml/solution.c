#include <math.h>
#include <stdlib.h>

typedef struct {
    size_t n;
    const double *x;     /* n rows of d features */
    const int *y, *rule; /* true labels, and what the rule answers: 0 or 1 */
} split;

typedef struct {
    size_t d;
    split train, valid, test;
    double c_fp, c_fn;            /* cost of a false positive and negative */
    double decisions, build_cost; /* how many there will be; paid once */
} problem;

typedef struct {
    double threshold;                                   /* of the model */
    double cost_never, cost_always, cost_rule, cost_ml; /* mean, on test */
    double saving, saving_se, net;
    int choice; /* 0: keep the baseline, 1: ship ML */
} verdict;

/* --- The model: logistic regression on standardised features -------------- */

enum { STEPS = 300 };
static const double RATE = 0.5, L2 = 1e-3;

typedef struct {
    size_t d;
    double *mean, *sd, *w; /* d each */
    double b;
} model;

/* What is typical of each feature, from the training rows alone. */
static void learn_scale(model *m, const split *train) {
    for (size_t j = 0; j < m->d; j++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < train->n; i++)
            sum += train->x[i * m->d + j];
        m->mean[j] = sum / train->n;
        for (size_t i = 0; i < train->n; i++) { /* again: no digits are lost */
            const double off = train->x[i * m->d + j] - m->mean[j];
            squares += off * off;
        }
        m->sd[j] = sqrt(squares / train->n);
        if (m->sd[j] == 0)
            m->sd[j] = 1; /* a constant feature becomes 0, not NaN */
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

/* Full-batch gradient descent from w = b = 0, fit-line-gd with d weights.
 * z: the standardised training rows; slope: room for d numbers. */
static void train(model *m, const double *z, const split *s, double *slope) {
    const double rate = RATE / s->n; /* the mean over the rows */
    for (int step = 0; step < STEPS; step++) {
        double slope_b = 0;
        for (size_t j = 0; j < m->d; j++)
            slope[j] = L2 * s->n * m->w[j];
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

/* The model's probability for each row of a split; z: room for d numbers. */
static void score(const model *m, const split *s, double *z, double *p) {
    for (size_t i = 0; i < s->n; i++) {
        standardise(m, s->x + i * m->d, z);
        p[i] = probability(m, z);
    }
}

/* --- What it costs -------------------------------------------------------- */

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
    return sum / s->n;
}

typedef struct {
    double p;
    int y;
} scored;

static int highest_first(const void *left, const void *right) {
    const double a = ((const scored *)left)->p, b = ((const scored *)right)->p;
    return (a < b) - (a > b);
}

/* Sort and sweep: best-threshold, with probabilities for scores. A cost is what
 * is paid beyond never acting: what all have in common decides nothing. */
static double cheapest_threshold(const problem *q, const split *s,
                                 const double *p, scored *sorted) {
    int fp = 0, caught = 0;
    for (size_t i = 0; i < s->n; i++)
        sorted[i] = (scored){p[i], s->y[i]};
    qsort(sorted, s->n, sizeof *sorted, highest_first);
    double best = INFINITY, least = 0;
    for (size_t i = 0; i < s->n; i++) {
        sorted[i].y == 1 ? caught++ : fp++;
        if (i + 1 < s->n && sorted[i + 1].p == sorted[i].p)
            continue;
        const double cost = q->c_fp * fp - q->c_fn * caught;
        if (cost < least) {
            least = cost;
            best = sorted[i].p;
        }
    }
    return best;
}

/* --- The verdict ---------------------------------------------------------- */

static policy cheapest_baseline(const problem *q) {
    policy best = NEVER;
    for (policy other = ALWAYS; other <= RULE; other++)
        if (mean_cost(q, &q->valid, other, NULL, INFINITY) <
            mean_cost(q, &q->valid, best, NULL, INFINITY))
            best = other;
    return best;
}

/* What each policy costs on the test set, and what ML saves there per decision:
 * the differences first, row by row, then their mean and its error. The luck of
 * the draw is in both costs of a row, and so cancels. */
static void judge(const problem *q, policy base, const double *p,
                  verdict *out) {
    const split *s = &q->test;
    const double n = s->n, t = out->threshold;
    out->cost_never = mean_cost(q, s, NEVER, p, t);
    out->cost_always = mean_cost(q, s, ALWAYS, p, t);
    out->cost_rule = mean_cost(q, s, RULE, p, t);
    out->cost_ml = mean_cost(q, s, ML, p, t);
    out->saving = mean_cost(q, s, base, p, t) - out->cost_ml;
    double squares = 0;
    for (size_t i = 0; i < s->n; i++) {
        const double saved =
            cost_of(q, s, i, base, p, t) - cost_of(q, s, i, ML, p, t);
        const double off = saved - out->saving;
        squares += off * off;
    }
    out->saving_se = sqrt(squares / n) / sqrt(n);
    out->net = q->decisions * out->saving - q->build_cost;
    /* two standard errors: what is left when we were lucky */
    const double sure = out->saving - 2 * out->saving_se;
    out->choice = q->decisions * sure > q->build_cost;
}

static int is_empty(const problem *p) {
    return p->d == 0 || p->train.n == 0 || p->valid.n == 0 || p->test.n == 0;
}

/* How many doubles decide() needs: four arrays of d, the standardised training
 * rows, and the probabilities of the other two splits. */
static size_t room_needed(const problem *p) {
    return (4 + p->train.n) * p->d + p->valid.n + p->test.n;
}

static void decide(const problem *p, double *room, scored *sorted,
                   verdict *out) {
    const size_t d = p->d;
    model m = {d, room + d, room + 2 * d, room, 0};
    double *spare = room + 3 * d, *z = room + 4 * d;
    double *p_valid = z + p->train.n * d, *p_test = p_valid + p->valid.n;

    /* Three sets, three jobs. Training rows teach the model, ... */
    learn_scale(&m, &p->train);
    for (size_t i = 0; i < p->train.n; i++)
        standardise(&m, p->train.x + i * d, z + i * d);
    train(&m, z, &p->train, spare);

    /* ... validation rows choose the threshold and the baseline, ... */
    score(&m, &p->valid, spare, p_valid);
    out->threshold = cheapest_threshold(p, &p->valid, p_valid, sorted);
    const policy base = cheapest_baseline(p);

    /* ... and test rows, which nothing was chosen by, give the verdict. */
    score(&m, &p->test, spare, p_test);
    judge(p, base, p_test, out);
}

/* Should this be ML? Trains, chooses and compares; fills in *out. Returns 0, or
 * -1 if a split is empty or there are no features, and then leaves *out. */
int should_be_ml(const problem *p, verdict *out) {
    double *room = is_empty(p) ? NULL : calloc(room_needed(p), sizeof *room);
    scored *sorted = malloc(p->valid.n * sizeof *sorted);
    const int ready = room != NULL && sorted != NULL;
    if (ready)
        decide(p, room, sorted, out);
    free(room); /* freeing NULL is allowed, and does nothing */
    free(sorted);
    return ready ? 0 : -1;
}
