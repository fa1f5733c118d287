#include "answers.h"

#include <stdlib.h>

enum { PILED = 256 }; /* values that are compared with each other */

#define PUT(to, word) buffer_put(to, word, sizeof(word) - 1)

static int order(int64_t one, int64_t other) { return (one > other) - (one < other); }

static int by_place(const void *first, const void *second) {
    const value *one = first, *other = second;
    int found = order(one->control, other->control);
    if (!found) found = order(one->start, other->start);
    if (!found) found = order(one->end, other->end);
    if (!found) found = order(one->rank, other->rank);
    return found ? found : text_order(&one->said, &other->said);
}

/* A text of JSON as it is meant; it lies in `between` where JSON spells it otherwise. */
static text meant(const text *said, buffer *between) {
    if (!said->escaped) return *said;
    between->length = 0;
    text_unescape(said, between);
    return (text){.bytes = between->bytes, .length = between->length};
}

/* Whether the quote of a span is the piece of the text at its place, as `resolve` of
 * dataprep/annotation/offsets.py reads it in code points; the piece takes its place. Where the quote
 * is only alike, UTF-16 must count alike up to there, or the other reading would come first. */
static bool settle_span(value *one, const points *seen, buffer *between) {
    if ((uint64_t)one->end > seen->count) return false;
    size_t start = points_byte(seen, (size_t)one->start), end = points_byte(seen, (size_t)one->end);
    text piece = {.bytes = seen->of.bytes + start, .length = end - start};
    text quote = meant(&one->quote, between);
    if (between->failed) return false;
    if (!text_same(&piece, &quote) && (end > seen->astral || !text_alike(&piece, &quote)))
        return false;
    one->quote = piece;
    return true;
}

static bool settle(const scan_plan *plan, value *one, const points *seen, buffer *between) {
    control_kind kind = plan->controls[one->control].kind;
    if (kind == KIND_SPANS) return settle_span(one, seen, between);
    if (kind != KIND_TEXT) return true;
    text said = meant(&one->said, between);
    return !between->failed && !text_may_be_blank(&said);
}

bool answer_settle(const scan_plan *plan, value *values, size_t count, const points *seen,
                   buffer *between) {
    if (count > 1) qsort(values, count, sizeof *values, by_place);
    for (size_t i = 0; i < count; i++) {
        if (i && by_place(&values[i - 1], &values[i]) == 0) return false; /* a twin */
        if (!settle(plan, &values[i], seen, between)) return false;
    }
    return true;
}

bool answer_has_firm_borders(const answer *one) {
    if (one->count > PILED) return false;
    for (size_t i = 0; i < one->count; i++) {
        const value *span = &one->values[i];
        if (one->plan->controls[span->control].kind != KIND_SPANS) continue;
        if (text_may_end_blank(&span->quote)) return false;
        for (const value *before = one->values; before < span; before++)
            if (before->control == span->control && before->end > span->start &&
                text_same(&before->said, &span->said))
                return false;
    }
    return true;
}

void answer_put_meant(buffer *to, const text *it) {
    buffer_put_byte(to, '"');
    text_escape(it->bytes, it->length, to);
    buffer_put_byte(to, '"');
}

void answer_put_text(buffer *to, buffer *between, const text *said) {
    text it = *said;
    if (said->respelled) {
        it = meant(said, between);
        answer_put_meant(to, &it);
        return;
    }
    buffer_put_byte(to, '"');
    buffer_put(to, it.bytes, it.length);
    buffer_put_byte(to, '"');
}

/* The values of one control. */
static answer of_control(const answer *one, size_t control) {
    answer mine = {.plan = one->plan, .values = one->values};
    const value *end = one->values + one->count;
    while (mine.values < end && mine.values->control < control) mine.values++;
    while (mine.values + mine.count < end && mine.values[mine.count].control == control)
        mine.count++;
    return mine;
}

/* A span as one of the entities of an answer; keys in their order, or in that of the alphabet. */
static void put_entity(buffer *to, const value *one, bool sorted) {
    text label = one->said;
    PUT(to, "{");
    if (sorted) {
        PUT(to, "\"label\":");
        answer_put_meant(to, &label);
        PUT(to, ",\"text\":");
        answer_put_meant(to, &one->quote);
    } else {
        PUT(to, "\"text\":");
        answer_put_meant(to, &one->quote);
        PUT(to, ",\"label\":");
        answer_put_meant(to, &label);
    }
    PUT(to, "}");
}

static void put_entities(buffer *to, const answer *mine, bool sorted) {
    PUT(to, "[");
    for (size_t i = 0; i < mine->count; i++) {
        if (i) PUT(to, ",");
        put_entity(to, &mine->values[i], sorted);
    }
    PUT(to, "]");
}

