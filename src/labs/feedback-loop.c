/* Does a recommender that learns from its own clicks find the best items?
 *
 * It learns only about what it shows, and shows only what it believes in: a lucky first click becomes a career, and an
 * unlucky first miss is never revised. A little exploration breaks the loop; a better estimator alone does not.
 * Sources: Huyen 2022, "Designing Machine Learning Systems", chapter 8, "Degenerate feedback loops"; Craswell, Zoeter,
 * Taylor and Ramsey 2008, "An experimental comparison of click position-bias models", WSDM; Salganik, Dodds and Watts
 * 2006, "Experimental study of inequality and unpredictability in an artificial cultural market", Science 311. */
#include "lab.h"

enum {
    MAX_ITEMS = 200,
    SLOTS = 5,
    ROUNDS_PER_STEP = 200,
    MEASURED_STEPS = 100, /* 20,000 rounds, after which the figures are compared */
    MAX_STEPS = 500,
    RECENT_STEPS = 10,    /* of which the efficiency is taken */
    STARVED_BELOW = 50,   /* impressions */
};
static const double prior_impressions = 10.0; /* how many impressions the belief in an unseen item is worth */

/* --- What the reader can turn ------------------------------------------------------------------------------------- */

enum { EXPLORATION, CORRECTION, PRIOR, SPREAD, ITEMS };
static const lab_param params[] = {
    [EXPLORATION] = {"exploration", "Exploration, ε", "", LAB_NUMBER, 0, 1, 0, .step = 0.01, .live = true,
                     .help = "The chance that a slot is given to an item drawn by lot.", .group = "Recommender"},
    [CORRECTION] = {"position_correction", "Correct for position", "", LAB_TOGGLE, .initial = 0,
                    .help = "An impression in slot k counts 1/k: no more than the chance that somebody looked.",
                    .group = "Recommender"},
    [PRIOR] = {"prior_belief", "Belief in an unseen item", "", LAB_NUMBER, 0, 0.5, 0.05, .step = 0.01,
               .help = "The click rate that an item is credited with before anyone has seen it, worth 10 impressions.",
               .group = "Recommender"},
    [SPREAD] = {"appeal_spread", "Spread of appeal", "", LAB_NUMBER, 0, 1, 0.6, .step = 0.05,
                .help = "How much the items differ in how often they are clicked when looked at; 0: not at all.",
                .group = "World"},
    [ITEMS] = {"items", "Items", "", LAB_INTEGER, 20, MAX_ITEMS, 50, .group = "World"},
};

/* --- What the reader sees ----------------------------------------------------------------------------------------- */

enum { SHOWN, FAIR };
static const lab_series impression_series[] = {
    [SHOWN] = {"impressions", "impressions", LAB_ACCENT, LAB_MARK_BARS},
    [FAIR] = {"fair_share", "fair share", LAB_MUTED, LAB_MARK_HORIZONTAL},
};
enum { TOP_SHARE_LINE, EFFICIENCY_LINE };
static const lab_series share_series[] = {
    [TOP_SHARE_LINE] = {"top_share", "share of the top five", LAB_ACCENT, LAB_MARK_LINE},
    [EFFICIENCY_LINE] = {"efficiency", "efficiency", LAB_OK, LAB_MARK_LINE},
};
enum { ESTIMATES, TRUTH };
static const lab_series estimate_series[] = {
    [ESTIMATES] = {"items", "items", LAB_ACCENT, LAB_MARK_POINTS},
    [TRUTH] = {"truth", "estimate = truth", LAB_MUTED, LAB_MARK_DASHED},
};

