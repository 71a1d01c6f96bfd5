#ifndef ML_NN_H
#define ML_NN_H

#endif