/* The spans with their places, as templates see them. */
static void put_spans(buffer *to, const answer *mine) {
    PUT(to, "[");
    for (size_t i = 0; i < mine->count; i++) {
        const value *one = &mine->values[i];
        if (i) PUT(to, ",");
        PUT(to, "{\"end\":");
        buffer_put_digits(to, (size_t)one->end);
        PUT(to, ",\"label\":");
        answer_put_meant(to, &one->said);
        PUT(to, ",\"start\":");
        buffer_put_digits(to, (size_t)one->start);
        PUT(to, ",\"text\":");
        answer_put_meant(to, &one->quote);
        PUT(to, "}");
    }
    PUT(to, "]");
}

static void put_labels(buffer *to, buffer *between, const answer *mine) {
    PUT(to, "[");
    for (size_t i = 0; i < mine->count; i++) {
        if (i) PUT(to, ",");
        answer_put_text(to, between, &mine->values[i].said);
    }
    PUT(to, "]");
}

/* What one control was answered, as a JSON value. */
static void put_value(buffer *to, buffer *between, const answer *mine, control_kind kind,
                      bool sorted) {
    switch (kind) {
        case KIND_SPANS: put_entities(to, mine, sorted); break;
        case KIND_CHOICES: put_labels(to, between, mine); break;
        case KIND_RATING: case KIND_NUMBER:
            buffer_put(to, mine->values[0].said.bytes, mine->values[0].said.length);
            break;
        default: answer_put_text(to, between, &mine->values[0].said);
    }
}

/* What learning a control means: `Control.task` in dataprep/annotation/labeling_config.py. */
static void put_task(buffer *to, control_kind kind) {
    switch (kind) {
        case KIND_TEXT: PUT(to, "\"generation\""); break;
        case KIND_RATING: PUT(to, "\"rating\""); break;
        case KIND_NUMBER: PUT(to, "\"number\""); break;
        default: PUT(to, "\"classification\"");
    }
}

/* Puts an object with a key for each control that has something to say; of all but spans that is
 * only where they were answered. */
typedef enum { COMPLETION, ANSWERS, LEARNED, REGIONS } object;

static void put_object(buffer *to, buffer *between, const answer *one, object what) {
    const scan_plan *plan = one->plan;
    bool first = true;
    PUT(to, "{");
    for (size_t i = 0; i < plan->control_count; i++) {
        size_t number = what == COMPLETION ? i : plan->by_name[i];
        const plan_control *control = &plan->controls[number];
        bool marks = control->kind == KIND_SPANS;
        answer mine = of_control(one, number);
        if (marks ? what == LEARNED : (what == REGIONS || mine.count == 0)) continue;
        if (!first) PUT(to, ",");
        first = false;
        answer_put_meant(to, &control->name);
        PUT(to, ":");
        if (what == LEARNED) {
            put_task(to, control->kind);
        } else if (what == REGIONS) {
            PUT(to, "{\"spans\":");
            put_spans(to, &mine);
            PUT(to, "}");
        } else {
            put_value(to, between, &mine, control->kind, what == ANSWERS);
        }
    }
    PUT(to, "}");
}

static void put_joined(buffer *to, const answer *one) {
    for (size_t i = 0; i < one->count; i++) {
        if (i) buffer_put(to, one->plan->joint.bytes, one->plan->joint.length);
        buffer_put(to, one->values[i].said.bytes, one->values[i].said.length);
    }
}

void answer_put(buffer *to, buffer *between, const answer *one) {
    if (one->plan->together) {
        put_object(to, between, one, COMPLETION);
        return;
    }
    switch (one->plan->controls[0].kind) {
        case KIND_SPANS: put_entities(to, one, false); break;
        case KIND_TEXT: {
            text it = meant(&one->values[0].said, between);
            buffer_put(to, it.bytes, it.length);
            break;
        }
        default: put_joined(to, one);
    }
}

void answer_put_member(buffer *to, buffer *between, const answer *one, member_kind kind) {
    switch (kind) {
        case MEMBER_LABELS: put_labels(to, between, one); break;
        case MEMBER_VALUE: put_joined(to, one); break;
        case MEMBER_SPANS: put_spans(to, one); break;
        case MEMBER_ANSWERS: put_object(to, between, one, ANSWERS); break;
        case MEMBER_LEARNED: put_object(to, between, one, LEARNED); break;
        case MEMBER_REGIONS: put_object(to, between, one, REGIONS); break;
        default: break;
    }
}
