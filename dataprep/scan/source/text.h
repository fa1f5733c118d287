/* Texts: pieces of UTF-8, as they stand in JSON or as they are meant. */
#ifndef DATAPREP_TEXT_H
#define DATAPREP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

typedef struct {
    const uint8_t *bytes;
    size_t length;
    bool escaped;   /* holds backslashes: means another text than stands there */
    bool respelled; /* holds an escape that canonical JSON spells otherwise */
    bool ascii;
} text;

bool text_same(const text *one, const text *other);
bool text_is(const text *one, const char *word, size_t length);
/* Below, at, above 0 as the code points order them, which is how the bytes of UTF-8 do. */
int text_order(const text *one, const text *other);
size_t text_characters(const uint8_t *bytes, size_t length);
bool text_is_utf8(const uint8_t *at, const uint8_t *end);
/* Whether a text may be nothing but white space; true where that takes a closer look. */
bool text_may_be_blank(const text *one);
/* Whether a text may be the address of what was shown: one word of ASCII with a slash in it. */
bool text_may_be_address(const text *one);
/* Whether a text may begin or end with white space. */
bool text_may_end_blank(const text *one);
/* Whether two texts are alike but for white space, and for line breaks that are written as a
 * backslash and an n; false where that takes a closer look. */
bool text_alike(const text *one, const text *other);
/* Puts what a text of JSON means behind `to`. */
void text_unescape(const text *one, buffer *to);
/* Puts a text as canonical JSON spells it, without its quotes. */
void text_escape(const uint8_t *bytes, size_t length, buffer *to);

#endif
