#include "fields.h"

int field_number(json_walk *walk, key_table *table, const text *key) {
    int at = table->guess;
    for (int tried = 0; tried < table->count; tried++, at++) {
        if (at >= table->count) at = 0;
        const known_key *known = &table->keys[at];
        if (!text_is(key, known->name, known->length)) continue;
        if (table->seen >> at & 1) break;
        table->seen |= (uint32_t)1 << at;
        table->guess = at + 1;
        return at;
    }
    walk->rare = true;
    return -1;
}

bool field_skip_rare(json_walk *walk) {
    walk->rare = true;
    return json_skip_value(walk);
}

bool field_is_number(const json_walk *walk) {
    uint8_t byte = json_peek(walk);
    return byte == '-' || (byte >= '0' && byte <= '9');
}

bool field_read_text(json_walk *walk, text *found) {
    if (json_peek(walk) != '"') return field_skip_rare(walk);
    if (!json_read_text(walk, found)) return false;
    if (found->escaped) walk->rare = true;
    return true;
}

bool field_read_digits(json_walk *walk, text *found) {
    json_number number;
    if (!field_is_number(walk)) return field_skip_rare(walk);
    if (!json_read_number(walk, &number)) return false;
    if (!number.whole || number.length > FIELD_DIGITS || *number.bytes == '-') walk->rare = true;
    *found = (text){.bytes = number.bytes, .length = number.length, .ascii = true};
    return true;
}

int64_t field_whole(const text *digits) {
    int64_t value = 0;
    for (size_t i = 0; i < digits->length; i++) value = value * 10 + (digits->bytes[i] - '0');
    return value;
}

bool field_skip_text_or_whole(json_walk *walk) {
    text ignored;
    json_number number;
    if (json_peek(walk) == '"') return json_read_text(walk, &ignored);
    if (!field_is_number(walk)) return field_skip_rare(walk);
    if (!json_read_number(walk, &number)) return false;
    if (!number.whole) walk->rare = true;
    return true;
}

bool field_skip_number_or_null(json_walk *walk) {
    if (!field_is_number(walk) && json_peek(walk) != 'n') walk->rare = true;
    return json_skip_value(walk);
}

bool field_read_flag(json_walk *walk, bool *found) {
    uint8_t byte = json_peek(walk);
    if (byte != 't' && byte != 'f' && byte != 'n') return field_skip_rare(walk);
    *found = byte == 't';
    return json_read_word(walk);
}
