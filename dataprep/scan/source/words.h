/* The words of texts as hashes: what near copies are told by.
 *
 * `dataprep/near/words.py` says what a word is and finds the same ones by Polars and numpy; a test
 * holds the two together for every code point.
 */
#ifndef DATAPREP_WORDS_H
#define DATAPREP_WORDS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    WORD_LETTER = 1, /* makes a word with those beside it */
    WORD_ALONE = 2   /* is a word, unless one has begun that it can go on with */
};

/* Code points of one kind; WORD_RANGES are sorted, and what is in none stands between words. */
typedef struct {
    uint32_t first, last;
    uint8_t kind;
} word_range;

extern const word_range WORD_RANGES[];
extern const int WORD_RANGE_COUNT;

/* A walk through a text, beyond ASCII in lower case. */
typedef struct {
    const uint8_t *at, *end;
    const word_range *last; /* where the last code point beyond ASCII was found; NULL at first */
} word_walk;

/* To the next word; false where there is none. */
bool words_next(word_walk *walk, uint64_t *word);

/* Whether a text may hold capitals beyond ASCII; true where that takes a closer look. */
bool words_may_have_capitals(const uint8_t *at, const uint8_t *end);

#endif
