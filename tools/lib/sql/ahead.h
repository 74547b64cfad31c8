/* ahead: a scan whose files are parsed on a thread of its own, some batches ahead of the rows given. Internal to the floor `sql`. */
#ifndef SPECTRUM_SQL_AHEAD_H
#define SPECTRUM_SQL_AHEAD_H

#include "sql/scan.h"

struct ahead;

/* As scan_open; `*rows` counts by batches, and is exact when the scan has ended. */
struct ahead *ahead_open(const struct table_spec *spec, const bool *wanted, uint64_t *rows);

/* As scan_next. */
int ahead_next(struct ahead *a, const struct cell **cells, struct error *e);

const struct scan_layout *ahead_columns(const struct ahead *a);
void ahead_close(struct ahead *a);

#endif
