/* Where the code points of a text lie among its bytes. */
#ifndef DATAPREP_POINTS_H
#define DATAPREP_POINTS_H

#include "text.h"

typedef struct {
    text of;
    size_t count;        /* of its code points */
    size_t astral;       /* the byte of the first that UTF-16 has two units for; where it ends */
    const buffer *marks; /* the byte of every so manieth code point; none where each is a byte */
} points;

/* Counts the points of a text; `room` has to last as long. False: there was no memory. */
bool points_find(points *found, const text *of, buffer *room);
/* The byte at which a point begins, of at most `count`. */
size_t points_byte(const points *known, size_t point);

#endif
