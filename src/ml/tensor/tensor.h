#ifndef ML_TENSOR_H
#define ML_TENSOR_H

#endif
