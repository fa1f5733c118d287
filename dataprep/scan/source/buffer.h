/* Bytes that grow. A buffer that could not grow stays so, and whoever fills it asks once at the end. */
#ifndef DATAPREP_BUFFER_H
#define DATAPREP_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t *bytes;
    size_t length, capacity;
    bool failed;
} buffer;

/* Room for so many more bytes behind `length`; NULL, and `failed`, where there is none. */
uint8_t *buffer_room(buffer *to, size_t more);

void buffer_put(buffer *to, const void *bytes, size_t length);
void buffer_put_byte(buffer *to, uint8_t byte);
void buffer_put_number(buffer *to, int64_t number);
/* A number in decimal digits. */
void buffer_put_digits(buffer *to, size_t number);
void buffer_free(buffer *to);

#endif
