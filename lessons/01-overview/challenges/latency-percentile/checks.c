#include "check.h"

#include <stdio.h>

double percentile(const double *ms, size_t n, double p);

/* One percentile of guarded values, which must stay as they are. */
static void expect(check *c, const double *ms, size_t n, double p, double expected) {
    if (c->failed)
        return; /* what went in belongs to the first failure */
    double *guarded = check_copy(c, ms, n * sizeof *ms);
    char what[32];
    snprintf(what, sizeof what, "p%g", p);
    const double got = percentile(guarded, n, p);
    check_double(c, what, got, expected, 0);
    check_unchanged(c, "ms", guarded, ms, n * sizeof *ms);
}

/* 1, 2, ..., count in mixed order: 7 has no factor in common with the counts used here. */
static const double *whole_numbers(check *c, size_t count) {
    double *ms = CHECK_BUFFER(c, count, double);
    for (size_t i = 0; i < count; i++)
        ms[i * 7 % count] = (double)(i + 1);
    return ms;
}

static const double five[] = {15, 20, 35, 40, 50};
static const char five_text[] = "ms = {15, 20, 35, 40, 50}";

static void textbook(check *c) {
    check_input(c, "%s", five_text);
    expect(c, five, 5, 25, 20);
    expect(c, five, 5, 30, 20);
    expect(c, five, 5, 40, 20);
    expect(c, five, 5, 50, 35);
}

static void ends(check *c) {
    check_input(c, "%s", five_text);
    expect(c, five, 5, 100, 50);
    expect(c, five, 5, 0, 15);
}

/* p / 100 * n is a hair above the whole number for each of these, and ceil takes the next one. */
static void exact_rank(check *c) {
    static const double p[] = {7, 14, 28, 55};
    check_input(c, "ms = 1, 2, ..., 100 in mixed order");
    for (size_t i = 0; i < sizeof p / sizeof *p; i++)
        expect(c, whole_numbers(c, 100), 100, p[i], p[i]);
    if (!c->failed)
        check_input(c, "ms = 1, 2, ..., 25 in mixed order");
    expect(c, whole_numbers(c, 25), 25, 28, 7);
}

static void p999(check *c) {
    check_input(c, "ms = 1, 2, ..., 1000 in mixed order");
    expect(c, whole_numbers(c, 1000), 1000, 99.9, 999);
}

static void unsorted_kept(check *c) {
    static const double ms[] = {0.75, 0.25, 0.5, 0.125, 0.875, 0.375, 0.625};
    check_input(c, "ms = {0.75, 0.25, 0.5, 0.125, 0.875, 0.375, 0.625}");
    for (int rank = 1; rank <= 7; rank++)
        expect(c, ms, 7, rank * 14, rank / 8.0); /* 14 % of 7 is 0.98: rank 1 */
}

/* A float holds seven digits: it cannot tell these apart. */
static void precise(check *c) {
    static const double ms[] = {250.0000003, 250.0000001, 250.0000002};
    check_input(c, "ms = {250.0000003, 250.0000001, 250.0000002}");
    expect(c, ms, 3, 33, 250.0000001);
    expect(c, ms, 3, 66, 250.0000002);
    expect(c, ms, 3, 99, 250.0000003);
}

static void ties(check *c) {
    static const double ms[] = {7, 5, 5, 7, 5};
    check_input(c, "ms = {7, 5, 5, 7, 5}");
    expect(c, ms, 5, 60, 5);
    expect(c, ms, 5, 61, 7);
}

static void one(check *c) {
    static const double p[] = {0, 0.001, 50, 99.999, 100}, ms[] = {12.5};
    check_input(c, "ms = {12.5}");
    for (size_t i = 0; i < sizeof p / sizeof *p; i++)
        expect(c, ms, 1, p[i], 12.5);
}

static void bad_p(check *c) {
    static const double p[] = {-0.001, 100.001, -HUGE_VAL, HUGE_VAL, (double)NAN};
    check_input(c, "%s", five_text);
    for (size_t i = 0; i < sizeof p / sizeof *p; i++)
        expect(c, five, 5, p[i], (double)NAN);
    if (!c->failed)
        check_input(c, "no values (n = 0, ms is null)");
    check_double(c, "p50", percentile(NULL, 0, 50), (double)NAN, 0);
}

static void tail(check *c) {
    double *ms = CHECK_BUFFER(c, 1000, double);
    for (size_t i = 0; i < 1000; i++)
        ms[i] = i % 100 == 0 ? 1000 : 10;
    check_input(c, "990 requests of 10 ms and 10 of 1000 ms (their mean: 19.9 ms)");
    expect(c, ms, 1000, 99, 10);
    expect(c, ms, 1000, 99.1, 1000);
}

/* The 99th percentile of 10,000 latencies. */
void check_cost(void) {
    enum { N = 10000 };
    static double ms[N];
    static bool ready;
    if (!ready) {
        ml_rng rng = ml_rng_seed(2, 0);
        for (size_t i = 0; i < N; i++)
            ms[i] = 100 * ml_rng_uniform(&rng);
        ready = true;
    }
    percentile(ms, N, 99);
}

const check_case check_cases[] = {
    {"textbook", "Finds p25, p30, p40 and p50 of five values", CHECK_SHOWN, textbook},
    {"ends", "Gives the least value for p0 and the largest for p100", CHECK_SHOWN, ends},
    {"exact_rank", "Hits the rank exactly where p n / 100 is a whole number", CHECK_HIDDEN, exact_rank},
    {"p999", "Takes percentiles between the whole ones", CHECK_HIDDEN, p999},
    {"unsorted_kept", "Sorts values less than 1 ms apart, and leaves the caller's order alone", CHECK_HIDDEN,
     unsorted_kept},
    {"precise", "Keeps every digit of a double", CHECK_HIDDEN, precise},
    {"ties", "Counts equal values one by one", CHECK_HIDDEN, ties},
    {"one", "Finds its way with a single value", CHECK_HIDDEN, one},
    {"bad_p", "Answers NAN where there is no answer", CHECK_HIDDEN, bad_p},
    {"tail", "Shows the ten slow requests that the mean hides", CHECK_HIDDEN, tail},
    {0},
};
