/* Metrics by name, for `fit`, `predict` and `metrics`. */
#ifndef CLI_FIGURES_H
#define CLI_FIGURES_H

#include "cli.h"

enum { MOST_FIGURES = 40 };

typedef struct figure {
    const char *name;
    double value, low, high; /* with the interval of 95 %, where high is above low */
} figure;

typedef struct figure_list {
    figure item[MOST_FIGURES];
    size_t n;
} figure_list;

/* Whether there is one of that name. */
bool figures_have(const figure_list *list, const char *name);

void figures_put(figure_list *list, const char *name, double value);

/* What applies is added: a metric that has no value on these rows is left out.
 *   truth, predicted  [n]  numbers */
void figures_of_numbers(figure_list *list, size_t n, const double *truth, const double *predicted);

/* truth [n] 0 to k, where k is a class that cannot be predicted; predicted [n] below k. */
void figures_of_labels(figure_list *list, size_t k, size_t n, const uint32_t *truth, const uint32_t *predicted);

/* Of two classes: what is true of them, and called positive.   truth, predicted  [n]  0 or 1 */
void figures_of_decisions(figure_list *list, size_t n, const uint8_t *truth, const uint8_t *predicted);

/* Of two classes: a score, the higher the likelier 1. Nothing is added if only one of them is there.
 *   score  [n]  finite     truth  [n]  0 or 1 */
void figures_of_ranking(figure_list *list, size_t n, const double *score, const uint8_t *truth);

/* The same for a probability; nothing is added if one is not in [0, 1]. */
void figures_of_calibration(figure_list *list, size_t n, const double *probability, const uint8_t *truth);

/* Of more than two classes: probability [n x k], each class with a row. */
void figures_of_probabilities(figure_list *list, size_t k, size_t n, const double *probability, const uint32_t *truth);

/* Adds them to the innermost object, or prints them as a table with their intervals and a few words for each. */
void figures_write_json(const figure_list *list, json *j);
void figures_print(const figure_list *list);

#endif
