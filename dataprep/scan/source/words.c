#include "words.h"

#include <stddef.h>
#include <string.h>

/* What a word is hashed with: as in dataprep/near/words.py. */
static const uint64_t BASE = 0x100000001b3, MIX = 0x9e3779b97f4a7c15;

/* The code point at which a walk stands, and its bytes. Of what is no UTF-8 each byte is one. */
static uint32_t code_point(const word_walk *walk, int *length) {
    const uint8_t *at = walk->at;
    int bytes = *at < 0xc0 ? 1 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;
    if (bytes > walk->end - at) bytes = 1;
    *length = bytes;
    uint32_t code = bytes == 1 ? *at : *at & (0x7f >> bytes);
    for (int i = 1; i < bytes; i++) code = code << 6 | (at[i] & 0x3f);
    return code;
}

/* The range that holds a code point, or the one before it; NULL below the first. */
static const word_range *range_of(uint32_t code) {
    int low = 0, high = WORD_RANGE_COUNT;
    while (low < high) {
        int middle = (low + high) / 2;
        if (WORD_RANGES[middle].first <= code)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NULL : &WORD_RANGES[low - 1];
}

static bool holds(const word_range *range, uint32_t code) {
    return range != NULL && range->first <= code && code <= range->last;
}

static uint8_t kind_of_ascii(uint8_t byte) {
    bool letter = (uint8_t)((byte | 0x20) - 'a') < 26 || byte == '_';
    return letter || (uint8_t)(byte - '0') < 10 ? WORD_LETTER : 0;
}

static uint8_t lowered(uint8_t byte) { return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte; }

/* The kind of the code point at which a walk stands, and its bytes. */
static uint8_t kind_at(word_walk *walk, int *length) {
    *length = 1;
    if (*walk->at < 0x80) return kind_of_ascii(*walk->at);
    uint32_t code = code_point(walk, length);
    if (!holds(walk->last, code)) walk->last = range_of(code); /* neighbours are of one script */
    return holds(walk->last, code) ? walk->last->kind : 0;
}

/* The hash of what came before and of the code point at which a walk stands, which it passes. */
static uint64_t hashed(uint64_t hash, word_walk *walk, int length) {
    for (int i = 0; i < length; i++) hash = hash * BASE + lowered(*walk->at++) + 1;
    return hash;
}

/* The same for all letters of ASCII that follow, which is most of most words. */
static uint64_t hashed_ascii(uint64_t hash, word_walk *walk) {
    const uint8_t *at = walk->at;
    for (; at < walk->end && *at < 0x80 && kind_of_ascii(*at); at++)
        hash = hash * BASE + lowered(*at) + 1;
    walk->at = at;
    return hash;
}

static uint64_t mixed(uint64_t hash) {
    hash = (hash ^ hash >> 32) * MIX;
    return hash ^ hash >> 29;
}

bool words_next(word_walk *walk, uint64_t *word) {
    while (walk->at < walk->end) {
        int length;
        uint8_t kind = kind_at(walk, &length);
        if (kind == 0) {
            walk->at += length;
            continue;
        }
        uint64_t hash = hashed(0, walk, length);
        bool goes_on = !(kind & WORD_ALONE);
        while (goes_on) {
            hash = hashed_ascii(hash, walk);
            goes_on = walk->at < walk->end && kind_at(walk, &length) & WORD_LETTER;
            if (goes_on) hash = hashed(hash, walk, length);
        }
        *word = mixed(hash);
        return true;
    }
    return false;
}

/* Whether a character beyond ASCII, of these first two bytes, may be of a script with capitals. */
static bool may_be_capital(uint8_t first, uint8_t second) {
    switch (first) {
        case 0xc3: return second < 0xa0;
        case 0xe1: case 0xea: return true;
        case 0xe2: return second >= 0x84 && (second < 0x94 || second >= 0xb0);
        case 0xef: return second == 0xbc;
        case 0xf0: return second >= 0x90 && second < 0xa0;
        default: return first >= 0xc4 && first < 0xd8;
    }
}

/* To the first byte beyond ASCII, as far as eight bytes can be looked at together. */
static const uint8_t *past_ascii(const uint8_t *at, const uint8_t *end) {
    for (; end - at >= 8; at += 8) {
        uint64_t bytes;
        memcpy(&bytes, at, sizeof bytes);
        if (bytes & 0x8080808080808080ULL) break;
    }
    return at;
}

bool words_may_have_capitals(const uint8_t *at, const uint8_t *end) {
    for (at = past_ascii(at, end); at < end; at++)
        if (*at >= 0xc0 && (at + 1 == end || may_be_capital(at[0], at[1]))) return true;
    return false;
}
