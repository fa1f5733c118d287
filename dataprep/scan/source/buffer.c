#include "buffer.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST = 4096, DIGITS = 24 };

uint8_t *buffer_room(buffer *to, size_t more) {
    if (to->failed) return NULL;
    if (more > to->capacity - to->length) {
        if (more > SIZE_MAX / 4 || to->length > SIZE_MAX / 4) {
            to->failed = true;
            return NULL;
        }
        size_t capacity = (to->length + more) * 2 + FIRST;
        uint8_t *bytes = realloc(to->bytes, capacity);
        if (bytes == NULL) {
            to->failed = true;
            return NULL;
        }
        to->bytes = bytes;
        to->capacity = capacity;
    }
    return to->bytes + to->length;
}

void buffer_put(buffer *to, const void *bytes, size_t length) {
    uint8_t *room = length ? buffer_room(to, length) : NULL;
    if (room == NULL) return;
    memcpy(room, bytes, length);
    to->length += length;
}

void buffer_put_byte(buffer *to, uint8_t byte) {
    uint8_t *room = buffer_room(to, 1);
    if (room == NULL) return;
    *room = byte;
    to->length++;
}

void buffer_put_number(buffer *to, int64_t number) { buffer_put(to, &number, sizeof number); }

void buffer_put_digits(buffer *to, size_t number) {
    uint8_t digits[DIGITS];
    size_t at = DIGITS;
    do {
        digits[--at] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number);
    buffer_put(to, digits + at, DIGITS - at);
}

void buffer_free(buffer *to) {
    free(to->bytes);
    *to = (buffer){0};
}
