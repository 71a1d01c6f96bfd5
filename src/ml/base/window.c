#include "base/window.h"

#include "base/math.h"

ml_window ml_window_over(double *value, size_t length) {
    return (ml_window){.value = value, .length = length};
}

void ml_window_push(ml_window *window, double value) {
    window->value[window->next] = value;
    window->next = (window->next + 1) % window->length;
    if (window->n < window->length)
        window->n++;
}

double ml_window_mean(const ml_window *window) {
    const size_t oldest = window->n < window->length ? 0 : window->next;
    double sum = 0.0;
    for (size_t i = 0; i < window->n; i++)
        sum += window->value[(oldest + i) % window->length];
    return window->n > 0 ? sum / (double)window->n : (double)NAN;
}
