/* The fields of an object whose keys are known, and values of the types that Label Studio writes.
 *
 * The functions return false for what is no JSON, and set `rare` for a value of another type.
 */
#ifndef DATAPREP_FIELDS_H
#define DATAPREP_FIELDS_H

#include "json.h"

enum { FIELD_DIGITS = 18 }; /* of a whole number that is told by its digits */

/* The keys of an object by their usual order, which makes the next one the best guess. */
typedef struct {
    const char *name;
    size_t length;
} known_key;

typedef struct {
    const known_key *keys;
    int count, guess;
    uint32_t seen; /* a bit for each key */
} key_table;

#define KEY(word) {word, sizeof(word) - 1}
#define FIELD_TABLE(keys) {keys, (int)(sizeof(keys) / sizeof *(keys)), 0, 0}

/* The number of a key; -1, and rare, for one that is not known or stands there twice. */
int field_number(json_walk *walk, key_table *table, const text *key);

/* Reads over a value that takes the object path to judge. */
bool field_skip_rare(json_walk *walk);
bool field_is_number(const json_walk *walk);
/* A text without an escape. */
bool field_read_text(json_walk *walk, text *found);
/* The digits of a whole number, which are its text in Python too. */
bool field_read_digits(json_walk *walk, text *found);
/* What such digits come to: 64 bits hold FIELD_DIGITS of them. */
int64_t field_whole(const text *digits);
/* A text, or a whole number of any size. */
bool field_skip_text_or_whole(json_walk *walk);
bool field_skip_number_or_null(json_walk *walk);
/* A truth value; null is false. */
bool field_read_flag(json_walk *walk, bool *found);

#endif
