#include "columns.h"

#include <stdlib.h>
#include <string.h>

#include "blake2b.h"
#include "fields.h"

enum { FIRST_NUMBER = SCAN_LENGTH };

bool columns_begin(scan_found *found) {
    for (int i = 0; i < FIRST_NUMBER; i++) buffer_put_number(&found->columns[i].ends, 0);
    return !columns_failed(found);
}

bool columns_failed(const scan_found *found) {
    bool failed = found->meant.failed || found->points.failed || found->answer.failed ||
                  found->respelled.failed || found->hashed.failed || found->values.failed;
    for (int i = 0; i < SCAN_COLUMNS; i++)
        failed = failed || found->columns[i].values.failed || found->columns[i].ends.failed;
    return failed;
}

void columns_free(scan_found *found) {
    for (int i = 0; i < SCAN_COLUMNS; i++) {
        buffer_free(&found->columns[i].values);
        buffer_free(&found->columns[i].ends);
    }
    buffer_free(&found->meant);
    buffer_free(&found->points);
    buffer_free(&found->answer);
    buffer_free(&found->respelled);
    buffer_free(&found->hashed);
    free(found->values.items);
}

void column_end_text(column *to) {
    buffer_put_number(&to->ends, (int64_t)to->values.length);
    to->rows++;
}

static void add_text(column *to, const text *one) {
    buffer_put(&to->values, one->bytes, one->length);
    column_end_text(to);
}

void column_add_number(column *to, int64_t number) {
    buffer_put_number(&to->values, number);
    to->rows++;
}

void columns_add_rare(scan_found *found, int64_t number, int64_t start, int64_t end) {
    column_add_number(&found->columns[SCAN_RARE], number);
    column_add_number(&found->columns[SCAN_RARE_START], start);
    column_add_number(&found->columns[SCAN_RARE_END], end);
}

/* The order of `age_of` in dataprep/annotation/consensus.py: by time, then by key. */
static int age_order(const annotation *one, const annotation *other) {
    text at = one->created, then = other->created;
    if (at.length && at.bytes[at.length - 1] == 'Z') at.length--;
    if (then.length && then.bytes[then.length - 1] == 'Z') then.length--;
    int order = text_order(&at, &then);
    if (order) return order;
    size_t here = text_characters(one->key.bytes, one->key.length);
    size_t there = text_characters(other->key.bytes, other->key.length);
    if (here != there) return here < there ? -1 : 1;
    return text_order(&one->key, &other->key);
}

/* Insertion, which keeps the order of equals: annotations are few. */
static void sort_by_age(annotation *all, size_t count) {
    for (size_t i = 1; i < count; i++) {
        annotation one = all[i];
        size_t to = i;
        for (; to > 0 && age_order(&all[to - 1], &one) > 0; to--) all[to] = all[to - 1];
        all[to] = one;
    }
}

static void add_unique_ids(scan_found *found, const task *one) {
    int64_t id = field_whole(&one->id);
    for (size_t i = 0; i < one->annotation_count; i++) {
        add_text(&found->columns[SCAN_UNIQUE_ID], &one->annotations[i].key);
        column_add_number(&found->columns[SCAN_TASK_OF], id);
    }
}

static void put_quoted(buffer *to, const text *one) {
    buffer_put_byte(to, '"');
    buffer_put(to, one->bytes, one->length);
    buffer_put_byte(to, '"');
}

static void add_annotations(scan_found *found, const task *one) {
    buffer *keys = &found->columns[SCAN_ANNOTATIONS].values;
    buffer *people = &found->columns[SCAN_ANNOTATORS].values;
    for (size_t i = 0; i < one->annotation_count; i++) {
        buffer_put_byte(keys, i ? ',' : '[');
        put_quoted(keys, &one->annotations[i].key);
        buffer_put_byte(people, i ? ',' : '[');
        put_quoted(people, &one->annotations[i].annotator);
    }
    buffer_put_byte(keys, ']');
    buffer_put_byte(people, ']');
    column_end_text(&found->columns[SCAN_ANNOTATIONS]);
    column_end_text(&found->columns[SCAN_ANNOTATORS]);
    column_add_number(&found->columns[SCAN_ANNOTATED], (int64_t)one->annotation_count);
}

