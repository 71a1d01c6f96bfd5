/* caught by: good */
/* Spends the whole budget on the doubts of the first model, the worst of them all. */
#include <math.h>
#include <stdlib.h>

typedef int (*oracle)(void *ctx, size_t row); /* a person: the true label */

typedef struct {
    size_t rounds, asked, fixed; /* rows asked; wrong labels among them */
    double before, after;        /* on validation: the first model's, and w's */
} report;

/* --- The model: logistic regression by full-batch gradient descent -------- */

static const int STEPS = 100;
static const double RATE = 1, L2 = 1e-3;
static const size_t FOLDS = 5, NONE = 5; /* folds are 0 to 4 */

typedef struct {
    const double *x; /* n rows of d features */
    const int *y;    /* 0 or 1 */
    size_t n, d;
} rows;

/* Above 0 where the model says 1. w: d weights, then the intercept. */
static double logit(const double *w, const double *x, size_t d) {
    double sum = w[d];
    for (size_t j = 0; j < d; j++)
        sum += w[j] * x[j];
    return sum;
}

/* Trains w from 0 on all rows but those of one fold, or of NONE. Row i belongs
 * to fold i % FOLDS. slope: room for d + 1 numbers. */
static void train(const rows *t, size_t left_out, double *w, double *slope) {
    const size_t d = t->d;
    for (size_t j = 0; j <= d; j++)
        w[j] = 0;
    for (int step = 0; step < STEPS; step++) {
        double used = 0;
        for (size_t j = 0; j <= d; j++)
            slope[j] = 0;
        for (size_t i = 0; i < t->n; i++) {
            if (i % FOLDS == left_out)
                continue;
            const double *row = t->x + i * d;
            const double error = 1 / (1 + exp(-logit(w, row, d))) - t->y[i];
            for (size_t j = 0; j < d; j++)
                slope[j] += error * row[j];
            slope[d] += error;
            used++;
        }
        for (size_t j = 0; j < d; j++)
            w[j] -= RATE * (slope[j] / used + L2 * w[j]);
        w[d] -= RATE * slope[d] / used;
    }
}

/* The share of rows that w gets right. */
static double accuracy(const double *w, const rows *v) {
    size_t right = 0;
    for (size_t i = 0; i < v->n; i++)
        right += (logit(w, v->x + i * v->d, v->d) > 0) == (v->y[i] == 1);
    return (double)right / (double)v->n;
}

/* --- Which labels to doubt ------------------------------------------------ */

/* How much a model that has not seen row i believes its label: the logit of
 * the label's probability, which orders the rows as the probability does, and
 * still tells them apart where that would be rounded to 1. */
static void believe(const rows *t, double *w, double *slope, double *belief) {
    for (size_t fold = 0; fold < FOLDS; fold++) {
        train(t, fold, w, slope);
        for (size_t i = fold; i < t->n; i += FOLDS) {
            const double one = logit(w, t->x + i * t->d, t->d);
            belief[i] = t->y[i] == 1 ? one : -one;
        }
    }
}

/* The row believed least of those that were not asked; n if all were. */
static size_t least_believed(const double *belief, const double *asked,
                             size_t n) {
    size_t least = n;
    for (size_t i = 0; i < n; i++)
        if (asked[i] == 0 && (least == n || belief[i] < belief[least]))
            least = i;
    return least;
}

/* --- The loop ------------------------------------------------------------- */

/* Trains on n rows of d features, has the labels that the model believes least
 * looked at, at most `budget` of them and `batch` a round, and trains again,
 * until it is good enough on validation. Fills in w (d weights, then the
 * intercept) and *r. Returns 0; or -1, and touches nothing, if n is below 5 or
 * d, nv or batch is 0. */
int iterate_until_good(const double *x, int *y, size_t n, size_t d,
                       const double *xv, const int *yv, size_t nv, oracle ask,
                       void *ctx, size_t budget, size_t batch, double target,
                       double *w, report *r) {
    const int bad = n < FOLDS || d == 0 || nv == 0 || batch == 0;
    /* one block: one thing to check and one to free; all 0, so nobody asked */
    double *room = bad ? NULL : calloc(2 * n + 2 * (d + 1), sizeof *room);
    if (room == NULL)
        return -1;
    double *asked = room, *belief = room + n; /* of each row */
    double *model = belief + n, *slope = model + d + 1;
    const rows t = {x, y, n, d}, v = {xv, yv, nv, d};

    train(&t, NONE, w, slope);
    double now = accuracy(w, &v);
    *r = (report){0, 0, 0, now, now};
    batch = budget;
    while (r->asked < budget && now < target) {
        believe(&t, model, slope, belief);
        const size_t fixed = r->fixed, first = r->asked;
        while (r->asked < budget && r->asked - first < batch) {
            const size_t row = least_believed(belief, asked, n);
            if (row == n)
                break;
            asked[row] = 1; /* a person is right: once is enough */
            const int label = ask(ctx, row);
            r->fixed += label != y[row];
            r->asked++;
            y[row] = label;
        }
        if (r->asked == first)
            break; /* no row is left: no round either */
        r->rounds++;
        if (r->fixed == fixed)
            break; /* all were right: the same labels, the same model */

        train(&t, NONE, model, slope);
        now = accuracy(model, &v);
        if (now < r->after)
            continue; /* more right labels, and worse: it happens */
        r->after = now;
        for (size_t j = 0; j <= d; j++)
            w[j] = model[j];
    }
    free(room);
    return 0;
}
