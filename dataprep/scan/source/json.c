#include "json.h"

#include <string.h>

void json_skip_space(json_walk *walk) {
    const uint8_t *at = walk->at;
    while (at < walk->end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    walk->at = at;
}

uint8_t json_peek(const json_walk *walk) { return walk->at < walk->end ? *walk->at : 0; }

bool json_open(json_walk *walk, uint8_t bracket) {
    if (json_peek(walk) != bracket) return false;
    walk->at++;
    walk->depth++;
    if (walk->depth > JSON_DEEPEST) walk->rare = true;
    return walk->depth <= JSON_ENDLESS;
}

static bool pass(json_walk *walk, uint8_t byte) {
    if (json_peek(walk) != byte) return false;
    walk->at++;
    return true;
}

/* What stands before the next key or item: nothing before the first, a comma before any other. */
static json_step next(json_walk *walk, uint8_t bracket, bool first) {
    json_skip_space(walk);
    if (pass(walk, bracket)) {
        walk->depth--;
        return JSON_CLOSED;
    }
    if (!first) {
        if (!pass(walk, ',')) return JSON_BROKEN;
        json_skip_space(walk);
    }
    return JSON_ITEM;
}

json_step json_next_key(json_walk *walk, text *key, bool first) {
    json_step step = next(walk, '}', first);
    if (step != JSON_ITEM) return step;
    if (!json_read_text(walk, key)) return JSON_BROKEN;
    if (key->escaped) walk->rare = true; /* it may be another key, spelled out */
    json_skip_space(walk);
    if (!pass(walk, ':')) return JSON_BROKEN;
    json_skip_space(walk);
    return JSON_ITEM;
}

json_step json_next_item(json_walk *walk, bool first) { return next(walk, ']', first); }

static bool is_hex(uint8_t byte) {
    uint8_t small = byte | 0x20;
    return (byte >= '0' && byte <= '9') || (small >= 'a' && small <= 'f');
}

/* 0xD8 to 0xDB for the first half of a surrogate pair, 0xDC to 0xDF for the second: the two
 * leading digits of a code unit; -1 where four digits do not follow. */
static int leading_byte(const uint8_t *at, const uint8_t *end) {
    if (end - at < 4 || !is_hex(at[0]) || !is_hex(at[1]) || !is_hex(at[2]) || !is_hex(at[3]))
        return -1;
    int high = at[0] <= '9' ? at[0] - '0' : (at[0] | 0x20) - 'a' + 10;
    int low = at[1] <= '9' ? at[1] - '0' : (at[1] | 0x20) - 'a' + 10;
    return high << 4 | low;
}

/* Behind `\uXXXX`, and behind the second half of a pair; half a pair is rare. */
static bool pass_code_unit(json_walk *walk) {
    int lead = leading_byte(walk->at, walk->end);
    if (lead < 0) return false;
    walk->at += 4;
    if (lead < 0xD8 || lead > 0xDF) return true;
    bool pair = lead < 0xDC && walk->end - walk->at >= 2 && walk->at[0] == '\\' &&
                walk->at[1] == 'u';
    int second = pair ? leading_byte(walk->at + 2, walk->end) : -1;
    if (second < 0xDC || second > 0xDF)
        walk->rare = true;
    else
        walk->at += 6;
    return true;
}

static bool pass_escape(json_walk *walk, text *found) {
    found->escaped = true;
    walk->at++; /* the backslash */
    uint8_t letter = json_peek(walk);
    walk->at += letter != 0;
    switch (letter) {
        case '"': case '\\': case 'b': case 'f': case 'n': case 'r': case 't': return true;
        case '/': found->respelled = true; return true;
        case 'u': found->respelled = true; return pass_code_unit(walk);
        default: return false;
    }
}

/* The high bit of each of eight bytes that is no plain character of ASCII: a quotation mark, a
 * backslash, a control character, or any byte from 0x80 on. Subtracting sets the high bit of a byte
 * that is too small. It may borrow from the byte above, which then looks odd without being so; the
 * lowest bit that is set is always right. */
static uint64_t odd_bytes(const uint8_t *at) {
    const uint64_t ones = 0x0101010101010101ULL, high = 0x8080808080808080ULL;
    uint64_t word = 0;
    for (unsigned i = 0; i < 8; i++) word |= (uint64_t)at[i] << (8 * i); /* compiled to one load */
    uint64_t quote = word ^ ones * '"', slash = word ^ ones * '\\';
    return (word | (word - ones * 0x20) | (quote - ones) | (slash - ones)) & high;
}

/* To the first byte that is no plain character, as far as eight bytes can be looked at together. */
static void pass_plain(json_walk *walk) {
    while (walk->end - walk->at >= 8) {
        uint64_t odd = odd_bytes(walk->at);
        if (odd) {
            walk->at += __builtin_ctzll(odd) / 8;
            return;
        }
        walk->at += 8;
    }
}

bool json_read_text(json_walk *walk, text *found) {
    if (!pass(walk, '"')) return false;
    *found = (text){.bytes = walk->at, .ascii = true};
    for (;;) {
        pass_plain(walk);
        uint8_t byte = json_peek(walk);
        if (byte == '"') break;
        if (byte == '\\') {
            if (!pass_escape(walk, found)) return false;
        } else if (byte < 0x20) { /* the end of the bytes too */
            return false;
        } else {
            walk->at += byte < 0x80;
            for (; json_peek(walk) >= 0x80; walk->at++) found->ascii = false;
        }
    }
    found->length = (size_t)(walk->at - found->bytes);
    if (!found->ascii && !text_is_utf8(found->bytes, walk->at)) walk->rare = true;
    walk->at++;
    return true;
}

static size_t pass_digits(json_walk *walk) {
    const uint8_t *start = walk->at;
    while (walk->at < walk->end && *walk->at >= '0' && *walk->at <= '9') walk->at++;
    return (size_t)(walk->at - start);
}

bool json_read_number(json_walk *walk, json_number *found) {
    *found = (json_number){.bytes = walk->at, .whole = true};
    pass(walk, '-');
    if (!pass(walk, '0') && !pass_digits(walk)) return false;
    if (pass(walk, '.')) {
        found->whole = false;
        if (!pass_digits(walk)) return false;
    }
    if (pass(walk, 'e') || pass(walk, 'E')) {
        found->whole = false;
        found->exponent = true;
        if (!pass(walk, '+')) pass(walk, '-');
        if (!pass_digits(walk)) return false;
    }
    found->length = (size_t)(walk->at - found->bytes);
    if (found->exponent || found->length > JSON_LONGEST) walk->rare = true;
    return true;
}

bool json_read_word(json_walk *walk) {
    static const char *const WORDS[] = {"true", "false", "null"};
    for (int i = 0; i < 3; i++) {
        size_t length = strlen(WORDS[i]);
        if ((size_t)(walk->end - walk->at) >= length && !memcmp(walk->at, WORDS[i], length)) {
            walk->at += length;
            return true;
        }
    }
    return false;
}

void json_know_key(json_walk *walk, const text *key, size_t from) {
    for (size_t i = from; i < walk->known; i++)
        if (text_same(&walk->keys[i], key)) walk->rare = true;
    if (walk->known < JSON_KEYS)
        walk->keys[walk->known++] = *key;
    else
        walk->rare = true;
}

static bool skip_object(json_walk *walk) {
    size_t from = walk->known;
    if (!json_open(walk, '{')) return false;
    text key;
    for (bool first = true;; first = false) {
        json_step step = json_next_key(walk, &key, first);
        if (step == JSON_BROKEN) return false;
        if (step == JSON_CLOSED) break;
        json_know_key(walk, &key, from);
        if (!json_skip_value(walk)) return false;
    }
    walk->known = from;
    return true;
}

static bool skip_list(json_walk *walk) {
    if (!json_open(walk, '[')) return false;
    for (bool first = true;; first = false) {
        json_step step = json_next_item(walk, first);
        if (step != JSON_ITEM) return step == JSON_CLOSED;
        if (!json_skip_value(walk)) return false;
    }
}

bool json_skip_value(json_walk *walk) {
    text ignored;
    json_number number;
    switch (json_peek(walk)) {
        case '"': return json_read_text(walk, &ignored);
        case '{': return skip_object(walk);
        case '[': return skip_list(walk);
        case 't': case 'f': case 'n': return json_read_word(walk);
        default: return json_read_number(walk, &number);
    }
}

bool json_member(const json_walk *walk, const uint8_t *object, const char *key, json_walk *inside) {
    *inside = *walk;
    inside->at = object;
    text found;
    if (!json_open(inside, '{')) return false;
    for (bool first = true; json_next_key(inside, &found, first) == JSON_ITEM; first = false) {
        if (text_is(&found, key, strlen(key))) return true;
        if (!json_skip_value(inside)) return false;
    }
    return false;
}
