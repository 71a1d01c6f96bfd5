/* Stands in for cmocka, which is not made for WebAssembly: what the generators of random operations and networks ask of
 * it. */
#ifndef TESTS_PARITY_CMOCKA_H
#define TESTS_PARITY_CMOCKA_H

#include <stdio.h>
#include <stdlib.h>

#define fail_msg(...)             (printf(__VA_ARGS__), printf("\n"), exit(1))
#define assert_true(c)            ((c) ? (void)0 : fail_msg("%s:%d: not so: %s", __FILE__, __LINE__, #c))
#define assert_int_equal(a, b)    assert_true((a) == (b))
#define assert_int_not_equal(a, b) assert_true((a) != (b))
#define assert_in_range(x, a, b)  assert_true((x) >= (a) && (x) <= (b))

#endif
