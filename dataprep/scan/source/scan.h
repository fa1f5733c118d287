/* What is compiled: the readers of Label Studio exports and of plain rows, and the signatures of
 * texts.
 *
 * A plan says what is learned. `scan_tasks` walks the tasks of some bytes once, as strictly as
 * `dataprep.jsonio` reads JSON. A task that leaves nothing to judge becomes a row of columns; any
 * other is handed back as "rare", by its place in the bytes, for the object path to read.
 *
 * No state outlives a call but in what a call returns, so threads may scan side by side. Nothing is
 * read beyond the bytes that are given, and they are not written to. Whoever gets a pointer gives
 * it back to the function that frees it.
 */
#ifndef DATAPREP_SCAN_H
#define DATAPREP_SCAN_H

#include <stdint.h>

#if defined(_WIN32)
#define SCAN_API __declspec(dllexport)
#else
#define SCAN_API __attribute__((visibility("default")))
#endif

/* Counted up with every change of this file, or of what a column holds. */
#define SCAN_VERSION 5

/* What a call came to. */
enum { SCAN_DONE = 0, SCAN_NOT_TASKS = 1, SCAN_NO_MEMORY = 2, SCAN_NOT_GIVEN = 3 };

/* What is added to a plan: two texts, of which most need the first alone. */
enum {
    SCAN_CONTROL = 0,   /* the name of the control that is part of the ids of examples */
    SCAN_FIELD = 1,     /* the field of the data that holds the text */
    SCAN_LABEL = 2,     /* a label of the control that was added last, and its place in the config in
                         * digits; in the order of their bytes; none: any text is one */
    SCAN_ALLOWED = 3,   /* a control, and an object that it may answer */
    SCAN_PIECE = 4,     /* text of the prompt as it stands */
    SCAN_TEXT = 5,      /* the place of the text in the prompt */
    SCAN_ANSWER = 6,    /* the place of the answer in the prompt */
    SCAN_WHOLE = 7,     /* no other controls are allowed than those that were added */
    SCAN_VOTING = 8,    /* several annotators who agree give one example */
    SCAN_LEARNED = 9,   /* a control that is learned, in the order of the config, and what its values
                         * are: choice, choices, free, text, rating, number or spans */
    SCAN_BOUNDS = 10,   /* least and greatest number of that control, in digits; empty for none */
    SCAN_REQUIRED = 11, /* a control that every annotation has to answer, learned or not */
    SCAN_TOGETHER = 12, /* an answer is an object of JSON with a key a control */
    SCAN_JOINT = 13     /* what stands between several labels */
};

/* The columns: texts up to SCAN_UNIQUE_ID, whole numbers from SCAN_LENGTH on. */
enum {
    SCAN_ID = 0,          /* of the example: 16 hexadecimal digits of BLAKE2b */
    SCAN_TASK = 1,        /* the id of the task, in digits */
    SCAN_ANNOTATIONS = 2, /* JSON list of the unique ids, in order of time */
    SCAN_ANNOTATORS = 3,  /* JSON list of who made them, in the same order */
    SCAN_INPUT = 4,       /* the prompt */
    SCAN_OUTPUT = 5,      /* the answer */
    SCAN_DATA = 6,        /* canonical JSON of the data with what was answered */
    SCAN_UNIQUE_ID = 7,   /* one row an annotation, in the order of the file */
    SCAN_LENGTH = 8,      /* characters of prompt, answer and data together */
    SCAN_ANNOTATED = 9,   /* how many annotations the example is made of */
    SCAN_TASK_OF = 10,    /* beside SCAN_UNIQUE_ID: the id of the task */
    SCAN_RARE = 11,       /* the number of a rare task among all, from 0 */
    SCAN_RARE_START = 12, /* its first byte */
    SCAN_RARE_END = 13,   /* the byte behind its last */
    SCAN_REGIONS = 14,    /* beside SCAN_LENGTH: labels of spans in the answer */
    SCAN_MARKED = 15,     /* results of annotations that mark a span */
    SCAN_CHOICES = 16,    /* choices in the answer, of controls that take several */
    SCAN_ANSWERS = 17,    /* other values in the answer */
    SCAN_COLUMNS = 18
};

typedef struct scan_plan scan_plan;
typedef struct scan_found scan_found;
struct ArrowArray;
struct ArrowSchema;