/* A part of an id: `content_id` in dataprep/example.py writes its length in characters before it. */
static void put_part(buffer *to, const text *part) {
    buffer_put_digits(to, text_characters(part->bytes, part->length));
    buffer_put_byte(to, ':');
    buffer_put(to, part->bytes, part->length);
}

/* What a row is made of. */
typedef struct {
    const text *meant, *said; /* the text that annotators saw, and their answer */
    answer of;
} row;

static void add_id(scan_found *found, const task *one, const row *made) {
    buffer *parts = &found->hashed;
    uint8_t digits[16];
    parts->length = 0;
    put_part(parts, &made->of.plan->control);
    put_part(parts, &one->id);
    for (size_t i = 0; i < one->annotation_count; i++) put_part(parts, &one->annotations[i].key);
    put_part(parts, made->meant);
    put_part(parts, made->said);
    blake2b_hex(parts->bytes, parts->length, digits);
    buffer_put(&found->columns[SCAN_ID].values, digits, sizeof digits);
    column_end_text(&found->columns[SCAN_ID]);
}

static void add_input(column *to, const row *made) {
    const scan_plan *plan = made->of.plan;
    for (size_t i = 0; i < plan->piece_count; i++) {
        const plan_piece *one = &plan->pieces[i];
        const text *piece = one->what == SCAN_TEXT     ? made->meant
                            : one->what == SCAN_ANSWER ? made->said
                                                       : &one->piece;
        buffer_put(&to->values, piece->bytes, piece->length);
    }
    column_end_text(to);
}

/* The member of that key, anew where there is none. */
static void set_member(task *one, const char *key, member_kind kind) {
    size_t at = 0;
    while (at < one->member_count && !text_is(&one->members[at].key, key, strlen(key))) at++;
    if (at == one->member_count) {
        one->members[at].key = (text){.bytes = (const uint8_t *)key, .length = strlen(key)};
        one->member_count++;
    }
    one->members[at].kind = kind;
}

static void sort_members(task *one) {
    for (size_t i = 1; i < one->member_count; i++) {
        member moved = one->members[i];
        size_t to = i;
        for (; to > 0 && text_order(&one->members[to - 1].key, &moved.key) > 0; to--)
            one->members[to] = one->members[to - 1];
        one->members[to] = moved;
    }
}

static void put_member(scan_found *found, const task *one, const member *of, const row *made) {
    buffer *to = &found->columns[SCAN_DATA].values;
    switch (of->kind) {
        case MEMBER_AS_IS: buffer_put(to, of->value.bytes, of->value.length); break;
        case MEMBER_RESPELLED: answer_put_text(to, &found->respelled, &of->value); break;
        case MEMBER_TEXT: answer_put_text(to, &found->respelled, &one->seen); break;
        case MEMBER_ANSWER: answer_put_meant(to, made->said); break;
        default: answer_put_member(to, &found->respelled, &made->of, of->kind);
    }
}

/* What `write` of the kinds of dataprep/shapes gives to templates beside the answer. */
static void set_fields(task *one, const scan_plan *plan) {
    if (plan->together) {
        set_member(one, "answers", MEMBER_ANSWERS);
        set_member(one, "learned", MEMBER_LEARNED);
        set_member(one, "regions", MEMBER_REGIONS);
        return;
    }
    switch (plan->controls[0].kind) {
        case KIND_TEXT: break;
        case KIND_SPANS: set_member(one, "spans", MEMBER_SPANS); break;
        case KIND_RATING: case KIND_NUMBER: set_member(one, "value", MEMBER_VALUE); break;
        default:
            set_member(one, "label", MEMBER_ANSWER);
            set_member(one, "labels", MEMBER_LABELS);
    }
}

