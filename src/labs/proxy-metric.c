/* What happens to a feed that is ranked by clicks?
 *
 * It collects the most clicks, for a fortnight. Clicks measure what tempts, not what satisfies; who is not satisfied
 * leaves, and who has left clicks on nothing. Two models, one of clicks and one of stars, are trained once; how much
 * each counts is decided afterwards. Sources: Huyen 2022, "Designing Machine Learning Systems", chapter 2, "Decoupling
 * objectives"; Strathern 1997, "Improving ratings", European Review 5(3), for Goodhart's law. */
#include "lab.h"

enum {
    ITEMS = 1000,
    SHOWN = 20, /* to every user, every day */
    FEATURES = 3, /* a constant 1, bait and quality as the models see them */
    MAX_DAYS = 180,
    WEEK = 7,
    MAX_LOGGED = 20000,
};
static const double first_users = 10000.0;

/* --- What the reader can turn ------------------------------------------------------------------------------------- */

enum { ALPHA, ALIGNMENT, HORIZON, DESIGN, LOGGED };
enum { TWO_MODELS, ONE_BLENDED_MODEL };
static const char *const designs[] = {"two_models", "one_blended_model", NULL};
static const lab_param params[] = {
    [ALPHA] = {"alpha", "Weight of stars, α", "", LAB_NUMBER, 0, 1, 0, .step = 0.05, .live = true,
               .help = "0 ranks by predicted clicks alone, 1 by predicted stars alone. The days are told anew from the "
                       "first.",
               .group = "Feed"},
    [ALIGNMENT] = {"alignment", "Alignment of bait and quality, ρ", "", LAB_NUMBER, -0.5, 0.95, 0, .step = 0.05,
                   .help = "The correlation of what makes people click with what is good.", .group = "World"},
    [HORIZON] = {"days", "Account settled after", "days", LAB_INTEGER, WEEK, MAX_DAYS, 120, .live = true,
                 .help = "When all clicks are added up and a winner is named. The run goes on to day 180.",
                 .group = "World"},
    [DESIGN] = {"design", "Design", "", LAB_CHOICE, .initial = TWO_MODELS, .choices = designs, .live = true,
                .help = "Two models whose scores are added, or one that was trained on the sum of both aims.",
                .group = "Feed"},
    [LOGGED] = {"logged_impressions", "Logged impressions", "", LAB_INTEGER, 500, MAX_LOGGED, 5000, .log = true,
                .help = "What the models learn from: random items shown before day 0, with clicks, and stars where "
                        "there was a click.",
                .group = "World"},
};

/* --- What the reader sees ----------------------------------------------------------------------------------------- */

enum { REFERENCES = 5, MIDDLE = 2, YOURS = REFERENCES, SETTLED }; /* the feeds, in every view and array; a line */
static const double reference_alpha[REFERENCES] = {0.0, 0.25, 0.5, 0.75, 1.0};
static const lab_series day_series[] = {
    {"alpha_0", "α = 0", LAB_BAD, LAB_MARK_DASHED},
    {"alpha_025", "α = 0.25", LAB_AMBER, LAB_MARK_DASHED},
    {"alpha_05", "α = 0.5", LAB_OK, LAB_MARK_DASHED},
    {"alpha_075", "α = 0.75", LAB_TEAL, LAB_MARK_DASHED},
    {"alpha_1", "α = 1", LAB_BLUE, LAB_MARK_DASHED},
    [YOURS] = {"yours", "your α", LAB_ACCENT, LAB_MARK_LINE},
    [SETTLED] = {"settled", "account settled", LAB_MUTED, LAB_MARK_VERTICAL},
};
enum { CATALOGUE, TOP };
static const lab_series item_series[] = {
    [CATALOGUE] = {"items", "items", LAB_MUTED, LAB_MARK_POINTS},
    [TOP] = {"shown", "the 20 shown", LAB_ACCENT, LAB_MARK_POINTS},
};

