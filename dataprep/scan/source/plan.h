/* What is learned from the tasks of an export. */
#ifndef DATAPREP_PLAN_H
#define DATAPREP_PLAN_H

#include "scan.h"
#include "text.h"

enum {
    PLAN_LABELS = 1024, PLAN_ALLOWED = 128, PLAN_PIECES = 64,
    PLAN_CONTROLS = 32, PLAN_REQUIRED = 32 /* as many as an annotation has bits for */
};

/* What the values of a control are, in the order of the words in plan.c. */
typedef enum {
    KIND_CHOICE,  /* one label */
    KIND_CHOICES, /* one label or several, which are a list */
    KIND_FREE,    /* one label, counted as one of several: whether there may be more is not known */
    KIND_TEXT,
    KIND_RATING, /* a whole number */
    KIND_NUMBER, /* the same, and no stratum */
    KIND_SPANS
} control_kind;

typedef struct {
    text label;
    uint32_t rank; /* its place in the labeling config */
} plan_label;

typedef struct {
    text name;
    control_kind kind;
    const plan_label *labels; /* in the order of their bytes; none: any text is one */
    size_t label_count;
    int64_t least, most; /* of a number */
} plan_control;

typedef struct {
    text control, object;
} plan_allowed;

typedef struct {
    int32_t what; /* SCAN_PIECE, SCAN_TEXT or SCAN_ANSWER */
    text piece;
} plan_piece;

struct scan_plan {
    text control, field, joint;
    plan_control controls[PLAN_CONTROLS];
    size_t by_name[PLAN_CONTROLS]; /* their numbers, in the order of their names */
    plan_label labels[PLAN_LABELS];
    plan_allowed allowed[PLAN_ALLOWED];
    plan_piece pieces[PLAN_PIECES];
    text required[PLAN_REQUIRED];
    size_t control_count, label_count, allowed_count, piece_count, required_count;
    bool whole, voting, together;
};

/* The number of a control that is learned; -1 for any other. */
int plan_learned(const scan_plan *plan, const text *name);
/* A bit for a control that every annotation has to answer; 0 for any other. */
uint32_t plan_required(const scan_plan *plan, const text *name);
/* A label of a control by its text; NULL where there is none. */
const plan_label *plan_label_of(const plan_control *control, const text *label);
/* Whether a control may answer an object, by what the labeling config says. */
bool plan_allows(const scan_plan *plan, const text *control, const text *object);

#endif
