/* Bags of words and tf-idf against scikit-learn, and what counts as a word. */
#include "golden/features_golden.h"
#include "unit/features/features_test.h"

enum { DOCUMENTS = COUNT(features_text), SERVED = COUNT(features_text_serve), MOST = 40 };

static unsigned char more_memory[1 << 18];

static ml_text text_of(const char *bytes) {
    return (ml_text){bytes, strlen(bytes)};
}

static void check_texts(size_t min_count, size_t n_words, const char *const *word, const double *count,
                        const double *tfidf) {
    ml_arena arena = fresh_arena(), scratch = ml_arena_over(more_memory, sizeof more_memory);
    ml_text text[DOCUMENTS];
    ml_vocabulary v;
    double out[MOST];
    for (int i = 0; i < DOCUMENTS; i++)
        text[i] = text_of(features_text[i]);
    assert_int_equal(ml_vocabulary_fit(DOCUMENTS, text, min_count, &v, &arena, &scratch, &error), ML_OK);
    assert_int_equal(scratch.used, 0);
    assert_int_equal(v.n_words, n_words);
    for (size_t w = 0; w < n_words; w++) {
        assert_int_equal(v.word[w].length, strlen(word[w]));
        assert_memory_equal(v.word[w].bytes, word[w], v.word[w].length);
    }
    for (size_t i = 0; i < SERVED; i++) {
        ml_text_counts(&v, text_of(features_text_serve[i]), out);
        assert_all_near("counts", n_words, out, count + i * n_words, 0);
        ml_text_tfidf(&v, text_of(features_text_serve[i]), out);
        assert_all_near("tf-idf", n_words, out, tfidf + i * n_words, 1e-15);
    }
}

static void test_texts_are_as_scikit_learn_counts_them(void **state) {
    (void)state;
    check_texts(1, COUNT(golden_words_1), golden_words_1, golden_counts_1, golden_tfidf_1);
    check_texts(2, COUNT(golden_words_2), golden_words_2, golden_counts_2, golden_tfidf_2);
}

/* 2,000 random texts of any bytes: words are found in order, within the text, and nothing between them is one. */
static void test_words_are_found_in_any_bytes(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(4, 0);
    for (int round = 0; round < 2000; round++) {
        char bytes[30];
        const size_t n = (size_t)ml_rng_below(&rng, 31);
        for (size_t i = 0; i < n; i++)
            bytes[i] = round % 2 ? (char)ml_rng_next(&rng) : "aZ_9 ,\xc3\xa9"[ml_rng_below(&rng, 8)];
        const ml_text text = {bytes, n};
        ml_text word;
        const char *behind = bytes;
        for (size_t at = 0; ml_text_next_word(text, &at, &word);) {
            assert_true(word.length >= 2 && word.bytes >= behind && word.bytes + word.length <= bytes + n);
            assert_true(behind == bytes || word.bytes > behind); /* two words do not touch */
            behind = word.bytes + word.length;
            assert_true(behind == bytes + at);
        }
    }
}

static void test_bad_input_is_refused_and_outputs_stay(void **state) {
    (void)state;
    ml_arena arena = fresh_arena(), scratch = ml_arena_over(more_memory, 256), tiny = ml_arena_over(more_memory, 64);
    const ml_text text[] = {text_of("some words here"), text_of("more")};
    ml_vocabulary v = {.n_words = 7};
    assert_fails(ml_vocabulary_fit(0, text, 1, &v, &arena, &scratch, &error), ML_EINVAL, "a text");
    assert_fails(ml_vocabulary_fit(2, text, 0, &v, &arena, &scratch, &error), ML_EINVAL, "count");
    assert_fails(ml_vocabulary_fit(2, text, 1, &v, &arena, &arena, &error), ML_EINVAL, "two arenas");
    assert_fails(ml_vocabulary_fit(2, text, 1, &v, &arena, &tiny, &error), ML_ENOMEM, "memory");
    ml_arena small = ml_arena_over(memory, 64);
    scratch = ml_arena_over(more_memory, sizeof more_memory);
    assert_fails(ml_vocabulary_fit(2, text, 1, &v, &small, &scratch, &error), ML_ENOMEM, "memory");
    assert_true(v.n_words == 7 && arena.used == 0 && small.used == 0 && scratch.used == 0);
    assert_int_equal(ml_vocabulary_fit(2, text, 3, &v, &arena, &scratch, &error), ML_OK);
    assert_int_equal(v.n_words, 0); /* no word is in three of two texts */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_are_as_scikit_learn_counts_them),
        cmocka_unit_test(test_words_are_found_in_any_bytes),
        cmocka_unit_test(test_bad_input_is_refused_and_outputs_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
