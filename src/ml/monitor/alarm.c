#include "monitor/monitor.h"

ml_alarm ml_alarm_between(double low, double high) {
    return (ml_alarm){.low = low, .high = high, .first = -1};
}

bool ml_alarm_observe(ml_alarm *alarm, double value) {
    alarm->is_on = value < alarm->low || value > alarm->high; /* false for NaN */
    if (alarm->is_on && alarm->first < 0)
        alarm->first = alarm->observed;
    alarm->observed++;
    return alarm->is_on;
}
