#include "check.h"

/* The types as starter.c has them. */
typedef enum { CALL_OK, CALL_RETRY, CALL_FATAL } call_status;

typedef call_status (*backend)(void *ctx, double timeout_ms, double *took_ms, double *value);

typedef struct {
    double deadline_ms, per_try_ms, base_ms, cap_ms;
    int max_tries;
    double fallback;
} policy;

typedef struct {
    double value;
    int fell_back, tries;
    double total_ms;
} answer;

answer serve(const policy *p, backend call, void *ctx, ml_rng *rng);

/* --- A model that plays a part ------------------------------------------------------------------------------------ */

typedef struct {
    call_status status;
    double took_ms, value;
} reply;

/* What the model replies to call 1, 2, ...; the last one to all that follow. */
typedef struct {
    const char *text;
    const reply *reply;
    int length;
} script;

#define SCRIPT(text, ...) \
    (script){text, (const reply[]){__VA_ARGS__}, (int)(sizeof((const reply[]){__VA_ARGS__}) / sizeof(reply))}

/* What no answer may contain; written with every reply that is none. */
static const double NONSENSE = 666;

/* The model, with a clock of its own: it draws the same random numbers, and so knows how long the answer has waited. */
typedef struct {
    check *c;
    const policy *p;
    script script;
    ml_rng rng;
    int calls;
    double elapsed_ms;
} model;

static double wait_before(model *m, int call) {
    double most = m->p->base_ms;
    for (int k = 2; k < call; k++)
        most = fmin(2 * most, 1e300);
    return ml_rng_uniform(&m->rng) * fmin(m->p->cap_ms, most);
}

static call_status reply_to(void *ctx, double timeout_ms, double *took_ms, double *value) {
    model *m = ctx;
    m->calls++;
    if (m->calls > 1)
        m->elapsed_ms += wait_before(m, m->calls);
    const double left = m->p->deadline_ms - m->elapsed_ms;
    check_true(m->c, timeout_ms > 0, "the time-out of call %d is %g, and it cannot be answered in that", m->calls,
               timeout_ms);
    check_true(m->c, timeout_ms <= left + 1e-9, "the time-out of call %d is %g ms, and only %g are left", m->calls,
               timeout_ms, left);
    check_double(m->c, m->calls == 1 ? "the time-out of the first call" : "the time-out of a later call", timeout_ms,
                 fmin(m->p->per_try_ms, left), 1e-9);
    const reply now = m->script.reply[(m->calls < m->script.length ? m->calls : m->script.length) - 1];
    *took_ms = now.took_ms;
    *value = now.status == CALL_OK ? now.value : NONSENSE;
    m->elapsed_ms += fmin(now.took_ms, timeout_ms);
    return now.status;
}

/* Deadline 1000, 50 a try, base 10, cap 80, at most 5 tries, fallback -1. */
static const policy usual = {1000, 50, 10, 80, 5, -1};

typedef struct {
    double value;
    int fell_back, tries;
} outcome;

static answer ask(check *c, const policy *p, script s, uint64_t seed, outcome expected) {
    const policy copy = *p; /* on the stack, all three: there may be thousands of these, but only 4096 buffers */
    ml_rng rng = ml_rng_seed(seed, 0);
    model m = {c, p, s, rng, 0, 0};
    if (!c->failed)
        check_input(c, "deadline %g, per_try %g, base %g, cap %g, max_tries %d, fallback %g, rng seeded with %d; %s",
                    p->deadline_ms, p->per_try_ms, p->base_ms, p->cap_ms, p->max_tries, p->fallback, (int)seed, s.text);
    const answer got = serve(&copy, reply_to, &m, &rng);
    check_int(c, "tries", got.tries, expected.tries);
    check_int(c, "the number of calls made", m.calls, expected.tries);
    check_double(c, "value", got.value, expected.value, 0);
    check_int(c, "fell_back", got.fell_back, expected.fell_back);
    check_unchanged(c, "*p", &copy, p, sizeof *p);
    check_double(c, "total_ms, with waits of what rng draws times the back-off,", got.total_ms, m.elapsed_ms, 1e-9);
    return got;
}

