/* A lab: one experiment with sliders and live plots, in one C file. This header is the whole contract.
 *
 * A lab declares what the reader can turn (params), see (views, readouts), press (actions) and try (goals), and
 * computes all of it. The page and the command line render any lab from its declaration; they know no lab by name. The
 * file `src/labs/some-name.c` defines `const lab lab_some_name`, and the build finds it: there is no list to edit.
 *
 * The same params, seed and number of steps give the same bytes everywhere. Only params, views and readouts marked
 * `measured` (real time) are exempt. */
#ifndef LABS_LAB_H
#define LABS_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ml.h"

/* A text that only a person reads, on the page or in a terminal. The site's pages are built from what `laymanz labs
 * --json` prints, so the browser's module has no use for these texts, and of each it keeps only whether there is one:
 * they would be a seventh of it. What a lab reads at run time is a const char *. */
#ifdef __wasm__
typedef bool lab_text;
#else
typedef const char *lab_text;
#endif

/* --- What the reader can turn ------------------------------------------------------------------------------------- */

typedef enum lab_param_kind { LAB_NUMBER, LAB_INTEGER, LAB_CHOICE, LAB_TOGGLE } lab_param_kind;

/* Every param reaches the lab as a double: a number's value, the index of a choice, 0 or 1 of a toggle. Every lab has a
 * seed besides; it is not declared. */
typedef struct lab_param {
    const char *name;            /* on links and the command line: lower_case_words, the field's standard term */
    lab_text label;              /* on the page */
    lab_text unit;               /* "" for none */
    lab_param_kind kind;         /* LAB_NUMBER unless said */
    double min, max, initial;    /* of a number or integer; a choice or toggle needs `initial` only */
    double step;                 /* the slider's step; 0: one for integers, a fine division of the range for numbers */
    const char *const *choices;  /* of a choice: names, then NULL */
    const char *const *choice_labels; /* the same on the page, then NULL; NULL: the names with spaces */
    lab_text help;               /* one sentence, or NULL */
    lab_text group;              /* a heading that neighbouring params share on the page, or NULL */
    bool log;                    /* slider on a log scale; with min 0, the slider's left end is an exact 0 */
    bool live;                   /* takes effect on the running experiment; otherwise a change starts it anew */
    bool advanced;               /* behind "more settings" on the page */
} lab_param;

/* --- What the reader sees ----------------------------------------------------------------------------------------- */

typedef enum lab_view_kind {
    LAB_LINE,      /* y over x                                         lab_put_points */
    LAB_SCATTER,   /* points, by class                                 lab_put_points, lab_put_classes */
    LAB_BARS,      /* one bar per label and series                     lab_put_points with labels */
    LAB_HISTOGRAM, /* counts per bin: x = left edge, y = count;  the last x, with y 0, closes the last bin */
    LAB_SURFACE,   /* a heatmap under points                           lab_put_grid, then points */
    LAB_MAPS,      /* small multiples of heatmaps                      lab_put_grid, once per map, with a label each */
    LAB_MATRIX,    /* a confusion matrix                               lab_put_grid with labels of the classes */
    LAB_GRAPH,     /* nodes with values, directed edges                lab_put_points (nodes), lab_put_edges */
    LAB_TABLE,     /* rows of figures                                  lab_put_column, once per column */
    LAB_TIMELINE,  /* spans over time in lanes                         lab_put_spans */
    LAB_PAD,       /* the reader draws on it: `draw` below             lab_put_grid, twice, with a label each: what lies
                    * on the pad, ink_width x ink_height, and what the lab makes of it */
} lab_view_kind;

typedef enum lab_colour { LAB_ACCENT, LAB_BLUE, LAB_TEAL, LAB_AMBER, LAB_MUTED, LAB_OK, LAB_BAD } lab_colour;

