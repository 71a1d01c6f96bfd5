#include "check.h"

#include <string.h>

int batch_queue(const double *arrive, size_t n, size_t B, double W, double a, double c, double *done);

typedef struct {
    size_t B;
    double W, a, c;
} server;

/* Runs the answer on a guarded copy, which must stay as it is. Returns what it wrote, [n]. */
static const double *serve(check *c, const double *arrive, size_t n, server s, int *batches) {
    double *guarded = check_copy(c, arrive, n * sizeof *arrive), *done = CHECK_BUFFER(c, n, double);
    *batches = batch_queue(guarded, n, s.B, s.W, s.a, s.c, done);
    check_unchanged(c, "arrive", guarded, arrive, n * sizeof *arrive);
    return done;
}

/* Call it only while all is well: what went in belongs to the first failure. */
static void expect(check *c, const double *arrive, size_t n, server s, const double *done, int batches) {
    int got;
    const double *got_done = serve(c, arrive, n, s, &got);
    check_doubles(c, "done", got_done, done, n, 1, 1e-9);
    check_int(c, "the number of batches", got, batches);
}

/* --- The example -------------------------------------------------------------------------------------------------- */

static void expect_six(check *c, size_t B, double W, const double *done, int batches) {
    static const double arrive[] = {0, 1, 2, 3, 10, 30};
    check_input(c, "arrive = {0, 1, 2, 3, 10, 30}, B = %zu, W = %g, a = 8, c = 2", B, W);
    expect(c, arrive, 6, (server){B, W, 8, 2}, done, batches);
}

static void pairs(check *c) {
    expect_six(c, 2, 5, (const double[]){13, 13, 25, 25, 35, 45}, 4);
}

static void never_waits(check *c) {
    expect_six(c, 4, 0, (const double[]){10, 26, 26, 26, 26, 40}, 3);
}

static void waits_and_fills(check *c) {
    expect_six(c, 4, 5, (const double[]){19, 19, 19, 19, 29, 45}, 3);
}

/* --- Edges -------------------------------------------------------------------------------------------------------- */

static void last_one_waits(check *c) {
    check_input(c, "arrive = {7}, B = 4, W = 5, a = 8, c = 2");
    expect(c, (const double[]){7}, 1, (server){4, 5, 8, 2}, (const double[]){22}, 1);
    if (c->failed)
        return;
    check_input(c, "arrive = {7}, B = 1, W = 5, a = 8, c = 2: one request fills the batch");
    expect(c, (const double[]){7}, 1, (server){1, 5, 8, 2}, (const double[]){17}, 1);
    if (c->failed)
        return;
    check_input(c, "arrive = {0, 0.5, 40}, B = 2, W = 20, a = 1, c = 0.25");
    expect(c, (const double[]){0, 0.5, 40}, 3, (server){2, 20, 1, 0.25}, (const double[]){2, 2, 61.25}, 2);
}

/* Four at the same instant, and one exactly when the server comes free. */
static void same_instant(check *c) {
    check_input(c, "arrive = {2, 2, 2, 2, 9}, B = 3, W = 0, a = 1, c = 2");
    expect(c, (const double[]){2, 2, 2, 2, 9}, 5, (server){3, 0, 1, 2}, (const double[]){9, 9, 9, 14, 14}, 2);
}

static void n_zero(check *c) {
    double *done = CHECK_BUFFER(c, 1, double);
    double first;
    memcpy(&first, done, sizeof first); /* whatever is in it */
    check_input(c, "n = 0: arrive is null; B = 4, W = 5");
    check_int(c, "the number of batches", batch_queue(NULL, 0, 4, 5, 8, 2, done), 0);
    if (!c->failed)
        check_input(c, "arrive = {7}, B = 0, W = 5");
    check_int(c, "the returned value", batch_queue((const double[]){7}, 1, 0, 5, 8, 2, done), -1);
    check_unchanged(c, "done, which is not to be written,", done, &first, sizeof first);
    if (!c->failed)
        check_input(c, "n = 0 and B = 0");
    check_int(c, "the returned value", batch_queue(NULL, 0, 0, 5, 8, 2, NULL), -1);
}

/* --- Random servers ----------------------------------------------------------------------------------------------- */

static double *random_arrivals(check *c, size_t n, double mean_gap, ml_rng *rng) {
    double *arrive = CHECK_BUFFER(c, n, double), now = 0;
    for (size_t i = 0; i < n; i++)
        arrive[i] = now += ml_rng_exponential(rng, mean_gap);
    return arrive;
}

enum { TRIALS = 60, REQUESTS = 200 };

static server random_server(ml_rng *rng) {
    static const size_t sizes[] = {1, 2, 3, 8, 500};
    static const double waits[] = {0, 1, 20, 200};
    return (server){sizes[ml_rng_below(rng, 5)], waits[ml_rng_below(rng, 4)], 10 * ml_rng_uniform(rng),
                    0.1 + 5 * ml_rng_uniform(rng)};
}

typedef void judge(check *c, const double *arrive, const double *done, server s, int batches);

/* From a quiet server to one that cannot keep up. */
static void on_random_servers(check *c, uint64_t seed, judge *judged) {
    ml_rng rng = ml_rng_seed(seed, 0);
    for (int trial = 0; trial < TRIALS && !c->failed; trial++) {
        const server s = random_server(&rng);
        const double gap = ml_rng_exponential(&rng, 6);
        const double *arrive = random_arrivals(c, REQUESTS, gap, &rng);
        check_input(c, "%d random requests, one every %.3g ms on average, B = %zu, W = %g, a = %.3g, c = %.3g",
                    REQUESTS, gap, s.B, s.W, s.a, s.c);
        int batches;
        const double *done = serve(c, arrive, REQUESTS, s, &batches);
        judged(c, arrive, done, s, batches);
    }
}