#define USERS_FORMULA "U_{t+1} = U_t\\,\\big(1 - 0.08\\,\\sigma(-1.5\\,S)\\big)"
#define CLICKS_FORMULA "20\\,U_t\\,\\bar p,\\qquad " USERS_FORMULA
#define RANK_FORMULA "(1 - \\alpha)\\,z(\\hat y_{\\text{click}}) + \\alpha\\,z(\\hat y_{\\text{stars}})"
enum { CLICKS_BY_DAY, TOTAL_CLICKS_BY_DAY, USERS_BY_DAY, ITEMS_VIEW };
static const lab_view views[] = {
    [CLICKS_BY_DAY] = {"clicks_by_day", "Clicks, day by day", LAB_LINE, {.title = "day", .min = 0, .max = MAX_DAYS},
                       {.title = "thousand clicks a day"}, LAB_SERIES(day_series), .code = "next_day",
                       .formula = CLICKS_FORMULA,
                       .help = "The dashed lines are two models with five fixed α; yours is drawn over them."},
    [TOTAL_CLICKS_BY_DAY] = {"total_clicks_by_day", "Clicks, all together", LAB_LINE,
                             {.title = "day", .min = 0, .max = MAX_DAYS}, {.title = "thousand clicks so far"},
                             LAB_SERIES(day_series), .code = "next_day",
                             .formula = "\\sum_{t=0}^{T-1} 20\\,U_t\\,\\bar p",
                             .help = "Where two lines cross, a test that ended earlier named the wrong winner."},
    [USERS_BY_DAY] = {"users_by_day", "Who is still there", LAB_LINE, {.title = "day", .min = 0, .max = MAX_DAYS},
                      {.title = "thousand users", .min = 0, .max = 10}, LAB_SERIES(day_series), .code = "next_day",
                      .formula = USERS_FORMULA, .help = "Nobody comes back, and nobody new comes."},
    [ITEMS_VIEW] = {"items", "What is shown", LAB_SCATTER, {.title = "bait", .min = -4, .max = 4},
                    {.title = "quality", .min = -4, .max = 4}, LAB_SERIES(item_series), .code = "rank_items",
                    .formula = RANK_FORMULA,
                    .help = "Bait makes people click; quality, less some of the bait, makes them glad that they did."},
};

enum { CLICK_THROUGH_RATE, SATISFACTION, CHURN_PER_DAY, CLICKS_WEEK, CLICKS_TOTAL, WINNER_WEEK, WINNER_TOTAL,
       TRAININGS };
static const lab_readout readouts[] = {
    [CLICK_THROUGH_RATE] = {"click_through_rate", "Click-through rate", "", .code = "expect",
                            .formula = "\\bar p = \\frac1{20}\\sum_i p_i,\\quad p_i = \\sigma(-2 + b_i)",
                            .help = "Clicks per impression, expected of the 20 shown."},
    [SATISFACTION] = {"satisfaction", "Satisfaction per click", "stars", .code = "expect",
                      .formula = "S = \\frac{\\sum_i p_i s_i}{\\sum_i p_i},\\quad s_i = q_i - 0.7\\,b_i",
                      .help = "0 is an average click. Below it people feel cheated."},
    [CHURN_PER_DAY] = {"churn_per_day", "Leave per day", "", .code = "expect",
                       .formula = "0.08\\,\\sigma(-1.5\\,S)", .help = "Share of the users."},
    [CLICKS_WEEK] = {"clicks_week", "Clicks, first week", "", .code = "next_day",
                     .help = "Expected, of your α; so far, while the week lasts."},
    [CLICKS_TOTAL] = {"clicks_total", "Clicks, whole account", "", .code = "next_day",
                      .help = "Expected, of your α, up to the day that the account is settled; so far, before it."},
    [WINNER_WEEK] = {"winner_week", "Winner of the week: α", "", .absent = "not yet", .code = "best_reference",
                     .help = "Which of the five dashed lines has the most clicks after 7 days."},
    [WINNER_TOTAL] = {"winner_total", "Winner in the end: α", "", .absent = "not yet", .code = "best_reference",
                      .help = "Which of the five has the most when the account is settled."},
    [TRAININGS] = {"trainings", "Models trained", "", .code = "train_blended",
                   .help = "Two serve every α of two models; one blended model is one more for every α that you try."},
};

/* --- What it keeps ------------------------------------------------------------------------------------------------ */

