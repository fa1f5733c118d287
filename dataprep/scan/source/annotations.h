/* One annotation of a task, and the values that it gives. */
#ifndef DATAPREP_ANNOTATIONS_H
#define DATAPREP_ANNOTATIONS_H

#include "json.h"
#include "values.h"

/* The texts are without an escape, and mean what stands there. */
typedef struct {
    text key, annotator, created;
    bool truth, curated;
    size_t first, count; /* its values, in the list of those of its task */
    size_t marked;       /* its results that mark a span */
    uint32_t answered;   /* a bit for each control that is learned and that it answers */
    uint32_t required;   /* a bit for each that it has to answer, and does */
} annotation;

/* Reads the value at which the walk stands; false: no JSON. Rare is all but an annotation with a
 * key, an annotator, some value, all that are required, and nothing that the labeling config does
 * not allow. */
bool annotation_read(const scan_plan *plan, json_walk *walk, annotation *found, value_list *values);

#endif