typedef enum lab_mark {
    LAB_MARK_DEFAULT, /* what the view's kind suggests */
    LAB_MARK_LINE,
    LAB_MARK_DASHED,  /* a line of reference, a theory */
    LAB_MARK_POINTS,
    LAB_MARK_STAIR,   /* a line that holds its value until the next x */
    LAB_MARK_BARS,
    LAB_MARK_VERTICAL,   /* a line across the plot at each x */
    LAB_MARK_HORIZONTAL, /* a line across the plot at each y */
    LAB_MARK_GHOST,   /* an earlier run, faint */
} lab_mark;

typedef struct lab_axis {
    lab_text title; /* with its unit: "response time (ms)" */
    bool log;
    double min, max;   /* fixed limits; both 0: as the data ask */
} lab_axis;

/* One thing in a view. The same thing has the same colour in all views of a lab. */
typedef struct lab_series {
    const char *name, *label; /* as in lab_param */
    lab_colour colour;
    lab_mark mark;
} lab_series;

typedef struct lab_view {
    lab_text name, title;
    lab_view_kind kind;
    lab_axis x, y;
    const lab_series *series; /* n_series of them; lab_put_* names one by its index */
    int32_t n_series;
    lab_text code;       /* the C function that computes it, of this file or the library: where "open the box" leads */
    lab_text formula;    /* what that implements, in TeX, or NULL */
    lab_text help;       /* how to read it, one sentence, or NULL */
    bool measured;       /* shows real time: exempt from the promise of equal bytes */
    bool pick;           /* its items can be picked: `pick` below. Of a matrix the items are its cells, row by row */
    bool wide;           /* wants the whole width on the page */
    lab_text absent;     /* in a table: what stands for -1, e.g. "never"; NULL: -1 is a figure like others */
    int32_t ink_width, ink_height; /* of a pad: how many cells the reader can ink */
} lab_view;

#define LAB_SERIES(array) (array), (int32_t)(sizeof(array) / sizeof *(array))

/* A named figure. -1 is "never" or "not yet" where the lab says so in `absent`. */
typedef struct lab_readout {
    lab_text name, label, unit;
    int32_t digits;       /* significant digits on the page; 0: 3. Whole numbers are always shown whole */
    lab_text absent;      /* what the page shows for -1, e.g. "never"; NULL: -1 is a figure like others */
    const char *const *choices; /* the figure is an index into these names, then NULL; NULL: it is a number */
    lab_text code, formula, help; /* as in lab_view */
    bool measured;
    bool minor;           /* in the data and behind "more figures", not among the large ones */
} lab_readout;

typedef struct lab_action {
    const char *name;
    lab_text label, help;
} lab_action;

/* "Try this". `met` sees the values of params and readouts in their declared order, and the lab's state. Before the
 * first step no goal is met. */
typedef struct lab_goal {
    lab_text name, sentence;
    bool (*met)(const void *state, const double *param, const double *readout);
    lab_text preset; /* settings that lead there, "max_batch=8 max_wait=0", or NULL; the lesson's and the test's */
} lab_goal;

/* --- The reader's own file ----------------------------------------------------------------------------------------
 * One choice of one param may stand for a CSV file of the reader's own. The lab says which columns it wants; the host
 * reads the file, finds the columns, drops rows with a missing cell, and hands over what is left. */

typedef enum lab_column_kind {
    LAB_COLUMN_NUMBER,      /* numbers of up to 10^15 in size, not all the same */
    LAB_COLUMN_TWO_CLASSES, /* words or whole numbers of which there are two: 0 stands for the first in their order */
} lab_column_kind;

typedef struct lab_column {
    const char *name, *label; /* as in lab_param */
    lab_column_kind kind;
} lab_column;

enum { LAB_MAX_COLUMNS = 8 }; /* that a lab can want */

typedef struct lab_csv {
    int32_t param, choice;     /* the lab reads the reader's file where this param has this choice */
    const lab_column *columns;
    int32_t n_columns;
    size_t min_rows, max_rows; /* of complete ones; from a longer file max_rows are drawn */
    lab_text help;             /* what the lab then does with the rows, and which params mean nothing there */
} lab_csv;

