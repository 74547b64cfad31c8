/* MDS data sets. */
#include <sys/stat.h>

#include "check/check.h"
#include "shard/row.h"

static bool exists(const char *path) {
	struct stat st;
	return !stat(path, &st);
}

bool check_data_set(struct checks *c, const char *folder, struct error *e) {
	struct buffer path = {0};
	buffer_printf(&path, "%s/index.json", folder);
	bool good = check_file(c, buffer_string(&path), "mds-index.json", NULL, e) >= 0;
	buffer_clear(&path);
	buffer_printf(&path, "%s/meta.json", folder);
	if (good && exists(buffer_string(&path))) good = check_file(c, buffer_string(&path), "meta.json", NULL, e) >= 0;
	buffer_free(&path);
	struct error found = {0};
	struct mds_reader *r = good ? mds_reader_open(folder, &found) : NULL;
	if (good && (!r || !mds_reader_verify(r, &found))) {
		check_problem(c, "%s", found.message);
		mds_reader_close(r);
		return true;
	}
	if (r) mds_reader_close(r);
	/* row_source checks the arrays of each row */
	struct row_source *rows = good ? row_source_open(folder, &found) : NULL;
	struct token_row row;
	int state = rows ? 1 : -1;
	while (state == 1) state = row_source_next(rows, &row, &found);
	if (good && state < 0) check_problem(c, "%s", found.message);
	if (rows) row_source_close(rows);
	return good;
}
