#include "serving/simulate.h"

static bool was_answered(const ml_sim_request *r) {
    return r->fate == ML_FATE_IN_TIME || r->fate == ML_FATE_LATE;
}

ml_sim_stats ml_sim_sum_up(const ml_sim *sim) {
    ml_sim_stats stats = {0};
    const ml_sim_totals *from = &sim->begin, *to = &sim->end;
    const double time = to->time - from->time, seconds = time / 1000.0;
    double response = 0.0, wait = 0.0, inside = 0.0;
    for (size_t i = sim->settings.warm_up; i < sim->settings.n; i++) {
        const ml_sim_request *const r = &sim->request[i];
        stats.in_time += r->fate == ML_FATE_IN_TIME;
        stats.late += r->fate == ML_FATE_LATE;
        stats.refused += r->fate == ML_FATE_REFUSED;
        stats.dropped += r->fate == ML_FATE_DROPPED;
        inside += r->finish - r->arrival;
        if (was_answered(r)) {
            response += r->finish - r->arrival;
            wait += r->start - r->arrival;
        }
    }
    const double answered = (double)(stats.in_time + stats.late);
    if (answered > 0.0) {
        stats.mean_response = response / answered;
        stats.mean_wait = wait / answered;
    }
    if (!(time > 0.0))
        return stats;
    stats.throughput = (double)(to->in_time + to->late - from->in_time - from->late) / seconds;
    stats.goodput = (double)(to->in_time - from->in_time) / seconds;
    stats.utilisation = (to->busy - from->busy) / (to->serving - from->serving);
    if (to->batches > from->batches)
        stats.mean_batch = (double)(to->in_batches - from->in_batches) / (double)(to->batches - from->batches);
    stats.mean_in_system = (to->requests_time - from->requests_time) / time;
    stats.by_littles_law = inside / time; /* admitted / time x inside / admitted; the refused were inside for 0 */
    stats.replica_seconds = (to->paid - from->paid) / 1000.0;
    return stats;
}

size_t ml_sim_responses(const ml_sim *sim, double *response) {
    size_t n = 0;
    for (size_t i = sim->settings.warm_up; i < sim->settings.n; i++)
        if (was_answered(&sim->request[i]))
            response[n++] = sim->request[i].finish - sim->request[i].arrival;
    return n;
}