/* A list that everybody is shown, and what comes of it. */
typedef struct feed {
    size_t item[SHOWN];
    double click_through_rate, satisfaction, churn;
    double users[MAX_DAYS + 1];  /* at the beginning of a day */
    double clicks[MAX_DAYS];     /* on a day, in thousands */
    double total[MAX_DAYS + 1];  /* before a day, in thousands */
} feed;

typedef struct proxy_metric {
    double bait[ITEMS], quality[ITEMS];
    double seen[ITEMS * FEATURES];                       /* by the models: blurred */
    double clicks[ITEMS], stars[ITEMS], blended[ITEMS];  /* predictions */
    double score[ITEMS];                                 /* scratch of the ranking */
    size_t n_logged, n_clicked;
    double *x, *click, *click_stars; /* [MAX_LOGGED x FEATURES], [MAX_LOGGED] twice: the log; 0 stars without a click */
    double *clicked_x, *given_stars; /* the same of the rows with a click alone, n_clicked of them */
    double *target;                  /* [MAX_LOGGED] scratch */
    ml_arena scratch;                /* of one fit */
    int32_t trainings;
    int32_t n_days; /* that are over */
    feed feed[REFERENCES + 1];
} proxy_metric;

static int32_t smaller(int32_t a, int32_t b) {
    return a < b ? a : b;
}

/* --- The world ---------------------------------------------------------------------------------------------------- */

static double click_probability(const proxy_metric *s, size_t item) {
    return ml_sigmoid(-2.0 + s->bait[item]);
}

/* What a click on it is worth to the one who clicked, in stars above the average: bait promises too much. */
static double satisfaction_of(const proxy_metric *s, size_t item) {
    return s->quality[item] - 0.7 * s->bait[item];
}

static void draw_items(proxy_metric *s, double alignment, uint64_t seed) {
    ml_rng item_rng = ml_rng_seed(seed, 1), blur_rng = ml_rng_seed(seed, 2);
    for (size_t i = 0; i < ITEMS; i++) {
        s->bait[i] = ml_rng_normal(&item_rng);
        s->quality[i] = alignment * s->bait[i] + sqrt(1.0 - alignment * alignment) * ml_rng_normal(&item_rng);
        double *const seen = s->seen + i * FEATURES;
        seen[0] = 1.0;
        seen[1] = s->bait[i] + 0.5 * ml_rng_normal(&blur_rng);
        seen[2] = s->quality[i] + 0.5 * ml_rng_normal(&blur_rng);
    }
}

static void copy_features(double *to, const double *from) {
    for (size_t j = 0; j < FEATURES; j++)
        to[j] = from[j];
}

/* Random items to random people, before day 0. There are stars only where there was a click. */
static void draw_log(proxy_metric *s, size_t n, uint64_t seed) {
    ml_rng item_rng = ml_rng_seed(seed, 3), click_rng = ml_rng_seed(seed, 4), star_rng = ml_rng_seed(seed, 5);
    s->n_logged = n;
    for (size_t i = 0; i < n; i++) {
        const size_t item = (size_t)ml_rng_below(&item_rng, ITEMS);
        const double *const seen = s->seen + item * FEATURES;
        const double stars = satisfaction_of(s, item) + ml_rng_normal(&star_rng);
        copy_features(s->x + i * FEATURES, seen);
        s->click[i] = ml_rng_bernoulli(&click_rng, click_probability(s, item));
        s->click_stars[i] = s->click[i] * stars;
        if (s->click[i] > 0.0) {
            copy_features(s->clicked_x + s->n_clicked * FEATURES, seen);
            s->given_stars[s->n_clicked++] = stars;
        }
    }
}

/* --- The models --------------------------------------------------------------------------------------------------- */

/* Fits a ridge to n rows, the constant among its columns, and predicts all items. */
static ml_status train(proxy_metric *s, size_t n, const double *x, const double *y, double *prediction,
                       ml_error *error) {
    double coefficient[FEATURES];
    ML_TRY(ml_ridge_fit(n, FEATURES, x, y, 1.0, coefficient, NULL, &s->scratch, error));
    ml_linear_predict(ITEMS, FEATURES, s->seen, coefficient, 0.0, prediction);
    s->trainings++;
    return ML_OK;
}

