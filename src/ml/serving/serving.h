#ifndef ML_SERVING_H
#define ML_SERVING_H

#endif