/* Requests with the same answer time as the one at `first`: they were in one batch. */
static size_t batch_size(const double *done, size_t first) {
    size_t size = 1;
    while (first + size < REQUESTS && done[first + size] == done[first])
        size++;
    return size;
}

static void judge_order(check *c, const double *arrive, const double *done, server s, int batches) {
    int count = 0;
    for (size_t first = 0; first < REQUESTS; count++) {
        const size_t size = batch_size(done, first);
        check_true(c, size <= s.B, "%zu requests are answered together at %g ms, and B is %zu", size, done[first], s.B);
        for (size_t i = first; i < first + size; i++)
            check_true(c, done[i] - arrive[i] >= s.a + s.c - 1e-9,
                       "request %zu arrives at %.6g and is answered at %.6g, sooner than a + c later", i, arrive[i],
                       done[i]);
        first += size;
        check_true(c, first == REQUESTS || done[first] > done[first - 1],
                   "request %zu is answered at %.6g, and the one before it at %.6g: the order is lost", first,
                   first < REQUESTS ? done[first] : 0, done[first - 1]);
    }
    check_int(c, "the number of batches", batches, count);
}

static void never_early(check *c) {
    on_random_servers(c, 1, judge_order);
}

/* The rules, read backwards from the answers: when each batch started, and who was there. */
static void judge_starts(check *c, const double *arrive, const double *done, server s, int batches) {
    (void)batches;
    double free_at = 0;
    for (size_t first = 0; first < REQUESTS && !c->failed;) {
        const size_t size = batch_size(done, first), next = first + size;
        const double start = done[first] - s.a - s.c * (double)size;
        const double full = s.B <= REQUESTS - first ? arrive[first + s.B - 1] : HUGE_VAL;
        const double rule = fmax(free_at, fmin(full, arrive[first] + s.W));
        check_true(c, fabs(start - rule) <= 1e-6,
                   "the batch of %zu from request %zu on, answered at %.6g, started at %.6g and should have at %.6g",
                   size, first, done[first], start, rule);
        check_true(c, arrive[next - 1] <= start + 1e-6, "request %zu arrives at %.6g, after its batch started at %.6g",
                   next - 1, arrive[next - 1], start);
        check_true(c, size == s.B || next == REQUESTS || arrive[next] > start - 1e-6,
                   "request %zu has arrived at %.6g, and the batch that starts at %.6g leaves it behind", next,
                   next < REQUESTS ? arrive[next] : 0, start);
        free_at = done[first];
        first = next;
    }
}

static void starts_on_time(check *c) {
    on_random_servers(c, 2, judge_starts);
}

/* --- Theory ------------------------------------------------------------------------------------------------------- */

/* Mean of 200,000 response times. The standard deviation of that mean is about 0.4 ms for B = 1. */
static double mean_response(check *c, server s) {
    enum { N = 200000 };
    ml_rng rng = ml_rng_seed(1, 0);
    const double *arrive = random_arrivals(c, N, 1000.0 / 80, &rng);
    int batches;
    check_input(c, "%d random requests, 80 per second, B = %zu, W = %g, a = 8, c = 2", N, s.B, s.W);
    const double *done = serve(c, arrive, N, s, &batches);
    double sum = 0;
    for (size_t i = 0; i < N; i++)
        sum += done[i] - arrive[i];
    return sum / N;
}

/* Pollaczek and Khinchine: 10 + 0.8 * 10 / (2 * 0.2) = 30. */
static void md1(check *c) {
    check_between(c, "the mean of done - arrive", mean_response(c, (server){1, 0, 8, 2}), 28, 32);
    if (!c->failed)
        check_between(c, "the mean of done - arrive", mean_response(c, (server){8, 0, 8, 2}), 14.4, 15);
}

/* 10,000 requests in batches of up to 8. */
void check_cost(void) {
    enum { N = 10000 };
    static double arrive[N], done[N];
    static bool ready;
    if (!ready) {
        ml_rng rng = ml_rng_seed(2, 0);
        double now = 0;
        for (size_t i = 0; i < N; i++)
            arrive[i] = now += ml_rng_exponential(&rng, 5);
        ready = true;
    }
    batch_queue(arrive, N, 8, 10, 8, 2, done);
}

const check_case check_cases[] = {
    {"pairs", "Serves six requests in pairs, and none waits longer than 5 ms for company", CHECK_SHOWN, pairs},
    {"never_waits", "Takes who is there when it may not wait (W = 0)", CHECK_SHOWN, never_waits},
    {"waits_and_fills", "Starts when the batch is full or patience ends, whichever is first", CHECK_SHOWN,
     waits_and_fills},
    {"last_one_waits", "Lets a lone request wait in full: nobody knows that no other will come", CHECK_HIDDEN,
     last_one_waits},
    {"same_instant", "Takes along who arrives at the very instant of the start", CHECK_HIDDEN, same_instant},
    {"md1", "Takes as long on average as queueing theory says", CHECK_HIDDEN, md1},
    {"never_early", "Answers in order, no sooner than it can, at most B together", CHECK_HIDDEN, never_early},
    {"starts_on_time", "Starts every batch at the right moment with the right requests", CHECK_HIDDEN, starts_on_time},
    {"n_zero", "Returns 0 without requests, and -1 where B is 0", CHECK_HIDDEN, n_zero},
    {0},
};
