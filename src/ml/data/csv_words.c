/* The words of a CSV file's columns: each different one once, and a code for each cell. */
#include <string.h>

#include "data/csv_reader.h"

/* --- A word ------------------------------------------------------------------------------------------------------- */

typedef struct word_head {
    uint32_t column, index, length;
} word_head;

_Static_assert(sizeof(word_head) == WORD_HEAD, "no padding");

static unsigned char *pool_at(const ml_csv_stream *s, size_t offset) {
    return s->near.memory + s->words.begin + offset;
}

static word_head head_at(const ml_csv_stream *s, size_t offset) {
    word_head head;
    memcpy(&head, pool_at(s, offset), sizeof head);
    return head;
}

/* FNV-1a, begun with the column, as the same word in two columns is two words. */
static uint32_t hash_word(uint32_t column, size_t n, const unsigned char *word) {
    uint32_t hash = (2166136261u ^ column) * 16777619u;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ word[i]) * 16777619u;
    return hash ^ hash >> 15; /* the low bits choose the slot */
}

/* --- The hash table ----------------------------------------------------------------------------------------------- */

/* The slot of a word: where it stands, or where it would. */
static uint32_t *find_slot(const ml_csv_stream *s, word_head wanted, const unsigned char *word) {
    const word_pool *w = &s->words;
    size_t at = hash_word(wanted.column, wanted.length, word) & (w->n_slots - 1);
    for (; w->slot[at] != 0; at = (at + 1) & (w->n_slots - 1)) {
        const word_head other = head_at(s, w->slot[at] - 1);
        if (other.column == wanted.column && other.length == wanted.length &&
            memcmp(pool_at(s, w->slot[at] - 1) + WORD_HEAD, word, wanted.length) == 0)
            break;
    }
    return &w->slot[at];
}

/* Doubles the table downwards and fills it again. */
static ml_status grow_table(ml_csv_stream *s, ml_error *error) {
    word_pool *w = &s->words;
    if (ml_csv_far_alloc(s, w->n_slots, sizeof *w->slot) == NULL)
        return ml_csv_out_of_memory(s, error);
    w->slot = (uint32_t *)(void *)(s->near.memory + s->near.capacity);
    w->n_slots *= 2;
    memset(w->slot, 0, w->n_slots * sizeof *w->slot);
    for (size_t i = 0, at = 0; i < w->n; i++) {
        const word_head head = head_at(s, at);
        *find_slot(s, head, pool_at(s, at) + WORD_HEAD) = (uint32_t)at + 1;
        at += WORD_HEAD + head.length + 1;
    }
    return ML_OK;
}

ml_status ml_csv_words_start(ml_csv_stream *s, ml_error *error) {
    enum { FIRST_SLOTS = 64 };
    s->words = (word_pool){.begin = s->near.used, .n_slots = FIRST_SLOTS};
    s->words.slot = ml_csv_far_alloc(s, FIRST_SLOTS, sizeof *s->words.slot);
    return s->words.slot != NULL ? ML_OK : ml_csv_out_of_memory(s, error);
}

/* --- A cell's word ------------------------------------------------------------------------------------------------ */

ml_status ml_csv_word_open(ml_csv_stream *s, ml_error *error) {
    static const unsigned char head[WORD_HEAD] = {0};
    s->words.open = s->near.used;
    return ml_csv_append(s, sizeof head, head, error);
}

void ml_csv_word_drop(ml_csv_stream *s) {
    s->near.used = s->words.open;
}

ml_status ml_csv_word_close(ml_csv_stream *s, uint32_t column, uint32_t *code, ml_error *error) {
    word_pool *w = &s->words;
    const size_t offset = w->open - w->begin, length = s->near.used - w->open - WORD_HEAD;
    if (s->near.used - w->begin >= UINT32_MAX) /* words of 4 GB: no slot could say where the next one is */
        return ml_csv_out_of_memory(s, error);
    word_head head = {column, 0, (uint32_t)length};
    uint32_t *slot = find_slot(s, head, pool_at(s, offset) + WORD_HEAD);
    if (*slot != 0) {
        *code = head_at(s, *slot - 1).index;
        ml_csv_word_drop(s);
        return ML_OK;
    }
    *code = head.index = s->n_words[column]++;
    memcpy(pool_at(s, offset), &head, sizeof head);
    *slot = (uint32_t)offset + 1;
    w->n++;
    ML_TRY(ml_csv_append(s, 1, "", error));
    return 2 * w->n > w->n_slots ? grow_table(s, error) : ML_OK;
}

