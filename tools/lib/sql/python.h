/* python: literals as Python prints them (repr), to JSON. */
#ifndef SPECTRUM_SQL_PYTHON_H
#define SPECTRUM_SQL_PYTHON_H

#include "base/buffer.h"
#include "base/error.h"

/* Adds the compact JSON of a Python literal: str (any quotes, prefixes u and r, neighbours joined), int, float, True, False, None, list, tuple, set
 * and dict, at most 200 deep. Tuples and sets become arrays; nan and inf become null; keys that are not texts become the text that json.dumps makes
 * of them. The error says the byte offset and what was expected. */
bool python_to_json(struct text t, struct buffer *out, struct error *e);

#endif
