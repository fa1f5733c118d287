#include "annotations.h"

#include "fields.h"

/* The fields of `Annotation` and `Result` in dataprep/annotation/task.py; a test holds them
 * together. Those that are asked for by number come first. `asked` is left out: such a task is
 * rare. */
enum {
    ANNOTATION_ID, COMPLETED_BY, RESULT, WAS_CANCELLED, GROUND_TRUTH, CREATED_AT, LEAD_TIME,
    UNIQUE_ID
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

/* The one choice of a result's value, an object that was read over; false where it is not so. */
static bool only_choice(const json_walk *walk, const uint8_t *value, text *label) {
    json_walk inside;
    text another;
    if (!json_member(walk, value, "choices", &inside) || !json_open(&inside, '[')) return false;
    if (json_next_item(&inside, true) != JSON_ITEM || json_peek(&inside) != '"') return false;
    if (!json_read_text(&inside, &another) || another.escaped) return false;
    *label = another;
    return json_next_item(&inside, false) == JSON_CLOSED;
}

typedef struct {
    text from, to;
    const uint8_t *value;
} result;

static bool read_result_member(json_walk *walk, int number, result *found) {
    text type;
    switch (number) {
        case FROM_NAME: return field_read_text(walk, &found->from);
        case TO_NAME: return field_read_text(walk, &found->to);
        case TYPE: return field_read_text(walk, &type);
        case RESULT_ID: case FROM_ID: case TO_ID: return field_skip_text_or_whole(walk);
        case VALUE:
            found->value = walk->at;
            if (json_peek(walk) != '{') walk->rare = true;
            return json_skip_value(walk);
        default: return json_skip_value(walk);
    }
}

/* What `ShortWay._label` asks of a result; a label may come of it once. */
static void judge_result(const scan_plan *plan, json_walk *walk, const result *one, text *label) {
    if (walk->rare || one->from.bytes == NULL) return;
    if (!plan_allows(plan, &one->from, &one->to)) walk->rare = true;
    if (!text_same(&one->from, &plan->control)) return;
    bool again = label->bytes != NULL;
    if (again || one->value == NULL || !only_choice(walk, one->value, label)) walk->rare = true;
}

static bool read_result(const scan_plan *plan, json_walk *walk, text *label) {
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
    judge_result(plan, walk, &found, label);
    return true;
}

static bool read_results(const scan_plan *plan, json_walk *walk, text *label) {
    if (json_peek(walk) != '[') return field_skip_rare(walk);
    if (!json_open(walk, '[')) return false;
    for (bool first = true;; first = false) {
        json_step step = json_next_item(walk, first);
        if (step != JSON_ITEM) return step == JSON_CLOSED;
        if (!read_result(plan, walk, label)) return false;
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

static bool read_annotation_member(const scan_plan *plan, json_walk *walk, int number,
                                   annotation *found) {
    bool flag = false;
    switch (number) {
        case ANNOTATION_ID: return field_skip_text_or_whole(walk);
        case COMPLETED_BY: return read_annotator(walk, &found->annotator);
        case RESULT: return read_results(plan, walk, &found->label);
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
        default: return json_skip_value(walk);
    }
}

bool annotation_read(const scan_plan *plan, json_walk *walk, annotation *found) {
    *found = (annotation){0};
    if (json_peek(walk) != '{') return field_skip_rare(walk);
    if (!json_open(walk, '{')) return false;
    key_table table = FIELD_TABLE(ANNOTATION_KEYS);
    text key;
    for (bool first = true;; first = false) {
        json_step step = json_next_key(walk, &key, first);
        if (step == JSON_BROKEN) return false;
        if (step == JSON_CLOSED) break;
        int number = field_number(walk, &table, &key);
        if (!read_annotation_member(plan, walk, number, found)) return false;
    }
    if (!found->key.length || !found->annotator.length || !found->label.bytes) walk->rare = true;
    return true;
}