static ml_status train_two(proxy_metric *s, ml_error *error) {
    ML_TRY(train(s, s->n_logged, s->x, s->click, s->clicks, error));
    return train(s, s->n_clicked, s->clicked_x, s->given_stars, s->stars, error);
}

/* One model of the sum of both aims: another α is another target, and so another training. */
static ml_status train_blended(proxy_metric *s, double alpha, ml_error *error) {
    for (size_t i = 0; i < s->n_logged; i++)
        s->target[i] = (1.0 - alpha) * s->click[i] + alpha * s->click_stars[i];
    return train(s, s->n_logged, s->x, s->target, s->blended, error);
}

/* --- The feeds ---------------------------------------------------------------------------------------------------- */

/* A ranking may be the learner's own: what it says is looked at before it is believed. */
static ml_status check_list(const feed *f, size_t n, ml_error *error) {
    bool taken[ITEMS] = {false};
    if (n != SHOWN)
        return ml_fail(error, ML_EINVAL, "the ranking must give %d items and gave %zu", SHOWN, n);
    for (size_t i = 0; i < SHOWN; i++) {
        if (f->item[i] >= ITEMS || taken[f->item[i]])
            return ml_fail(error, ML_EINVAL, "the ranking must give %d different items of 0 to %d; place %zu is %zu%s",
                           SHOWN, ITEMS - 1, i, f->item[i], f->item[i] < ITEMS ? " again" : "");
        taken[f->item[i]] = true;
    }
    return ML_OK;
}

/* What a list gives on average. Satisfaction is weighted by clicks: nobody is cheated by what they did not open. */
static void expect(const proxy_metric *s, feed *f) {
    double clicks = 0.0, satisfaction = 0.0;
    for (size_t i = 0; i < SHOWN; i++) {
        const double p = click_probability(s, f->item[i]);
        clicks += p;
        satisfaction += p * satisfaction_of(s, f->item[i]);
    }
    f->click_through_rate = clicks / SHOWN;
    f->satisfaction = satisfaction / clicks;
    f->churn = 0.08 * ml_sigmoid(-1.5 * f->satisfaction);
}

static void next_day(feed *f, int32_t day) {
    f->clicks[day] = f->users[day] * SHOWN * f->click_through_rate / 1000.0;
    f->total[day + 1] = f->total[day] + f->clicks[day];
    f->users[day + 1] = f->users[day] * (1.0 - f->churn);
}

/* Chooses the 20 of a feed, and lets the days so far pass with them. */
static ml_status rank_items(proxy_metric *s, feed *f, double alpha, int design, ml_error *error) {
    const size_t n = design == TWO_MODELS
                         ? ml_blend_rank(ITEMS, s->stars, s->clicks, alpha, 1.0 - alpha, SHOWN, f->item, s->score)
                         : ml_topk(ITEMS, s->blended, SHOWN, f->item);
    ML_TRY(check_list(f, n, error));
    expect(s, f);
    f->users[0] = first_users;
    for (int32_t day = 0; day < s->n_days; day++)
        next_day(f, day);
    return ML_OK;
}

static ml_status rank_yours(proxy_metric *s, const double *param, ml_error *error) {
    if (param[DESIGN] == ONE_BLENDED_MODEL)
        ML_TRY(train_blended(s, param[ALPHA], error));
    return rank_items(s, &s->feed[YOURS], param[ALPHA], (int)param[DESIGN], error);
}

/* --- Figures ------------------------------------------------------------------------------------------------------ */

/* The one with the most clicks after some days; of equals the first. */
static int32_t best_reference(const proxy_metric *s, int32_t days) {
    int32_t best = 0;
    for (int32_t i = 1; i < REFERENCES; i++)
        if (s->feed[i].total[days] > s->feed[best].total[days])
            best = i;
    return best;
}