/* What `init` gets of it: complete rows, in the file's order. */
typedef struct lab_rows {
    size_t n;
    const float *column[LAB_MAX_COLUMNS]; /* [n] each, in their declared order; of classes 0 or 1 */
    const char *name[LAB_MAX_COLUMNS];    /* as the file names them: any UTF-8 */
    const char *classes[2];               /* of the last column of two classes; NULL: there is none */
} lab_rows;

/* --- A model to take away ------------------------------------------------------------------------------------------ */

/* What a lab has trained, for the host to write down. All of it lives in the arena that `model` was given. */
typedef struct lab_model {
    const ml_params *params; /* all numbers that a prediction needs, those of the inputs' scaling included */
    const ml_tape *tape;     /* one row: from a constant to what is predicted, by operations that ml_export_c knows */
    int32_t input, output;   /* nodes of the tape */
    char about[512];         /* what goes in and what comes out, in sentences; "x" and "y" are the two */
} lab_model;

/* What is done with each input x of a network: (scale x - mean) / deviation, the two [inputs] each. */
typedef struct lab_mlp_inputs {
    float scale;
    const float *mean, *deviation;
} lab_mlp_inputs;

/* For a lab that trains an ml_mlp of one output: everything of *out but `about`, where what comes out is the sigmoid of
 * that output. `inputs` NULL: they go in as they are. Errors: ML_ENOMEM, those of ml_tape_init. (lab_mlp.c) */
ml_status lab_model_of_mlp(const ml_mlp *net, const lab_mlp_inputs *inputs, ml_arena *arena, lab_model *out,
                           ml_error *error);

/* --- What the lab computes ---------------------------------------------------------------------------------------- */

/* What the host gives to `init`. */
typedef struct lab_setup {
    ml_arena *arena;       /* empty, of the lab's `arena_bytes`; lives as long as the run */
    uint64_t seed;
    double (*now)(void);   /* seconds from some start, for measured figures only; never NULL */
    void *keep;            /* the lab's `keep_bytes`: zeroed when the lab is opened, then untouched by restarts. For
                            * what an action leaves behind, such as an earlier curve or a drawing; no other result
                            * may depend on it */
    const char *data;      /* the file that the lab declares, or one of the reader's own in its place: any bytes, hence
                            * checked by the lab. NULL where it declares none */
    size_t data_bytes;
    const lab_rows *rows;  /* of the reader's own file; never NULL where lab.csv's param has its choice */
} lab_setup;

typedef struct lab_progress {
    int32_t step;   /* how many steps are complete; `step` adds one when it completes one */
    bool finished;  /* there is nothing more to do */
} lab_progress;

typedef struct lab_frame lab_frame;

typedef struct lab {
    const char *name;
    lab_text title, question;
    const lab_param *params;
    const lab_view *views;
    const lab_readout *readouts;
    const lab_action *actions;
    const lab_goal *goals;
    int32_t n_params, n_views, n_readouts, n_actions, n_goals; /* LAB_COUNT(array) */
    size_t state_bytes;   /* of the lab's own struct: zeroed by the host before init */
    size_t arena_bytes;   /* the most that init may allocate, at any setting */
    size_t keep_bytes;    /* of lab_setup.keep; 0 for none */
    int32_t steps;        /* where it never finishes: how many steps show the point; 0: it finishes by itself */
    double steps_per_second; /* the pace of Run at speed 1x; 0: as fast as it goes */
    lab_text step_label;  /* what one step is: "one epoch" */
    const char *data;     /* a file of lessons/data that `init` reads, "digits.csv"; NULL: none. It is not compiled into
                           * the browser's module: the host fetches it and hands it to lab_run_data */
    const lab_csv *csv;   /* what it wants of a file of the reader's own; NULL: it takes none */
    int32_t main_views;   /* how many views, from the first, are the main ones on the page; 0: the page decides */

    /* Sets up a run. May allocate from the arena; nothing else ever does, so a running lab cannot run out of memory. */
    ml_status (*init)(void *state, const double *param, const lab_setup *setup, ml_error *error);

    /* Works until about *budget multiply-adds are spent, taking off what it spends, and returns at once when a step is
     * complete, having added one to progress->step. It spends at least 1 a call. What it computes must not depend on
     * how the work is cut up by budgets. */
    ml_status (*step)(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error);

    /* A live param has changed (its index). May be NULL: `step` and `read` see the new values in any case. */
    ml_status (*adjust)(void *state, const double *param, int32_t changed, ml_error *error);

    /* An action of the reader (its index). NULL if the lab has none. */
    ml_status (*act)(void *state, const double *param, int32_t action, ml_error *error);

    /* The reader picked an item of a view whose `pick` is set. NULL if there is none. */
    void (*pick)(void *state, int32_t view, int32_t item);

    /* The reader has drawn on a view of the kind LAB_PAD: ink[ink_width * ink_height], row by row from the top, each
     * how much of the cell is inked, 0 to 1; all 0: wiped clean. Before init it is not called. NULL if there is no
     * pad. */
    void (*draw)(void *state, const double *param, int32_t view, const float *ink);

    /* Draws one view. The state is not const so that a lab can keep scratch in it, but reading changes no result. */
    void (*read)(void *state, const double *param, int32_t view, lab_frame *frame);

    /* Writes all readouts, in their declared order; readout[n_readouts]. */
    void (*figures)(void *state, const double *param, double *readout);

    /* Writes down what it has trained so far. NULL if the lab trains nothing that a person would take away. */
    ml_status (*model)(void *state, const double *param, ml_arena *arena, lab_model *model, ml_error *error);
} lab;

