/* Kinds by name, and their settings. */
#include <string.h>

#include "base/math.h"
#include "models/model_private.h"
#include "base/text.h"

ml_status ml_model_find(const char *name, const ml_model_kind **kind, ml_error *error) {
    char names[ML_ERROR_LENGTH];
    ml_text list = {names, sizeof names, 0};
    for (size_t i = 0; i < ml_model_kinds_length; i++) {
        if (strcmp(ml_model_kinds[i]->name, name) == 0) {
            *kind = ml_model_kinds[i];
            return ML_OK;
        }
        ml_text_add(&list, " %s", ml_model_kinds[i]->name);
    }
    return ml_fail(error, ML_EINVAL, "there is no model \"%.32s\"; there are:%s", name, names);
}

void ml_model_defaults(const ml_model_kind *kind, double *setting) {
    for (size_t i = 0; i < kind->n_settings; i++)
        setting[i] = kind->setting[i].initial;
}

static ml_status find_setting(const ml_model_kind *kind, const char *name, size_t *index, ml_error *error) {
    char names[ML_ERROR_LENGTH] = "";
    ml_text list = {names, sizeof names, 0};
    for (size_t i = 0; i < kind->n_settings; i++) {
        if (strcmp(kind->setting[i].name, name) == 0) {
            *index = i;
            return ML_OK;
        }
        ml_text_add(&list, " %s", kind->setting[i].name);
    }
    return ml_fail(error, ML_EINVAL, "%s has no setting \"%.32s\"; it has:%s", kind->name, name,
                   kind->n_settings > 0 ? names : " none");
}

static ml_status check_value(const ml_model_setting *setting, double value, ml_status status, ml_error *error) {
    if (!(value >= setting->low && value <= setting->high))
        return ml_fail(error, status, "%s is %g; it goes from %g to %g", setting->name, value, setting->low,
                       setting->high);
    if ((setting->whole || setting->choice != NULL) && value != floor(value))
        return ml_fail(error, status, "%s is %g; it must be a whole number", setting->name, value);
    return ML_OK;
}

ml_status ml_model_check_settings(const ml_model_kind *kind, const double *setting, ml_status status, ml_error *error) {
    for (size_t i = 0; i < kind->n_settings; i++)
        ML_TRY(check_value(&kind->setting[i], setting[i], status, error));
    return ML_OK;
}

ml_status ml_model_set(const ml_model_kind *kind, const char *name, double value, double *setting, ml_error *error) {
    size_t index = 0;
    ML_TRY(find_setting(kind, name, &index, error));
    ML_TRY(check_value(&kind->setting[index], value, ML_EINVAL, error));
    setting[index] = value;
    return ML_OK;
}

ml_status ml_model_set_word(const ml_model_kind *kind, const char *name, const char *word, double *setting,
                            ml_error *error) {
    char words[ML_ERROR_LENGTH];
    ml_text list = {words, sizeof words, 0};
    size_t index = 0;
    ML_TRY(find_setting(kind, name, &index, error));
    const char *const *const choice = kind->setting[index].choice;
    if (choice == NULL)
        return ml_fail(error, ML_EINVAL, "%s is \"%.32s\"; it must be a number", name, word);
    for (size_t i = 0; choice[i] != NULL; i++) {
        if (strcmp(choice[i], word) == 0) {
            setting[index] = (double)i;
            return ML_OK;
        }
        ml_text_add(&list, " %s", choice[i]);
    }
    return ml_fail(error, ML_EINVAL, "%s is \"%.32s\"; it can be:%s", name, word, words);
}
