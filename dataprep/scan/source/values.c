#include "values.h"

#include <stdlib.h>
#include <string.h>

#include "fields.h"

enum { OF_START, OF_END, OF_TEXT, OF_LABELS, OF_CHOICES, OF_RATING, OF_NUMBER, FIRST = 64 };
static const known_key KEYS[VALUE_MEMBERS] = {
    KEY("start"), KEY("end"), KEY("text"), KEY("labels"), KEY("choices"), KEY("rating"),
    KEY("number"),
};

bool value_read_members(json_walk *walk, value_members *found) {
    size_t from = walk->known;
    if (!json_open(walk, '{')) return false;
    text key;
    for (bool first = true;; first = false) {
        json_step step = json_next_key(walk, &key, first);
        if (step == JSON_BROKEN) return false;
        if (step == JSON_CLOSED) break;
        json_know_key(walk, &key, from);
        for (int i = 0; i < VALUE_MEMBERS; i++)
            if (text_is(&key, KEYS[i].name, KEYS[i].length)) found->at[i] = walk->at;
        if (!json_skip_value(walk)) return false;
    }
    walk->known = from;
    return true;
}

static bool add(value_list *to, const value *one) {
    if (to->failed || to->count == VALUES_MOST) return false;
    if (to->count == to->capacity) {
        size_t capacity = to->capacity * 2 + FIRST;
        value *items = realloc(to->items, capacity * sizeof *items);
        if (items == NULL) {
            to->failed = true;
            return false;
        }
        to->items = items;
        to->capacity = capacity;
    }
    to->items[to->count++] = *one;
    return true;
}

/* A walk that stands at a member of the value; false where there is none that begins so. */
static bool stand_at(const json_walk *walk, const value_members *members, int member,
                     uint8_t begins, json_walk *inside) {
    if (members->at[member] == NULL) return false;
    *inside = *walk;
    inside->at = members->at[member];
    return begins == 0 || json_peek(inside) == begins;
}

/* A value for each text of a list: all different ones are known labels, spelled without escapes. */
static bool read_labels(const scan_plan *plan, json_walk *inside, const value *like,
                        value_list *to) {
    const plan_control *control = &plan->controls[like->control];
    if (!json_open(inside, '[')) return false;
    for (bool first = true;; first = false) {
        json_step step = json_next_item(inside, first);
        if (step != JSON_ITEM) return step == JSON_CLOSED && !first;
        value one = *like;
        if (json_peek(inside) != '"' || !json_read_text(inside, &one.said)) return false;
        const plan_label *known = plan_label_of(control, &one.said);
        if (one.said.escaped || (control->label_count && known == NULL)) return false;
        if (known != NULL && control->kind != KIND_SPANS) one.rank = known->rank;
        if (!add(to, &one)) return false;
    }
}

static bool read_choices(const scan_plan *plan, const json_walk *walk,
                         const value_members *members, const value *like, value_list *to) {
    json_walk inside;
    size_t before = to->count;
    if (!stand_at(walk, members, OF_CHOICES, '[', &inside)) return false;
    if (!read_labels(plan, &inside, like, to)) return false;
    return plan->controls[like->control].kind == KIND_CHOICES || to->count == before + 1;
}

/* The digits of a whole number. */
static bool read_digits(const json_walk *walk, const value_members *members, int member,
                        text *digits) {
    json_walk inside;
    if (!stand_at(walk, members, member, 0, &inside)) return false;
    return field_is_number(&inside) && field_read_digits(&inside, digits) && !inside.rare;
}

static bool read_number(const scan_plan *plan, const json_walk *walk,
                        const value_members *members, value one, value_list *to) {
    const plan_control *control = &plan->controls[one.control];
    int member = control->kind == KIND_RATING ? OF_RATING : OF_NUMBER;
    if (!read_digits(walk, members, member, &one.said)) return false;
    int64_t number = field_whole(&one.said);
    return number >= control->least && number <= control->most && add(to, &one);
}

/* The text of a text area, which may stand in a list of its own. */
static bool read_text(const json_walk *walk, const value_members *members, value one,
                      value_list *to) {
    json_walk inside;
    if (!stand_at(walk, members, OF_TEXT, 0, &inside)) return false;
    bool listed = json_peek(&inside) == '[';
    if (listed && (!json_open(&inside, '[') || json_next_item(&inside, true) != JSON_ITEM))
        return false;
    if (json_peek(&inside) != '"' || !json_read_text(&inside, &one.said)) return false;
    if (listed && json_next_item(&inside, false) != JSON_CLOSED) return false;
    return add(to, &one);
}

static bool read_span(const scan_plan *plan, const json_walk *walk, const value_members *members,
                      value one, value_list *to) {
    json_walk inside;
    text start, end;
    if (!read_digits(walk, members, OF_START, &start)) return false;
    if (!read_digits(walk, members, OF_END, &end)) return false;
    if (!stand_at(walk, members, OF_TEXT, '"', &inside)) return false;
    if (!json_read_text(&inside, &one.quote)) return false;
    one.start = field_whole(&start);
    one.end = field_whole(&end);
    if (one.start >= one.end || !stand_at(walk, members, OF_LABELS, '[', &inside)) return false;
    return read_labels(plan, &inside, &one, to);
}

bool value_read(const scan_plan *plan, size_t control, const json_walk *walk,
                const value_members *members, value_list *to) {
    value like = {.control = (uint32_t)control};
    switch (plan->controls[control].kind) {
        case KIND_CHOICE: case KIND_CHOICES: case KIND_FREE:
            return read_choices(plan, walk, members, &like, to);
        case KIND_RATING: case KIND_NUMBER: return read_number(plan, walk, members, like, to);
        case KIND_TEXT: return read_text(walk, members, like, to);
        case KIND_SPANS: return read_span(plan, walk, members, like, to);
    }
    return false;
}