#define LAB_COUNT(array) ((int32_t)(sizeof(array) / sizeof *(array)))

/* --- Drawing. Arrays are copied; what does not fit in the host's frame is left out, and the frame says so. -----------
 * `series` is the index in the view's declaration. A series may be put several times (several trails). */

/* n points. x NULL: 0, 1, 2, ... */
void lab_put_points(lab_frame *frame, int32_t series, size_t n, const float *x, const float *y);

/* The same for single points and short lines. */
void lab_put_point(lab_frame *frame, int32_t series, float x, float y);

/* For the block of points just put: its class (0, 1, ...; drawn by shape and colour) and its size (1 is normal) of each
 * point; `ring` 1 draws a ring round it. Each may be NULL. */
void lab_put_classes(lab_frame *frame, const float *class_of, const float *size, const float *ring);

/* A heatmap of width x height values, row by row from the lowest y, over [x0, x1] x [y0, y1]; low and high are the ends
 * of its colours, both 0: as the values ask. */
typedef struct lab_grid {
    int32_t width, height;
    float x0, x1, y0, y1, low, high;
} lab_grid;
void lab_put_grid(lab_frame *frame, int32_t series, lab_grid grid, const float *value);

/* A column of a table: the series names it. */
void lab_put_column(lab_frame *frame, int32_t series, size_t n, const float *value);

/* Spans in lanes: from start to end, in lane 0, 1, ...; value is shown on it or sets its height (NULL: none). */
void lab_put_spans(lab_frame *frame, int32_t series, size_t n, const float *start, const float *end, const float *lane,
                   const float *value);

/* Directed edges between the nodes put last, by index; lit[i] 1 draws one in the accent (NULL: none). */
void lab_put_edges(lab_frame *frame, int32_t series, size_t n, const float *from, const float *to, const float *lit);

/* A text for the next item of the block put last: a bar's label, a map's title, a table's row, a node's or lane's name.
 * printf, without allocation. */
void lab_put_label(lab_frame *frame, const char *format, ...) ML_PRINTF(2, 3);

/* --- The host's side: what the page's module and the command line call. ------------------------------------------- */

/* All labs, by name; the build writes this list (build/gen/labs.c). */
extern const lab *const lab_list[];
extern const int32_t lab_list_length;