/* --- Shown -------------------------------------------------------------------------------------------------------- */

static void first_try(check *c) {
    ask(c, &usual, SCRIPT("the model says 0.7 after 12 ms", {CALL_OK, 12, 0.7}), 1, (outcome){0.7, 0, 1});
}

static void second_try(check *c) {
    ask(c, &usual, SCRIPT("503 after 5 ms, then 0.7 after 12 ms", {CALL_RETRY, 5, 0}, {CALL_OK, 12, 0.7}), 1,
        (outcome){0.7, 0, 2});
}

static void bad_request(check *c) {
    ask(c, &usual, SCRIPT("404 after 3 ms", {CALL_FATAL, 3, 0}), 1, (outcome){-1, 1, 1});
}

static void hangs(check *c) {
    const policy p = {1e6, 50, 10, 80, 3, 0.25};
    ask(c, &p, SCRIPT("a model that hangs", {CALL_RETRY, HUGE_VAL, 0}), 1, (outcome){0.25, 1, 3});
}

/* --- The deadline ------------------------------------------------------------------------------------------------- */

/* How many calls a model gets that always hangs: as many as start before the deadline. */
static int tries_before(const policy *p, uint64_t seed) {
    model m = {.p = p, .rng = ml_rng_seed(seed, 0)};
    int tries = 0;
    while (tries < p->max_tries) {
        if (tries > 0)
            m.elapsed_ms += wait_before(&m, tries + 1);
        if (m.elapsed_ms >= p->deadline_ms)
            break;
        m.elapsed_ms += fmin(p->per_try_ms, p->deadline_ms - m.elapsed_ms);
        tries++;
    }
    return tries;
}

static void deadline_holds(check *c) {
    const policy p = {100, 40, 10, 80, 10, -1};
    for (uint64_t seed = 1; seed <= 1000 && !c->failed; seed++) {
        const answer got = ask(c, &p, SCRIPT("a model that hangs", {CALL_RETRY, HUGE_VAL, 0}), seed,
                               (outcome){-1, 1, tries_before(&p, seed)});
        check_between(c, "total_ms", got.total_ms, 0, 100 + 1e-9);
    }
}

/* The deadline falls exactly on the end of the first wait, and a hair after it. */
static void wait_is_tested_first(check *c) {
    ml_rng rng = ml_rng_seed(3, 0);
    policy p = {10 * ml_rng_uniform(&rng), 40, 10, 80, 5, -1};
    const script s = SCRIPT("503 at once, in 0 ms; the first wait would end exactly at the deadline",
                            {CALL_RETRY, 0, 0}, {CALL_OK, 0, 0.7});
    const answer got = ask(c, &p, s, 3, (outcome){-1, 1, 1});
    check_double(c, "total_ms, without that wait,", got.total_ms, 0, 0);
    if (c->failed)
        return;
    p.deadline_ms += 1e-6;
    ask(c, &p, SCRIPT("503 at once, in 0 ms; the first wait would end a millionth of a ms before the deadline",
                      {CALL_RETRY, 0, 0}, {CALL_OK, 0, 0.7}), 3, (outcome){0.7, 0, 2});
}

static void no_time_no_call(check *c) {
    const script s = SCRIPT("the model would say 0.7 after 0 ms", {CALL_OK, 0, 0.7});
    ask(c, &(policy){0, 50, 10, 80, 5, -1}, s, 1, (outcome){-1, 1, 0});
    ask(c, &(policy){-5, 50, 10, 80, 5, -1}, s, 1, (outcome){-1, 1, 0});
    ask(c, &(policy){1000, 0, 10, 80, 5, -1}, s, 1, (outcome){-1, 1, 0});
    ask(c, &(policy){0.5, 50, 10, 80, 5, -1}, s, 1, (outcome){0.7, 0, 1});
}

/* --- What counts as an answer ------------------------------------------------------------------------------------- */

