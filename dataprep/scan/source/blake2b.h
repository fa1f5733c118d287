/* BLAKE2b (RFC 7693) with a digest of 8 bytes and without a key: what ids of examples are made of. */
#ifndef DATAPREP_BLAKE2B_H
#define DATAPREP_BLAKE2B_H

#include <stddef.h>
#include <stdint.h>

/* The digest of some bytes as 16 hexadecimal digits, as `hexdigest` gives it. */
void blake2b_hex(const uint8_t *bytes, size_t length, uint8_t digits[16]);

#endif
