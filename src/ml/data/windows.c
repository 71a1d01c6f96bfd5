#include "data/windows.h"

#include <string.h>

#include "base/math.h"

typedef struct ml_window_state {
    ml_window_sum sum;
    bool told;    /* at least once */
    bool changed; /* since it was told */
} ml_window_state;

static const int64_t limit = INT64_C(1) << 60; /* so that no sum of a few times overflows */

/* --- Settings ----------------------------------------------------------------------------------------------------- */

static bool is_span(int64_t x, int64_t least) {
    return x >= least && x < limit;
}

ml_status ml_windows_init(const ml_windows_settings *s, ml_arena *arena, ml_windows *windows, ml_error *error) {
    if (s->kind != ML_WINDOWS_TUMBLING && s->kind != ML_WINDOWS_SLIDING && s->kind != ML_WINDOWS_SESSION)
        return ml_fail(error, ML_EINVAL, "windows of kind %d; they are tumbling, sliding or sessions", (int)s->kind);
    if (!is_span(s->width, 1) || !is_span(s->bound, 0) || !is_span(s->lateness, 0))
        return ml_fail(
            error, ML_EINVAL,
            "width %lld, bound %lld and lateness %lld; the width is at least 1, the others 0, all below 2^60",
            (long long)s->width, (long long)s->bound, (long long)s->lateness);
    if (s->kind == ML_WINDOWS_SLIDING && (s->slide < 1 || s->slide > s->width))
        return ml_fail(error, ML_EINVAL,
                       "windows of %lld that slide by %lld; it takes 1 to the width, or events fall "
                       "between windows",
                       (long long)s->width, (long long)s->slide);
    if (s->most_open < 1)
        return ml_fail(error, ML_EINVAL, "room for 0 open windows; at least 1 is needed");
    ml_window_state *window = ML_ALLOC(arena, s->most_open, ml_window_state);
    if (window == NULL)
        return ml_fail(error, ML_ENOMEM, "%zu open windows do not fit in memory; allow fewer", s->most_open);
    *windows = (ml_windows){.settings = *s, .window = window, .watermark = INT64_MIN};
    return ML_OK;
}

/* --- Windows that are open ---------------------------------------------------------------------------------------- */

static bool is_final(const ml_windows *w, int64_t end) {
    return w->watermark >= end + w->settings.lateness;
}

static size_t first_from(const ml_windows *w, int64_t start) {
    size_t i = 0;
    while (i < w->n_open && w->window[i].sum.start < start)
        i++;
    return i;
}

static void remove_window(ml_windows *w, size_t i) {
    memmove(w->window + i, w->window + i + 1, (--w->n_open - i) * sizeof *w->window);
}

static void insert_window(ml_windows *w, int64_t start, int64_t end) {
    const size_t i = first_from(w, start);
    memmove(w->window + i + 1, w->window + i, (w->n_open++ - i) * sizeof *w->window);
    w->window[i] = (ml_window_state){
        .sum = {.start = start, .end = end, .smallest = (double)INFINITY, .largest = -(double)INFINITY}};
}

static void add_event(ml_windows *w, ml_window_state *window, double value) {
    ml_window_sum *s = &window->sum;
    s->count++;
    s->sum += value;
    s->smallest = fmin(s->smallest, value);
    s->largest = fmax(s->largest, value);
    w->revised += window->told;
    window->changed = true;
}

/* --- Tumbling and sliding ----------------------------------------------------------------------------------------- */

static int64_t floor_to(int64_t time, int64_t step) {
    const int64_t rest = time % step; /* C rounds towards 0: the rest has the sign of the time */
    return time - rest - (rest < 0 ? step : 0);
}

static bool is_open(const ml_windows *w, int64_t start) {
    const size_t i = first_from(w, start);
    return i < w->n_open && w->window[i].sum.start == start;
}

static ml_status out_of_room(const ml_windows *w, ml_error *error) {
    return ml_fail(error, ML_ENOMEM,
                   "%zu windows are open and there is room for %zu; take those that are due, or allow "
                   "more",
                   w->n_open, w->settings.most_open);
}

