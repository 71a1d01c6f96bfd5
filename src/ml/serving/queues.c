/* What theory says about queues, and a heap of timed events. */
#include <math.h>

#include "serving/simulate.h"

double ml_queue_pk_wait(double rate, double service, double variation) {
    if (!(rate >= 0.0 && service >= 0.0 && variation >= 0.0))
        return (double)NAN;
    const double load = rate * service;
    return load >= 1.0 ? (double)INFINITY : load / (1.0 - load) * (1.0 + variation * variation) / 2.0 * service;
}

double ml_queue_erlang_c(uint32_t servers, double load) {
    if (servers == 0 || !(load >= 0.0))
        return (double)NAN;
    if (load >= servers)
        return 1.0;
    double blocked = 1.0; /* Erlang's B, by its recursion: no factorial overflows */
    for (uint32_t k = 1; k <= servers; k++)
        blocked = load * blocked / (k + load * blocked);
    return blocked / (1.0 - load / servers * (1.0 - blocked));
}

double ml_queue_mmc_wait(double rate, double service, uint32_t servers) {
    const double load = rate * service, waits = ml_queue_erlang_c(servers, load);
    return load >= servers ? (double)INFINITY : waits * service / (servers - load);
}

ml_status ml_event_queue_init(size_t capacity, ml_event_queue *queue, ml_arena *arena, ml_error *error) {
    ml_event *const event = ML_ALLOC(arena, capacity, ml_event);
    if (event == NULL)
        return ml_fail(error, ML_ENOMEM, "%zu events do not fit into the memory; use fewer", capacity);
    *queue = (ml_event_queue){event, capacity, 0, 0};
    return ML_OK;
}

static bool comes_before(ml_event a, ml_event b) {
    if (a.time != b.time)
        return a.time < b.time;
    return a.kind != b.kind ? a.kind < b.kind : a.order < b.order;
}

bool ml_event_queue_push(ml_event_queue *queue, double time, int32_t kind, uint32_t data) {
    if (queue->size == queue->capacity || isnan(time))
        return false;
    const ml_event event = {time, queue->pushed++, kind, data};
    size_t at = queue->size++;
    for (; at > 0 && comes_before(event, queue->event[(at - 1) / 2]); at = (at - 1) / 2)
        queue->event[at] = queue->event[(at - 1) / 2];
    queue->event[at] = event;
    return true;
}

bool ml_event_queue_pop(ml_event_queue *queue, ml_event *first) {
    if (queue->size == 0)
        return false;
    *first = queue->event[0];
    const ml_event last = queue->event[--queue->size];
    size_t at = 0;
    for (size_t child = 1; child < queue->size; child = 2 * at + 1) {
        if (child + 1 < queue->size && comes_before(queue->event[child + 1], queue->event[child]))
            child++;
        if (!comes_before(queue->event[child], last))
            break;
        queue->event[at] = queue->event[child];
        at = child;
    }
    queue->event[at] = last;
    return true;
}
