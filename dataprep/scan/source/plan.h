/* What is learned from the tasks of an export. */
#ifndef DATAPREP_PLAN_H
#define DATAPREP_PLAN_H

#include "scan.h"
#include "text.h"

enum { PLAN_LABELS = 1024, PLAN_ALLOWED = 128, PLAN_PIECES = 64 };

typedef struct {
    text control, object;
} plan_allowed;

typedef struct {
    int32_t what; /* SCAN_PIECE, SCAN_TEXT or SCAN_ANSWER */
    text piece;
} plan_piece;

struct scan_plan {
    text control, field;
    text labels[PLAN_LABELS];
    plan_allowed allowed[PLAN_ALLOWED];
    plan_piece pieces[PLAN_PIECES];
    size_t label_count, allowed_count, piece_count;
    bool whole, voting;
};

bool plan_knows_label(const scan_plan *plan, const text *label);
/* Whether a control may answer an object, by what the labeling config says. */
bool plan_allows(const scan_plan *plan, const text *control, const text *object);

#endif
