#ifndef ML_METRICS_H
#define ML_METRICS_H

#endif
