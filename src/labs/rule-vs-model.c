/* How complex must a pattern be before a learned model beats a rule written by someone who knows the truth?
 *
 * The world is a square, cut into regions whose labels are known. The rule's author knows every cut but writes down
 * only so many ifs: exact while they last, and off a cliff after. The model, k nearest neighbours, knows nothing but
 * labelled points: never exact, and it only slides. What it needs is not many points but many points a region. Sources:
 * Cover and Hart 1967, "Nearest neighbor pattern classification", IEEE Transactions on Information Theory 13(1); Huyen
 * 2022, "Designing Machine Learning Systems", chapter 1. */
#include "lab.h"

#include <string.h>

enum {
    SIDE = 64, /* cells along a side of the world */
    CELLS = SIDE * SIDE,
    GRID = 32, /* points along a side at which the model is asked: every second cell's centre */
    QUESTIONS = GRID * GRID,
    PER_STEP = 64, /* questions */
    AT_ONCE = 16,  /* questions between two looks at the budget */
    WORLDS = 8,    /* of 2, 4, 8, ..., 256 regions */
    MAX_REGIONS = 2 << (WORLDS - 1),
    MAX_IFS = 128,
    MAX_ROWS = 4000,
    MAX_NEIGHBOURS = 15,
    STEPS_PER_SWEEP = WORLDS * QUESTIONS / PER_STEP,
};

/* --- What the reader can turn ------------------------------------------------------------------------------------- */

enum { RULE_IFS, ROWS, NEIGHBOURS, LABEL_NOISE, REGIONS };
static const char *const region_names[] = {"2", "4", "8", "16", "32", "64", "128", "256", NULL};
static const lab_param params[] = {
    [RULE_IFS] = {"rule_ifs", "Ifs in the rule", "", LAB_INTEGER, 1, MAX_IFS, 8, .log = true, .live = true,
                  .help = "How many of the world's cuts the rule's author writes down, the coarsest first.",
                  .group = "Rule"},
    [ROWS] = {"rows", "Rows to learn from", "", LAB_INTEGER, 20, MAX_ROWS, 400, .log = true, .group = "Model",
              .help = "Labelled points, scattered over the square."},
    [NEIGHBOURS] = {"neighbours", "Neighbours that vote", "", LAB_INTEGER, 1, MAX_NEIGHBOURS, 3, .step = 2,
                    .live = true, .help = "Odd, so that no vote is tied; a tie would go to class 0.",
                    .group = "Model"},
    [LABEL_NOISE] = {"label_noise", "Wrong labels", "", LAB_NUMBER, 0, 0.5, 0.05, .step = 0.05,
                     .help = "The chance that a row's label is the wrong one. At 0.5 labels are coin tosses.",
                     .group = "Model"},
    [REGIONS] = {"regions", "Regions of the world on the maps", "", LAB_CHOICE, .initial = 3, .choices = region_names,
                 .live = true, .help = "The curve shows all eight worlds, the maps and the figures this one.",
                 .group = "World"},
};

/* --- What the reader sees ----------------------------------------------------------------------------------------- */

enum { RULE, MODEL, COIN, ON_THE_MAPS };
static const lab_series accuracy_series[] = {
    [RULE] = {"rule", "rule", LAB_AMBER, LAB_MARK_LINE},
    [MODEL] = {"model", "model", LAB_ACCENT, LAB_MARK_LINE},
    [COIN] = {"coin", "a coin", LAB_MUTED, LAB_MARK_HORIZONTAL},
    [ON_THE_MAPS] = {"on_the_maps", "on the maps", LAB_MUTED, LAB_MARK_VERTICAL},
};
enum { LABEL, TRAINING_ROWS };
static const lab_series map_series[] = {
    [LABEL] = {"label", "class", LAB_ACCENT, LAB_MARK_DEFAULT},
    [TRAINING_ROWS] = {"rows", "rows to learn from", LAB_ACCENT, LAB_MARK_POINTS},
};

