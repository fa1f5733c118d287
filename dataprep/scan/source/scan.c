#include "scan.h"

#include <stdlib.h>

#include "columns.h"

enum { LARGEST = 8 * 1024 * 1024 }; /* bytes of a task; a larger one is rare */

int32_t scan_version(void) { return SCAN_VERSION; }

/* One value of the list; false: no JSON. */
static bool walk_task(scan_found *found, const scan_plan *plan, json_walk *walk, int64_t number,
                      const uint8_t *bytes) {
    const uint8_t *start = walk->at;
    task one;
    one.values = &found->values;
    walk->rare = false;
    walk->known = 0;
    walk->depth = 0;
    bool is_object = json_peek(walk) == '{';
    if (!(is_object ? task_read(plan, walk, &one) : json_skip_value(walk))) return false;
    bool plain = is_object && !walk->rare && walk->at - start <= LARGEST;
    if (plain && columns_add(found, plan, &one)) return true;
    columns_add_rare(found, number, start - bytes, walk->at - bytes);
    return true;
}

static int32_t walk_tasks(scan_found *found, const scan_plan *plan, const uint8_t *bytes,
                          int64_t size) {
    json_walk walk = {.at = bytes, .end = bytes + size, .keys = found->keys};
    json_skip_space(&walk);
    for (int64_t number = 0;; number++) {
        if (!walk_task(found, plan, &walk, number, bytes)) return SCAN_NOT_TASKS;
        json_skip_space(&walk);
        if (walk.at == walk.end) return columns_failed(found) ? SCAN_NO_MEMORY : SCAN_DONE;
        if (*walk.at++ != ',') return SCAN_NOT_TASKS;
        json_skip_space(&walk);
    }
}

scan_found *scan_tasks(const scan_plan *plan, const uint8_t *bytes, int64_t size) {
    scan_found *found = calloc(1, sizeof *found);
    if (found == NULL) return NULL;
    if (plan == NULL || plan->control_count == 0 || bytes == NULL || size < 0)
        found->outcome = SCAN_NOT_TASKS;
    else if (!columns_begin(found))
        found->outcome = SCAN_NO_MEMORY;
    else
        found->outcome = walk_tasks(found, plan, bytes, size);
    return found;
}

int32_t scan_outcome(const scan_found *found) {
    return found == NULL ? SCAN_NO_MEMORY : found->outcome;
}

void scan_free(scan_found *found) {
    if (found == NULL) return;
    columns_free(found);
    free(found);
}
