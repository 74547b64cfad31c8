/* sav_file: SPSS system files (.sav, .zsav) through ReadStat: what the file says of its variables, and its rows one after the other.
 *
 * ReadStat calls back for every value, so the rows are read by a thread that waits while two batches of rows are not taken yet: memory is bounded by
 * these, whatever the size of the file. */
#ifndef SPECTRUM_SAV_FILE_H
#define SPECTRUM_SAV_FILE_H

#include "base/arena.h"
#include "read/reader.h"

/* Declared missing: from low to high; of text the one value in `text`. Ends may be infinite. */
struct sav_missing {
	double low, high;
	struct text text;
};

struct sav_variable {
	struct text name, label, format; /* data NULL: none */
	const char *measure;             /* "nominal", "ordinal", "scale"; NULL: not said */
	bool is_text, whole;             /* whole: its format has no decimals */
	struct text label_set;
	struct sav_missing *missing;
	size_t missing_count;
};

struct sav_label {
	struct text set;
	bool is_text;
	double number;
	struct text text, label;
};

struct sav_file {
	const char *path;     /* for messages; borrowed */
	const char *encoding; /* NULL: as the file says */
	int fd;
	struct arena memory;
	struct sav_variable *variables;
	size_t variable_count, variable_room;
	struct sav_label *labels; /* in the order of the file */
	size_t label_count, label_room;
};

/* Reads the head of the file. Takes `fd` over, also on failure. `f` must be freed in any case. */
bool sav_file_open(struct sav_file *f, int fd, const char *path, const char *encoding, struct error *e);
void sav_file_free(struct sav_file *f);

/* A number as a cell: an integer when the variable has no decimals and the value is one; NULL when it is system-missing. */
struct cell sav_number(const struct sav_variable *v, double value);

/* Whether a value (`text` when the variable is one of texts) is declared missing. */
bool sav_is_missing(const struct sav_variable *v, double number, struct text text);

struct sav_rows;

/* Starts reading rows of `count` cells: cell i of a row is of variable place[i] (NULL cells where that is SIZE_MAX). */
struct sav_rows *sav_rows_start(const struct sav_file *f, const size_t *place, size_t count);

/* 1 = the cells of the next row, valid until the next call; 0 = end, -1 = failure. */
int sav_rows_next(struct sav_rows *r, const struct cell **cells, struct error *e);

void sav_rows_stop(struct sav_rows *r);

#endif
