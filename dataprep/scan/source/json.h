/* JSON as RFC 8259 has it, walked once, with nothing built.
 *
 * A function that returns false, or JSON_BROKEN, has met what is no JSON: the walk ends. What is
 * JSON and may yet be refused by `dataprep.jsonio`, or may be spelled in two ways, sets `rare`.
 */
#ifndef DATAPREP_JSON_H
#define DATAPREP_JSON_H

#include "text.h"

enum {
    JSON_DEEPEST = 60,   /* levels beyond which a task is rare; jsonio refuses them beyond 64 */
    JSON_ENDLESS = 200,  /* levels beyond which no walk goes: it calls itself */
    JSON_KEYS = 256,     /* keys of open objects that are told apart */
    JSON_LONGEST = 300   /* characters of a number that is finite for certain */
};

typedef struct {
    const uint8_t *at, *end;
    bool rare;
    int depth;
    text *keys;   /* JSON_KEYS of them: the keys of the objects that are open, the inner ones last */
    size_t known; /* how many of them there are */
} json_walk;

typedef enum { JSON_CLOSED, JSON_ITEM, JSON_BROKEN } json_step;

typedef struct {
    const uint8_t *bytes;
    size_t length;
    bool whole; /* neither a fraction nor an exponent */
    bool exponent;
} json_number;

void json_skip_space(json_walk *walk);
/* The byte at which the walk stands; 0 at the end. */
uint8_t json_peek(const json_walk *walk);
bool json_open(json_walk *walk, uint8_t bracket);
/* To the next key of an object, and behind its colon; or behind the object. */
json_step json_next_key(json_walk *walk, text *key, bool first);
/* To the next item of a list; or behind the list. */
json_step json_next_item(json_walk *walk, bool first);
bool json_read_text(json_walk *walk, text *found);
bool json_read_number(json_walk *walk, json_number *found);
bool json_read_word(json_walk *walk);
/* Any value, read over; keys that stand twice make it rare. */
bool json_skip_value(json_walk *walk);
/* Remembers a key of an object whose keys begin at `from`; one that stands there twice is rare. */
void json_know_key(json_walk *walk, const text *key, size_t from);
/* A walk that stands at the value of a key, in an object that was read over; false if there is
 * none. What `walk` knows stays as it is. */
bool json_member(const json_walk *walk, const uint8_t *object, const char *key, json_walk *inside);

#endif
