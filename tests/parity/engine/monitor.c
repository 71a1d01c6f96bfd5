/* Drift, detectors, tests and experiments, bandits, weights under shift. */
#include <cmocka.h>
#include <stdio.h>

#include "monitor/monitor.h"
#include "report.h"

#define CHECKED(call) assert_int_equal((call), ML_OK)

enum { N = 120, M = 90, K = 8, D = 3 };

static double a[N * D], b[M * D], scratch[2 * (N + M)];
static ml_arena *arena;

static void make_data(void) {
    ml_rng rng = ml_rng_seed(91, 0);
    fill_normal(&rng, N * D, 1, a);
    fill_normal(&rng, M * D, 1.3, b);
    for (size_t i = 0; i < M; i++)
        b[i * D] += i % 4 ? 0.3 : 0.1 * (double)(i % 3); /* ties */
}

static void report_distances(void) {
    uint32_t count_a[K], count_b[K];
    double edge[K - 1], share_a[K], share_b[K], d, p;
    for (int method = ML_KS_ASYMPTOTIC; method <= ML_KS_EXACT; method++) {
        CHECKED(ml_ks_2samp(N, a, M, b, (ml_ks_method)method, scratch, &d, &p, NULL));
        take_number(d);
        take_number(p);
    }
    CHECKED(ml_wasserstein(N, a, M, b, scratch, &d, NULL));
    take_number(d);
    CHECKED(ml_quantiles(N, a, K, edge, scratch, NULL));
    take_doubles(K - 1, edge);
    CHECKED(ml_bin_count(N, a, K, edge, count_a, NULL));
    CHECKED(ml_bin_count(M, b, K, edge, count_b, NULL));
    CHECKED(ml_chi2_2samp(K, count_a, count_b, &d, &p, NULL));
    take_number(d);
    take_number(p);
    for (int empty = ML_PSI_FLOOR; empty <= ML_PSI_HALF_COUNT; empty++) {
        CHECKED(ml_psi(K, count_a, count_b, (ml_psi_empty)empty, &d, NULL));
        take_number(d);
    }
    for (size_t i = 0; i < K; i++) {
        share_a[i] = count_a[i];
        share_b[i] = count_b[i];
    }
    CHECKED(ml_kl_divergence(K, share_a, share_b, &d, NULL));
    take_number(d);
    CHECKED(ml_js_divergence(K, share_a, share_b, &d, NULL));
    take_number(d);
    report_taken("distances");
}

static void report_discrepancy(void) {
    enum { FEATURES = 20 };
    ml_rng rng = ml_rng_seed(92, 0);
    double mmd2, p, mean_a[FEATURES], mean_b[FEATURES];
    ml_rff rff;
    CHECKED(ml_mmd_test(N, a, M, b, D, 0.4, 50, &rng, arena, &mmd2, &p, NULL));
    take_number(mmd2);
    take_number(p);
    CHECKED(ml_rff_init(&rff, D, FEATURES, 0.8, &rng, arena, NULL));
    CHECKED(ml_rff_mean(&rff, N, a, mean_a, NULL));
    CHECKED(ml_rff_mean(&rff, M, b, mean_b, NULL));
    take_doubles(FEATURES, mean_a);
    take_number(ml_mmd_rff(FEATURES, mean_a, mean_b));
    report_taken("maximum mean discrepancy");
}

static void report_detectors(void) {
    ml_rng rng = ml_rng_seed(93, 0);
    ml_page_hinkley page_hinkley = ml_page_hinkley_init(0.05, 10);
    ml_cusum cusum = ml_cusum_init(0.2, 0.3, 5);
    ml_ewma ewma = ml_ewma_init(0.2, 0.4, 0.1, 2.5);
    ml_ddm ddm = ml_ddm_init();
    ml_alarm alarm = ml_alarm_between(0.05, 0.6);
    ml_adwin adwin;
    ml_adwin_init(&adwin, 0.002);
    for (int i = 0; i < 6000; i++) {
        const double error = ml_rng_bernoulli(&rng, i / 1500 % 2 ? 0.45 : 0.2);
        take_number(ml_page_hinkley_add(&page_hinkley, error));
        take_number(ml_cusum_add(&cusum, error));
        take_number(ml_ewma_add(&ewma, error));
        take_number(ml_ddm_add(&ddm, error));
        take_number(ml_adwin_add(&adwin, error));
        take_number(ml_adwin_mean(&adwin));
        take_number(ml_alarm_observe(&alarm, ewma.average));
    }
    take_number(page_hinkley.u);
    take_number(ddm.lowest_s);
    report_taken("detectors");
}