/* A block of a frame, as the page reads it: floats, the first eight of them this header. */
enum lab_block_kind { LAB_BLOCK_POINTS, LAB_BLOCK_GRID, LAB_BLOCK_COLUMN, LAB_BLOCK_SPANS, LAB_BLOCK_EDGES };
enum {
    LAB_BLOCK_KIND,    /* lab_block_kind */
    LAB_BLOCK_SERIES,  /* index */
    LAB_BLOCK_ROWS,    /* n, or the grid's height */
    LAB_BLOCK_COLUMNS, /* arrays of n that follow, one after the other; or the grid's width */
    LAB_BLOCK_HAS,     /* POINTS: 1 class, 2 size, 4 ring follow x and y; SPANS: 1 value; EDGES: 1 lit */
    LAB_BLOCK_LABELS,  /* how many labels of the frame's text belong to it */
    LAB_BLOCK_SPARE_0,
    LAB_BLOCK_SPARE_1,
    LAB_BLOCK_HEADER,  /* floats in the header; a grid has six more, x0 x1 y0 y1 low high, before its values */
};

struct lab_frame {
    float *data;          /* capacity floats, the host's */
    size_t capacity, length;
    char *text;           /* text_capacity bytes: the labels, each with its NUL, in the order of the blocks */
    size_t text_capacity, text_length;
    size_t last;          /* where the last block starts */
    bool empty;           /* no block yet */
    bool full;            /* something did not fit */
};

/* A run of a lab: the lab, its settings and where it stands. The host owns the memory of all of it. */
enum { LAB_MAX_PARAMS = 48, LAB_MAX_READOUTS = 96 };
typedef struct lab_run {
    const lab *lab;
    void *state;
    void *keep;
    ml_arena arena;
    double (*now)(void);
    uint64_t seed;
    const char *data;     /* the host's; NULL: none */
    size_t data_bytes;
    const lab_rows *rows; /* the host's; NULL: none */
    lab_progress progress;
    ml_status status;     /* of the last call; once it is not ML_OK the run stands still until lab_run_start */
    ml_error error;
    double param[LAB_MAX_PARAMS];
    double readout[LAB_MAX_READOUTS];
    bool goal_met[32];    /* ever, in this run */
} lab_run;

const lab *lab_find(const char *name); /* NULL if there is none */
int32_t lab_param_index(const lab *experiment, const char *name); /* -1 if there is none; likewise below */
int32_t lab_action_index(const lab *experiment, const char *name);

/* A value as a person writes it: "0.5", "relu", "on". Numbers are clamped to the range, integers rounded; `note` then
 * says so, and is empty otherwise. What cannot be read at all is ML_EINVAL with a sentence, and *value is untouched. */
ml_status lab_param_parse(const lab_param *param, const char *text, double *value, ml_error *note);

/* The nearest value that the param allows; NaN gives its initial one. */
double lab_param_clamp(const lab_param *param, double value);

/* How much memory lab_run_open needs for any setting. */
size_t lab_run_bytes(const lab *experiment);

/* Makes a run with the initial params in `memory`. Call lab_run_start before anything else. */
ml_status lab_run_open(lab_run *run, const lab *experiment, void *memory, size_t bytes, double (*now)(void));

/* Hands over the file that the lab declares, or the reader's own in its place. The bytes stay the host's and must live
 * as long as the run. Call lab_run_start next: it refuses, with a sentence, a lab whose file is not there. Native
 * programs have the declared file from lab_run_open on. */
void lab_run_data(lab_run *run, const char *data, size_t bytes);

/* Hands over rows of the reader's own file; NULL takes them away. They stay the host's. Call lab_run_start next. */
void lab_run_rows(lab_run *run, const lab_rows *rows);

/* Sets params as a goal's preset or a lesson writes them, "max_batch=8 max_wait=0": those not named keep their value.
 * Call lab_run_start next. ML_EINVAL with a sentence at the first that is unknown, cannot be read or is out of range;
 * the ones before it are set then. */
ml_status lab_run_apply(lab_run *run, const char *settings, ml_error *error);

/* Starts anew with run->param and the seed. */
ml_status lab_run_start(lab_run *run, uint64_t seed);

/* Advances until `steps` more steps are complete, about `budget` multiply-adds are spent, or the lab has finished. */
ml_status lab_run_advance(lab_run *run, int32_t steps, int64_t budget);

/* Sets a param; a live one takes effect at once, another starts the run anew. */
ml_status lab_run_set(lab_run *run, int32_t param, double value);

