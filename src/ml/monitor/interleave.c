#include <stdbool.h>

#include "monitor/experiments.h"

static bool is_shown(size_t n, const uint32_t *shown, uint32_t item) {
    for (size_t i = 0; i < n; i++)
        if (shown[i] == item)
            return true;
    return false;
}

size_t ml_interleave_team_draft(size_t n, const uint32_t *a, const uint32_t *b, size_t length, ml_rng *rng,
                                uint32_t *shown, uint8_t *team) {
    const uint32_t *const ranking[2] = {a, b};
    size_t next[2] = {0, 0}, count = 0;
    while (count < length && (next[0] < n || next[1] < n)) {
        const int first = (int)ml_rng_below(rng, 2);
        for (int turn = 0; turn < 2 && count < length; turn++) {
            const int who = turn == 0 ? first : 1 - first;
            while (next[who] < n && is_shown(count, shown, ranking[who][next[who]]))
                next[who]++;
            if (next[who] == n)
                continue;
            shown[count] = ranking[who][next[who]++];
            team[count++] = (uint8_t)who;
        }
    }
    return count;
}

size_t ml_interleave_balanced(size_t n, const uint32_t *a, const uint32_t *b, size_t length, ml_rng *rng,
                              uint32_t *shown) {
    const uint32_t *const ranking[2] = {a, b};
    const size_t first = (size_t)ml_rng_below(rng, 2);
    size_t next[2] = {0, 0}, count = 0;
    while (count < length && (next[0] < n || next[1] < n)) {
        const size_t who = next[first] <= next[1 - first] ? first : 1 - first;
        const uint32_t item = ranking[who][next[who]++];
        if (!is_shown(count, shown, item))
            shown[count++] = item;
    }
    return count;
}
