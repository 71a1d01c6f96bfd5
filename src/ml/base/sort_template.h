/* The merge sort of sort.c, written once for four kinds of item. Before each include, define
 *   SORT           the function's name
 *   ITEM, KEY      the types of what is moved and of what is compared
 *   KEY_OF(item)   the key of one item; may use the array `key`
 * No include guard: that it can be included again is the point. */

/* Whether item b must stand before item a, which comes first now. The second half sends NaN behind every number. */
#define MUST_SWAP(a, b) (KEY_OF(b) < KEY_OF(a) || (KEY_OF(a) != KEY_OF(a) && KEY_OF(b) == KEY_OF(b)))
#define PASTE(a, b)     a##b
#define NAMED(a, b)     PASTE(a, b)

static void NAMED(SORT, _by_insertion)(size_t n, const KEY *key, ITEM *x) {
    (void)key;
    for (size_t i = 1; i < n; i++) {
        const ITEM moving = x[i];
        size_t j = i;
        for (; j > 0 && MUST_SWAP(x[j - 1], moving); j--)
            x[j] = x[j - 1];
        x[j] = moving;
    }
}

/* Two sorted neighbours, from[0..n_left-1] and the n_right items after them, become one sorted run in `to`. */
static void NAMED(SORT, _merge)(size_t n_left, size_t n_right, const KEY *key, const ITEM *from, ITEM *to) {
    const ITEM *left = from, *right = from + n_left;
    size_t i = 0, j = 0;
    (void)key;
    if (n_right > 0 && MUST_SWAP(left[n_left - 1], right[0])) /* else in order as they are: sorted input is linear */
        while (i < n_left && j < n_right) {
            const int take_right = MUST_SWAP(left[i], right[j]);
            to[i + j] = take_right ? right[j] : left[i];
            j += (size_t)take_right;
            i += (size_t)!take_right;
        }
    memcpy(to + i + j, left + i, (n_left - i) * sizeof *to);
    memcpy(to + n_left + j, right + j, (n_right - j) * sizeof *to);
}

static void SORT(size_t n, const KEY *key, ITEM *x, ITEM *scratch) {
    ITEM *from = x, *to = scratch;
    for (size_t at = 0; at < n; at += SHORT_RUN)
        NAMED(SORT, _by_insertion)(smaller(SHORT_RUN, n - at), key, x + at);
    for (size_t run = SHORT_RUN; run < n; run *= 2) {
        for (size_t at = 0; at < n; at += 2 * run) {
            const size_t n_left = smaller(run, n - at), n_right = smaller(run, n - at - n_left);
            NAMED(SORT, _merge)(n_left, n_right, key, from + at, to + at);
        }
        ITEM *const merged = to;
        to = from;
        from = merged;
    }
    if (from != x)
        memcpy(x, from, n * sizeof *x);
}

#undef SORT
#undef ITEM
#undef KEY
#undef KEY_OF
#undef MUST_SWAP
#undef PASTE
#undef NAMED
