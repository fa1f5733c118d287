#include "arrow.h"

#include <stdlib.h>
#include <string.h>

#include "columns.h"

/* What an array that was given away owns. */
typedef struct {
    const void *buffers[3];
    uint8_t *values, *ends;
} owned;

static void release_array(struct ArrowArray *array) {
    owned *mine = array->private_data;
    free(mine->values);
    free(mine->ends);
    free(mine);
    array->release = NULL;
}

static void release_schema(struct ArrowSchema *schema) { schema->release = NULL; }

static void describe(struct ArrowSchema *schema, bool is_text) {
    *schema = (struct ArrowSchema){
        .format = is_text ? "U" : "l", /* large UTF-8, or 64 bits with a sign */
        .name = "",
        .release = release_schema,
    };
}

int32_t scan_take(scan_found *found, int32_t number, struct ArrowArray *array,
                  struct ArrowSchema *schema) {
    if (scan_outcome(found) != SCAN_DONE || number < 0 || number >= SCAN_COLUMNS)
        return SCAN_NOT_TASKS;
    column *one = &found->columns[number];
    bool is_text = one->ends.length > 0;
    owned *mine = calloc(1, sizeof *mine);
    /* A buffer of Arrow is never NULL, even of no rows. */
    if (mine == NULL || buffer_room(&one->values, 1) == NULL) {
        free(mine);
        return SCAN_NO_MEMORY;
    }
    mine->values = one->values.bytes;
    mine->ends = one->ends.bytes;
    mine->buffers[1] = is_text ? mine->ends : mine->values;
    mine->buffers[2] = is_text ? mine->values : NULL;
    *array = (struct ArrowArray){
        .length = one->rows,
        .n_buffers = is_text ? 3 : 2,
        .buffers = mine->buffers,
        .release = release_array,
        .private_data = mine,
    };
    describe(schema, is_text);
    *one = (column){0};
    return SCAN_DONE;
}