/* --- The end: codes in order of the words' bytes --------------------------------------------------------------------
 */

/* Restores the heap below `at`, in which no word comes after its parent. */
static void sift_down(const char *const *word, uint32_t *heap, size_t at, size_t n) {
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && strcmp(word[heap[child]], word[heap[child + 1]]) < 0)
            child++;
        if (strcmp(word[heap[at]], word[heap[child]]) >= 0)
            return;
        const uint32_t index = heap[at];
        heap[at] = heap[child];
        heap[child] = index;
    }
}

/* Sorts indices of words by the words' bytes. Heapsort (Knuth 5.2.3, algorithm H): in place, and as no two words are
 * equal, its being unstable shows nowhere. */
static void sort_words(const char *const *word, uint32_t *order, size_t n) {
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    for (size_t at = n / 2; at-- > 0;)
        sift_down(word, order, at, n);
    while (n > 1) {
        const uint32_t last = order[--n];
        order[n] = order[0];
        order[0] = last;
        sift_down(word, order, 0, n);
    }
}

static void code_cells(ml_column *column, size_t n_rows, const uint32_t *rank) {
    enum { ALWAYS_CATEGORY = 20 };
    for (size_t i = 0; i < n_rows; i++)
        if (column->code[i] != ML_CODE_MISSING)
            column->code[i] = rank[column->code[i]];
    if (column->n_levels <= ALWAYS_CATEGORY || column->n_levels <= (n_rows - column->n_missing) / 2)
        column->kind = ML_COLUMN_CATEGORY;
}

/* Takes out what stands between the words, and notes where each one is now: word[first[column] + index]. */
static void pack_words(ml_csv_stream *s, const size_t *first, const char **word) {
    unsigned char *to = pool_at(s, 0);
    for (size_t i = 0, at = 0; i < s->words.n; i++) {
        const word_head head = head_at(s, at);
        memmove(to, pool_at(s, at) + WORD_HEAD, head.length + 1);
        word[first[head.column] + head.index] = (const char *)to;
        at += WORD_HEAD + head.length + 1;
        to += head.length + 1;
    }
    s->near.used = (size_t)(to - s->near.memory);
}

static ml_status end_column(ml_csv_stream *s, size_t j, const char *const *word, uint32_t *order, uint32_t *rank,
                            ml_error *error) {
    ml_column *column = &s->table.column[j];
    const size_t n = column->n_levels = s->n_words[j];
    column->level = ML_ALLOC(&s->near, n, const char *);
    if (column->level == NULL)
        return ml_csv_out_of_memory(s, error);
    sort_words(word, order, n);
    for (size_t k = 0; k < n; k++) {
        column->level[k] = word[order[k]];
        rank[order[k]] = (uint32_t)k;
    }
    code_cells(column, s->table.n_rows, rank);
    return ML_OK;
}

ml_status ml_csv_words_end(ml_csv_stream *s, ml_error *error) {
    const size_t n_columns = s->table.n_columns, n_words = s->words.n;
    size_t most = 0;
    s->near.capacity += s->words.n_slots * sizeof *s->words.slot; /* the hash table has done its work */
    const char **word = ml_csv_far_alloc(s, n_words, sizeof *word);
    size_t *first = ml_csv_far_alloc(s, n_columns, sizeof *first);
    for (size_t j = 0; j < n_columns; j++)
        most = s->n_words[j] > most ? s->n_words[j] : most;
    uint32_t *order = ml_csv_far_alloc(s, most, sizeof *order), *rank = ml_csv_far_alloc(s, most, sizeof *rank);
    if (word == NULL || first == NULL || order == NULL || rank == NULL)
        return ml_csv_out_of_memory(s, error);
    for (size_t j = 1; j < n_columns; j++)
        first[j] = first[j - 1] + s->n_words[j - 1];
    pack_words(s, first, word);
    for (size_t j = 0; j < n_columns; j++)
        if (has_words(&s->table.column[j]))
            ML_TRY(end_column(s, j, word + first[j], order, rank, error));
    return ML_OK;
}
