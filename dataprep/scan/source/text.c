#include "text.h"

#include <string.h>

bool text_same(const text *one, const text *other) {
    return one->length == other->length &&
           (one->length == 0 || memcmp(one->bytes, other->bytes, one->length) == 0);
}

bool text_is(const text *one, const char *word, size_t length) {
    return one->length == length && (length == 0 || memcmp(one->bytes, word, length) == 0);
}

int text_order(const text *one, const text *other) {
    size_t shorter = one->length < other->length ? one->length : other->length;
    int order = shorter ? memcmp(one->bytes, other->bytes, shorter) : 0;
    if (order) return order;
    return (one->length > other->length) - (one->length < other->length);
}

size_t text_characters(const uint8_t *bytes, size_t length) {
    size_t count = 0;
    for (size_t i = 0; i < length; i++) count += (bytes[i] & 0xC0) != 0x80;
    return count;
}

static bool is_tail(uint8_t byte) { return (byte & 0xC0) == 0x80; }

/* The bytes of the character that begins here (RFC 3629, table in section 4); 0 where none does. */
static size_t character(const uint8_t *at, size_t left) {
    uint8_t first = at[0];
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4) return 0;
    if (first < 0xE0) return left >= 2 && is_tail(at[1]) ? 2 : 0;
    if (first < 0xF0) {
        if (left < 3 || !is_tail(at[1]) || !is_tail(at[2])) return 0;
        if (first == 0xE0 && at[1] < 0xA0) return 0;
        if (first == 0xED && at[1] > 0x9F) return 0;
        return 3;
    }
    if (left < 4 || !is_tail(at[1]) || !is_tail(at[2]) || !is_tail(at[3])) return 0;
    if (first == 0xF0 && at[1] < 0x90) return 0;
    if (first == 0xF4 && at[1] > 0x8F) return 0;
    return 4;
}

bool text_is_utf8(const uint8_t *at, const uint8_t *end) {
    while (at < end) {
        size_t length = character(at, (size_t)(end - at));
        if (length == 0) return false;
        at += length;
    }
    return true;
}

/* The first bytes of the white space of Unicode beyond ASCII, and of much that is none. */
static bool may_begin_blank(uint8_t byte) { return byte == 0xC2 || (byte >= 0xE1 && byte <= 0xE3); }

static bool may_be_blank(const uint8_t *at, size_t left) {
    if (at[0] == 0xC2) return left >= 2 && (at[1] == 0x85 || at[1] == 0xA0);
    if (left < 3) return true;
    if (at[0] == 0xE1) return at[1] == 0x9A && at[2] == 0x80;
    if (at[0] == 0xE2) return at[1] == 0x80 || at[1] == 0x81;
    return at[1] == 0x80 && at[2] == 0x80;
}

bool text_may_be_blank(const text *one) {
    for (size_t i = 0; i < one->length; i++) {
        uint8_t byte = one->bytes[i];
        if (byte > 0x20 && byte < 0x7F) return false;
        if (byte < 0xC0) continue; /* a control character, or the tail of one that was seen */
        if (!may_begin_blank(byte) || !may_be_blank(one->bytes + i, one->length - i)) return false;
    }
    return true;
}

/* What Python takes for white space in ASCII. */
static bool is_space(uint8_t byte) {
    return byte == ' ' || (byte >= 9 && byte <= 13) || (byte >= 28 && byte <= 31);
}

bool text_may_be_address(const text *one) {
    const uint8_t *at = one->bytes, *end = at + one->length;
    if (!one->length || !memchr(at, '/', one->length)) return false;
    while (at < end && is_space(*at)) at++;
    while (end > at && is_space(end[-1])) end--;
    for (; at < end; at++)
        if (is_space(*at) || *at >= 0x80) return false;
    return true;
}

static bool may_stand_blank(const text *one, size_t at) {
    uint8_t byte = one->bytes[at];
    if (byte < 0x80) return is_space(byte);
    return may_begin_blank(byte) && may_be_blank(one->bytes + at, one->length - at);
}

bool text_may_end_blank(const text *one) {
    if (one->length == 0) return true;
    size_t last = one->length - 1;
    while (last > 0 && is_tail(one->bytes[last])) last--;
    return may_stand_blank(one, 0) || may_stand_blank(one, last);
}

/* Whether a text may hold white space beyond ASCII. */
static bool may_hold_blanks(const text *one) {
    for (size_t i = 0; i < one->length; i++)
        if (may_begin_blank(one->bytes[i]) && may_be_blank(one->bytes + i, one->length - i))
            return true;
    return false;
}