ml_status lab_run_act(lab_run *run, int32_t action);
void lab_run_pick(lab_run *run, int32_t view, int32_t item);

/* What the reader has drawn on a pad. Nothing happens where the view is none, or a value is not within 0 to 1. */
void lab_run_draw(lab_run *run, int32_t view, const float *ink);

/* Fills run->readout and run->goal_met. */
void lab_run_figures(lab_run *run);

/* Empties the frame and draws a view into it. */
void lab_run_read(lab_run *run, int32_t view, lab_frame *frame);

/* --- The reader's own file (lab_csv.c) ---------------------------------------------------------------------------- */

enum { LAB_CSV_MAX_BYTES = 16 << 20, LAB_CSV_MAX_COLUMNS = 256, LAB_CSV_PREVIEW = 5 };

/* A file that was read for a lab. */
typedef struct lab_table {
    const lab *lab;
    const char *text;               /* the host's; must live as long as this */
    size_t length;
    ml_arena arena;                 /* over the host's memory: the table, then the rows */
    ml_arena_mark after_table;
    ml_table table;
    int32_t chosen[LAB_MAX_COLUMNS]; /* of lab->csv->columns, a column of the file each; -1: none is fit for it */
    lab_rows rows;                  /* n 0 before lab_table_choose */
    char note[512];                 /* what was done with the rows, in sentences */
} lab_table;

/* How much memory lab_table_read and lab_table_choose need for this text, at most. */
size_t lab_table_bytes(const char *text, size_t length);

/* Reads the file and finds columns that are fit for what the lab wants: numbers from the left, but neither row numbers
 * nor what never changes; of the columns with two classes the last.
 * Errors: those of ml_csv_read; ML_EINVAL for a lab that takes no file, a file of more than LAB_CSV_MAX_BYTES or
 * LAB_CSV_MAX_COLUMNS; ML_ENOMEM if there are fewer bytes than lab_table_bytes says. */
ml_status lab_table_read(lab_table *t, const lab *experiment, const char *text, size_t length, void *memory,
                         size_t bytes, ml_error *error);

/* Makes t->rows and t->note of t->chosen. Errors, ML_EINVAL, with a sentence that names the column, and the line where
 * there is one: a column that is not chosen or not there, comes twice or is of the wrong kind; numbers that are too
 * large, a column that never changes, one class or more than two, fewer rows than the lab needs. t->rows.n is 0 then. */
ml_status lab_table_choose(lab_table *t, ml_error *error);

/* The file as the C reader understood it, for a preview. First a column of numbers: rows, columns, then t->chosen. Then
 * for each column of the file one with its kind (ml_column_kind), how many cells are missing and how many different
 * words it has; its labels are its name and its first LAB_CSV_PREVIEW cells, "" where one is missing. */
void lab_table_describe(const lab_table *t, lab_frame *frame);

/* --- A model to take away (lab_model.c) ---------------------------------------------------------------------------- */

typedef enum lab_model_format { LAB_MODEL_JSON, LAB_MODEL_C } lab_model_format;

enum { LAB_MODEL_SCRATCH = 1 << 20 };

/* Writes the model as it stands: JSON with all tensors, or a C header with predict(const float *x, float *y), which
 * needs nothing else and gives the bits of the lab.
 *   text [capacity]  NULL: only *length is found; it does not count the closing zero, so capacity is length + 1
 *   scratch          LAB_MODEL_SCRATCH bytes
 * Errors: ML_EINVAL if the lab has no model to give or the run did not start; those of ml_export_c; ML_ENOMEM. */
ml_status lab_run_model(lab_run *run, lab_model_format format, void *scratch, size_t capacity, char *text,
                        size_t *length, ml_error *error);

/* The files that labs declare, as native programs have them: the build writes them into build/gen/data.c, from
 * lessons/data. The browser's module has none. */
typedef struct lab_file {
    const char *name;
    const unsigned char *bytes;
    size_t n_bytes;
} lab_file;
extern const lab_file lab_file_list[];
extern const int32_t lab_file_list_length;

#endif