static void nan_is_failure(check *c) {
    ask(c, &usual, SCRIPT("200 OK after 2 ms, and the value is NaN", {CALL_OK, 2, (double)NAN}), 1,
        (outcome){-1, 1, 1});
    ask(c, &usual, SCRIPT("200 OK after 2 ms, and the value is infinite", {CALL_OK, 2, HUGE_VAL}), 1,
        (outcome){-1, 1, 1});
    ask(c, &usual, SCRIPT("503 after 5 ms, then 200 OK after 2 ms with -infinity", {CALL_RETRY, 5, 0},
                          {CALL_OK, 2, -HUGE_VAL}), 1, (outcome){-1, 1, 2});
    ask(c, &usual, SCRIPT("200 OK after 2 ms, and the value is 0", {CALL_OK, 2, 0}), 1, (outcome){0, 0, 1});
}

static void late_ok(check *c) {
    const policy p = {1e6, 50, 10, 80, 3, -1};
    ask(c, &p, SCRIPT("200 OK, and always after 50.001 ms", {CALL_OK, 50.001, 0.7}), 1, (outcome){-1, 1, 3});
    ask(c, &p, SCRIPT("200 OK, exactly when time is up", {CALL_OK, 50, 0.7}), 1, (outcome){0.7, 0, 1});
    ask(c, &p, SCRIPT("200 OK with 0.9 after 400 ms, then with 0.7 after 30", {CALL_OK, 400, 0.9}, {CALL_OK, 30, 0.7}),
        1, (outcome){0.7, 0, 2});
    ask(c, &p, SCRIPT("200 OK with NaN after 400 ms, then with 0.7 after 30", {CALL_OK, 400, (double)NAN},
                       {CALL_OK, 30, 0.7}), 1, (outcome){0.7, 0, 2});
}

static void no_retry_on_404(check *c) {
    const script s = SCRIPT("503 after 5 ms, 404 after 3 ms; a third call would get 0.7", {CALL_RETRY, 5, 0},
                            {CALL_FATAL, 3, 0}, {CALL_OK, 3, 0.7});
    ask(c, &usual, s, 1, (outcome){-1, 1, 2});
}

/* --- Tries and waits ---------------------------------------------------------------------------------------------- */

static void max_tries_zero(check *c) {
    const script s = SCRIPT("the model would say 0.7", {CALL_OK, 1, 0.7});
    ask(c, &(policy){1000, 50, 10, 80, 0, -1}, s, 1, (outcome){-1, 1, 0});
    ask(c, &(policy){1000, 50, 10, 80, -3, -1}, s, 1, (outcome){-1, 1, 0});
}

/* The generator afterwards stands where so many draws leave it. */
static void expect_draws(check *c, const policy *p, script s, int draws) {
    ml_rng rng = ml_rng_seed(7, 0), expected = rng;
    model m = {c, p, s, rng, 0, 0};
    serve(p, reply_to, &m, &rng);
    for (int i = 0; i < draws; i++)
        ml_rng_uniform(&expected);
    check_double(c, "the next number of rng (one is drawn before each call but the first)", ml_rng_uniform(&rng),
                 ml_rng_uniform(&expected), 0);
}

static void no_wait_after_last(check *c) {
    const policy p = {1e9, 50, 10, 80, 5, -1};
    const script failing = SCRIPT("503 after 1 ms, always", {CALL_RETRY, 1, 0});
    const answer got = ask(c, &p, failing, 7, (outcome){-1, 1, 5});
    check_between(c, "total_ms", got.total_ms, 5, 5 + 10 + 20 + 40 + 80);
    expect_draws(c, &p, failing, 4);
    if (!c->failed)
        check_input(c, "the model says 0.7 at the first call");
    expect_draws(c, &p, SCRIPT("", {CALL_OK, 1, 0.7}), 0);
}

/* A model that fails in no time: all of total_ms is waits, and one try more makes one wait more. */
static double waits_of(check *c, policy p, int tries, uint64_t seed) {
    p.max_tries = tries;
    return ask(c, &p, SCRIPT("503 after 0 ms, always", {CALL_RETRY, 0, 0}), seed, (outcome){-1, 1, tries}).total_ms;
}