enum { ACCURACY_BY_REGIONS, TRUTH_MAP, RULE_MAP, MODEL_MAP };
#define MAP_AXES {.title = "x1", .min = 0, .max = 1}, {.title = "x2", .min = 0, .max = 1}
static const lab_view views[] = {
    [ACCURACY_BY_REGIONS] = {"accuracy_by_regions", "How often each is right", LAB_LINE,
                             {.title = "regions of the world", .log = true, .min = 2, .max = MAX_REGIONS},
                             {.title = "share of right answers", .min = 0.4, .max = 1}, LAB_SERIES(accuracy_series),
                             .code = "accuracy_of",
                             .formula = "\\frac1m\\sum_{i=1}^m [\\,\\hat y(x_i) = y(x_i)\\,]",
                             .help = "The rule is exact until its ifs run out. The model is never exact, and slides."},
    [TRUTH_MAP] = {"truth_map", "The truth", LAB_SURFACE, MAP_AXES, map_series, TRAINING_ROWS, .code = "draw_regions",
                   .help = "Each cut makes two regions out of one, of opposite classes."},
    [RULE_MAP] = {"rule_map", "What the rule says", LAB_SURFACE, MAP_AXES, map_series, TRAINING_ROWS,
                  .code = "put_rule", .help = "Each region that the rule knows answers what most of it is."},
    [MODEL_MAP] = {"model_map", "What the model says", LAB_SURFACE, MAP_AXES, LAB_SERIES(map_series),
                   .code = "ml_knn_nearest",
                   .formula = "\\hat y = \\Big[\\tfrac1k\\sum_{i \\in N_k(x)} y_i > \\tfrac12\\Big]",
                   .help = "With the rows that it learned from. In the middle between the colours: not asked yet."},
};

enum { RULE_ACCURACY, MODEL_ACCURACY, EXAMPLES_PER_REGION, WINNER, IFS_NEEDED, SWEEPS };
static const char *const winners[] = {"rule", "model", "tie", NULL};
enum { RULE_WINS, MODEL_WINS, TIE };
static const lab_readout readouts[] = {
    [RULE_ACCURACY] = {"rule_accuracy", "Rule is right", "", .absent = "not yet", .code = "accuracy_of",
                       .help = "Share of all cells of the world on the maps, mean over the sweeps so far."},
    [MODEL_ACCURACY] = {"model_accuracy", "Model is right", "", .absent = "not yet", .code = "accuracy_of",
                        .help = "Share of 1024 points of the world on the maps, mean over the sweeps so far."},
    [EXAMPLES_PER_REGION] = {"examples_per_region", "Rows per region", "", .code = "figures",
                             .formula = "\\frac nK"},
    [WINNER] = {"winner", "Winner", "", .absent = "not yet", .choices = winners, .code = "winner"},
    [IFS_NEEDED] = {"ifs_needed", "Ifs that the truth needs", "", .code = "figures", .formula = "K - 1",
                    .help = "Each cut makes two regions out of one."},
    [SWEEPS] = {"sweeps", "Sweeps", "", .code = "figures", .minor = true,
                .help = "How often all eight worlds have been made and measured."},
};

/* --- What it keeps ------------------------------------------------------------------------------------------------ */

typedef struct rectangle {
    int32_t x0, x1, y0, y1; /* cells, the ends not included */
} rectangle;

/* A cut splits region `parent`; the part at the low edge keeps that number, the other gets the next one. */
typedef struct cut {
    int32_t parent, at;
    bool across_x; /* x < at and the rest, else y < at and the rest */
} cut;

typedef struct world {
    ml_rng cut_rng, row_rng, noise_rng; /* a stream each */
    int32_t regions;
    cut cuts[MAX_REGIONS - 1];
    uint8_t truth[CELLS];
    double *x;                /* [rows x 2] */
    uint8_t *label;           /* [rows] as learned from */
    uint16_t vote[QUESTIONS]; /* the labels of the 15 nearest rows, the nearest in bit 0: enough for every k */
    int32_t asked;            /* questions, in rows from the lowest x2 */
    int32_t rule_right[MAX_IFS + 1], model_right[MAX_NEIGHBOURS + 1]; /* by number of ifs, and by k */
} world;

/* Sums over the sweeps in which the world was measured. */
typedef struct tally {
    int64_t rule_right[MAX_IFS + 1], model_right[MAX_NEIGHBOURS + 1];
    int32_t sweeps;
} tally;

typedef struct rule_vs_model {
    world world[WORLDS];
    tally tally[WORLDS];
    int32_t turn;  /* of the world that is being measured */
    int32_t sweep; /* complete ones */
} rule_vs_model;

static int32_t neighbours(const double *param) {
    return (int32_t)param[NEIGHBOURS];
}

