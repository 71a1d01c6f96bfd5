/* Runs every lab natively, at its initial settings and at each goal's, and prints a line for each view, and for the
 * readouts and goals, with a hash of its bytes. labs.mjs does the same in the browser's module and compares the lines.
 * What shows real time is left out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"

enum { MAX_STEPS = 60, SEEDS = 2, FRAME_FLOATS = 1 << 20, TEXT_BYTES = 1 << 16 };

static double no_clock(void) {
    return 0;
}

static uint32_t fnv(uint32_t hash, const void *bytes, size_t n) {
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ byte[i]) * 16777619u;
    return hash;
}

/* A slanting stroke of many greys on every pad. */
static void draw_on_pads(lab_run *run) {
    static float ink[1 << 16];
    for (int32_t view = 0; view < run->lab->n_views; view++) {
        const lab_view *pad = &run->lab->views[view];
        if (pad->kind != LAB_PAD)
            continue;
        for (int32_t i = 0; i < pad->ink_width * pad->ink_height; i++) {
            const int32_t x = i % pad->ink_width, y = i / pad->ink_width, away = abs(2 * x + y - pad->ink_width);
            ink[i] = away < 8 ? (float)(8 - away) / 8.0f : 0.0f;
        }
        lab_run_draw(run, view, ink);
    }
}

static void report(const lab *experiment, const char *setting, uint64_t seed, const char *preset, void *memory,
                   lab_frame *frame) {
    lab_run run;
    lab_run_open(&run, experiment, memory, lab_run_bytes(experiment), no_clock);
    ml_error error;
    if (lab_run_apply(&run, preset, &error) != ML_OK) {
        fprintf(stderr, "%s, preset of %s: %s\n", experiment->name, setting, error.message);
        exit(1);
    }
    lab_run_start(&run, seed);
    lab_run_advance(&run, experiment->steps != 0 && experiment->steps < MAX_STEPS ? experiment->steps : MAX_STEPS,
                    INT64_MAX);
    draw_on_pads(&run);
    lab_run_figures(&run);
    printf("%s %s seed %d: step %d status %d\n", experiment->name, setting, (int)seed, run.progress.step,
           (int)run.status);
    for (int32_t view = 0; view < experiment->n_views; view++) {
        if (experiment->views[view].measured)
            continue;
        lab_run_read(&run, view, frame);
        const uint32_t hash = fnv(fnv(2166136261u, frame->data, frame->length * sizeof(float)), frame->text,
                                  frame->text_length);
        printf("  %s %zu %08x\n", experiment->views[view].name, frame->length, hash);
    }
    uint32_t figures = 2166136261u, goals = 0;
    for (int32_t i = 0; i < experiment->n_readouts; i++)
        if (!experiment->readouts[i].measured)
            figures = fnv(figures, &run.readout[i], sizeof run.readout[i]);
    for (int32_t i = 0; i < experiment->n_goals; i++)
        goals |= (uint32_t)run.goal_met[i] << i;
    printf("  figures %08x goals %x\n", figures, goals);
}

int main(void) {
    lab_frame frame = {.data = malloc(FRAME_FLOATS * sizeof(float)), .capacity = FRAME_FLOATS,
                       .text = malloc(TEXT_BYTES), .text_capacity = TEXT_BYTES};
    for (int32_t i = 0; i < lab_list_length; i++) {
        void *memory = malloc(lab_run_bytes(lab_list[i]));
        if (memory == NULL || frame.data == NULL || frame.text == NULL)
            return 1;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            report(lab_list[i], "initial", seed, "", memory, &frame);
            for (int32_t g = 0; g < lab_list[i]->n_goals; g++) {
                const lab_goal *goal = &lab_list[i]->goals[g];
                if (goal->preset != NULL)
                    report(lab_list[i], goal->name, seed, goal->preset, memory, &frame);
            }
        }
        free(memory);
    }
    free(frame.data);
    free(frame.text);
    return 0;
}