static void figures(void *state, const double *param, double *readout) {
    const proxy_metric *s = state;
    const feed *yours = &s->feed[YOURS];
    const int32_t horizon = (int32_t)param[HORIZON];
    readout[CLICK_THROUGH_RATE] = yours->click_through_rate;
    readout[SATISFACTION] = yours->satisfaction;
    readout[CHURN_PER_DAY] = yours->churn;
    readout[CLICKS_WEEK] = 1000.0 * yours->total[smaller(s->n_days, WEEK)];
    readout[CLICKS_TOTAL] = 1000.0 * yours->total[smaller(s->n_days, horizon)];
    readout[WINNER_WEEK] = s->n_days >= WEEK ? reference_alpha[best_reference(s, WEEK)] : -1.0;
    readout[WINNER_TOTAL] = s->n_days >= horizon ? reference_alpha[best_reference(s, horizon)] : -1.0;
    readout[TRAININGS] = s->trainings;
}

/* --- What to try -------------------------------------------------------------------------------------------------- */

/* The account is settled, after long enough that a lead of the first weeks means nothing any more. */
static bool is_settled(const proxy_metric *s, const double *param) {
    return param[HORIZON] >= 120.0 && s->n_days >= (int32_t)param[HORIZON];
}

/* Your clicks as a share of a reference's, after some days. */
static double against(const proxy_metric *s, int32_t reference, double days) {
    return s->feed[YOURS].total[(int32_t)days] / s->feed[reference].total[(int32_t)days];
}

static bool wins_the_week(const void *state, const double *param, const double *readout) {
    (void)readout;
    return is_settled(state, param) && param[ALPHA] == 0.0 && param[ALIGNMENT] < 0.5 &&
           against(state, MIDDLE, WEEK) > 1.0 && against(state, MIDDLE, param[HORIZON]) < 1.0;
}

static bool nothing_to_click(const void *state, const double *param, const double *readout) {
    return is_settled(state, param) && param[ALPHA] == 1.0 && readout[SATISFACTION] > 0.0 &&
           readout[CLICK_THROUGH_RATE] < 0.2 && against(state, MIDDLE, param[HORIZON]) < 1.0;
}

static bool keeps_up_with_the_best(const proxy_metric *s, const double *param) {
    return against(s, best_reference(s, (int32_t)param[HORIZON]), param[HORIZON]) > 0.75;
}

static bool aligned_proxy(const void *state, const double *param, const double *readout) {
    (void)readout;
    return is_settled(state, param) && param[ALPHA] == 0.0 && param[DESIGN] == TWO_MODELS &&
           keeps_up_with_the_best(state, param);
}

static bool one_training_per_alpha(const void *state, const double *param, const double *readout) {
    (void)readout;
    return is_settled(state, param) && param[DESIGN] == ONE_BLENDED_MODEL && param[ALPHA] > 0.0 &&
           keeps_up_with_the_best(state, param);
}

static const lab_goal goals[] = {
    {"wins_the_week",
     "Just press Run: the feed ranked by clicks beats α = 0.5 in the first week, loses the lead within two, and by the "
     "end of the account has lost in clicks too. Its users are gone.",
     wins_the_week, ""},
    {"nothing_to_click",
     "Rank by stars alone. Hardly anybody leaves, hardly anybody clicks, and in clicks α = 0.5 is far ahead.",
     nothing_to_click, "alpha=1"},
    {"aligned_proxy",
     "Rank by clicks alone and still come close to the best α: in a world where bait and quality nearly coincide "
     "(ρ = 0.9), the proxy is as good as the goal.",
     aligned_proxy, "alignment=0.9"},
    {"one_training_per_alpha",
     "Take one blended model and find an α that keeps up with the best two-model feed (try 0.4). There is one; but "
     "every α on the way was a training, and two models needed two.",
     one_training_per_alpha, "design=one_blended_model alpha=0.4"},
};

/* --- The run ------------------------------------------------------------------------------------------------------ */

enum { FIT_BYTES = 1024, ROW_DOUBLES = 2 * FEATURES + 4 }; /* scratch of a fit; what the log takes per row */

static ml_status allocate(proxy_metric *s, ml_arena *arena, ml_error *error) {
    s->x = ML_ALLOC(arena, MAX_LOGGED * FEATURES, double);
    s->clicked_x = ML_ALLOC(arena, MAX_LOGGED * FEATURES, double);
    s->click = ML_ALLOC(arena, MAX_LOGGED, double);
    s->click_stars = ML_ALLOC(arena, MAX_LOGGED, double);
    s->given_stars = ML_ALLOC(arena, MAX_LOGGED, double);
    s->target = ML_ALLOC(arena, MAX_LOGGED, double);
    void *scratch = ml_arena_alloc(arena, FIT_BYTES, 1); /* the last: if it fits, all did */
    if (scratch == NULL)
        return ml_fail(error, ML_ENOMEM, "the log does not fit in the lab's memory");
    s->scratch = ml_arena_over(scratch, FIT_BYTES);
    return ML_OK;
}

