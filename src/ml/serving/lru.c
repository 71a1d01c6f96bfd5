#include "serving/cache.h"

void ml_lru_init(ml_lru *lru) {
    lru->size = 0;
    lru->head = lru->tail = -1;
    for (int key = 0; key < lru->n_keys; key++)
        lru->where[key] = -1;
}

static void unlink_slot(ml_lru *lru, int slot) {
    const int prev = lru->prev[slot], next = lru->next[slot];
    *(prev < 0 ? &lru->head : &lru->next[prev]) = next;
    *(next < 0 ? &lru->tail : &lru->prev[next]) = prev;
}

static void push_front(ml_lru *lru, int slot) {
    lru->prev[slot] = -1;
    lru->next[slot] = lru->head;
    *(lru->head < 0 ? &lru->tail : &lru->prev[lru->head]) = slot;
    lru->head = slot;
}

static int slot_of(const ml_lru *lru, int key) {
    return key < 0 || key >= lru->n_keys ? -1 : lru->where[key];
}

bool ml_lru_get(ml_lru *lru, int key, float *value) {
    const int slot = slot_of(lru, key);
    if (slot < 0)
        return false;
    unlink_slot(lru, slot);
    push_front(lru, slot);
    *value = lru->value[slot];
    return true;
}

/* A slot that belongs to nobody and is not in the list. */
static int free_slot(ml_lru *lru) {
    if (lru->size < lru->capacity)
        return lru->size++;
    const int oldest = lru->tail;
    lru->where[lru->key[oldest]] = -1;
    unlink_slot(lru, oldest);
    return oldest;
}

bool ml_lru_put(ml_lru *lru, int key, float value) {
    if (key < 0 || key >= lru->n_keys || lru->capacity < 1)
        return false;
    int slot = slot_of(lru, key);
    if (slot >= 0)
        unlink_slot(lru, slot);
    else
        slot = free_slot(lru);
    lru->where[key] = slot;
    lru->key[slot] = key;
    lru->value[slot] = value;
    push_front(lru, slot);
    return true;
}
