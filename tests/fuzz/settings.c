/* Settings of a lab as links, lessons and the command line carry them: any text is refused with a sentence or leaves
 * every param within its bounds; what was set can be written down and set again. (The page's own reader of links:
 * tests/fuzz/link.mjs.) The first byte chooses the lab. */
#include "fuzz.h"

#include <math.h>

#include "lab.h"

static lab_run run_of(const lab *experiment) {
    lab_run run = {.lab = experiment};
    for (int32_t i = 0; i < experiment->n_params; i++)
        run.param[i] = experiment->params[i].initial;
    return run;
}

static void must_be_allowed(const lab_param *param, double value) {
    MUST(lab_param_clamp(param, value) == value);
    if (param->kind == LAB_NUMBER || param->kind == LAB_INTEGER)
        MUST(value >= param->min && value <= param->max);
    if (param->kind != LAB_NUMBER)
        MUST(value == floor(value));
}

static int print(const lab_param *param, double value, char *text, size_t room) {
    if (param->kind == LAB_CHOICE)
        return snprintf(text, room, "%s=%s ", param->name, param->choices[(size_t)value]);
    if (param->kind == LAB_TOGGLE)
        return snprintf(text, room, "%s=%s ", param->name, value != 0 ? "on" : "off");
    return snprintf(text, room, "%s=%.17g ", param->name, value);
}

/* Each param, from the text as it stands: a value within bounds, or a sentence and the value as it was. */
static void parse_each(const lab *experiment, const char *text) {
    for (int32_t i = 0; i < experiment->n_params; i++) {
        const lab_param *param = &experiment->params[i];
        ml_error note = {""};
        double value = param->initial;
        const ml_status status = lab_param_parse(param, text, &value, &note);
        fuzz_must_say(status, &note);
        MUST(status == ML_OK || (status == ML_EINVAL && value == param->initial));
        must_be_allowed(param, value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    const lab *experiment = lab_list[data[0] % (size_t)lab_list_length];
    char *const text = malloc(size), written[8192];
    MUST(text != NULL);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    ml_error error = {""};
    lab_run run = run_of(experiment), again = run_of(experiment);
    const ml_status status = lab_run_apply(&run, text, &error);
    fuzz_must_say(status, &error);
    MUST(status == ML_OK || status == ML_EINVAL);
    size_t length = 0;
    for (int32_t i = 0; i < experiment->n_params; i++) {
        must_be_allowed(&experiment->params[i], run.param[i]);
        length += (size_t)print(&experiment->params[i], run.param[i], written + length, sizeof written - length);
        MUST(length < sizeof written);
    }
    MUST(lab_run_apply(&again, written, &error) == ML_OK);
    MUST(memcmp(run.param, again.param, (size_t)experiment->n_params * sizeof *run.param) == 0);
    parse_each(experiment, text);
    free(text);
    return 0;
}
