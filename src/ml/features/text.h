/* Texts as bags of words: which words, how often, how telling. */
#ifndef ML_FEATURES_TEXT_H
#define ML_FEATURES_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

typedef struct ml_text {
    const char *bytes; /* UTF-8, the caller's; need not end in a zero */
    size_t length;
} ml_text;

/* Finds the next word from *at on: two or more letters, digits or underscores. All characters beyond ASCII count as
 * letters, and only ASCII ones are lowered when words are compared.
 *   word  out: a part of the text
 * Returns false, at the end, when there is none. *at moves behind the word.
 * Source: scikit-learn's CountVectorizer, token_pattern (without Unicode's tables). */
bool ml_text_next_word(ml_text text, size_t *at, ml_text *word);

/* The words that were in training texts, and how telling each is. */
typedef struct ml_vocabulary {
    size_t n_words;
    ml_text *word;           /* [n_words] ascending by lowered bytes; the letters are copies in the arena, lowered */
    uint32_t *document_count; /* [n_words] in how many texts it is */
    double *idf;             /* [n_words] ln((1 + n)/(1 + document_count)) + 1 */
} ml_vocabulary;

/* Learns it from n texts.
 *   min_count      texts that a word must be in, at least 1
 *   vocabulary     out; its arrays are the arena's; untouched on error
 *   arena, scratch two different ones; scratch for 48 bytes a word of the texts is given back
 * Cost:   O(w log w) comparisons for w words in the texts.
 * Errors: ML_EINVAL if n or min_count is 0, the texts have 2^32 words or more, or both arenas are one; ML_ENOMEM.
 * Source: Spärck Jones 1972, "A statistical interpretation of term specificity", Journal of Documentation 28(1),
 *         smoothed.
 * Golden: tests/golden/features.py, scikit-learn CountVectorizer, TfidfVectorizer (min_df). */
ml_status ml_vocabulary_fit(size_t n, const ml_text *text, size_t min_count, ml_vocabulary *vocabulary, ml_arena *arena,
                            ml_arena *scratch, ml_error *error);

/* How often each word is in a text; words that were not in training do not count.
 *   count  [n_words]  out
 * Cost: O(words log n_words + n_words). */
void ml_text_counts(const ml_vocabulary *vocabulary, ml_text text, double *count);

/* Counts times idf, divided by their Euclidean length; 0 for a text without a known word.
 *   weight  [n_words]  out */
void ml_text_tfidf(const ml_vocabulary *vocabulary, ml_text text, double *weight);

#endif
