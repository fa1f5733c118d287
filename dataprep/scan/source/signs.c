/* Signatures of texts: the least values of their runs of words under many hashes. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "scan.h"
#include "words.h"

#if (defined(__GNUC__) || defined(__clang__)) && defined(__x86_64__)
#include <cpuid.h>
#define WITH_AVX2 1
#else
#define WITH_AVX2 0
#endif

#if defined(__GNUC__) || defined(__clang__)
#define ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define ALWAYS_INLINE inline
#endif

enum { FEWEST = 16 }; /* runs that are told apart at most */

/* The runs of a text so far: some of them, all different, and the least values of all. */
typedef struct {
    uint64_t different[FEWEST];
    int count;
    uint32_t least[SCAN_HASHES];
} signature;

typedef void lowering(uint32_t *least, uint32_t run, const uint32_t *odd);

typedef struct {
    const uint64_t *common; /* sorted: runs that do not count */
    int64_t common_count;
    const uint64_t *of_words; /* what words and runs are multiplied by */
    const uint32_t *of_values;
    int fewest;
    lowering *lower;
} signing;

static bool is_common(const signing *how, uint64_t run) {
    int64_t low = 0, high = how->common_count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (how->common[middle] < run)
            low = middle + 1;
        else
            high = middle;
    }
    return low < how->common_count && how->common[low] == run;
}

static void tell_apart(signature *of, uint64_t run, int fewest) {
    if (of->count == fewest) return;
    for (int i = 0; i < of->count; i++)
        if (of->different[i] == run) return;
    of->different[of->count++] = run;
}

/* Keeps the least values of what came before and of half of a run, which is enough. */
static ALWAYS_INLINE void lower(uint32_t *least, uint32_t run, const uint32_t *odd) {
    for (int i = 0; i < SCAN_HASHES; i++) {
        uint32_t value = run * odd[i];
        least[i] = value < least[i] ? value : least[i];
    }
}

static void lower_anywhere(uint32_t *least, uint32_t run, const uint32_t *odd) {
    lower(least, run, odd);
}

#if WITH_AVX2
/* The same, for eight numbers at a time: most of the time would go here. */
__attribute__((target("avx2"))) static void lower_by_avx2(uint32_t *least, uint32_t run,
                                                          const uint32_t *odd) {
    lower(least, run, odd);
}

/* Whether processor and system both know AVX2. */
static bool has_avx2(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !(c & bit_AVX)) return false;
    __asm__("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
    if ((a & 6) != 6) return false; /* the system does not keep the wide registers */
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_AVX2;
}
#endif

static lowering *lowering_here(void) {
#if WITH_AVX2
    if (has_avx2()) return lower_by_avx2;
#endif
    return lower_anywhere;
}

static bool sign(const signing *how, const uint8_t *at, const uint8_t *end, signature *of) {
    word_walk walk = {at, end, NULL};
    uint64_t words[SCAN_RUN];
    int held = 0;
    of->count = 0;
    memset(of->least, 0xff, sizeof of->least);
    while (words_next(&walk, &words[held])) {
        if (++held < SCAN_RUN) continue;
        uint64_t run = 0;
        for (int i = 0; i < SCAN_RUN; i++) run += words[i] * how->of_words[i];
        memmove(words, words + 1, (SCAN_RUN - 1) * sizeof *words);
        held--;
        if (is_common(how, run)) continue;
        tell_apart(of, run, how->fewest);
        how->lower(of->least, (uint32_t)(run >> 32), how->of_values);
    }
    return of->count == how->fewest;
}

/* Whether texts lie behind one another in so many bytes. */
static bool are_texts(const int64_t *ends, int64_t count, int64_t size) {
    int64_t before = 0;
    for (int64_t i = 0; i < count; before = ends[i++])
        if (ends[i] < before || ends[i] > size) return false;
    return true;
}

int64_t scan_words(const uint8_t *bytes, int64_t size, const int64_t *ends, int64_t count,
                   uint32_t *rows, uint64_t *words) {
    if (!are_texts(ends, count, size)) return -1;
    int64_t found = 0;
    for (int64_t i = 0; i < count; i++) {
        word_walk walk = {bytes + (i ? ends[i - 1] : 0), bytes + ends[i], NULL};
        while (words_next(&walk, &words[found])) rows[found++] = (uint32_t)i;
    }
    return found;
}

int64_t scan_capitals(const uint8_t *bytes, int64_t size, const int64_t *ends, int64_t count,
                      uint32_t *rows) {
    if (!are_texts(ends, count, size)) return -1;
    int64_t found = 0;
    for (int64_t i = 0; i < count; i++)
        if (words_may_have_capitals(bytes + (i ? ends[i - 1] : 0), bytes + ends[i]))
            rows[found++] = (uint32_t)i;
    return found;
}

int64_t scan_sign(const uint8_t *bytes, int64_t size, const int64_t *ends, int64_t count,
                  const uint64_t *common, int64_t common_count, const uint64_t *of_words,
                  const uint32_t *of_values, int32_t fewest, uint32_t *rows, uint32_t *values) {
    if (fewest < 1 || fewest > FEWEST || !are_texts(ends, count, size)) return -1;
    signing how = {common, common_count, of_words, of_values, fewest, lowering_here()};
    int64_t found = 0;
    for (int64_t i = 0; i < count; i++) {
        signature of;
        if (!sign(&how, bytes + (i ? ends[i - 1] : 0), bytes + ends[i], &of)) continue;
        rows[found] = (uint32_t)i;
        memcpy(values + found++ * SCAN_HASHES, of.least, sizeof of.least);
    }
    return found;
}
