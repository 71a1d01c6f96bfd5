/* Values of params and readouts as words. */
#include "cli.h"

const char *cli_param_text(const lab_param *param, double value, char text[CLI_NUMBER_LENGTH]) {
    if (param->kind == LAB_CHOICE)
        return param->choices[(size_t)value];
    if (param->kind == LAB_TOGGLE)
        return value != 0 ? "on" : "off";
    return cli_double_text(value, text);
}

const char *cli_readout_choice(const lab_readout *readout, double value) {
    for (int32_t i = 0; readout->choices != NULL && readout->choices[i] != NULL; i++)
        if (value == i)
            return readout->choices[i];
    return NULL;
}