/* The data with what the answer adds to it, its keys in the order of their bytes. */
static void add_data(scan_found *found, task *one, const row *made) {
    column *to = &found->columns[SCAN_DATA];
    set_fields(one, made->of.plan);
    set_member(one, "text", MEMBER_TEXT);
    set_member(one, "answer", MEMBER_ANSWER);
    sort_members(one);
    for (size_t i = 0; i < one->member_count; i++) {
        buffer_put_byte(&to->values, i ? ',' : '{');
        put_quoted(&to->values, &one->members[i].key);
        buffer_put_byte(&to->values, ':');
        put_member(found, one, &one->members[i], made);
    }
    buffer_put_byte(&to->values, '}');
    column_end_text(to);
}

/* The characters of the last row of a column. */
static size_t last_length(const column *one) {
    if (one->ends.failed || one->values.failed) return 0;
    int64_t ends[2];
    memcpy(ends, one->ends.bytes + one->ends.length - sizeof ends, sizeof ends);
    return text_characters(one->values.bytes + ends[0], (size_t)(ends[1] - ends[0]));
}

static void add_length(scan_found *found) {
    size_t length = last_length(&found->columns[SCAN_INPUT]);
    length += last_length(&found->columns[SCAN_OUTPUT]) + last_length(&found->columns[SCAN_DATA]);
    column_add_number(&found->columns[SCAN_LENGTH], (int64_t)length);
}

/* The text as annotators saw it; it lies in `found->meant` where JSON spells it otherwise. */
static text meant_by(scan_found *found, const text *seen) {
    if (!seen->escaped) return *seen;
    found->meant.length = 0;
    text_unescape(seen, &found->meant);
    return (text){.bytes = found->meant.bytes, .length = found->meant.length};
}

/* Puts the values of all annotations in order, and holds them against the text. */
static bool settle(scan_found *found, const scan_plan *plan, const task *one, const text *meant) {
    points seen;
    if (!points_find(&seen, meant, &found->points)) return false;
    for (size_t i = 0; i < one->annotation_count; i++) {
        const annotation *by = &one->annotations[i];
        value *values = one->values->items + by->first;
        if (!answer_settle(plan, values, by->count, &seen, &found->respelled)) return false;
    }
    return true;
}

/* The parts of the answer by their kind, as `Partition.held` of dataprep/shapes counts them; and
 * the results that mark spans, of all annotations. */
static void add_parts(scan_found *found, const task *one, const answer *of) {
    int64_t regions = 0, choices = 0, answers = 0, marked = 0;
    for (size_t i = 0; i < of->count; i++) {
        switch (of->plan->controls[of->values[i].control].kind) {
            case KIND_SPANS: regions++; break;
            case KIND_CHOICES: case KIND_FREE: choices++; break;
            default: answers++;
        }
    }
    for (size_t i = 0; i < one->annotation_count; i++)
        marked += (int64_t)one->annotations[i].marked;
    column_add_number(&found->columns[SCAN_REGIONS], regions);
    column_add_number(&found->columns[SCAN_MARKED], marked);
    column_add_number(&found->columns[SCAN_CHOICES], choices);
    column_add_number(&found->columns[SCAN_ANSWERS], answers);
}

bool columns_add(scan_found *found, const scan_plan *plan, task *one) {
    text meant = meant_by(found, &one->seen);
    if (found->meant.failed || text_may_be_blank(&meant) || text_may_be_address(&meant))
        return false;
    if (!settle(found, plan, one, &meant) || !task_agrees(plan, one)) return false;
    const annotation *any = &one->annotations[0];
    row made = {.meant = &meant, .of = {plan, one->values->items + any->first, any->count}};
    if (one->annotation_count > 1 && !answer_has_firm_borders(&made.of)) return false;
    add_unique_ids(found, one);
    sort_by_age(one->annotations, one->annotation_count);
    found->answer.length = 0;
    answer_put(&found->answer, &found->respelled, &made.of);
    text said = {.bytes = found->answer.bytes, .length = found->answer.length};
    made.said = &said;
    add_id(found, one, &made);
    add_text(&found->columns[SCAN_TASK], &one->id);
    add_annotations(found, one);
    add_input(&found->columns[SCAN_INPUT], &made);
    add_text(&found->columns[SCAN_OUTPUT], &said);
    add_data(found, one, &made);
    add_parts(found, one, &made.of);
    add_length(found);
    return true;
}
