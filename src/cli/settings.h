/* The settings of a model: its own, and two that all have, the seed and the scaling of numbers. */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include "models/model.h"
#include "options.h"

typedef struct fit_settings {
    double value[ML_MODEL_MAX_SETTINGS]; /* in the order of the kind's */
    uint64_t seed;
    bool standard;
} fit_settings;

/* Reads words "key=value". Returns CLI_OK, or CLI_USAGE with a sentence. */
int settings_read(const ml_model_kind *kind, const word_list *words, fit_settings *out);

/* The kind of that name. Returns CLI_OK, or CLI_USAGE with the names that are near. */
int settings_kind(const char *name, const ml_model_kind **kind);

/* A value as a person writes it: a number or its word. */
const char *settings_text(const ml_model_setting *setting, double value, char text[CLI_NUMBER_LENGTH]);

/* Every kind, or one unless that is NULL: what it is for, and its settings. */
void settings_print_kinds(const ml_model_kind *only);

#endif