SCAN_API int32_t scan_version(void);

/* A plan without anything in it; NULL where there is no memory. */
SCAN_API scan_plan *scan_plan_new(void);

/* Adds to a plan, which keeps copies; anything but SCAN_DONE means that it cannot be used. */
SCAN_API int32_t scan_plan_add(scan_plan *plan, int32_t what, const uint8_t *first,
                               int64_t first_size, const uint8_t *second, int64_t second_size);

SCAN_API void scan_plan_free(scan_plan *plan);

/* Walks tasks with commas between them. NULL where there is no memory; whoever calls asks
 * `scan_outcome` before anything else. */
SCAN_API scan_found *scan_tasks(const scan_plan *plan, const uint8_t *bytes, int64_t size);

/* SCAN_NOT_TASKS: the bytes are not as many JSON values with commas between them. */
SCAN_API int32_t scan_outcome(const scan_found *found);

/* Gives a column away through Arrow's C data interface, once; the array frees it. */
SCAN_API int32_t scan_take(scan_found *found, int32_t column, struct ArrowArray *array,
                           struct ArrowSchema *schema);

SCAN_API void scan_free(scan_found *found);

/* What the rows of a file are: conversations, `{"messages": [{"role": ..., "content": ...}, ...]}`,
 * or pairs, `{"prompt": ..., "completion": ...}`. */
enum { SCAN_CHAT = 0, SCAN_PAIR = 1 };

/* The columns of rows. All are texts but the first; each has one a row but SCAN_CONTENT. */
enum {
    SCAN_ROW = 0,      /* the number of the line, from 0 */
    SCAN_ROLES = 1,    /* the first letters of the roles, one a message; of a pair none */
    SCAN_CONTENT = 2,  /* one a text, row by row: as many as there are roles, of a pair two */
    SCAN_ASKED = 3,    /* role and text of each message but the last, with 0x1E between them */
    SCAN_BEFORE = 4,   /* those texts alone, with line breaks between them */
    SCAN_ROW_COLUMNS = 5
};

/* Reads lines as such rows. Line i ends where ends[i] says and the next begins. One that is a row of
 * texts and nothing else, of which each says something, with fewer than `most` characters in
 * SCAN_ASKED and the last text, is put into columns; no others are. NULL and `scan_outcome` as for
 * `scan_tasks`; SCAN_NOT_GIVEN: the lines do not lie within `size` bytes. */
SCAN_API scan_found *scan_rows(int32_t form, const uint8_t *bytes, int64_t size,
                               const int64_t *ends, int64_t count, int64_t most);

/* Of a signature: its values, and the words of a run. */
enum { SCAN_HASHES = 128, SCAN_RUN = 3 };

/* The words of texts in their order, as hashes, each with the number of its text. The texts are
 * UTF-8, beyond ASCII in lower case; text i ends where ends[i] says and the next begins. There is
 * room in `rows` and `words` for as many as there are bytes. Returns how many words there were;
 * -1 for texts that do not lie within `size` bytes. */
SCAN_API int64_t scan_words(const uint8_t *bytes, int64_t size, const int64_t *ends, int64_t count,
                            uint32_t *rows, uint64_t *words);

/* The numbers of texts, as above, that may hold capitals beyond ASCII: these must be put into lower
 * case first. There is room for `count`. Returns how many there are; -1 as above. */
SCAN_API int64_t scan_capitals(const uint8_t *bytes, int64_t size, const int64_t *ends,
                               int64_t count, uint32_t *rows);

/* Signs such texts. A run is the sum of SCAN_RUN words, each times its own of `of_words`; a value is
 * the least product of the upper half of any run of the text and one of the SCAN_HASHES numbers of
 * `of_values`, as far as 32 bits hold it. Runs in `common`, which is sorted, do not count, and a
 * text with fewer than `fewest` different ones (at most 16) has no signature. There is room for
 * `count` rows, and SCAN_HASHES values each. Returns how many have one; -1 as above. */
SCAN_API int64_t scan_sign(const uint8_t *bytes, int64_t size, const int64_t *ends, int64_t count,
                           const uint64_t *common, int64_t common_count, const uint64_t *of_words,
                           const uint32_t *of_values, int32_t fewest, uint32_t *rows,
                           uint32_t *values);

#endif