#define ESTIMATE_FORMULA "\\hat\\theta_i = \\frac{\\text{clicks}_i + 10\\,m_0}{\\text{shown}_i + 10}"
#define EFFICIENCY_FORMULA "\\frac{\\sum_k \\theta_{(k)}/k}{\\max\\sum_k \\theta_{(k)}/k}"
enum { IMPRESSIONS_BY_ITEM, SHARE_BY_ROUND, TRUE_AND_ESTIMATED };
static const lab_view views[] = {
    [IMPRESSIONS_BY_ITEM] = {"impressions_by_item", "Who gets seen", LAB_BARS,
                             {.title = "items, the most appealing first"}, {.title = "impressions"},
                             LAB_SERIES(impression_series), .code = "serve_user",
                             .help = "With justice the five bars on the left would be the tall ones.", .wide = true},
    [SHARE_BY_ROUND] = {"share_by_round", "Concentration and use", LAB_LINE, {.title = "thousand rounds"},
                        {.title = "share", .min = 0, .max = 1}, LAB_SERIES(share_series), .code = "efficiency_of",
                        .formula = EFFICIENCY_FORMULA,
                        .help = "The part of all impressions that the five most shown have had; and the clicks of the "
                                "lists of late against those of the best list."},
    [TRUE_AND_ESTIMATED] = {"true_and_estimated", "What it believes", LAB_SCATTER, {.title = "true appeal", .min = 0},
                            {.title = "estimate", .min = 0}, LAB_SERIES(estimate_series), .code = "estimate_of",
                            .formula = ESTIMATE_FORMULA,
                            .help = "The larger, the more impressions. Without correction a click in slot 5 counts no "
                                    "more than one in slot 1, though five times fewer looked."},
};

enum { ROUNDS, FOUND, STARVED_SHARE, TOP_SHARE, EFFICIENCY, CLICK_THROUGH_RATE };
static const lab_readout readouts[] = {
    [ROUNDS] = {"rounds", "Rounds", "", .code = "serve_user", .help = "One user each, five slots.", .minor = true},
    [FOUND] = {"found", "Of the best five, found", "", .absent = "not yet", .code = "count_found",
               .help = "How many of the five most appealing items are among the five highest estimates."},
    [STARVED_SHARE] = {"starved_share", "Starved", "", .absent = "not yet", .code = "starved_share",
                       .help = "Share of the items with fewer than 50 impressions."},
    [TOP_SHARE] = {"top_share", "Share of the top five", "", .absent = "not yet", .code = "top_share",
                   .help = "Of all impressions so far, those of the five most shown."},
    [EFFICIENCY] = {"efficiency", "Efficiency now", "", .absent = "not yet", .code = "efficiency_of",
                    .formula = EFFICIENCY_FORMULA,
                    .help = "Expected clicks of the lists of the last 2000 rounds against those of the best list."},
    [CLICK_THROUGH_RATE] = {"click_through_rate", "Click-through rate", "", .absent = "not yet", .code = "figures",
                            .help = "Clicks per impression so far: all that the dashboard sees."},
};

/* --- What it keeps ------------------------------------------------------------------------------------------------ */

typedef struct feedback_loop {
    ml_rng user_rng, lot_rng;     /* a stream each: exploring does not change who clicks */
    double appeal[MAX_ITEMS];     /* the chance of a click by someone who looks */
    size_t by_appeal[MAX_ITEMS];  /* items, the most appealing first */
    uint32_t in_tie[MAX_ITEMS];   /* items in a fixed random order, in which equal estimates stand */
    double estimate[MAX_ITEMS];   /* of in_tie[0], in_tie[1], ... */
    uint32_t place[MAX_ITEMS];    /* of an item in that order */
    double shown[MAX_ITEMS];      /* impressions as the recommender counts them */
    double impressions[MAX_ITEMS], clicks[MAX_ITEMS];
    double best;                  /* expected clicks of the best list */
    double expected;              /* of the lists shown in the step that is under way */
    int32_t round;                /* of that step */
    int32_t n_steps;
    double efficiency[MAX_STEPS]; /* of one step alone */
    double top_share[MAX_STEPS];  /* of all rounds up to a step's end */
} feedback_loop;

/* --- The world ---------------------------------------------------------------------------------------------------- */

static void draw_items(feedback_loop *s, size_t n, double spread, uint64_t seed) {
    ml_rng appeal_rng = ml_rng_seed(seed, 1), tie_rng = ml_rng_seed(seed, 2);
    for (size_t i = 0; i < n; i++) { /* log-normal, of mean 0.1 */
        const double appeal = 0.1 * ml_exp(spread * ml_rng_normal(&appeal_rng) - spread * spread / 2.0);
        s->appeal[i] = fmin(fmax(appeal, 0.001), 0.9);
    }
    ml_topk(n, s->appeal, n, s->by_appeal);
    ml_rng_permutation(&tie_rng, n, s->in_tie);
    for (size_t i = 0; i < n; i++)
        s->place[s->in_tie[i]] = (uint32_t)i;
}

