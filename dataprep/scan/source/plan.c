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
    forget(&plan->joint);
    for (size_t i = 0; i < plan->control_count; i++) forget(&plan->controls[i].name);
    for (size_t i = 0; i < plan->required_count; i++) forget(&plan->required[i]);
    for (size_t i = 0; i < plan->label_count; i++) forget(&plan->labels[i].label);
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

/* Digits of a whole number that 64 bits hold for certain. */
static bool read_number(const uint8_t *bytes, int64_t size, int64_t *number) {
    if (size < 1 || size > 18 || bytes == NULL) return false;
    *number = 0;
    for (int64_t i = 0; i < size; i++) {
        if (bytes[i] < '0' || bytes[i] > '9') return false;
        *number = *number * 10 + (bytes[i] - '0');
    }
    return true;
}

static bool read_kind(const uint8_t *word, int64_t size, control_kind *kind) {
    static const char *const WORDS[] = {"choice", "choices", "free",  "text",
                                        "rating", "number",  "spans"};
    for (int i = 0; i < 7; i++) {
        if ((int64_t)strlen(WORDS[i]) != size || memcmp(WORDS[i], word, (size_t)size)) continue;
        *kind = (control_kind)i;
        return true;
    }
    return false;
}

static bool add_control(scan_plan *plan, const uint8_t *name, int64_t name_size,
                        const uint8_t *kind, int64_t kind_size) {
    if (plan->control_count == PLAN_CONTROLS) return false;
    size_t number = plan->control_count++, at = number;
    plan_control *one = &plan->controls[number];
    one->most = INT64_MAX;
    if (!keep(&one->name, name, name_size) || !read_kind(kind, kind_size, &one->kind))
        return false;
    for (; at > 0; at--) {
        size_t before = plan->by_name[at - 1];
        if (text_order(&plan->controls[before].name, &one->name) <= 0) break;
        plan->by_name[at] = before;
    }
    plan->by_name[at] = number;
    return true;
}

/* The control that was added last; NULL before the first. */
static plan_control *last(scan_plan *plan) {
    return plan->control_count ? &plan->controls[plan->control_count - 1] : NULL;
}

static bool add_label(scan_plan *plan, const uint8_t *bytes, int64_t size, const uint8_t *rank,
                      int64_t rank_size) {
    plan_control *control = last(plan);
    int64_t number;
    if (control == NULL || plan->label_count == PLAN_LABELS) return false;
    plan_label *one = &plan->labels[plan->label_count++];
    if (!keep(&one->label, bytes, size) || !read_number(rank, rank_size, &number)) return false;
    one->rank = (uint32_t)number;
    if (control->label_count++ == 0) control->labels = one;
    return control->label_count == 1 || text_order(&one[-1].label, &one->label) < 0;
}

static bool add_bounds(scan_plan *plan, const uint8_t *least, int64_t least_size,
                       const uint8_t *most, int64_t most_size) {
    plan_control *control = last(plan);
    if (control == NULL) return false;
    if (least_size && !read_number(least, least_size, &control->least)) return false;
    return !most_size || read_number(most, most_size, &control->most);
}

static bool add_required(scan_plan *plan, const uint8_t *name, int64_t size) {
    if (plan->required_count == PLAN_REQUIRED) return false;
    return keep(&plan->required[plan->required_count++], name, size);
}

static bool add(scan_plan *plan, int32_t what, const uint8_t *first, int64_t first_size,
                const uint8_t *second, int64_t second_size) {
    switch (what) {
        case SCAN_CONTROL: return keep(&plan->control, first, first_size);
        case SCAN_FIELD: return keep(&plan->field, first, first_size);
        case SCAN_LEARNED: return add_control(plan, first, first_size, second, second_size);
        case SCAN_LABEL: return add_label(plan, first, first_size, second, second_size);
        case SCAN_BOUNDS: return add_bounds(plan, first, first_size, second, second_size);
        case SCAN_REQUIRED: return add_required(plan, first, first_size);
        case SCAN_JOINT: return keep(&plan->joint, first, first_size);
        case SCAN_ALLOWED: return add_allowed(plan, first, first_size, second, second_size);
        case SCAN_PIECE: case SCAN_TEXT: case SCAN_ANSWER:
            return add_piece(plan, what, first, first_size);
        case SCAN_WHOLE: return plan->whole = true;
        case SCAN_VOTING: return plan->voting = true;
        case SCAN_TOGETHER: return plan->together = true;
        default: return false;
    }
}

int32_t scan_plan_add(scan_plan *plan, int32_t what, const uint8_t *first, int64_t first_size,
                      const uint8_t *second, int64_t second_size) {
    if (plan == NULL) return SCAN_NO_MEMORY;
    bool added = add(plan, what, first, first_size, second, second_size);
    return added ? SCAN_DONE : SCAN_NO_MEMORY;
}

int plan_learned(const scan_plan *plan, const text *name) {
    for (size_t i = 0; i < plan->control_count; i++)
        if (text_same(&plan->controls[i].name, name)) return (int)i;
    return -1;
}

uint32_t plan_required(const scan_plan *plan, const text *name) {
    for (size_t i = 0; i < plan->required_count; i++)
        if (text_same(&plan->required[i], name)) return (uint32_t)1 << i;
    return 0;
}

static int by_label(const void *label, const void *known) {
    return text_order(label, &((const plan_label *)known)->label);
}

const plan_label *plan_label_of(const plan_control *control, const text *label) {
    if (control->label_count == 0) return NULL;
    return bsearch(label, control->labels, control->label_count, sizeof *control->labels, by_label);
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