/* --- Figures ------------------------------------------------------------------------------------------------------ */

typedef struct accuracy {
    double rule, model;
} accuracy;

/* Means over the sweeps so far, of which there is at least one. */
static accuracy accuracy_of(const tally *t, const double *param) {
    const double sweeps = t->sweeps;
    return (accuracy){(double)t->rule_right[(int32_t)param[RULE_IFS]] / (CELLS * sweeps),
                      (double)t->model_right[neighbours(param)] / (QUESTIONS * sweeps)};
}

static double winner(const tally *t, const double *param) {
    const int64_t rule = t->rule_right[(int32_t)param[RULE_IFS]];
    const int64_t model = t->model_right[neighbours(param)] * (CELLS / QUESTIONS); /* so that equal shares are equal */
    return rule > model ? RULE_WINS : rule < model ? MODEL_WINS : TIE;
}

static void figures(void *state, const double *param, double *readout) {
    const rule_vs_model *duel = state;
    const int32_t shown = (int32_t)param[REGIONS];
    const tally *t = &duel->tally[shown];
    const accuracy a = t->sweeps > 0 ? accuracy_of(t, param) : (accuracy){-1.0, -1.0};
    readout[RULE_ACCURACY] = a.rule;
    readout[MODEL_ACCURACY] = a.model;
    readout[EXAMPLES_PER_REGION] = param[ROWS] / duel->world[shown].regions;
    readout[WINNER] = t->sweeps > 0 ? winner(t, param) : -1.0;
    readout[IFS_NEEDED] = duel->world[shown].regions - 1;
    readout[SWEEPS] = duel->sweep;
}

/* --- What to try -------------------------------------------------------------------------------------------------- */

/* Exact in one world; in the next, of twice as many regions, beaten by far. */
static bool rule_cliff(const void *state, const double *param, const double *readout) {
    (void)readout;
    const rule_vs_model *duel = state;
    for (int32_t i = 0; i + 1 < WORLDS && duel->tally[i + 1].sweeps > 0; i++) {
        const accuracy here = accuracy_of(&duel->tally[i], param), next = accuracy_of(&duel->tally[i + 1], param);
        if (here.rule == 1.0 && next.rule < 0.74 && next.model > 0.84)
            return true;
    }
    return false;
}

static bool too_few_rows(const void *state, const double *param, const double *readout) {
    const rule_vs_model *duel = state;
    return duel->world[(int32_t)param[REGIONS]].regions <= 64 && param[LABEL_NOISE] <= 0.05 &&
           readout[MODEL_ACCURACY] >= 0.0 && readout[MODEL_ACCURACY] < 0.65;
}

static bool examples_per_region_decide(const void *state, const double *param, const double *readout) {
    const rule_vs_model *duel = state;
    return duel->world[(int32_t)param[REGIONS]].regions == MAX_REGIONS && readout[MODEL_ACCURACY] > 0.85;
}

static bool coin_labels(const void *state, const double *param, const double *readout) {
    const rule_vs_model *duel = state;
    double mean = 0.0;
    if (param[LABEL_NOISE] < 0.5 || param[RULE_IFS] < 7 || readout[SWEEPS] < 1.0)
        return false;
    for (int32_t i = 0; i < WORLDS; i++)
        mean += accuracy_of(&duel->tally[i], param).model / WORLDS;
    return fabs(mean - 0.5) < 0.05 && accuracy_of(&duel->tally[2], param).rule == 1.0;
}

static const lab_goal goals[] = {
    {"rule_cliff",
     "Just press Run, and watch the rule fall off its cliff: exact with some number of regions, below 0.74 with twice "
     "as many, where the model still gets 0.84.",
     rule_cliff, ""},
    {"too_few_rows",
     "With 64 regions or fewer and hardly a wrong label, starve the model until it is as good as a coin: below 0.65.",
     too_few_rows, "rows=40 regions=64"},
    {"examples_per_region_decide",
     "At 256 regions the model gets about 0.66. Feed it as many rows a region as it had where it was good, and get "
     "above 0.85.",
     examples_per_region_decide, "rows=4000 regions=256"},
    {"coin_labels",
     "Let a coin write the labels. After a sweep the model is a coin too, in all worlds; the rule never asked for "
     "labels and is still exact up to 8 regions.",
     coin_labels, "label_noise=0.5"},
};

