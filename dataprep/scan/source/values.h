/* The values that an annotation gives to the controls that are learned. */
#ifndef DATAPREP_VALUES_H
#define DATAPREP_VALUES_H

#include "json.h"
#include "plan.h"

enum {
    VALUE_MEMBERS = 7,    /* of the value of a result, that some kind of control reads */
    VALUES_MOST = 1 << 16 /* of a task; one with more is rare */
};

/* One label, text, number or labelled span. */
typedef struct {
    uint32_t control;   /* its number in the plan */
    uint32_t rank;      /* of a choice: its place in the labeling config */
    int64_t start, end; /* of a span, in code points of the text */
    text said;          /* a label, the digits of a number, or a text as JSON spells it */
    text quote;         /* of a span: as JSON spells it, and once it is settled, as it is meant */
} value;

typedef struct {
    value *items;
    size_t count, capacity;
    bool failed; /* there was no memory for another one */
} value_list;

/* Where the members of a result's value stand; NULL for one that is not there. */
typedef struct {
    const uint8_t *at[VALUE_MEMBERS];
} value_members;

/* Reads the object at which the walk stands; false: no JSON. */
bool value_read_members(json_walk *walk, value_members *found);
/* Adds the values of one result of a control; false where it takes the object path to judge them.
 * `walk` knows where the bytes end, and is not rare. */
bool value_read(const scan_plan *plan, size_t control, const json_walk *walk,
                const value_members *members, value_list *to);

#endif
