/* functions: what Spectrum's SQL has beside SQLite's own functions. See sql/README.md for the list that users read. */
#ifndef SPECTRUM_SQL_FUNCTIONS_H
#define SPECTRUM_SQL_FUNCTIONS_H

#include <sqlite3.h>

#include "base/error.h"
#include "base/text.h"

struct function_context {
	uint64_t seed;      /* mixed into rand, draws, picks, shuffled */
	struct text source; /* the source's id, mixed in too; must outlive the connection */
	bool planning;      /* series, draws, picks, regex_split give no rows: the script is only looked at for what it needs */
};

/* Registers all scalar functions and table-valued functions on `db`. `context` must outlive the connection. */
bool functions_register(sqlite3 *db, const struct function_context *context, struct error *e);

#endif
