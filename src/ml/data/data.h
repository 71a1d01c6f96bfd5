/* Data: tables read from CSV, made-up data sets with a known truth, and splits.
 *
 * Everything here is checked: whatever a file, a slider or a learner's code can cause comes back as a status with one
 * sentence. Nothing allocates except from the arena that is passed in. */
#ifndef ML_DATA_H
#define ML_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"

/* --- Tables ------------------------------------------------------------------------------------------------------- */

typedef enum ml_column_kind {
    ML_COLUMN_NUMBER,   /* every cell that is there is a number */
    ML_COLUMN_INTEGER,  /* the same, and each is written without a point or an exponent and is below 2^53 in size */
    ML_COLUMN_CATEGORY, /* words that repeat: at most 20 different ones, or at most half as many as cells */
    ML_COLUMN_TEXT,     /* words that do not */
    ML_COLUMN_MISSING,  /* no cell has a value */
} ml_column_kind;

#define ML_CODE_MISSING UINT32_MAX

/* One column, stored on its own: a column of a million numbers is a million doubles in a row. */
typedef struct ml_column {
    const char *name;
    ml_column_kind kind;
    size_t n_missing;
    double *number;     /* [rows] of a number or integer column, NaN where missing; NULL otherwise */
    uint32_t *code;     /* [rows] of a category or text column: index into level, ML_CODE_MISSING where missing */
    const char **level; /* [n_levels] the different values, NUL-terminated UTF-8, in order of their bytes */
    size_t n_levels;
} ml_column;

typedef struct ml_table {
    size_t n_rows, n_columns;
    ml_column *column; /* [n_columns], in the file's order */
} ml_table;

enum { ML_CSV_MAX_COLUMNS = 4096 };

/* Reads a CSV file whose first line names the columns into a table in the arena.
 *   text    [length]  the file's bytes; need not end with NUL, may go once this returns
 *   table             out; lives in the arena; untouched on error
 * The format is RFC 4180: cells are separated by commas, a cell in double quotes may hold commas, line breaks and
 * quotes ("" stands for one). Lines end with CRLF, LF or CR; the last one may lack it. A byte order mark is skipped,
 * and so is an empty line, unless the file has one column: there it is a missing cell. Blanks around a name in the
 * first line are taken off; around a word they belong to it.
 * Missing is a cell that is empty, or NA, N/A, NaN or null in any case, quoted or not, blanks around it ignored.
 * A number is written in decimal, in at most 400 characters: -12, .5, 6.02e23; blanks around it are ignored. Infinity
 * and what no double can hold (1e999) are refused in a column of numbers; in a column that has other words they are
 * words. A column with whole numbers from 2^53 up, which a double may change, is of numbers and not of integers.
 * Cost:   three passes over the text; memory for the columns (8 or 4 bytes a cell, each different word once and 8
 *         bytes, at most 200 bytes a column) and, given back at the end, what ml_csv_stream says.
 * Errors: ML_EPARSE, naming the line and the remedy: a quote that is never closed, text after a closing quote, a line
 *         with too few or too many cells, a NUL byte, bytes that are no UTF-8, a column name that is empty or comes
 *         twice, more than ML_CSV_MAX_COLUMNS columns, no line at all, no row after the names, a number that is not
 *         finite. ML_ENOMEM if the arena is too small. On error the arena is as it was.
 * Source: Shafranovich 2005, RFC 4180; Yergeau 2003, RFC 3629 (UTF-8).
 * A file that does not fit into memory as text: csv_stream.h, which gives the same table and the same errors. */
ml_status ml_csv_read(const char *text, size_t length, ml_arena *arena, ml_table *table, ml_error *error);

/* The line, counted from 1, in which row `row` (counted from 0) of such a text begins; the last line for a row that is
 * not there. The text must be one that ml_csv_read has read. Cost: a walk through the text up to there. */
size_t ml_csv_line(const char *text, size_t length, size_t row);

/* The index of the column of that name. ML_EINVAL with the names that there are if there is none. */
ml_status ml_table_find(const ml_table *table, const char *name, size_t *index, ml_error *error);

/* The word in a cell of a category or text column; NULL where it is missing or the column holds numbers. */
const char *ml_column_word(const ml_column *column, size_t row);

/* Copies columns of numbers into a row-major matrix, as models take it.
 *   index   [d]           which columns, in which order
 *   matrix  [n_rows x d]  out; missing cells are NaN; untouched on error
 * Errors: ML_EINVAL if an index is out of range or the column holds no numbers. */
ml_status ml_table_matrix(const ml_table *table, size_t d, const size_t *index, double *matrix, ml_error *error);

/* --- Made-up data sets ---------------------------------------------------------------------------------------------
 * Two features and two classes, whose shape defeats a straight line. All take the same arguments:
 *   n          rows, at least 1
 *   noise      standard deviation of the normal noise that is added to both coordinates; 0 or more
 *   x [n x 2]  out, row-major, about within [-1, 1]
 *   label [n]  out, 0 or 1; alternating 0, 1, 0, 1 unless the comment says otherwise
 * A row's draws do not depend on `noise`, so that turning it up moves the points and not the shape.
 * Cost:   O(n).
 * Errors: ML_EINVAL if n is 0 or the noise is negative or not finite; outputs untouched, no draw made. */