/* The bytes of the white space at which a text stands, line breaks of two letters among it. */
static size_t blank_length(const text *one, size_t at) {
    size_t from = at;
    while (at < one->length) {
        bool two = one->bytes[at] == '\\' && at + 1 < one->length && one->bytes[at + 1] == 'n';
        if (!two && !is_space(one->bytes[at])) break;
        at += two ? 2 : 1;
    }
    return at - from;
}

bool text_alike(const text *one, const text *other) {
    if (may_hold_blanks(one) || may_hold_blanks(other)) return false;
    size_t here = blank_length(one, 0), there = blank_length(other, 0);
    for (;;) {
        size_t blank = blank_length(one, here), space = blank_length(other, there);
        here += blank;
        there += space;
        bool ends = here == one->length, stops = there == other->length;
        if (ends || stops) return ends && stops;
        if ((blank > 0) != (space > 0) || one->bytes[here++] != other->bytes[there++])
            return false;
    }
}

static unsigned hex_digit(uint8_t digit) {
    if (digit <= '9') return digit - '0';
    return (digit | 0x20) - 'a' + 10u;
}

static uint32_t code_unit(const uint8_t *at) {
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++) unit = unit << 4 | hex_digit(at[i]);
    return unit;
}

static size_t put_character(uint8_t *to, uint32_t point) {
    if (point < 0x80) {
        to[0] = (uint8_t)point;
        return 1;
    }
    if (point < 0x800) {
        to[0] = (uint8_t)(0xC0 | point >> 6);
        to[1] = (uint8_t)(0x80 | (point & 63));
        return 2;
    }
    if (point < 0x10000) {
        to[0] = (uint8_t)(0xE0 | point >> 12);
        to[1] = (uint8_t)(0x80 | (point >> 6 & 63));
        to[2] = (uint8_t)(0x80 | (point & 63));
        return 3;
    }
    to[0] = (uint8_t)(0xF0 | point >> 18);
    to[1] = (uint8_t)(0x80 | (point >> 12 & 63));
    to[2] = (uint8_t)(0x80 | (point >> 6 & 63));
    to[3] = (uint8_t)(0x80 | (point & 63));
    return 4;
}

static uint8_t short_escape(uint8_t letter) {
    switch (letter) {
        case 'b': return '\b';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        default: return letter; /* a quotation mark, a backslash or a slash */
    }
}

/* `json_text` has proven the escapes: whole, and surrogates in pairs. */
void text_unescape(const text *one, buffer *to) {
    const uint8_t *at = one->bytes, *end = at + one->length;
    uint8_t *room = buffer_room(to, one->length + 4); /* no escape is shorter than what it means */
    if (room == NULL) return;
    uint8_t *out = room;
    while (at < end) {
        if (*at != '\\') {
            const uint8_t *escape = memchr(at, '\\', (size_t)(end - at));
            size_t plain = (size_t)((escape ? escape : end) - at);
            memcpy(out, at, plain);
            out += plain;
            at += plain;
        } else if (at[1] != 'u') {
            *out++ = short_escape(at[1]);
            at += 2;
        } else {
            uint32_t point = code_unit(at + 2);
            at += 6;
            if (point >= 0xD800 && point < 0xDC00) {
                point = 0x10000 + ((point - 0xD800) << 10) + (code_unit(at + 2) - 0xDC00);
                at += 6;
            }
            out += put_character(out, point);
        }
    }
    to->length += (size_t)(out - room);
}

static size_t put_escape(uint8_t *to, uint8_t byte) {
    static const char HEX[] = "0123456789abcdef";
    static const char SHORT[] = "\bb\ff\nn\rr\tt\"\"\\\\";
    to[0] = '\\';
    for (int i = 0; SHORT[i]; i += 2) {
        if ((uint8_t)SHORT[i] == byte) {
            to[1] = (uint8_t)SHORT[i + 1];
            return 2;
        }
    }
    memcpy(to + 1, "u00", 3);
    to[4] = (uint8_t)HEX[byte >> 4];
    to[5] = (uint8_t)HEX[byte & 15];
    return 6;
}

void text_escape(const uint8_t *bytes, size_t length, buffer *to) {
    if (length == 0) return;
    const uint8_t *plain = bytes, *end = bytes + length;
    for (const uint8_t *at = bytes; at < end; at++) {
        if (*at >= 0x20 && *at != '"' && *at != '\\') continue;
        buffer_put(to, plain, (size_t)(at - plain));
        uint8_t *room = buffer_room(to, 6);
        if (room == NULL) return;
        to->length += put_escape(room, *at);
        plain = at + 1;
    }
    buffer_put(to, plain, (size_t)(end - plain));
}
