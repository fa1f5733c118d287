/* Scans pieces of exports and signs texts as Python does, to be compiled with sanitizers: what is
 * read beyond a piece, freed twice, or not at all, ends the program.
 *
 * Standard input: a byte for what an addition to the plan is, 255 for a piece, 254 for a text,
 * or 253 and 252 for a line of chat or of a pair; two lengths of 32 bits each, little endian, and so many bytes for each. Every piece lies in memory
 * of just its size. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "arrow.h"
#include "scan.h"

enum { PIECE = 255, TEXT = 254, CHAT = 253, PAIR = 252 };

static uint8_t *read_bytes(uint32_t size) {
    uint8_t *bytes = malloc(size ? size : 1);
    if (bytes == NULL || fread(bytes, 1, size, stdin) != size) exit(3);
    return bytes;
}

static uint32_t read_length(void) {
    uint8_t bytes[4];
    if (fread(bytes, 1, sizeof bytes, stdin) != sizeof bytes) exit(3);
    return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Every byte of a column, so that a sanitizer sees one that was never written. */
static uint64_t sum_of(const struct ArrowArray *array) {
    uint64_t sum = 0;
    const int64_t *numbers = array->buffers[1];
    int64_t count = array->n_buffers == 3 ? array->length + 1 : array->length;
    for (int64_t i = 0; i < count; i++) sum += (uint64_t)numbers[i];
    if (array->n_buffers < 3) return sum;
    const uint8_t *bytes = array->buffers[2];
    for (int64_t i = 0; i < numbers[array->length]; i++) sum += bytes[i];
    return sum;
}

static uint64_t take_all(scan_found *found, int32_t columns) {
    uint64_t sum = 0;
    for (int32_t number = 0; number < columns; number++) {
        struct ArrowArray array;
        struct ArrowSchema schema;
        if (scan_take(found, number, &array, &schema) != SCAN_DONE) exit(4);
        sum += sum_of(&array);
        array.release(&array);
        schema.release(&schema);
    }
    return sum;
}

/* The words and the signature of a text, cut in two, in as much room as they are promised. */
static uint64_t sign(const uint8_t *text, uint32_t size) {
    int64_t ends[] = {size / 2, size};
    uint64_t of_words[SCAN_RUN] = {3, 5, 7}, common[] = {7, 1u << 20}, sum = 0;
    uint32_t of_values[SCAN_HASHES], signed_rows[2];
    for (uint32_t i = 0; i < SCAN_HASHES; i++) of_values[i] = 2 * i + 1;
    size_t room = size ? size : 1;
    uint32_t *rows = malloc(room * sizeof *rows), *values = malloc(2 * SCAN_HASHES * sizeof *values);
    uint64_t *words = malloc(room * sizeof *words);
    if (rows == NULL || values == NULL || words == NULL) exit(3);
    scan_capitals(text, size, ends, 2, signed_rows);
    int64_t count = scan_words(text, size, ends, 2, rows, words);
    for (int64_t i = 0; i < count; i++) sum += words[i] + rows[i];
    count = scan_sign(text, size, ends, 2, common, 2, of_words, of_values, 2, signed_rows,
                      values);
    for (int64_t i = 0; i < count * SCAN_HASHES; i++) sum += values[i];
    free(rows);
    free(values);
    free(words);
    return sum;
}

/* A line as a row of its own, which is short, and as one that is too long. */
static uint64_t read_row(int32_t form, const uint8_t *line, uint32_t size, uint64_t *rows) {
    int64_t ends[] = {size, size};
    uint64_t sum = 0;
    for (int64_t most = 20; most < 1 << 20; most += 1 << 19) {
        scan_found *found = scan_rows(form, line, size, ends, 2, most);
        if (scan_outcome(found) != SCAN_DONE) exit(6);
        if (most > 20) sum += take_all(found, SCAN_ROW_COLUMNS);
        scan_free(found);
    }
    *rows += 1;
    return sum;
}

int main(void) {
    scan_plan *plan = scan_plan_new();
    uint64_t pieces = 0, tasks = 0, rows = 0, sum = 0;
    for (int what; (what = getchar()) != EOF;) {
        uint32_t first_size = read_length(), second_size = read_length();
        uint8_t *first = read_bytes(first_size), *second = read_bytes(second_size);
        if (what == PIECE) {
            scan_found *found = scan_tasks(plan, first, first_size);
            pieces++;
            if (scan_outcome(found) == SCAN_DONE) {
                tasks++;
                /* Of every other piece nothing is taken: freeing has to find it. */
                if (pieces % 2) sum += take_all(found, SCAN_COLUMNS);
            }
            scan_free(found);
        } else if (what == CHAT || what == PAIR) {
            sum += read_row(what == CHAT ? SCAN_CHAT : SCAN_PAIR, first, first_size, &rows);
        } else if (what == TEXT) {
            sum += sign(first, first_size);
        } else if (scan_plan_add(plan, what, first, first_size, second, second_size) != SCAN_DONE) {
            return 5;
        }
        free(first);
        free(second);
    }
    scan_plan_free(plan);
    printf("%llu pieces, %llu of tasks, %llu rows, sum %llu\n", (unsigned long long)pieces,
           (unsigned long long)tasks, (unsigned long long)rows, (unsigned long long)sum);
    return 0;
}
