/* One annotation of a task, and the one label that it gives. */
#ifndef DATAPREP_ANNOTATIONS_H
#define DATAPREP_ANNOTATIONS_H

#include "json.h"
#include "plan.h"

/* Texts without an escape, which mean what stands there. */
typedef struct {
    text key, annotator, created, label;
    bool truth;
} annotation;

/* Reads the value at which the walk stands; false: no JSON. Rare is all but an annotation with a
 * key, an annotator, one label, and nothing that the labeling config does not allow. */
bool annotation_read(const scan_plan *plan, json_walk *walk, annotation *found);

#endif