static void report_experiments(void) {
    uint64_t n;
    uint32_t order[2 * N];
    double z, p, df, power, bound[12], adjusted[N];
    CHECKED(ml_two_prop_z(120, 1000, 155, 1010, &z, &p, NULL));
    take_number(z);
    take_number(p);
    CHECKED(ml_two_prop_size(0.1, 0.115, 0.05, 0.8, &n, NULL));
    take_number((double)n);
    CHECKED(ml_two_prop_power(0.1, 0.115, 0.05, n, &power, NULL));
    take_number(power);
    CHECKED(ml_welch_t(N, a, M, b, &z, &df, &p, NULL));
    take_number(z);
    take_number(df);
    take_number(p);
    CHECKED(ml_t_power(50, 0.5, 0.05, &power, NULL));
    take_number(power);
    for (size_t i = 0; i < N; i++)
        adjusted[i] = (double)(i * 37 % N) / (N * N);
    for (int correction = ML_BONFERRONI; correction <= ML_BENJAMINI_HOCHBERG; correction++) {
        CHECKED(ml_adjust_p(N, adjusted, (ml_correction)correction, adjusted, order, NULL));
        take_doubles(N, adjusted);
    }
    for (int boundary = ML_POCOCK; boundary <= ML_OBRIEN_FLEMING; boundary++) {
        CHECKED(ml_seq_boundary((ml_boundary)boundary, 4, 0.05, bound, NULL));
        take_doubles(4, bound);
    }
    for (int i = 0; i < 50; i++)
        take_number(ml_msprt_ratio(0.02 * i, 0.1 / (1 + i), 0.3));
    report_taken("experiments");
}

static void report_interleaving(void) {
    ml_rng rng = ml_rng_seed(94, 0);
    uint32_t first[K], second[K], shown[2 * K];
    uint8_t team[2 * K];
    for (uint32_t i = 0; i < K; i++) {
        first[i] = i;
        second[i] = i * 3 % K + i % 2;
    }
    for (int i = 0; i < 20; i++) {
        const size_t drafted = ml_interleave_team_draft(K, first, second, 6, &rng, shown, team);
        take_words(drafted, shown);
        take_bytes(drafted, team);
        take_words(ml_interleave_balanced(K, first, second, 6, &rng, shown), shown);
    }
    report_taken("interleaving");
}

static void report_bandits(void) {
    enum { ARMS = 5 };
    ml_rng rng = ml_rng_seed(95, 0);
    double plays[ARMS] = {0}, reward[ARMS] = {0}, failure[ARMS] = {0}, context[ARMS * D];
    ml_linucb linucb;
    CHECKED(ml_linucb_init(&linucb, ARMS, D, 1, arena, NULL));
    for (int i = 0; i < 600; i++) {
        fill_normal(&rng, ARMS * D, 1, context);
        const size_t wise = ml_linucb_choose(&linucb, context, 0.7);
        CHECKED(ml_linucb_update(&linucb, wise, context + wise * D, context[wise * D] + ml_rng_normal(&rng), NULL));
        const size_t arm = i % 4 == 0   ? ml_bandit_greedy(ARMS, plays, reward)
                           : i % 4 == 1 ? ml_bandit_epsilon_greedy(ARMS, plays, reward, 0.3, &rng)
                           : i % 4 == 2 ? ml_bandit_ucb1(ARMS, plays, reward)
                                        : ml_bandit_thompson(ARMS, reward, failure, &rng);
        const double won = ml_rng_bernoulli(&rng, 0.1 + 0.15 * (double)arm);
        plays[arm]++;
        reward[arm] += won;
        failure[arm] += 1 - won;
        take_number((double)wise);
        take_number((double)arm);
    }
    take_doubles(ARMS * D * D, linucb.inverse);
    report_taken("bandits");
}

static void report_shift(void) {
    ml_rng rng = ml_rng_seed(96, 0);
    enum { CLASSES = 3 };
    uint32_t label[N], predicted[N], live[M];
    double p_live[N], weight[N], work[CLASSES * CLASSES + CLASSES], posterior[] = {0.2, 0.5, 0.3}, fisher[D] = {0};
    float gradient[D], old[] = {0.5f, -1, 2}, now[] = {0.1f, 0, 3};
    fill_uniform(&rng, N, p_live);
    CHECKED(ml_importance_weights(N, p_live, N, M, 10, weight, NULL));
    take_doubles(N, weight);
    take_number(ml_effective_size(N, weight));
    fill_below(&rng, N, CLASSES, label);
    for (size_t i = 0; i < N; i++)
        predicted[i] = i % 5 ? label[i] : (label[i] + 1) % CLASSES;
    for (size_t i = 0; i < M; i++)
        live[i] = i % 3 ? 2 : (uint32_t)(i % 2);
    CHECKED(ml_label_shift_weights(N, label, predicted, M, live, CLASSES, work, weight, NULL));
    CHECKED(ml_correct_posterior(CLASSES, weight, posterior, NULL));
    take_doubles(CLASSES, weight);
    take_doubles(CLASSES, posterior);
    for (uint64_t seen = 0; seen < 500; seen++)
        take_number((double)ml_replay_slot(seen, 20, &rng));
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < D; j++)
            gradient[j] = (float)a[i * D + j];
        ml_ewc_add_fisher(D, gradient, N, fisher);
    }
    take_number(ml_ewc_penalty(D, now, old, fisher, 0.3, gradient));
    take_doubles(D, fisher);
    take_floats(D, gradient);
    report_taken("shift and forgetting");
}

void report_monitor(void) {
    arena = empty_arena();
    make_data();
    report_distances();
    report_discrepancy();
    report_detectors();
    report_experiments();
    report_interleaving();
    report_bandits();
    report_shift();
}