/* --- A world ------------------------------------------------------------------------------------------------------ */

static int32_t area(rectangle r) {
    return (r.x1 - r.x0) * (r.y1 - r.y0);
}

/* Applies a cut: region[parent] becomes the part at the low edge. Returns the other part. */
static rectangle split(rectangle *region, cut c) {
    rectangle *low = &region[c.parent], high = *low;
    if (c.across_x)
        low->x1 = high.x0 = c.at;
    else
        low->y1 = high.y0 = c.at;
    return high;
}

/* The largest region is cut across its longer side, at a random border in the middle fifth. */
static cut draw_cut(ml_rng *rng, int32_t n, const rectangle *region) {
    int32_t parent = 0;
    for (int32_t i = 1; i < n; i++)
        if (area(region[i]) > area(region[parent]))
            parent = i;
    const rectangle r = region[parent];
    const int32_t width = r.x1 - r.x0, height = r.y1 - r.y0;
    const bool across_x = width != height ? width > height : ml_rng_bernoulli(rng, 0.5);
    const int32_t side = across_x ? width : height;
    int32_t first = (2 * side + 4) / 5, last = 3 * side / 5; /* rounded up, rounded down */
    if (first > last)
        first = last = side / 2;
    const int32_t from_edge = first + (int32_t)ml_rng_below(rng, (uint64_t)(last - first + 1));
    return (cut){parent, (across_x ? r.x0 : r.y0) + from_edge, across_x};
}

static void paint(rectangle r, uint8_t label, uint8_t *cells) {
    for (int32_t y = r.y0; y < r.y1; y++)
        memset(cells + y * SIDE + r.x0, label, (size_t)(r.x1 - r.x0));
}

/* Cuts the square until there are enough regions. Of the two parts one keeps the label, the other gets the opposite. */
static void draw_regions(world *w) {
    rectangle region[MAX_REGIONS] = {{0, SIDE, 0, SIDE}};
    uint8_t label[MAX_REGIONS] = {0};
    for (int32_t n = 1; n < w->regions; n++) {
        const cut c = w->cuts[n - 1] = draw_cut(&w->cut_rng, n, region);
        region[n] = split(region, c);
        label[n] = label[c.parent];
        label[ml_rng_bernoulli(&w->cut_rng, 0.5) ? n : c.parent] ^= 1;
    }
    for (int32_t i = 0; i < w->regions; i++)
        paint(region[i], label[i], w->truth);
}

static int32_t ones_in(const world *w, rectangle r) {
    int32_t ones = 0;
    for (int32_t y = r.y0; y < r.y1; y++)
        for (int32_t x = r.x0; x < r.x1; x++)
            ones += w->truth[y * SIDE + x];
    return ones;
}

/* How many cells a region gets right that answers what most of it is. */
static int32_t right_in(const world *w, rectangle r) {
    const int32_t ones = ones_in(w, r), zeros = area(r) - ones;
    return ones > zeros ? ones : zeros;
}

/* The rule with one more if differs in the region that the if splits, and nowhere else. */
static void score_rule(world *w) {
    rectangle region[MAX_REGIONS] = {{0, SIDE, 0, SIDE}};
    w->rule_right[0] = right_in(w, region[0]);
    for (int32_t n = 1; n <= MAX_IFS; n++) {
        w->rule_right[n] = w->rule_right[n - 1];
        if (n >= w->regions)
            continue; /* the truth has no further cut */
        const cut c = w->cuts[n - 1];
        w->rule_right[n] -= right_in(w, region[c.parent]);
        region[n] = split(region, c);
        w->rule_right[n] += right_in(w, region[c.parent]) + right_in(w, region[n]);
    }
}

static void draw_rows(world *w, size_t rows, double label_noise) {
    for (size_t i = 0; i < rows; i++) {
        double *const x = w->x + 2 * i;
        x[0] = ml_rng_uniform(&w->row_rng);
        x[1] = ml_rng_uniform(&w->row_rng);
        const uint8_t truth = w->truth[(int32_t)(x[1] * SIDE) * SIDE + (int32_t)(x[0] * SIDE)];
        w->label[i] = truth ^ (uint8_t)ml_rng_bernoulli(&w->noise_rng, label_noise);
    }
}

