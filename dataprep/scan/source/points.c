#include "points.h"

#include <string.h>

enum { STEP = 64 };

static bool begins(uint8_t byte) { return (byte & 0xC0) != 0x80; }

bool points_find(points *found, const text *of, buffer *room) {
    *found = (points){.of = *of, .astral = of->length, .marks = room};
    room->length = 0;
    found->count = text_characters(of->bytes, of->length);
    if (found->count == of->length) return true;
    size_t point = 0;
    for (size_t i = 0; i < of->length; i++) {
        if (!begins(of->bytes[i])) continue;
        if (point++ % STEP == 0) buffer_put_number(room, (int64_t)i);
        if (of->bytes[i] >= 0xF0 && i < found->astral) found->astral = i;
    }
    return !room->failed;
}

size_t points_byte(const points *known, size_t point) {
    const text *of = &known->of;
    if (point >= known->count) return of->length;
    if (known->count == of->length) return point;
    int64_t mark;
    memcpy(&mark, known->marks->bytes + point / STEP * sizeof mark, sizeof mark);
    size_t at = (size_t)mark;
    for (size_t left = point % STEP; left > 0; left--)
        for (at++; at < of->length && !begins(of->bytes[at]); at++) continue;
    return at;
}
