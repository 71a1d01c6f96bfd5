/* Windows over a stream of events that come late and out of order: what was counted when, and what was too late.
 *
 * Two clocks: the time of an event is when it happened; it is offered when it is seen. The watermark is a claim that
 * nothing older will come: the latest event time so far, less a bound. It decides when a window is told, and what is
 * late. Times are whole numbers of one unit (milliseconds, say), below 2^60 in size.
 * Source: Akidau and others 2015, "The Dataflow Model", VLDB; Apache Flink's documentation, "Windows". */
#ifndef ML_DATA_WINDOWS_H
#define ML_DATA_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

typedef enum ml_windows_kind {
    ML_WINDOWS_TUMBLING, /* [k width, (k+1) width): each event is in one */
    ML_WINDOWS_SLIDING,  /* [k slide, k slide + width): each event is in about width / slide */
    ML_WINDOWS_SESSION,  /* events at most `width` apart, and `width` after the last of them */
} ml_windows_kind;

typedef struct ml_windows_settings {
    ml_windows_kind kind;
    int64_t width;    /* of a window; of a session the gap that ends it; at least 1 */
    int64_t slide;    /* of sliding windows: 1 to width; others ignore it */
    int64_t bound;    /* how far the watermark lags behind the latest event; 0 or more */
    int64_t lateness; /* how long after it was told a window still takes late events, and is told again; 0 or more */
    size_t most_open; /* room for so many windows at once, at least 1 */
} ml_windows_settings;

/* What a window holds. */
typedef struct ml_window_sum {
    int64_t start, end; /* [start, end) */
    uint64_t count;
    double sum, smallest, largest;
    uint32_t revision; /* 0 when it is told for the first time */
} ml_window_sum;

typedef struct ml_windows {
    ml_windows_settings settings;
    struct ml_window_state *window; /* [most_open] by start; the first n_open are open */
    size_t n_open;
    int64_t watermark; /* INT64_MIN before the first event */
    uint64_t taken;    /* events that at least one window took */
    uint64_t dropped;  /* events that no window took any more */
    uint64_t revised;  /* windows that a late event changed after they were told, counted once an event */
} ml_windows;

/* Windows without events, in the arena.
 * Errors: ML_EINVAL if a setting is out of range (2^60 and above, too); ML_ENOMEM; windows untouched. */
ml_status ml_windows_init(const ml_windows_settings *settings, ml_arena *arena, ml_windows *windows, ml_error *error);

/* Takes in an event: it goes to every window that contains its time and is not final (watermark >= end + lateness), and
 * counts as dropped if there is none; then the watermark moves. A session that it touches is prolonged; sessions that
 * it joins become one.
 * Cost:   O(open windows) for each window that takes it.
 * Errors: ML_EINVAL if the time is 2^60 or more in size or the value is NaN; ML_ENOMEM if a window is needed and
 *         most_open are open. The event has then not been taken. */
ml_status ml_windows_offer(ml_windows *windows, int64_t time, double value, ml_error *error);

/* The next window that is due, the one with the lowest end (then start) first: one whose end the watermark has reached
 * and that was not told since it last changed. Returns false if there is none. Call it until then after each event: a
 * final window is let go only once it was told. */
bool ml_windows_next(ml_windows *windows, ml_window_sum *told);

/* Time passes without an event: the watermark moves to `watermark`, if that is later. INT64_MAX: the stream has ended,
 * and all open windows are due. */
void ml_windows_advance(ml_windows *windows, int64_t watermark);

/* --- In one call -------------------------------------------------------------------------------------------------- */

typedef struct ml_window_counted {
    int64_t start;
    uint32_t count;
    size_t closed_by; /* the event whose arrival closed it; n: the end of the stream did */
} ml_window_counted;

/* Counts a whole stream by tumbling windows [k width, (k+1) width), with watermark = latest time seen - bound. A window
 * is closed once the watermark is at its end or beyond; an event for a closed window is dropped.
 *   t  [n]    times in order of arrival, below 2^60 in size; width above 0, bound 0 or more, likewise
 *   out [n]   the windows that are not empty, by start
 *   dropped   out: events that came too late
 * Returns the number of windows; their counts and *dropped sum to n.
 * Cost: O(n times the windows that are open). */
size_t ml_window_count(const int64_t *t, size_t n, int64_t width, int64_t bound, ml_window_counted *out,
                       size_t *dropped);

#endif