/* Expected clicks of a list: slot k, from 1, is looked at with probability 1/k. */
static double expected_clicks(const feedback_loop *s, const size_t *list) {
    double sum = 0.0;
    for (size_t k = 0; k < SLOTS; k++)
        sum += s->appeal[list[k]] / (double)(k + 1);
    return sum;
}

/* --- The recommender ---------------------------------------------------------------------------------------------- */

/* Clicks per impression, as if there had been ten more impressions that went as believed. */
static double estimate_of(const feedback_loop *s, size_t item, double prior_belief) {
    return (s->clicks[item] + prior_impressions * prior_belief) / (s->shown[item] + prior_impressions);
}

/* The five highest estimates, the highest first. */
static void choose_list(const feedback_loop *s, size_t n, size_t *list) {
    ml_topk(n, s->estimate, SLOTS, list);
    for (size_t k = 0; k < SLOTS; k++)
        list[k] = s->in_tie[list[k]];
}

static bool is_in(const size_t *list, size_t item) {
    for (size_t k = 0; k < SLOTS; k++)
        if (list[k] == item)
            return true;
    return false;
}

static void explore(feedback_loop *s, size_t n, double probability, size_t *list) {
    for (size_t k = 0; k < SLOTS; k++) {
        if (!ml_rng_bernoulli(&s->lot_rng, probability))
            continue;
        const size_t item = (size_t)ml_rng_below(&s->lot_rng, n);
        if (!is_in(list, item))
            list[k] = item;
    }
}

/* One round: a list is made, a user sees it, and what they clicked is what the next list is made from. */
static void serve_user(feedback_loop *s, const double *param) {
    const size_t n = (size_t)param[ITEMS];
    size_t list[SLOTS];
    choose_list(s, n, list);
    explore(s, n, param[EXPLORATION], list);
    s->expected += expected_clicks(s, list);
    for (size_t k = 0; k < SLOTS; k++) {
        const size_t item = list[k];
        const double looked = 1.0 / (double)(k + 1);
        s->impressions[item] += 1.0;
        s->shown[item] += param[CORRECTION] > 0.0 ? looked : 1.0;
        s->clicks[item] += ml_rng_bernoulli(&s->user_rng, s->appeal[item] * looked);
        s->estimate[s->place[item]] = estimate_of(s, item, param[PRIOR]);
    }
}

/* --- Figures ------------------------------------------------------------------------------------------------------ */

static double sum_of(size_t n, const double *value) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += value[i];
    return sum;
}

static double top_share(const feedback_loop *s, size_t n) {
    size_t top[SLOTS];
    double sum = 0.0;
    ml_topk(n, s->impressions, SLOTS, top);
    for (size_t k = 0; k < SLOTS; k++)
        sum += s->impressions[top[k]];
    return sum / sum_of(n, s->impressions);
}

static double starved_share(const feedback_loop *s, size_t n) {
    size_t starved = 0;
    for (size_t i = 0; i < n; i++)
        starved += s->impressions[i] < STARVED_BELOW;
    return (double)starved / (double)n;
}

static int32_t count_found(const feedback_loop *s, size_t n) {
    size_t list[SLOTS];
    int32_t found = 0;
    choose_list(s, n, list);
    for (size_t k = 0; k < SLOTS; k++)
        found += is_in(list, s->by_appeal[k]);
    return found;
}

/* Of the last ten steps up to the given one, or as many as there are. */
static double efficiency_of(const feedback_loop *s, int32_t step) {
    const int32_t first = step >= RECENT_STEPS ? step - RECENT_STEPS + 1 : 0;
    return sum_of((size_t)(step - first + 1), s->efficiency + first) / (step - first + 1);
}

