/* A window over a stream of figures: the last few of them, and their mean. */
#ifndef ML_BASE_WINDOW_H
#define ML_BASE_WINDOW_H

#include <stddef.h>

/* The last figures of a stream. The fields are readable; only these functions write them. */
typedef struct ml_window {
    double *value; /* [length] ring, the caller's */
    size_t length; /* how many figures the window holds at most */
    size_t n;      /* how many it holds */
    size_t next;   /* where the next one goes */
} ml_window;

/* An empty window over `value` [length], which stays the caller's; length at least 1. */
ml_window ml_window_over(double *value, size_t length);

/* Takes in a figure; when the window is full, the oldest goes. */
void ml_window_push(ml_window *window, double value);

/* The mean of the figures that the window holds, added from the oldest to the newest; NaN while it holds none.
 * Added anew each time: a running sum would collect rounding errors for ever. Cost: O(length). */
double ml_window_mean(const ml_window *window);

#endif
