#include "data/data.h"

#include <math.h>
#include <string.h>

#include "base/math.h"
#include "base/sort.h"

enum {
    SIDE = ML_DIGIT_BITMAP,               /* of the bitmap that a character is brought onto */
    WIDTH = 20,                           /* the part of it that a character fills */
    BLOCK = ML_DIGIT_BITMAP / ML_DIGIT_SIDE,
    SAMPLES = 4,                          /* along each side of a bitmap's cell */
    MOST_PASSES = 4,                      /* of smoothing, for the thinnest lines */
    TYPICAL_INK = 312,                    /* cells that are on in the data set's bitmaps, on average, of 1024 */
};

static const float INKED = 0.25f, FAINTEST = 0.1f;

typedef struct box {
    size_t left, top, width, height;
} box;

static bool find_box(size_t width, size_t height, const float *ink, box *b) {
    size_t left = width, right = 0, top = height, bottom = 0;
    for (size_t i = 0; i < width * height; i++) {
        if (!(ink[i] >= INKED))
            continue;
        const size_t x = i % width, y = i / width;
        left = x < left ? x : left;
        right = x > right ? x : right;
        top = y < top ? y : top;
        bottom = y; /* rows come in order */
    }
    if (left == width)
        return false;
    *b = (box){left, top, right - left + 1, bottom - top + 1};
    return true;
}

/* The ink at a place between the cells' centres; outside there is none. */
static float ink_at(size_t width, size_t height, const float *ink, float x, float y) {
    const float x0 = floorf(x - 0.5f), y0 = floorf(y - 0.5f), fx = x - 0.5f - x0, fy = y - 0.5f - y0;
    float sum = 0.0f;
    for (int corner = 0; corner < 4; corner++) {
        const float cx = x0 + (float)(corner & 1), cy = y0 + (float)(corner >> 1);
        if (cx < 0.0f || cy < 0.0f || cx >= (float)width || cy >= (float)height)
            continue;
        const float share = (corner & 1 ? fx : 1.0f - fx) * (corner >> 1 ? fy : 1.0f - fy);
        sum += share * ink[(size_t)cy * width + (size_t)cx];
    }
    return sum;
}

/* The box onto the middle of the bitmap: as tall as that, in its own shape, or squeezed into WIDTH. */
static void bring_to_size(size_t width, size_t height, const float *ink, const box *b, float *bitmap) {
    const float upright = (float)b->width * SIDE / (float)b->height; /* how wide it would be */
    const float wide = upright < WIDTH ? upright : WIDTH, left = 0.5f * (SIDE - wide);
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        float sum = 0.0f;
        for (size_t s = 0; s < SAMPLES * SAMPLES; s++) {
            const float x = (float)(i % SIDE) + ((float)(s % SAMPLES) + 0.5f) / SAMPLES;
            const float y = (float)(i / SIDE) + ((float)(s / SAMPLES) + 0.5f) / SAMPLES;
            const float u = (x - left) / wide, v = y / SIDE;
            if (u >= 0.0f && u < 1.0f)
                sum += ink_at(width, height, ink, (float)b->left + u * (float)b->width,
                              (float)b->top + v * (float)b->height);
        }
        bitmap[i] = sum / (SAMPLES * SAMPLES);
    }
}

/* Each cell with its eight neighbours, by weights 1 2 1 in both directions. */
static void smooth(const float *from, float *to) {
    static const float weight[] = {0.25f, 0.5f, 0.25f};
    for (int i = 0; i < SIDE * SIDE; i++) {
        float sum = 0.0f;
        for (int k = 0; k < 9; k++) {
            const int x = i % SIDE + k % 3 - 1, y = i / SIDE + k / 3 - 1;
            if (x >= 0 && y >= 0 && x < SIDE && y < SIDE)
                sum += weight[k % 3] * weight[k / 3] * from[y * SIDE + x];
        }
        to[i] = sum;
    }
}

bool ml_data_digit_from_ink(size_t width, size_t height, const float *ink, float *pixel) {
    float bitmap[SIDE * SIDE], smoothed[SIDE * SIDE], sorted[SIDE * SIDE];
    box b;
    memset(pixel, 0, ML_DIGIT_SIDE * ML_DIGIT_SIDE * sizeof *pixel);
    if (!find_box(width, height, ink, &b))
        return false;
    bring_to_size(width, height, ink, &b, bitmap);
    /* Smoothed, a line has a slope at its edge, and the level at which it is cut sets how thick it is. */
    float level = 0.0f;
    for (int pass = 0; pass < MOST_PASSES && level < FAINTEST; pass++) {
        smooth(bitmap, smoothed);
        smooth(smoothed, bitmap);
        memcpy(sorted, bitmap, sizeof sorted);
        ml_sort_float(SIDE * SIDE, sorted, smoothed);
        level = sorted[SIDE * SIDE - TYPICAL_INK];
    }
    level = level > FAINTEST ? level : FAINTEST;
    for (size_t i = 0; i < SIDE * SIDE; i++)
        if (bitmap[i] >= level)
            pixel[i / SIDE / BLOCK * ML_DIGIT_SIDE + i % SIDE / BLOCK] += 1.0f;
    return true;
}
