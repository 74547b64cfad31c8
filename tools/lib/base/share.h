/* share: where the data files that belong to the programs lie: sources, formats, schemas. */
#ifndef SPECTRUM_SHARE_H
#define SPECTRUM_SHARE_H

#include "base/buffer.h"

enum share { SHARE_SOURCES, SHARE_FORMATS, SHARE_SCHEMAS };

/* The folders in which files of this kind are looked for, first one first, each with a NUL behind it, added to `all`; returns how many:
 * those of the environment variable (SPECTRUM_SOURCES, SPECTRUM_FORMATS, SPECTRUM_SCHEMAS: DIR:DIR), the one of a checkout in the current
 * folder (./sources, ./tools/formats, ./schemas), the installed one (share/spectrum/… beside the program's bin) and the one of the
 * checkout that the program was built in. */
size_t share_folders(enum share kind, struct buffer *all);

/* The first FOLDER/NAME that exists, in `path` (cleared first); NULL when there is none. */
const char *share_find(enum share kind, const char *name, struct buffer *path);

#endif
