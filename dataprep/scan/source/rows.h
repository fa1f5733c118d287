/* The lines of fine-tuning files that are texts alone: conversations, and pairs. */
#ifndef DATAPREP_ROWS_H
#define DATAPREP_ROWS_H

#include "fields.h"
#include "scan.h"

enum { ROW_TEXTS = 256 }; /* of a row; one with more is left */

typedef struct {
    text texts[ROW_TEXTS];
    uint8_t roles[ROW_TEXTS]; /* of each text the first letter of its role; of a pair none */
    size_t count, role_count;
} plain_row;

/* Whether a line is such a row and nothing else. Keys and roles have one spelling, all else any. */
bool row_read(int32_t form, const uint8_t *line, const uint8_t *end, plain_row *found);
/* Whether every text of a row says something; false where that takes a closer look. */
bool row_says_something(const plain_row *row, buffer *scratch);
/* The name of a role by its letter; NULL for none. */
const known_key *row_role(uint8_t letter);

#endif