static ml_status offer_to_fixed(ml_windows *w, int64_t time, double value, ml_error *error) {
    const int64_t width = w->settings.width;
    const int64_t slide = w->settings.kind == ML_WINDOWS_SLIDING ? w->settings.slide : width;
    const int64_t last = floor_to(time, slide);
    size_t wanted = 0, takers = 0;
    for (int64_t start = last; start + width > time && !is_final(w, start + width); start -= slide, takers++)
        if (!is_open(w, start) && ++wanted > w->settings.most_open - w->n_open)
            return out_of_room(w, error);
    for (int64_t start = last, left = (int64_t)takers; left > 0; left--, start -= slide) {
        if (!is_open(w, start))
            insert_window(w, start, start + width);
        add_event(w, &w->window[first_from(w, start)], value);
    }
    *(takers > 0 ? &w->taken : &w->dropped) += 1;
    return ML_OK;
}

/* --- Sessions ----------------------------------------------------------------------------------------------------- */

static void join(ml_window_state *into, const ml_window_state *from) {
    ml_window_sum *a = &into->sum;
    const ml_window_sum *b = &from->sum;
    a->start = a->start < b->start ? a->start : b->start;
    a->end = a->end > b->end ? a->end : b->end;
    a->count += b->count;
    a->sum += b->sum;
    a->smallest = fmin(a->smallest, b->smallest);
    a->largest = fmax(a->largest, b->largest);
    a->revision = a->revision > b->revision ? a->revision : b->revision;
    into->told |= from->told;
}

static bool touches(const ml_windows *w, const ml_window_sum *s, int64_t time) {
    return s->start <= time + w->settings.width && s->end >= time && !is_final(w, s->end);
}

/* The event is a session of its own, which swallows those that it touches. Final ones are told and gone, or about to
 * be: they are not touched. */
static ml_status offer_to_sessions(ml_windows *w, int64_t time, double value, ml_error *error) {
    int64_t start = time, end = time + w->settings.width;
    size_t touched = 0;
    for (size_t i = 0; i < w->n_open; i++) {
        const ml_window_sum *s = &w->window[i].sum;
        if (!touches(w, s, time))
            continue;
        start = s->start < start ? s->start : start;
        end = s->end > end ? s->end : end;
        touched++;
    }
    if (is_final(w, end)) {
        w->dropped++;
        return ML_OK;
    }
    if (touched == 0 && w->n_open == w->settings.most_open)
        return out_of_room(w, error);
    ml_window_state session = {
        .sum = {.start = time, .end = end, .smallest = (double)INFINITY, .largest = -(double)INFINITY}};
    for (size_t i = w->n_open; touched > 0 && i-- > 0;) {
        if (!touches(w, &w->window[i].sum, time))
            continue;
        join(&session, &w->window[i]);
        remove_window(w, i);
    }
    add_event(w, &session, value);
    insert_window(w, start, end);
    w->window[first_from(w, start)] = session;
    w->taken++;
    return ML_OK;
}

/* --- Events and time ---------------------------------------------------------------------------------------------- */

ml_status ml_windows_offer(ml_windows *w, int64_t time, double value, ml_error *error) {
    if (time <= -limit || time >= limit)
        return ml_fail(error, ML_EINVAL, "the time %lld is out of range; it is below 2^60 in size", (long long)time);
    if (isnan(value))
        return ml_fail(error, ML_EINVAL, "the event's value is NaN; leave it out, or count it as 0");
    ML_TRY(w->settings.kind == ML_WINDOWS_SESSION ? offer_to_sessions(w, time, value, error)
                                                  : offer_to_fixed(w, time, value, error));
    ml_windows_advance(w, time - w->settings.bound);
    return ML_OK;
}

void ml_windows_advance(ml_windows *w, int64_t watermark) {
    if (watermark > w->watermark)
        w->watermark = watermark;
}

bool ml_windows_next(ml_windows *w, ml_window_sum *told) {
    size_t due = w->n_open;
    for (size_t i = w->n_open; i-- > 0;) {
        ml_window_state *window = &w->window[i];
        if (!window->changed && is_final(w, window->sum.end)) {
            remove_window(w, i);
            due--; /* what is behind it moves, and so does the end of the list */
        } else if (window->changed && w->watermark >= window->sum.end &&
                   (due >= w->n_open || window->sum.end <= w->window[due].sum.end)) {
            due = i;
        }
    }
    if (due >= w->n_open)
        return false;
    *told = w->window[due].sum;
    w->window[due].sum.revision++;
    w->window[due].told = true;
    w->window[due].changed = false;
    return true;
}
