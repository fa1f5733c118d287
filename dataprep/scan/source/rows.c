#include "rows.h"

#include <string.h>

static const known_key MESSAGE_KEYS[] = {KEY("role"), KEY("content")};
static const known_key PAIR_KEYS[] = {KEY("prompt"), KEY("completion")};

/* The roles of `PlainMessage` in dataprep/formats/plain_rows.py; a test holds them together. No two
 * begin with the same letter. */
static const known_key ROLES[] = {
    KEY("user"), KEY("assistant"), KEY("system"), KEY("tool"), KEY("developer"), KEY("function"),
};
enum { ROLE_COUNT = sizeof(ROLES) / sizeof *ROLES };

const known_key *row_role(uint8_t letter) {
    for (int i = 0; i < ROLE_COUNT; i++)
        if ((uint8_t)ROLES[i].name[0] == letter) return &ROLES[i];
    return NULL;
}

/* An object of just two members, both texts, in either order. */
static bool read_two(json_walk *walk, const known_key *keys, text found[2]) {
    if (!json_open(walk, '{')) return false;
    key_table table = {keys, 2, 0, 0};
    text key;
    for (bool first = true;; first = false) {
        json_step step = json_next_key(walk, &key, first);
        if (step != JSON_ITEM) return step == JSON_CLOSED && table.seen == 3;
        int number = field_number(walk, &table, &key);
        if (number < 0 || !json_read_text(walk, &found[number])) return false;
    }
}

/* What stands for a text that is not there: `UNSAID` in dataprep/checks/per_row/chat.py, which a test
 * holds it to. */
static const known_key UNSAID[] = {
    KEY("<nooutput>"), KEY("[deleted]"), KEY("[removed]"), KEY("nan"),
};
enum { UNSAID_COUNT = sizeof(UNSAID) / sizeof *UNSAID };

static bool is_letter(uint8_t byte) { return (uint8_t)((byte | 0x20) - 'a') < 26; }

/* Whether a text may be one of these words between blanks: true where that takes a closer look, as
 * for any that begins with such a word. */
static bool may_be_unsaid(const text *one) {
    const uint8_t *at = one->bytes, *end = at + one->length;
    while (at < end && (*at <= ' ' || *at >= 0x80 || *at == '\\'))
        at += *at != '\\' ? 1 : at[1] == 'u' ? 6 : 2; /* behind an escape, which is whole */
    for (int i = 0; i < UNSAID_COUNT && at < end; i++) {
        size_t length = UNSAID[i].length, left = (size_t)(end - at);
        if (left < length || memcmp(at, UNSAID[i].name, length)) continue;
        if (left == length || !is_letter(at[length])) return true;
    }
    return false;
}

/* Whether a text has a letter or a digit outside its escapes. */
static bool shows(const text *one) {
    const uint8_t *at = one->bytes, *end = at + one->length;
    while (at < end) {
        if (is_letter(*at) || (*at >= '0' && *at <= '9')) return true;
        at += *at != '\\' ? 1 : at[1] == 'u' ? 6 : 2;
    }
    return false;
}

/* Whether a text may be blank as it is meant: an escape is no letter of the text. */
static bool may_be_blank(const text *one, buffer *scratch) {
    if (!one->escaped) return text_may_be_blank(one);
    if (shows(one)) return false;
    scratch->length = 0;
    text_unescape(one, scratch);
    text meant = {.bytes = scratch->bytes, .length = scratch->length};
    return scratch->failed || text_may_be_blank(&meant);
}

bool row_says_something(const plain_row *row, buffer *scratch) {
    for (size_t i = 0; i < row->count; i++)
        if (may_be_blank(&row->texts[i], scratch) || may_be_unsaid(&row->texts[i])) return false;
    return true;
}

static bool add_message(plain_row *row, const text message[2]) {
    const text *role = &message[0];
    const known_key *known = role->length ? row_role(role->bytes[0]) : NULL;
    if (known == NULL || !text_is(role, known->name, known->length)) return false;
    row->roles[row->role_count++] = role->bytes[0];
    row->texts[row->count++] = message[1];
    return true;
}

static bool read_messages(json_walk *walk, plain_row *row) {
    if (!json_open(walk, '[')) return false;
    for (bool first = true;; first = false) {
        text message[2];
        json_step step = json_next_item(walk, first);
        if (step != JSON_ITEM) return step == JSON_CLOSED && row->count > 0;
        if (row->count == ROW_TEXTS || !read_two(walk, MESSAGE_KEYS, message)) return false;
        if (!add_message(row, message)) return false;
    }
}

static bool read_chat(json_walk *walk, plain_row *row) {
    static const char MESSAGES[] = "messages";
    text key;
    if (!json_open(walk, '{') || json_next_key(walk, &key, true) != JSON_ITEM) return false;
    return text_is(&key, MESSAGES, sizeof MESSAGES - 1) && read_messages(walk, row) &&
           json_next_key(walk, &key, false) == JSON_CLOSED;
}

bool row_read(int32_t form, const uint8_t *line, const uint8_t *end, plain_row *found) {
    json_walk walk = {.at = line, .end = end};
    found->count = found->role_count = 0;
    json_skip_space(&walk);
    if (form == SCAN_CHAT) {
        if (!read_chat(&walk, found)) return false;
    } else {
        if (!read_two(&walk, PAIR_KEYS, found->texts)) return false;
        found->count = 2;
    }
    json_skip_space(&walk);
    return walk.at == walk.end && !walk.rare;
}
