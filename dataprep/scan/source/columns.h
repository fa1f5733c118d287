/* The columns that come of a scan, and the row that a plain task makes in them. */
#ifndef DATAPREP_COLUMNS_H
#define DATAPREP_COLUMNS_H

#include "answers.h"
#include "arrow.h"

typedef struct {
    buffer values;
    buffer ends; /* of each text, as Arrow counts them; empty for a column of numbers */
    int64_t rows;
} column;

struct scan_found {
    int32_t outcome;
    column columns[SCAN_COLUMNS];
    /* The text, its points, the answer, a text on the way, and what the id is made of. */
    buffer meant, points, answer, respelled, hashed;
    value_list values;
    text keys[JSON_KEYS];
};

/* Ends a row of a column of texts, whose bytes were put into `values`. */
void column_end_text(column *to);
void column_add_number(column *to, int64_t number);

bool columns_begin(scan_found *found);
/* Adds the row of a task; false, and nothing is added, where its text is none to learn from, or it
 * takes the object path to judge its answers. */
bool columns_add(scan_found *found, const scan_plan *plan, task *one);
void columns_add_rare(scan_found *found, int64_t number, int64_t start, int64_t end);
/* Whether memory ran out on the way. */
bool columns_failed(const scan_found *found);
void columns_free(scan_found *found);

#endif