static ml_status init(void *state, const double *param, const lab_setup *setup, ml_error *error) {
    proxy_metric *s = state;
    ML_TRY(allocate(s, setup->arena, error));
    draw_items(s, param[ALIGNMENT], setup->seed);
    draw_log(s, (size_t)param[LOGGED], setup->seed);
    ML_TRY(train_two(s, error));
    for (int32_t i = 0; i < REFERENCES; i++)
        ML_TRY(rank_items(s, &s->feed[i], reference_alpha[i], TWO_MODELS, error));
    return rank_yours(s, param, error);
}

static ml_status step(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    proxy_metric *s = state;
    (void)param, (void)error;
    for (int32_t i = 0; i <= YOURS; i++)
        next_day(&s->feed[i], s->n_days);
    s->n_days++;
    *budget -= 8 * (REFERENCES + 1);
    progress->step++;
    progress->finished = s->n_days == MAX_DAYS;
    return ML_OK;
}

/* Another α or design: what it would have given on all days so far. */
static ml_status adjust(void *state, const double *param, int32_t changed, ml_error *error) {
    return changed == HORIZON ? ML_OK : rank_yours(state, param, error);
}

/* --- Drawing ------------------------------------------------------------------------------------------------------ */

static void put_days(lab_frame *frame, int32_t series, int32_t n, const double *value, double unit) {
    float y[MAX_DAYS + 1];
    for (int32_t i = 0; i < n; i++)
        y[i] = (float)(value[i] / unit);
    lab_put_points(frame, series, (size_t)n, NULL, y);
}

static void put_items(const proxy_metric *s, lab_frame *frame) {
    float x[ITEMS], y[ITEMS];
    for (size_t i = 0; i < ITEMS; i++) {
        x[i] = (float)s->bait[i];
        y[i] = (float)s->quality[i];
    }
    lab_put_points(frame, CATALOGUE, ITEMS, x, y);
    for (size_t i = 0; i < SHOWN; i++) {
        x[i] = (float)s->bait[s->feed[YOURS].item[i]];
        y[i] = (float)s->quality[s->feed[YOURS].item[i]];
    }
    lab_put_points(frame, TOP, SHOWN, x, y);
}

static void read(void *state, const double *param, int32_t view, lab_frame *frame) {
    const proxy_metric *s = state;
    if (view == ITEMS_VIEW) {
        put_items(s, frame);
        return;
    }
    for (int32_t i = 0; i <= YOURS; i++) {
        const feed *f = &s->feed[i];
        if (view == CLICKS_BY_DAY)
            put_days(frame, i, s->n_days, f->clicks, 1.0);
        else if (view == TOTAL_CLICKS_BY_DAY)
            put_days(frame, i, s->n_days + 1, f->total, 1.0);
        else
            put_days(frame, i, s->n_days + 1, f->users, 1000.0);
    }
    lab_put_point(frame, SETTLED, (float)param[HORIZON], 0.0f);
}

const lab lab_proxy_metric = {
    .name = "proxy-metric",
    .title = "Clicks now or users later",
    .question = "What happens to a feed that is ranked by clicks?",
    .params = params,
    .n_params = LAB_COUNT(params),
    .views = views,
    .n_views = LAB_COUNT(views),
    .readouts = readouts,
    .n_readouts = LAB_COUNT(readouts),
    .goals = goals,
    .n_goals = LAB_COUNT(goals),
    .state_bytes = sizeof(proxy_metric),
    .arena_bytes = MAX_LOGGED * ROW_DOUBLES * sizeof(double) + FIT_BYTES + 8 * 64,
    .steps_per_second = 90,
    .step_label = "one day",
    .init = init,
    .step = step,
    .adjust = adjust,
    .read = read,
    .figures = figures,
};
