#include "annotations.h"

#include <string.h>

#include "fields.h"

/* The fields of `Annotation` and `Result` in dataprep/annotation/task.py; a test holds them
 * together. Those that are asked for by number come first. `asked` is left out: such a task is
 * rare. */
enum {
    ANNOTATION_ID, COMPLETED_BY, RESULT, WAS_CANCELLED, GROUND_TRUTH, CREATED_AT, LEAD_TIME,
    UNIQUE_ID, LAST_ACTION
};
static const known_key ANNOTATION_KEYS[] = {
    KEY("id"), KEY("completed_by"), KEY("result"), KEY("was_cancelled"), KEY("ground_truth"),
    KEY("created_at"), KEY("lead_time"), KEY("unique_id"), KEY("last_action"), KEY("updated_at"),
    KEY("draft_created_at"), KEY("prediction"), KEY("result_count"), KEY("import_id"),
    KEY("bulk_created"), KEY("task"), KEY("project"), KEY("updated_by"), KEY("parent_prediction"),
    KEY("parent_annotation"), KEY("last_created_by"),
};

enum { RESULT_ID, FROM_NAME, TO_NAME, TYPE, VALUE, FROM_ID, TO_ID };
static const known_key RESULT_KEYS[] = {
    KEY("id"), KEY("from_name"), KEY("to_name"), KEY("type"), KEY("value"), KEY("from_id"),
    KEY("to_id"), KEY("origin"), KEY("direction"), KEY("labels"), KEY("meta"), KEY("parentID"),
    KEY("readonly"), KEY("hidden"), KEY("locked"), KEY("score"), KEY("item_index"),
    KEY("source"),
};

typedef struct {
    text from, to;
    bool has_value;
    value_members members;
} result;

/* What the results of an annotation go to. */
typedef struct {
    const scan_plan *plan;
    annotation *found;
    value_list *values;
} results;

static bool read_result_member(json_walk *walk, int number, result *found) {
    text type;
    switch (number) {
        case FROM_NAME: return field_read_text(walk, &found->from);
        case TO_NAME: return field_read_text(walk, &found->to);
        case TYPE: return field_read_text(walk, &type);
        case RESULT_ID: case FROM_ID: case TO_ID: return field_skip_text_or_whole(walk);
        case VALUE:
            if (json_peek(walk) != '{') return field_skip_rare(walk);
            found->has_value = true;
            return value_read_members(walk, &found->members);
        default: return json_skip_value(walk);
    }
}

/* Only spans are answered by more than one result. */
static void judge_result(const results *to, json_walk *walk, const result *one) {
    if (walk->rare || one->from.bytes == NULL) return;
    if (!plan_allows(to->plan, &one->from, &one->to)) walk->rare = true;
    to->found->required |= plan_required(to->plan, &one->from);
    int number = plan_learned(to->plan, &one->from);
    if (number < 0 || walk->rare) return;
    uint32_t bit = (uint32_t)1 << number;
    bool marks = to->plan->controls[number].kind == KIND_SPANS;
    bool again = !marks && to->found->answered & bit;
    to->found->answered |= bit;
    to->found->marked += marks;
    if (again || !one->has_value ||
        !value_read(to->plan, (size_t)number, walk, &one->members, to->values))
        walk->rare = true;
}

static bool read_result(const results *to, json_walk *walk) {
    if (json_peek(walk) != '{') return field_skip_rare(walk);
    if (!json_open(walk, '{')) return false;
    key_table table = FIELD_TABLE(RESULT_KEYS);
    result found = {0};
    text key;
    for (bool first = true;; first = false) {
        json_step step = json_next_key(walk, &key, first);
        if (step == JSON_BROKEN) return false;
        if (step == JSON_CLOSED) break;
        if (!read_result_member(walk, field_number(walk, &table, &key), &found)) return false;
    }
    judge_result(to, walk, &found);
    return true;
}

static bool read_results(const results *to, json_walk *walk) {
    if (json_peek(walk) != '[') return field_skip_rare(walk);
    if (!json_open(walk, '[')) return false;
    for (bool first = true;; first = false) {
        json_step step = json_next_item(walk, first);
        if (step != JSON_ITEM) return step == JSON_CLOSED;
        if (!read_result(to, walk)) return false;
    }
}

/* Who submitted an annotation: a number, a text, or an object with an id. */
static bool read_annotator(json_walk *walk, text *found) {
    const uint8_t *start = walk->at;
    uint8_t byte = json_peek(walk);
    if (byte == '"') return field_read_text(walk, found);
    if (byte != '{') return field_read_digits(walk, found);
    if (!json_skip_value(walk)) return false;
    json_walk inside;
    if (!json_member(walk, start, "id", &inside) || !field_read_digits(&inside, found) || inside.rare)
        walk->rare = true;
    return true;
}

/* A text, or nothing. */
static bool read_action(json_walk *walk, bool *curated) {
    text action;
    if (json_peek(walk) != '"') return json_skip_value(walk);
    if (!json_read_text(walk, &action)) return false;
    *curated = action.escaped || text_is(&action, "curated", strlen("curated"));
    return true;
}

static bool read_annotation_member(const results *to, json_walk *walk, int number) {
    annotation *found = to->found;
    bool flag = false;
    switch (number) {
        case ANNOTATION_ID: return field_skip_text_or_whole(walk);
        case COMPLETED_BY: return read_annotator(walk, &found->annotator);
        case RESULT: return read_results(to, walk);
        case WAS_CANCELLED:
            if (!field_read_flag(walk, &flag)) return false;
            if (flag) walk->rare = true;
            return true;
        case GROUND_TRUTH: return field_read_flag(walk, &found->truth);
        case CREATED_AT:
            if (json_peek(walk) == 'n') return json_read_word(walk);
            return field_read_text(walk, &found->created);
        case LEAD_TIME: return field_skip_number_or_null(walk);
        case UNIQUE_ID: return field_read_text(walk, &found->key);
        case LAST_ACTION: return read_action(walk, &found->curated);
        default: return json_skip_value(walk);
    }
}

static bool answers_required(const scan_plan *plan, const annotation *one) {
    for (size_t i = 0; i < plan->required_count; i++)
        if (!(one->required >> i & 1)) return false;
    return one->count > 0;
}

bool annotation_read(const scan_plan *plan, json_walk *walk, annotation *found,
                     value_list *values) {
    *found = (annotation){.first = values->count};
    if (json_peek(walk) != '{') return field_skip_rare(walk);
    if (!json_open(walk, '{')) return false;
    results to = {plan, found, values};
    key_table table = FIELD_TABLE(ANNOTATION_KEYS);
    text key;
    for (bool first = true;; first = false) {
        json_step step = json_next_key(walk, &key, first);
        if (step == JSON_BROKEN) return false;
        if (step == JSON_CLOSED) break;
        if (!read_annotation_member(&to, walk, field_number(walk, &table, &key))) return false;
    }
    found->count = values->count - found->first;
    if (!found->key.length || !found->annotator.length || !answers_required(plan, found))
        walk->rare = true;
    return true;
}
