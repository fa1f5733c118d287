#include <stdlib.h>

#include "columns.h"
#include "rows.h"

enum { TURN = 0x1E }; /* between roles and texts, as `TURN` in dataprep/formats/chat.py */

static void put_meant(buffer *to, const text *one) {
    if (one->escaped)
        text_unescape(one, to);
    else
        buffer_put(to, one->bytes, one->length);
}

static size_t characters_meant(buffer *scratch, const text *one) {
    if (!one->escaped) return one->ascii ? one->length : text_characters(one->bytes, one->length);
    scratch->length = 0;
    text_unescape(one, scratch);
    return text_characters(scratch->bytes, scratch->length);
}

/* Whether what is asked and answered has fewer than `most` characters, with roles and borders. */
static bool is_short(buffer *scratch, const plain_row *row, int64_t most) {
    size_t around = 0, spelled = 0, meant = 0;
    for (size_t i = 0; i + 1 < row->role_count; i++)
        around += row_role(row->roles[i])->length + 2;
    if (around) around--; /* nothing stands behind the last text */
    for (size_t i = 0; i < row->count; i++) spelled += row->texts[i].length;
    if ((int64_t)(around + spelled) < most) return true; /* nothing is meant by fewer bytes */
    for (size_t i = 0; i < row->count; i++) meant += characters_meant(scratch, &row->texts[i]);
    return (int64_t)(around + meant) < most;
}

/* The last texts of SCAN_CONTENT, as they are meant, where they lie at the end of the column. */
typedef struct {
    const uint8_t *bytes;
    int64_t ends[ROW_TEXTS + 1]; /* where each begins, and the last one ends */
} meant_texts;

static void add_content(column *to, const plain_row *row, meant_texts *meant) {
    for (size_t i = 0; i < row->count; i++) {
        meant->ends[i] = (int64_t)to->values.length;
        put_meant(&to->values, &row->texts[i]);
        column_end_text(to);
    }
    meant->ends[row->count] = (int64_t)to->values.length;
    meant->bytes = to->values.bytes;
}

/* The texts but the last, with `between`; and before each, in a conversation, its role. */
static void add_asked(column *to, const plain_row *row, const meant_texts *meant, uint8_t between,
                      bool with_roles) {
    for (size_t i = 0; i + 1 < row->count; i++) {
        if (i) buffer_put_byte(&to->values, between);
        if (with_roles) {
            const known_key *role = row_role(row->roles[i]);
            buffer_put(&to->values, role->name, role->length);
            buffer_put_byte(&to->values, between);
        }
        int64_t start = meant->ends[i], end = meant->ends[i + 1];
        buffer_put(&to->values, meant->bytes + start, (size_t)(end - start));
    }
    column_end_text(to);
}

static void add_row(scan_found *found, int64_t number, const plain_row *row) {
    column *columns = found->columns;
    meant_texts meant;
    add_content(&columns[SCAN_CONTENT], row, &meant);
    if (columns[SCAN_CONTENT].values.failed) return;
    column_add_number(&columns[SCAN_ROW], number);
    buffer_put(&columns[SCAN_ROLES].values, row->roles, row->role_count);
    column_end_text(&columns[SCAN_ROLES]);
    add_asked(&columns[SCAN_ASKED], row, &meant, TURN, row->role_count > 0);
    add_asked(&columns[SCAN_BEFORE], row, &meant, '\n', false);
}

static int32_t walk_rows(scan_found *found, int32_t form, const uint8_t *bytes, int64_t size,
                         const int64_t *ends, int64_t count, int64_t most) {
    plain_row row;
    int64_t start = 0;
    for (int64_t number = 0; number < count; start = ends[number++]) {
        if (ends[number] < start || ends[number] > size) return SCAN_NOT_GIVEN;
        if (row_read(form, bytes + start, bytes + ends[number], &row) &&
            row_says_something(&row, &found->meant) && is_short(&found->meant, &row, most))
            add_row(found, number, &row);
    }
    return columns_failed(found) ? SCAN_NO_MEMORY : SCAN_DONE;
}

scan_found *scan_rows(int32_t form, const uint8_t *bytes, int64_t size, const int64_t *ends,
                      int64_t count, int64_t most) {
    static const int TEXTS[] = {SCAN_ROLES, SCAN_CONTENT, SCAN_ASKED, SCAN_BEFORE};
    scan_found *found = calloc(1, sizeof *found);
    if (found == NULL) return NULL;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        buffer_put_number(&found->columns[TEXTS[i]].ends, 0);
    bool known = form == SCAN_CHAT || form == SCAN_PAIR;
    if (!known || bytes == NULL || ends == NULL || size < 0 || count < 0)
        found->outcome = SCAN_NOT_GIVEN;
    else
        found->outcome = walk_rows(found, form, bytes, size, ends, count, most);
    return found;
}
