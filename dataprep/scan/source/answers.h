/* What an annotation says as a whole: its values in order, held against the text, and written. */
#ifndef DATAPREP_ANSWERS_H
#define DATAPREP_ANSWERS_H

#include "points.h"
#include "tasks.h"

typedef struct {
    const scan_plan *plan;
    const value *values; /* in the order of controls, then of places or of the labeling config */
    size_t count;
} answer;

/* Orders the values of an annotation, and tells the pieces of the text under its spans. False where
 * it takes the object path to judge them. `between` is used on the way. */
bool answer_settle(const scan_plan *plan, value *values, size_t count, const points *seen,
                   buffer *between);
/* Whether all rules for borders leave the spans of an answer as they are, where all annotators mark
 * the same: none has blanks at its ends, and none overlaps another of its label. */
bool answer_has_firm_borders(const answer *one);
/* Puts the answer as a text: the labels, the text, the number, or JSON. */
void answer_put(buffer *to, buffer *between, const answer *one);
/* Puts a member of the data that comes of an answer, in canonical JSON. */
void answer_put_member(buffer *to, buffer *between, const answer *one, member_kind kind);
/* Puts a text of JSON in quotes, as canonical JSON spells it. */
void answer_put_text(buffer *to, buffer *between, const text *said);
/* Puts a text that is meant as it stands in quotes. */
void answer_put_meant(buffer *to, const text *it);

#endif
