/* parquet_file: the footer of a Parquet file: the schema as a tree and, one after the other, the row groups. */
#ifndef SPECTRUM_PARQUET_FILE_H
#define SPECTRUM_PARQUET_FILE_H

#include "base/buffer.h"
#include "base/error.h"
#include "read/thrift.h"

/* Numbers of these are those of the format. */
enum parquet_physical {
	PHYSICAL_BOOLEAN,
	PHYSICAL_INT32,
	PHYSICAL_INT64,
	PHYSICAL_INT96,
	PHYSICAL_FLOAT,
	PHYSICAL_DOUBLE,
	PHYSICAL_BYTES,
	PHYSICAL_FIXED
};
enum parquet_repetition { REQUIRED, OPTIONAL, REPEATED };

/* What a node is to a reader. */
enum parquet_shape { SHAPE_LEAF, SHAPE_STRUCT, SHAPE_LIST, SHAPE_MAP };

/* What the values of a leaf mean. */
enum parquet_meaning {
	MEANING_NONE, /* as the physical type says; bytes: text when they are UTF-8 */
	MEANING_UNSIGNED,
	MEANING_TEXT,
	MEANING_BINARY,
	MEANING_DECIMAL,
	MEANING_DATE,
	MEANING_TIME,
	MEANING_TIMESTAMP,
	MEANING_INTERVAL,
	MEANING_UUID,
	MEANING_HALF,
	MEANING_NULL
};

/* The schema in the order of the file: the root, and behind each group its children. */
struct parquet_node {
	struct text name;
	enum parquet_repetition repetition;
	enum parquet_shape shape;
	uint8_t defined, repeated; /* definition and repetition level at which it is there */
	size_t end;                /* index of the node behind its subtree */
	size_t leaf;               /* of a leaf its number, of a group that of its first leaf */
	size_t element;            /* of a LIST: the node that is an element: the repeated node or its only child */
	const char *unknown;       /* a feature that is not read, NULL: none; an error only where the column is needed */
	enum parquet_physical physical;
	enum parquet_meaning meaning;
	uint32_t width; /* bytes of a FIXED value; bits of an unsigned integer */
	uint32_t scale; /* digits behind the point: of a decimal, or of the seconds of a time */
	bool utc;
};

/* A column of a row group. */
struct parquet_chunk {
	bool present;
	enum parquet_physical physical;
	int64_t codec;
	uint64_t entries; /* values, nulls included */
	uint64_t start, size;
	const char *unknown; /* as above */
};

struct parquet_file {
	const char *path; /* for messages; borrowed */
	int fd;
	uint64_t data_end; /* where the footer starts */
	char *footer;
	struct parquet_node *nodes;
	size_t node_count, leaf_count;
	struct thrift groups; /* at the next row group */
	size_t groups_left;
	uint64_t group_rows;          /* of the present row group */
	struct parquet_chunk *chunks; /* of the present row group, by leaf */
};

/* Reads and checks the footer. Takes `fd` over, also on failure. `f` must be freed in any case. */
bool parquet_file_open(struct parquet_file *f, int fd, const char *path, struct error *e);

/* Goes to the next row group: 1, 0 = there is none, -1 = failure. */
int parquet_file_next(struct parquet_file *f, struct error *e);

void parquet_file_free(struct parquet_file *f);

/* Exactly `size` bytes from `at`, which the caller has checked to be inside the file. */
bool parquet_file_load(const struct parquet_file *f, uint64_t at, void *out, size_t size, struct error *e);

/* parquet_schema.c: the nodes from the schema elements, whose list `t` has entered. */
bool parquet_schema_read(struct parquet_file *f, struct thrift *t, size_t count, struct error *e);

#endif
