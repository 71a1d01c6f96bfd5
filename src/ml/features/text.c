#include "features/text.h"

#include "base/math.h"
#include "features/parts.h"

static bool in_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           ((unsigned char)c & 0x80U) != 0;
}

/* Characters, not bytes: those that continue one (10xxxxxx) do not count. */
static size_t characters(ml_text word) {
    size_t n = 0;
    for (size_t i = 0; i < word.length; i++)
        n += ((unsigned char)word.bytes[i] & 0xc0U) != 0x80U ? 1 : 0;
    return n;
}

bool ml_text_next_word(ml_text text, size_t *at, ml_text *word) {
    while (*at < text.length) {
        const size_t from = *at;
        while (*at < text.length && in_word(text.bytes[*at]))
            ++*at;
        const ml_text found = {text.bytes + from, *at - from};
        if (characters(found) >= 2) {
            *word = found;
            return true;
        }
        if (*at == from)
            ++*at;
    }
    return false;
}

static unsigned char lower(char c) {
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Below 0, 0 or above: by lowered bytes, a word before those that it begins. */
static int compare(ml_text a, ml_text b) {
    const size_t shorter = a.length < b.length ? a.length : b.length;
    for (size_t i = 0; i < shorter; i++)
        if (lower(a.bytes[i]) != lower(b.bytes[i]))
            return lower(a.bytes[i]) - lower(b.bytes[i]);
    return a.length < b.length ? -1 : a.length > b.length ? 1 : 0;
}

/* --- Learning ----------------------------------------------------------------------------------------------------- */

typedef struct mention {
    ml_text word;
    size_t document;
} mention;

/* Merges the sorted halves from..middle-1 and middle..to-1: stable, so that a word's mentions stay in order of texts.
 */
static void merge(const mention *from, size_t start, size_t middle, size_t end, mention *to) {
    size_t left = start, right = middle;
    for (size_t i = start; i < end; i++)
        to[i] = left < middle && (right == end || compare(from[left].word, from[right].word) <= 0) ? from[left++]
                                                                                                   : from[right++];
}

/* Bottom-up merge sort; returns which of the two arrays holds the result. */
static mention *sort(size_t n, mention *a, mention *b) {
    for (size_t run = 1; run < n; run *= 2) {
        for (size_t start = 0; start < n; start += 2 * run) {
            const size_t middle = n - start < run ? n : start + run, end = n - middle < run ? n : middle + run;
            merge(a, start, middle, end, b);
        }
        mention *const sorted = b;
        b = a;
        a = sorted;
    }
    return a;
}

static size_t list_words(size_t n, const ml_text *text, mention *out) {
    size_t words = 0;
    for (size_t i = 0; i < n; i++) {
        ml_text word;
        for (size_t at = 0; ml_text_next_word(text[i], &at, &word); words++)
            if (out != NULL)
                out[words] = (mention){word, i};
    }
    return words;
}

/* Squeezes sorted mentions to one of each word in at least min_count texts, with their number in place of the text.
 * Returns how many there are, and the bytes that they take. */
static size_t distinct(size_t n, mention *m, size_t min_count, size_t *bytes) {
    size_t kept = 0;
    *bytes = 0;
    for (size_t from = 0, to; from < n; from = to) {
        size_t documents = 1;
        for (to = from + 1; to < n && compare(m[to].word, m[from].word) == 0; to++)
            documents += m[to].document != m[to - 1].document ? 1 : 0;
        if (documents < min_count)
            continue;
        *bytes += m[from].word.length;
        m[kept++] = (mention){m[from].word, documents};
    }
    return kept;
}

static ml_status keep(size_t n, size_t n_words, const mention *m, size_t bytes, ml_vocabulary *v, ml_arena *arena,
                      ml_error *error) {
    char *letter = ML_ALLOC(arena, bytes, char);
    *v = (ml_vocabulary){n_words, ML_ALLOC(arena, n_words, ml_text), ML_ALLOC(arena, n_words, uint32_t),
                         ML_ALLOC(arena, n_words, double)};
    if (letter == NULL || v->word == NULL || v->document_count == NULL || v->idf == NULL)
        return ml_features_no_memory("a vocabulary", n_words, bytes, error);
    for (size_t w = 0; w < n_words; w++) {
        v->word[w] = (ml_text){letter, m[w].word.length};
        for (size_t i = 0; i < m[w].word.length; i++)
            *letter++ = (char)lower(m[w].word.bytes[i]);
        v->document_count[w] = (uint32_t)m[w].document;
        v->idf[w] = ml_log((1.0 + (double)n) / (1.0 + (double)m[w].document)) + 1.0;
    }
    return ML_OK;
}

ml_status ml_vocabulary_fit(size_t n, const ml_text *text, size_t min_count, ml_vocabulary *vocabulary, ml_arena *arena,
                            ml_arena *scratch, ml_error *error) {
    const size_t words = list_words(n, text, NULL);
    if (n == 0 || min_count == 0 || words >= UINT32_MAX || arena == scratch)
        return ml_fail(error, ML_EINVAL,
                       "%zu words in %zu texts, %zu for each at least; use a text and a count of 1 or "
                       "more, and two arenas",
                       words, n, min_count);
    const ml_arena_mark mark = ml_arena_save(scratch), before = ml_arena_save(arena);
    mention *const list = ML_ALLOC(scratch, words, mention), *const other = ML_ALLOC(scratch, words, mention);
    ml_vocabulary learned;
    ml_status status = ML_OK;
    if (list == NULL || other == NULL) {
        status = ml_features_no_memory("words", words, 1, error);
    } else {
        list_words(n, text, list);
        mention *const sorted = sort(words, list, other);
        size_t bytes;
        const size_t n_words = distinct(words, sorted, min_count, &bytes);
        status = keep(n, n_words, sorted, bytes, &learned, arena, error);
    }
    ml_arena_release(scratch, mark);
    if (status == ML_OK)
        *vocabulary = learned;
    else
        ml_arena_release(arena, before);
    return status;
}

/* --- Applying ----------------------------------------------------------------------------------------------------- */

void ml_text_counts(const ml_vocabulary *v, ml_text text, double *count) {
    ml_text word;
    for (size_t w = 0; w < v->n_words; w++)
        count[w] = 0.0;
    for (size_t at = 0; ml_text_next_word(text, &at, &word);) {
        size_t low = 0, high = v->n_words;
        while (low < high) {
            const size_t middle = low + (high - low) / 2;
            if (compare(v->word[middle], word) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < v->n_words && compare(v->word[low], word) == 0)
            count[low] += 1.0;
    }
}

void ml_text_tfidf(const ml_vocabulary *v, ml_text text, double *weight) {
    double squares = 0.0;
    ml_text_counts(v, text, weight);
    for (size_t w = 0; w < v->n_words; w++) {
        weight[w] *= v->idf[w];
        squares += weight[w] * weight[w];
    }
    for (size_t w = 0; w < v->n_words && squares > 0.0; w++)
        weight[w] /= sqrt(squares);
}