static void capped(check *c) {
    const policy p = {1e9, 50, 10, 15, 0, -1}, tight = {1e9, 50, 40, 15, 0, -1};
    for (int tries = 2; tries <= 40 && !c->failed; tries++) {
        const double wait = waits_of(c, p, tries, 5) - waits_of(c, p, tries - 1, 5);
        check_true(c, wait >= 0 && wait < (tries == 2 ? 10 : 15), "the wait before call %d is %g ms, and the cap is 15",
                   tries, wait);
    }
    check_between(c, "total_ms, all of it a wait,", waits_of(c, tight, 2, 5), 0, 15);
    check_between(c, "total_ms, all of it waits,", waits_of(c, p, 2000, 5), 1000, 1999 * 15);
}

/* The mean of 2000 uniform waits has a standard deviation of 10 / sqrt(12 * 2000) = 0.065 ms: 0.4 off is six of those,
 * a false alarm in less than one of 10^9 draws of the seeds. */
static void jitter_spread(check *c) {
    enum { SEEDS = 2000 };
    double sum = 0, least = HUGE_VAL, most = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        const double wait = waits_of(c, usual, 2, seed);
        sum += wait;
        least = fmin(least, wait);
        most = fmax(most, wait);
    }
    if (!c->failed)
        check_input(c, "base 10, cap 80, 503 after 0 ms and again: total_ms is the first wait; %d seeds", SEEDS);
    check_between(c, "the mean of the first wait", sum / SEEDS, 4.6, 5.4);
    check_between(c, "the shortest first wait", least, 0, 1);
    check_between(c, "the longest first wait", most, 9, 10);
}

/* Five tries, the last of which succeeds. */
void check_cost(void) {
    static const policy p = {1e9, 50, 10, 80, 5, -1};
    static check c;
    ml_rng rng = ml_rng_seed(1, 0);
    const script s = SCRIPT("", {CALL_RETRY, 1, 0}, {CALL_RETRY, 1, 0}, {CALL_RETRY, 1, 0}, {CALL_OK, 90, 0},
                            {CALL_OK, 1, 0.7});
    model m = {&c, &p, s, rng, 0, 0};
    serve(&p, reply_to, &m, &rng);
}

const check_case check_cases[] = {
    {"first_try", "Returns what the model says", CHECK_SHOWN, first_try},
    {"second_try", "Tries again after a 503", CHECK_SHOWN, second_try},
    {"bad_request", "Falls back at once after a 404", CHECK_SHOWN, bad_request},
    {"hangs", "Falls back after max_tries calls to a model that hangs", CHECK_SHOWN, hangs},
    {"deadline_holds", "Is never late, whatever the waits: 1000 requests to a model that hangs", CHECK_HIDDEN,
     deadline_holds},
    {"wait_is_tested_first", "Does not begin a wait that would reach the deadline", CHECK_HIDDEN, wait_is_tested_first},
    {"no_time_no_call", "Does not call where no time is left for an answer", CHECK_HIDDEN, no_time_no_call},
    {"nan_is_failure", "Passes on no NaN and no infinity, and does not ask for them twice", CHECK_HIDDEN,
     nan_is_failure},
    {"late_ok", "Takes an answer after the time-out for none", CHECK_HIDDEN, late_ok},
    {"no_retry_on_404", "Stops at a 404 that comes at the second try", CHECK_HIDDEN, no_retry_on_404},
    {"no_wait_after_last", "Neither waits nor draws a random number after the last call", CHECK_HIDDEN,
     no_wait_after_last},
    {"capped", "Never waits longer than cap_ms, not even before call 40 or 2000", CHECK_HIDDEN, capped},
    {"jitter_spread", "Spreads the first wait evenly from 0 to base_ms", CHECK_HIDDEN, jitter_spread},
    {"max_tries_zero", "Falls back without a call when it may not make one", CHECK_HIDDEN, max_tries_zero},
    {0},
};
