/* spool: files that a reader must be able to jump in. */
#ifndef SPECTRUM_SPOOL_H
#define SPECTRUM_SPOOL_H

#include "base/error.h"

/* A descriptor of `path` that can be read at any place. A regular file that starts with `magic` is opened as it is; standard input ("-"), compressed files and
 * members of archives are first written to a temporary file without a name (in $TMPDIR, else /tmp). -1 on failure. */
int spool_open(const char *path, const char *magic, struct error *e);

#endif
