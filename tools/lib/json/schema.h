/* schema: checks JSON texts against a JSON Schema (draft 2020-12).
 *
 * It implements exactly the keywords that the schemas of this repository use; schema_open refuses any other one, so that nothing is ever
 * taken for checked that was not: $ref (to #/$defs/… of the same file), $defs, type, enum, const (of texts, numbers, booleans, null), properties,
 * required, additionalProperties, items, minItems, minimum, maximum, exclusiveMinimum, minLength, pattern, anyOf, oneOf; and the annotations
 * $schema, $id, title, description, examples. */
#ifndef SPECTRUM_SCHEMA_H
#define SPECTRUM_SCHEMA_H

#include "json/json.h"

struct schema;

/* Reads a schema file. NULL and `*e` when it is not one, or uses a keyword that is not implemented. */
struct schema *schema_open(const char *path, struct error *e);
/* The same for a text; `name` is for messages. */
struct schema *schema_parse(const char *text, const char *name, struct error *e);
void schema_close(struct schema *s);

/* Whether a checked value fits. `definition`: a name under $defs that it must fit instead of the whole schema; NULL = the whole. The error says where
 * in the value (a JSON Pointer) and what should stand there. Numbers count as integer when they are whole, as the standard says. Not for
 * use by several threads at once. */
bool schema_check(struct schema *s, const char *definition, struct json_value value, struct error *e);

#endif
