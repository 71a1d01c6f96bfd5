#ifndef ML_DATA_H
#define ML_DATA_H

#endif