static void figures(void *state, const double *param, double *readout) {
    const feedback_loop *s = state;
    const size_t n = (size_t)param[ITEMS];
    const bool any = s->n_steps > 0;
    readout[ROUNDS] = ROUNDS_PER_STEP * s->n_steps;
    readout[FOUND] = any ? count_found(s, n) : -1.0;
    readout[STARVED_SHARE] = any ? starved_share(s, n) : -1.0;
    readout[TOP_SHARE] = any ? top_share(s, n) : -1.0;
    readout[EFFICIENCY] = any ? efficiency_of(s, s->n_steps - 1) : -1.0;
    readout[CLICK_THROUGH_RATE] = any ? sum_of(n, s->clicks) / sum_of(n, s->impressions) : -1.0;
}

/* --- What to try -------------------------------------------------------------------------------------------------- */

static bool is_measured(const double *readout) {
    return readout[ROUNDS] >= MEASURED_STEPS * ROUNDS_PER_STEP;
}

static bool luck_finds_more(const void *state, const double *param, const double *readout) {
    (void)state;
    return is_measured(readout) && param[CORRECTION] == 0.0 && param[SPREAD] >= 0.4 && param[EXPLORATION] > 0.0 &&
           param[EXPLORATION] <= 0.2 &&
           readout[STARVED_SHARE] == 0.0 && readout[FOUND] >= 3.0 && readout[EFFICIENCY] > 0.65;
}

static bool rich_without_merit(const void *state, const double *param, const double *readout) {
    (void)state;
    return is_measured(readout) && param[SPREAD] == 0.0 && param[CORRECTION] == 0.0 && readout[TOP_SHARE] > 0.7;
}

static bool correction_needs_data(const void *state, const double *param, const double *readout) {
    (void)state;
    return is_measured(readout) && param[CORRECTION] > 0.0 && param[SPREAD] >= 0.4 && param[EXPLORATION] > 0.0 &&
           readout[EFFICIENCY] > 0.88;
}

static bool only_luck(const void *state, const double *param, const double *readout) {
    (void)state;
    return is_measured(readout) && param[EXPLORATION] == 1.0 && param[CORRECTION] > 0.0 && param[SPREAD] >= 0.4 &&
           readout[STARVED_SHARE] == 0.0 && readout[FOUND] >= 3.0 && readout[EFFICIENCY] < 0.6;
}

static bool optimism_explores(const void *state, const double *param, const double *readout) {
    (void)state;
    return is_measured(readout) && param[SPREAD] == 0.0 && param[CORRECTION] > 0.0 && param[EXPLORATION] == 0.0 &&
           readout[TOP_SHARE] < 0.9;
}

static const lab_goal goals[] = {
    {"luck_finds_more",
     "Give a tenth of the slots to luck, without correction. After 20,000 rounds no item starves and at least three of "
     "the best five are found; over several seeds the lists are even better, with a tenth of them wasted.",
     luck_finds_more, "exploration=0.1"},
    {"rich_without_merit",
     "Make all items equally good. Five of them still take nearly all impressions, and the click rate looks perfect.",
     rich_without_merit, "appeal_spread=0"},
    {"correction_needs_data",
     "Correct for position: alone it makes the lists worse, with a little exploration it makes the best of all (an "
     "efficiency above 0.88). A right estimate needs data.",
     correction_needs_data, "position_correction=on exploration=0.1"},
    {"only_luck",
     "Correct for position and explore always: it knows nearly all of the best items, and hardly shows them.",
     only_luck, "position_correction=on exploration=1"},
    {"optimism_explores",
     "Items equally good, corrected for position, no exploration: raise the belief in unseen items until the top five "
     "have less than 0.9 of the impressions. Optimism is exploration too.",
     optimism_explores, "appeal_spread=0 position_correction=on prior_belief=0.3"},
};

/* --- The run ------------------------------------------------------------------------------------------------------ */

static ml_status init(void *state, const double *param, const lab_setup *setup, ml_error *error) {
    feedback_loop *s = state;
    const size_t n = (size_t)param[ITEMS];
    (void)error;
    s->user_rng = ml_rng_seed(setup->seed, 3);
    s->lot_rng = ml_rng_seed(setup->seed, 4);
    draw_items(s, n, param[SPREAD], setup->seed);
    s->best = expected_clicks(s, s->by_appeal);
    for (size_t i = 0; i < n; i++)
        s->estimate[s->place[i]] = estimate_of(s, i, param[PRIOR]);
    return ML_OK;
}

