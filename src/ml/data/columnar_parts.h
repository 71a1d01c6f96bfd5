/* What the writer and the reader of the columnar format share. Private to ml/data. */
#ifndef ML_DATA_COLUMNAR_PARTS_H
#define ML_DATA_COLUMNAR_PARTS_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "data/data.h"

static const uint8_t columnar_magic[8] = "lmzcols";

enum { COLUMNAR_VERSION = 1, COLUMNAR_HEAD = 8 + 4 + 4 + 8 + 8, COLUMNAR_CRC = 4 };

#endif
