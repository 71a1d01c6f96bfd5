#ifndef ML_AUTOGRAD_H
#define ML_AUTOGRAD_H

#endif