static void make_world(world *w, const double *param) {
    draw_regions(w);
    score_rule(w);
    draw_rows(w, (size_t)param[ROWS], param[LABEL_NOISE]);
    w->asked = 0;
    memset(w->model_right, 0, sizeof w->model_right);
}

/* --- The model ---------------------------------------------------------------------------------------------------- */

/* The cell whose centre question q asks for: every second one, in rows. */
static int32_t cell_of(int32_t q) {
    return q / GRID * 2 * SIDE + q % GRID * 2;
}

/* What the model says to question q: the majority of the first k votes; a tie is 0. */
static int32_t model_says(const world *w, int32_t q, int32_t k) {
    int32_t ones = 0;
    for (int32_t i = 0; i < k; i++)
        ones += w->vote[q] >> i & 1;
    return 2 * ones > k;
}

/* Counts the answer to question q, for every number of neighbours at once. */
static void score_model(world *w, int32_t q) {
    for (int32_t k = 1; k <= MAX_NEIGHBOURS; k++)
        w->model_right[k] += model_says(w, q, k) == w->truth[cell_of(q)];
}

/* Asks the model the next few questions. */
static ml_status ask(world *w, size_t rows, ml_error *error) {
    double query[2 * AT_ONCE], distance[AT_ONCE * MAX_NEIGHBOURS];
    uint32_t nearest[AT_ONCE * MAX_NEIGHBOURS];
    for (int32_t i = 0; i < AT_ONCE; i++) {
        const int32_t cell = cell_of(w->asked + i);
        query[2 * i] = (cell % SIDE + 0.5) / SIDE;
        query[2 * i + 1] = (cell / SIDE + 0.5) / SIDE;
    }
    ML_TRY(ml_knn_nearest(rows, 2, w->x, MAX_NEIGHBOURS, AT_ONCE, query, nearest, distance, error));
    for (int32_t i = 0; i < AT_ONCE; i++, w->asked++) {
        w->vote[w->asked] = 0;
        for (int32_t j = 0; j < MAX_NEIGHBOURS; j++)
            w->vote[w->asked] |= (uint16_t)(w->label[nearest[i * MAX_NEIGHBOURS + j]] << j);
        score_model(w, w->asked);
    }
    return ML_OK;
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

static ml_status init(void *state, const double *param, const lab_setup *setup, ml_error *error) {
    rule_vs_model *duel = state;
    for (int32_t i = 0; i < WORLDS; i++) {
        world *w = &duel->world[i];
        const uint64_t stream = 3 * (uint64_t)i;
        w->cut_rng = ml_rng_seed(setup->seed, stream + 1);
        w->row_rng = ml_rng_seed(setup->seed, stream + 2);
        w->noise_rng = ml_rng_seed(setup->seed, stream + 3);
        w->regions = 2 << i;
        w->x = ML_ALLOC(setup->arena, 2 * (size_t)param[ROWS], double);
        w->label = ML_ALLOC(setup->arena, (size_t)param[ROWS], uint8_t);
        if (w->x == NULL || w->label == NULL)
            return ml_fail(error, ML_ENOMEM, "the rows do not fit in the lab's memory; use fewer");
        make_world(w, param);
    }
    return ML_OK;
}

/* The world has been asked everything: its result counts, and the next one is up. */
static void finish_turn(rule_vs_model *duel, const double *param) {
    const world *w = &duel->world[duel->turn];
    tally *t = &duel->tally[duel->turn];
    for (int32_t n = 0; n <= MAX_IFS; n++)
        t->rule_right[n] += w->rule_right[n];
    for (int32_t k = 1; k <= MAX_NEIGHBOURS; k++)
        t->model_right[k] += w->model_right[k];
    t->sweeps++;
    duel->turn = (duel->turn + 1) % WORLDS;
    duel->sweep += duel->turn == 0;
    if (duel->tally[duel->turn].sweeps > 0) /* in the first sweep the worlds stand already */
        make_world(&duel->world[duel->turn], param);
}

static ml_status step(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    rule_vs_model *duel = state;
    while (*budget > 0) {
        world *w = &duel->world[duel->turn];
        ML_TRY(ask(w, (size_t)param[ROWS], error));
        *budget -= (2 * AT_ONCE + 2) * (int64_t)param[ROWS];
        if (w->asked % PER_STEP != 0)
            continue;
        progress->step++;
        if (w->asked == QUESTIONS)
            finish_turn(duel, param);
        break;
    }
    return ML_OK;
}

/* --- Drawing ------------------------------------------------------------------------------------------------------ */

static void put_accuracies(const rule_vs_model *duel, const double *param, lab_frame *frame) {
    float regions[WORLDS], rule[WORLDS], model[WORLDS];
    size_t n = 0;
    for (; n < WORLDS && duel->tally[n].sweeps > 0; n++) {
        const accuracy a = accuracy_of(&duel->tally[n], param);
        regions[n] = (float)duel->world[n].regions;
        rule[n] = (float)a.rule;
        model[n] = (float)a.model;
    }
    lab_put_points(frame, RULE, n, regions, rule);
    lab_put_points(frame, MODEL, n, regions, model);
    lab_put_point(frame, COIN, 2.0f, 0.5f);
    lab_put_point(frame, ON_THE_MAPS, (float)duel->world[(int32_t)param[REGIONS]].regions, 0.5f);
}

static void put_map(lab_frame *frame, int32_t side, const float *value) {
    lab_put_grid(frame, LABEL, (lab_grid){side, side, 0, 1, 0, 1, 0, 1}, value);
}

static void put_cells(lab_frame *frame, const uint8_t *cells) {
    float value[CELLS];
    for (int32_t i = 0; i < CELLS; i++)
        value[i] = cells[i];
    put_map(frame, SIDE, value);
}

/* The regions of the first cuts, each with the answer that is right for most of it. */
static void put_rule(const world *w, int32_t ifs, lab_frame *frame) {
    rectangle region[MAX_REGIONS] = {{0, SIDE, 0, SIDE}};
    uint8_t answer[CELLS];
    int32_t n = 1;
    for (; n <= ifs && n < w->regions; n++)
        region[n] = split(region, w->cuts[n - 1]);
    for (int32_t i = 0; i < n; i++)
        paint(region[i], 2 * ones_in(w, region[i]) > area(region[i]), answer);
    put_cells(frame, answer);
}

static void put_model(const world *w, const double *param, lab_frame *frame) {
    float answer[QUESTIONS], x1[MAX_ROWS], x2[MAX_ROWS], label[MAX_ROWS], size[MAX_ROWS];
    const size_t rows = (size_t)param[ROWS];
    for (int32_t q = 0; q < QUESTIONS; q++)
        answer[q] = q < w->asked ? (float)model_says(w, q, neighbours(param)) : 0.5f;
    put_map(frame, GRID, answer);
    for (size_t i = 0; i < rows; i++) {
        x1[i] = (float)w->x[2 * i];
        x2[i] = (float)w->x[2 * i + 1];
        label[i] = w->label[i];
        size[i] = rows > 1000 ? 0.4f : 0.7f; /* so that the map shows between them */
    }
    lab_put_points(frame, TRAINING_ROWS, rows, x1, x2);
    lab_put_classes(frame, label, size, NULL);
}

static void read(void *state, const double *param, int32_t view, lab_frame *frame) {
    const rule_vs_model *duel = state;
    const world *shown = &duel->world[(int32_t)param[REGIONS]];
    if (view == ACCURACY_BY_REGIONS)
        put_accuracies(duel, param, frame);
    else if (view == TRUTH_MAP)
        put_cells(frame, shown->truth);
    else if (view == RULE_MAP)
        put_rule(shown, (int32_t)param[RULE_IFS], frame);
    else
        put_model(shown, param, frame);
}

const lab lab_rule_vs_model = {
    .name = "rule-vs-model",
    .title = "A rule or a learned model?",
    .question = "How complex must a pattern be before a learned model beats a rule written by someone who knows the "
                "truth?",
    .params = params,
    .n_params = LAB_COUNT(params),
    .views = views,
    .n_views = LAB_COUNT(views),
    .readouts = readouts,
    .n_readouts = LAB_COUNT(readouts),
    .goals = goals,
    .n_goals = LAB_COUNT(goals),
    .state_bytes = sizeof(rule_vs_model),
    .arena_bytes = WORLDS * (MAX_ROWS * (2 * sizeof(double) + sizeof(uint8_t)) + 128),
    .steps = STEPS_PER_SWEEP,
    .steps_per_second = 64,
    .step_label = "64 questions to the model",
    .init = init,
    .step = step,
    .read = read,
    .figures = figures,
};
