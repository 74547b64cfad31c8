/* parquet_record: the values of a top-level column put together from its leaves: nested ones become JSON. */
#ifndef SPECTRUM_PARQUET_RECORD_H
#define SPECTRUM_PARQUET_RECORD_H

#include "read/parquet_column.h"

struct parquet_record {
	const struct parquet_node *nodes; /* of the whole schema */
	struct parquet_column *leaves;    /* by leaf; started for all leaves below the column */
	struct buffer *json;
};

/* The column's cell in the next row; JSON is written to r->json (cleared first). The cell is valid until the next call for this column. */
bool parquet_record_next(struct parquet_record *r, size_t node, struct cell *cell, struct error *e);

#endif
