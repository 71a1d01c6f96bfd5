#ifndef ML_MODELS_H
#define ML_MODELS_H

#endif
