/* A checksum for stored bytes. */
#ifndef ML_BASE_CRC32_H
#define ML_BASE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 as in IEEE 802.3, zlib and PNG: polynomial 0xEDB88320 (reflected), start and end inverted. It finds accidents,
 * every burst of up to 32 bits among them; whoever wants to can forge it.
 * Source: Peterson and Brown 1961, "Cyclic Codes for Error Detection"; RFC 1952, section 8. */
uint32_t ml_crc32(size_t length, const uint8_t *bytes);

#endif
