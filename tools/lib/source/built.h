/* built: what the last `make suite` recorded of a source, in OUT/state. */
#ifndef SPECTRUM_BUILT_H
#define SPECTRUM_BUILT_H

#include <cjson/cJSON.h>

#include "source/manifest.h"

/* OUT/state/STAGE/ID.json, a JSON value or JSON Lines, as one array, to be freed with cJSON_Delete; NULL when there is none. */
cJSON *built_load(const char *out, const char *stage, const char *id);

/* Whether OUT/state has STAGE/ID. */
bool built_noted(const char *out, const char *stage, const char *id);

/* Members that are missing or of another type: 0, "". */
double built_number(const cJSON *object, const char *key);
const char *built_string(const cJSON *object, const char *key);

/* Whether an entry of what built_load gave for stage "adapt" says that its task was built. */
bool built_is(const cJSON *entry);

/* The entry of this task (of this part of it) in what built_load gave for stage "adapt" (may be NULL); NULL when there is none or it could not be built. */
const cJSON *built_task(const cJSON *adapted, const struct source_task *task);

#endif