/* Two rings round the origin: radius 0.9 (class 0) and 0.4 (class 1), the angle uniform. */
ml_status ml_data_make_circles(size_t n, double noise, ml_rng *rng, float *x, uint8_t *label, ml_error *error);

/* Two half moons that interlock: 0.7 (cos t - 0.5, sin t - 0.25) is class 1, 0.7 (0.5 - cos t, 0.25 - sin t) class 0,
 * with t uniform in [0, pi]. */
ml_status ml_data_make_moons(size_t n, double noise, ml_rng *rng, float *x, uint8_t *label, ml_error *error);

/* A chessboard of four fields: points uniform in the square, class 1 where x1 x2 > 0 (before the noise), so labels do
 * not alternate. */
ml_status ml_data_make_xor(size_t n, double noise, ml_rng *rng, float *x, uint8_t *label, ml_error *error);

/* Two arms that wind one and a half times round the origin: radius u = sqrt(U), angle 3 pi u + pi label. */
ml_status ml_data_make_spiral(size_t n, double noise, ml_rng *rng, float *x, uint8_t *label, ml_error *error);

/* No pattern at all: points uniform in the square, alternating labels shuffled. What is learned here is memory. */
ml_status ml_data_make_random_labels(size_t n, double noise, ml_rng *rng, float *x, uint8_t *label, ml_error *error);

/* k round clouds in d dimensions: centres uniform in [-box, box]^d, row i belongs to class i mod k and lies at its
 * centre plus normal noise of standard deviation `spread` in each coordinate.
 *   centre [k x d]  out
 *   x      [n x d]  out, row-major
 *   label  [n]      out, 0 to k-1
 * Errors: ML_EINVAL if n or d is 0, k is not 1 to 256, or box or spread is negative or not finite. */
ml_status ml_data_make_blobs(size_t n, size_t k, size_t d, double box, double spread, ml_rng *rng, float *centre,
                             float *x, uint8_t *label, ml_error *error);

/* --- Handwritten digits ------------------------------------------------------------------------------------------- */

enum { ML_DIGIT_BITMAP = 32, ML_DIGIT_SIDE = 8 };

/* Makes of a drawing what the preprocessing of the Optical Recognition of Handwritten Digits set made of a scanned one:
 * its box is brought onto the middle of a bitmap of 32 x 32 cells (32 tall, in its own shape or squeezed into a width
 * of 20), its lines are thinned or thickened until as many cells are on as in the set's bitmaps, and the cells of each
 * block of 4 x 4 are counted.
 *   ink    [height x width]  how much of each cell is inked, 0 to 1, row by row from the top
 *   pixel  [8 x 8]           out: whole numbers 0 to 16; all 0 for an empty drawing
 * Returns false if nothing is drawn.   Cost: about 200,000 multiply-adds.
 * Source: Alpaydin and Kaynak 1998, "Cascading Classifiers", Kybernetika 34(4), for the blocks; Garris et al. 1994,
 *         "NIST Form-Based Handprint Recognition System", NISTIR 5469, for size and thickness. The figures 20, 32 and
 *         the share of ink were found in the set itself; the scanner's own steps are not reproduced to the cell. */
bool ml_data_digit_from_ink(size_t width, size_t height, const float *ink, float *pixel);

/* --- Splits ------------------------------------------------------------------------------------------------------- */

/* Divides rows 0 to n-1 into training and test rows, at random.
 *   test_share  share of test rows, above 0 and below 1; their number is the next whole one
 *   label  [n]  NULL: a simple split. Otherwise a stratified one: each class gives its share of the test rows (what is
 *               left over by rounding down goes to the largest remainders, the lower class first)
 *   order  [n]  out: the training rows, then the test rows, each in random order
 *   n_train     out: how many training rows
 * Cost:   O(n).
 * Errors: ML_EINVAL if the share is out of range, either part would be empty, or stratified, a class has only one row
 *         or the test part is smaller than the number of classes. Outputs untouched, no draw made. */
ml_status ml_data_split(size_t n, double test_share, const uint8_t *label, ml_rng *rng, uint32_t *order,
                        size_t *n_train, ml_error *error);

/* Deals rows 0 to n-1 out to k folds, for cross-validation: each row is tested once, by a model that learned from the
 * other folds. The first n mod k folds have one row more than the others.
 *   rng        folds at random; NULL: rows in order, the first ones in fold 0
 *   fold  [n]  out: the fold of each row, 0 to k-1
 * Cost:   O(n).
 * Errors: ML_EINVAL if k is below 2 or above n. Output untouched, no draw made.
 * Source: Stone 1974, "Cross-validatory choice and assessment of statistical predictions", Journal of the Royal
 *         Statistical Society B 36(2).   Golden: tests/golden/multiclass.py, scikit-learn KFold. */
ml_status ml_kfold(size_t n, size_t k, ml_rng *rng, uint32_t *fold, ml_error *error);

/* --- The topics with a header of their own ------------------------------------------------------------------------ */

#include "data/columnar.h"
#include "data/csv_stream.h"
#include "data/encoding.h"
#include "data/generators.h"
#include "data/layout.h"
#include "data/resample.h"
#include "data/sampling.h"
#include "data/splits.h"
#include "data/windows.h"

#endif
