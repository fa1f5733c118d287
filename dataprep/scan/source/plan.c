#include "plan.h"

#include <stdlib.h>
#include <string.h>

scan_plan *scan_plan_new(void) { return calloc(1, sizeof(scan_plan)); }

static void forget(text *one) {
    free((void *)one->bytes); /* a copy of ours, see `keep` */
    *one = (text){0};
}

void scan_plan_free(scan_plan *plan) {
    if (plan == NULL) return;
    forget(&plan->control);
    forget(&plan->field);
    for (size_t i = 0; i < plan->label_count; i++) forget(&plan->labels[i]);
    for (size_t i = 0; i < plan->allowed_count; i++) {
        forget(&plan->allowed[i].control);
        forget(&plan->allowed[i].object);
    }
    for (size_t i = 0; i < plan->piece_count; i++) forget(&plan->pieces[i].piece);
    free(plan);
}

static bool keep(text *to, const uint8_t *bytes, int64_t size) {
    if (size < 0 || (size > 0 && bytes == NULL)) return false;
    uint8_t *copy = malloc((size_t)size + 1);
    if (copy == NULL) return false;
    if (size) memcpy(copy, bytes, (size_t)size);
    free((void *)to->bytes);
    *to = (text){.bytes = copy, .length = (size_t)size};
    return true;
}

static bool add_allowed(scan_plan *plan, const uint8_t *control, int64_t control_size,
                        const uint8_t *object, int64_t object_size) {
    if (plan->allowed_count == PLAN_ALLOWED) return false;
    plan_allowed *one = &plan->allowed[plan->allowed_count++];
    return keep(&one->control, control, control_size) && keep(&one->object, object, object_size);
}

static bool add_piece(scan_plan *plan, int32_t what, const uint8_t *bytes, int64_t size) {
    if (plan->piece_count == PLAN_PIECES) return false;
    plan_piece *one = &plan->pieces[plan->piece_count++];
    one->what = what;
    return keep(&one->piece, bytes, size);
}

static bool add_label(scan_plan *plan, const uint8_t *bytes, int64_t size) {
    if (plan->label_count == PLAN_LABELS) return false;
    text *label = &plan->labels[plan->label_count++];
    if (!keep(label, bytes, size)) return false;
    return plan->label_count == 1 || text_order(label - 1, label) < 0;
}

static bool add(scan_plan *plan, int32_t what, const uint8_t *first, int64_t first_size,
                const uint8_t *second, int64_t second_size) {
    switch (what) {
        case SCAN_CONTROL: return keep(&plan->control, first, first_size);
        case SCAN_FIELD: return keep(&plan->field, first, first_size);
        case SCAN_LABEL: return add_label(plan, first, first_size);
        case SCAN_ALLOWED: return add_allowed(plan, first, first_size, second, second_size);
        case SCAN_PIECE: case SCAN_TEXT: case SCAN_ANSWER:
            return add_piece(plan, what, first, first_size);
        case SCAN_WHOLE: return plan->whole = true;
        case SCAN_VOTING: return plan->voting = true;
        default: return false;
    }
}

int32_t scan_plan_add(scan_plan *plan, int32_t what, const uint8_t *first, int64_t first_size,
                      const uint8_t *second, int64_t second_size) {
    if (plan == NULL) return SCAN_NO_MEMORY;
    bool added = add(plan, what, first, first_size, second, second_size);
    return added ? SCAN_DONE : SCAN_NO_MEMORY;
}

static int by_order(const void *one, const void *other) { return text_order(one, other); }

bool plan_knows_label(const scan_plan *plan, const text *label) {
    if (plan->label_count == 0) return true;
    return bsearch(label, plan->labels, plan->label_count, sizeof *label, by_order) != NULL;
}

bool plan_allows(const scan_plan *plan, const text *control, const text *object) {
    bool known = false;
    for (size_t i = 0; i < plan->allowed_count; i++) {
        const plan_allowed *one = &plan->allowed[i];
        if (!text_same(&one->control, control)) continue;
        if (object->bytes != NULL && text_same(&one->object, object)) return true;
        known = true;
    }
    return !known && !plan->whole;
}
