/* One task of an export: what stands in it, where it is plain. */
#ifndef DATAPREP_TASKS_H
#define DATAPREP_TASKS_H

#include "annotations.h"

enum { TASK_ANNOTATIONS = 16, TASK_MEMBERS = 60 };

/* How a member of the data is spelled in canonical JSON. */
typedef enum {
    MEMBER_AS_IS,     /* as it stands, quotes and all */
    MEMBER_RESPELLED, /* a text without its quotes, with escapes that are spelled otherwise */
    MEMBER_TEXT,      /* the text that annotators saw */
    MEMBER_ANSWER,    /* the answer as one text */
    MEMBER_LABELS,
    MEMBER_VALUE,
    MEMBER_SPANS,
    MEMBER_ANSWERS, /* these three by control */
    MEMBER_LEARNED,
    MEMBER_REGIONS
} member_kind;

typedef struct {
    text key, value;
    member_kind kind;
} member;

typedef struct {
    text id;
    text seen; /* the text of the field that annotators saw, as JSON spells it */
    annotation annotations[TASK_ANNOTATIONS];
    size_t annotation_count;
    member members[TASK_MEMBERS]; /* the last few places are for what the answer sets */
    size_t member_count;
    value_list *values; /* of all its annotations; its memory is that of the scan */
} task;

/* Reads the object at which the walk stands. False: no JSON. The task is of use only where
 * `walk->rare` is false afterwards. */
bool task_read(const scan_plan *plan, json_walk *walk, task *found);

/* Whether its annotations are of different people who all say the same; their values are sorted. */
bool task_agrees(const scan_plan *plan, const task *found);

#endif
