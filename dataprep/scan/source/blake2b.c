#include "blake2b.h"

#include <string.h>

enum { BLOCK = 128, ROUNDS = 12, DIGEST = 8 };

static const uint64_t START[8] = {
    0x6a09e667f3bcc908ULL, 0xbb67ae8584caa73bULL, 0x3c6ef372fe94f82bULL, 0xa54ff53a5f1d36f1ULL,
    0x510e527fade682d1ULL, 0x9b05688c2b3e6c1fULL, 0x1f83d9abfb41bd6bULL, 0x5be0cd19137e2179ULL,
};

static const uint8_t SIGMA[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static uint64_t turned(uint64_t word, unsigned bits) {
    return (word >> bits) | (word << (64 - bits));
}

/* Byte by byte, so that the machine's own order does not matter; compilers make one load of it. */
static uint64_t little_endian(const uint8_t *bytes) {
    uint64_t word = 0;
    for (unsigned i = 0; i < 8; i++) word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

static void mix(uint64_t v[16], int a, int b, int c, int d, uint64_t x, uint64_t y) {
    v[a] += v[b] + x;
    v[d] = turned(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = turned(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = turned(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = turned(v[b] ^ v[c], 63);
}

/* The function F of the RFC; `counted` are the bytes up to and with this block. */
static void compress(uint64_t state[8], const uint8_t block[BLOCK], uint64_t counted, int is_last) {
    uint64_t m[16], v[16];
    for (int i = 0; i < 16; i++) m[i] = little_endian(block + 8 * i);
    memcpy(v, state, 8 * sizeof *v);
    memcpy(v + 8, START, 8 * sizeof *v);
    v[12] ^= counted;
    if (is_last) v[14] = ~v[14];
    for (int round = 0; round < ROUNDS; round++) {
        const uint8_t *s = SIGMA[round % 10];
        mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
        mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
        mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
        mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
        mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
        mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
        mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
        mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
    }
    for (int i = 0; i < 8; i++) state[i] ^= v[i] ^ v[i + 8];
}

void blake2b_hex(const uint8_t *bytes, size_t length, uint8_t digits[16]) {
    static const char HEX[] = "0123456789abcdef";
    uint64_t state[8], counted = 0;
    uint8_t last[BLOCK] = {0};
    memcpy(state, START, sizeof state);
    state[0] ^= 0x01010000ULL ^ DIGEST;
    while (length > BLOCK) {
        counted += BLOCK;
        compress(state, bytes, counted, 0);
        bytes += BLOCK;
        length -= BLOCK;
    }
    if (length) memcpy(last, bytes, length);
    compress(state, last, counted + length, 1);
    for (unsigned i = 0; i < DIGEST; i++) {
        unsigned byte = (unsigned)(state[0] >> (8 * i)) & 0xff;
        digits[2 * i] = (uint8_t)HEX[byte >> 4];
        digits[2 * i + 1] = (uint8_t)HEX[byte & 15];
    }
}