static ml_status step(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    feedback_loop *s = state;
    const int64_t cost_of_round = 2 * (int64_t)param[ITEMS] + 100;
    (void)error;
    do {
        serve_user(s, param);
        *budget -= cost_of_round;
    } while (++s->round < ROUNDS_PER_STEP && *budget > 0);
    if (s->round < ROUNDS_PER_STEP)
        return ML_OK;
    s->efficiency[s->n_steps] = s->expected / (ROUNDS_PER_STEP * s->best);
    s->top_share[s->n_steps] = top_share(s, (size_t)param[ITEMS]);
    s->expected = 0.0;
    s->round = 0;
    s->n_steps++;
    progress->step++;
    progress->finished = s->n_steps == MAX_STEPS;
    return ML_OK;
}

/* --- Drawing ------------------------------------------------------------------------------------------------------ */

static void put_impressions(const feedback_loop *s, size_t n, lab_frame *frame) {
    float impressions[MAX_ITEMS] = {0};
    for (size_t i = 0; i < n; i++)
        impressions[i] = (float)s->impressions[s->by_appeal[i]];
    lab_put_points(frame, SHOWN, n, NULL, impressions);
    for (size_t i = 0; i < n; i++)
        lab_put_label(frame, "%zu", i + 1);
    lab_put_point(frame, FAIR, 0.0f, (float)(sum_of(n, s->impressions) / (double)n));
}

static void put_shares(const feedback_loop *s, lab_frame *frame) {
    float thousands[MAX_STEPS], share[MAX_STEPS], efficiency[MAX_STEPS];
    for (int32_t i = 0; i < s->n_steps; i++) {
        thousands[i] = (float)((i + 1) * ROUNDS_PER_STEP / 1000.0);
        share[i] = (float)s->top_share[i];
        efficiency[i] = (float)efficiency_of(s, i);
    }
    lab_put_points(frame, TOP_SHARE_LINE, (size_t)s->n_steps, thousands, share);
    lab_put_points(frame, EFFICIENCY_LINE, (size_t)s->n_steps, thousands, efficiency);
}

static void put_estimates(const feedback_loop *s, size_t n, lab_frame *frame) {
    float appeal[MAX_ITEMS], estimate[MAX_ITEMS], size[MAX_ITEMS];
    const double fair = sum_of(n, s->impressions) / (double)n;
    for (size_t i = 0; i < n; i++) { /* area by impressions, within what can be seen */
        appeal[i] = (float)s->appeal[i];
        estimate[i] = (float)s->estimate[s->place[i]];
        size[i] = (float)(0.5 + (fair > 0.0 ? fmin(0.5 * sqrt(s->impressions[i] / fair), 2.0) : 0.0));
    }
    lab_put_points(frame, ESTIMATES, n, appeal, estimate);
    lab_put_classes(frame, NULL, size, NULL);
    const float ends[2] = {0.0f, (float)s->appeal[s->by_appeal[0]]};
    lab_put_points(frame, TRUTH, 2, ends, ends);
}

static void read(void *state, const double *param, int32_t view, lab_frame *frame) {
    const feedback_loop *s = state;
    if (view == IMPRESSIONS_BY_ITEM)
        put_impressions(s, (size_t)param[ITEMS], frame);
    else if (view == SHARE_BY_ROUND)
        put_shares(s, frame);
    else
        put_estimates(s, (size_t)param[ITEMS], frame);
}

const lab lab_feedback_loop = {
    .name = "feedback-loop",
    .title = "The rich get richer",
    .question = "Does a recommender that learns from its own clicks find the best items?",
    .params = params,
    .n_params = LAB_COUNT(params),
    .views = views,
    .n_views = LAB_COUNT(views),
    .readouts = readouts,
    .n_readouts = LAB_COUNT(readouts),
    .goals = goals,
    .n_goals = LAB_COUNT(goals),
    .state_bytes = sizeof(feedback_loop),
    .steps = MEASURED_STEPS,
    .steps_per_second = 55,
    .step_label = "200 rounds",
    .init = init,
    .step = step,
    .read = read,
    .figures = figures,
};
