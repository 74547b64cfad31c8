/* fold: Unicode case folding. */
#ifndef SPECTRUM_SQL_FOLD_H
#define SPECTRUM_SQL_FOLD_H

#include "base/buffer.h"

/* Adds `t` folded for comparison without regard to case: the full folding (statuses C and F) of Unicode 14's CaseFolding.txt, what Python's
 * str.casefold gives ("Straße" → "strasse"). Bytes that are not UTF-8 are copied. */
void fold_add(struct buffer *b, struct text t);

#endif
