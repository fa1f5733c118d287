#include "tasks.h"

#include <string.h>

#include "fields.h"

enum { OVERRIDDEN = 5 }; /* members of the data that the answer sets */

/* The fields of `Task` in dataprep/annotation/task.py; a test holds them together. Those that are
 * asked for by number come first. */
enum { OF_ID, OF_ANNOTATIONS, OF_DATA };
static const known_key TASK_KEYS[] = {
    KEY("id"), KEY("annotations"), KEY("data"), KEY("file_upload"), KEY("drafts"),
    KEY("predictions"), KEY("meta"), KEY("created_at"), KEY("updated_at"), KEY("allow_skip"),
    KEY("inner_id"), KEY("total_annotations"), KEY("cancelled_annotations"),
    KEY("total_predictions"), KEY("comment_count"), KEY("unresolved_comment_count"),
    KEY("last_comment_updated_at"), KEY("project"), KEY("updated_by"), KEY("comment_authors"),
};

static bool read_annotations(const scan_plan *plan, json_walk *walk, task *found) {
    if (json_peek(walk) != '[') return field_skip_rare(walk);
    if (!json_open(walk, '[')) return false;
    for (bool first = true;; first = false) {
        annotation one;
        json_step step = json_next_item(walk, first);
        if (step != JSON_ITEM) return step == JSON_CLOSED;
        if (!annotation_read(plan, walk, &one, found->values)) return false;
        if (found->annotation_count == TASK_ANNOTATIONS)
            walk->rare = true;
        else
            found->annotations[found->annotation_count++] = one;
    }
}

/* Whether a number is spelled as msgspec spells it: a whole one of few digits, but for -0; or a
 * decimal fraction of at most 15 digits, which its shortest spelling gives back, without needless
 * zeros, and neither so small nor so large that it would be spelled with an exponent. */
static bool is_canonical(const json_number *number) {
    const uint8_t *at = number->bytes, *end = at + number->length;
    if (number->length > 15) return number->whole && number->length <= FIELD_DIGITS;
    if (*at == '-') at++;
    if (number->whole) return *at != '0' || *number->bytes != '-';
    if (number->exponent) return false;
    const uint8_t *point = memchr(at, '.', (size_t)(end - at));
    if (point == NULL || (end[-1] == '0' && end - point > 2)) return false;
    return *at != '0' || (end - point > 1 && point[1] != '0');
}

static bool read_number_member(json_walk *walk) {
    json_number number;
    if (!json_read_number(walk, &number)) return false;
    if (!is_canonical(&number)) walk->rare = true;
    return true;
}

static bool read_text_member(const scan_plan *plan, json_walk *walk, task *found, member *one) {
    text said;
    if (!json_read_text(walk, &said)) return false;
    if (text_same(&one->key, &plan->field)) found->seen = said;
    if (said.respelled) {
        one->kind = MEMBER_RESPELLED;
        one->value = said;
    }
    return true;
}

/* The value of a member of the data; lists and objects are rare, for their keys are sorted. */
static bool read_member(const scan_plan *plan, json_walk *walk, task *found, member *one) {
    const uint8_t *start = walk->at;
    uint8_t byte = json_peek(walk);
    bool read;
    one->kind = MEMBER_AS_IS;
    if (byte == '"')
        read = read_text_member(plan, walk, found, one);
    else if (byte == '{' || byte == '[')
        read = field_skip_rare(walk);
    else
        read = field_is_number(walk) ? read_number_member(walk) : json_read_word(walk);
    if (one->kind == MEMBER_AS_IS)
        one->value = (text){.bytes = start, .length = (size_t)(walk->at - start)};
    return read;
}

static bool read_data(const scan_plan *plan, json_walk *walk, task *found) {
    if (json_peek(walk) != '{') return field_skip_rare(walk);
    if (!json_open(walk, '{')) return false;
    size_t from = walk->known;
    for (bool first = true;; first = false) {
        member one;
        json_step step = json_next_key(walk, &one.key, first);
        if (step == JSON_BROKEN) return false;
        if (step == JSON_CLOSED) break;
        json_know_key(walk, &one.key, from);
        if (!read_member(plan, walk, found, &one)) return false;
        if (found->member_count == TASK_MEMBERS - OVERRIDDEN)
            walk->rare = true;
        else
            found->members[found->member_count++] = one;
    }
    walk->known = from;
    return true;
}

static bool read_task_member(const scan_plan *plan, json_walk *walk, int number, task *found) {
    switch (number) {
        case OF_ID: return field_read_digits(walk, &found->id);
        case OF_ANNOTATIONS: return read_annotations(plan, walk, found);
        case OF_DATA: return read_data(plan, walk, found);
        default: return json_skip_value(walk);
    }
}

bool task_read(const scan_plan *plan, json_walk *walk, task *found) {
    found->id = found->seen = (text){0};
    found->annotation_count = found->member_count = found->values->count = 0;
    if (!json_open(walk, '{')) return false;
    key_table table = FIELD_TABLE(TASK_KEYS);
    text key;
    for (bool first = true;; first = false) {
        json_step step = json_next_key(walk, &key, first);
        if (step == JSON_BROKEN) return false;
        if (step == JSON_CLOSED) break;
        int number = field_number(walk, &table, &key);
        if (!read_task_member(plan, walk, number, found)) return false;
    }
    if (!found->id.length || !found->seen.length || !found->annotation_count) walk->rare = true;
    return true;
}

static bool is_same(const value *one, const value *other) {
    return one->control == other->control && one->start == other->start &&
           one->end == other->end && text_same(&one->said, &other->said);
}

static bool says_same(const task *found, const annotation *one, const annotation *other) {
    const value *here = found->values->items + one->first;
    const value *there = found->values->items + other->first;
    if (one->count != other->count) return false;
    for (size_t i = 0; i < one->count; i++)
        if (!is_same(here + i, there + i)) return false;
    return true;
}

bool task_agrees(const scan_plan *plan, const task *found) {
    const annotation *all = found->annotations;
    size_t count = found->annotation_count;
    if (count == 1) return true;
    if (!plan->voting) return false;
    for (size_t i = 0; i < count; i++) {
        if (all[i].truth || all[i].curated) return false;
        if (!says_same(found, &all[i], &all[0])) return false;
        for (size_t j = 0; j < i; j++)
            if (text_same(&all[i].annotator, &all[j].annotator) ||
                text_same(&all[i].key, &all[j].key))
                return false;
    }
    return true;
}
