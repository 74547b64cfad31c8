#include "read/parquet_file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

enum { TAIL = 8, FOOTER_LIMIT = 256 << 20 };

bool parquet_file_load(const struct parquet_file *f, uint64_t at, void *out, size_t size, struct error *e) {
	char *to = out;
	while (size) {
		ssize_t got = pread(f->fd, to, size, (off_t)at);
		if (got < 0) return error_system(e, "%s: cannot read", f->path);
		if (got == 0) return error_set(e, STATUS_DATA, "%s: the file ended while it was read", f->path);
		to += got;
		at += (uint64_t)got;
		size -= (size_t)got;
	}
	return true;
}

static bool bad_footer(const struct parquet_file *f, struct error *e) {
	return error_set(e, STATUS_DATA, "%s: the footer is damaged; fetch the file again", f->path);
}

static bool load_footer(struct parquet_file *f, struct thrift *t, struct error *e) {
	struct stat st;
	uint8_t head[4], tail[TAIL];
	if (fstat(f->fd, &st)) return error_system(e, "%s", f->path);
	uint64_t size = (uint64_t)st.st_size;
	if (size < sizeof head + TAIL) return error_set(e, STATUS_DATA, "%s: too short for a Parquet file", f->path);
	if (!parquet_file_load(f, 0, head, sizeof head, e) || !parquet_file_load(f, size - TAIL, tail, TAIL, e)) return false;
	if (!memcmp(tail + 4, "PARE", 4))
		return error_set(e, STATUS_DATA, "%s: the file is encrypted, which is not read; decrypt it first", f->path);
	if (memcmp(head, "PAR1", 4) || memcmp(tail + 4, "PAR1", 4))
		return error_set(e, STATUS_DATA, "%s: not a Parquet file, or cut (it should start and end with PAR1)", f->path);
	uint32_t length = (uint32_t)tail[0] | (uint32_t)tail[1] << 8 | (uint32_t)tail[2] << 16 | (uint32_t)tail[3] << 24;
	if (length > size - sizeof head - TAIL || length > FOOTER_LIMIT) return bad_footer(f, e);
	f->data_end = size - TAIL - length;
	f->footer = memory_allocate(length);
	*t = (struct thrift){.at = (const uint8_t *)f->footer, .end = (const uint8_t *)f->footer + length};
	return parquet_file_load(f, f->data_end, f->footer, length, e);
}

bool parquet_file_open(struct parquet_file *f, int fd, const char *path, struct error *e) {
	*f = (struct parquet_file){.fd = fd, .path = path};
	struct thrift t;
	if (!load_footer(f, &t, e)) return false;
	struct thrift_field field = {0};
	while (thrift_next(&t, &field)) {
		if (field.id == 2 && !f->nodes) {
			size_t count = thrift_list(&t, field, THRIFT_STRUCT);
			if (!t.bad && !parquet_schema_read(f, &t, count, e)) return false;
		} else if (field.id == 4) {
			f->groups_left = thrift_list(&t, field, THRIFT_STRUCT);
			f->groups = t;
			for (size_t i = 0; i < f->groups_left && !t.bad; i++) thrift_skip_struct(&t);
		} else {
			thrift_skip(&t, field);
		}
	}
	if (t.bad) return bad_footer(f, e);
	if (!f->nodes) return error_set(e, STATUS_DATA, "%s: the footer has no schema", f->path);
	f->chunks = memory_zeroed(f->leaf_count, sizeof *f->chunks);
	return true;
}

static void read_column(struct thrift *t, struct parquet_chunk *c) {
	uint64_t data = 0, dictionary = 0, *number;
	struct thrift_field f = {0};
	while (thrift_next(t, &f)) {
		switch (f.id) {
		case 1: c->physical = (enum parquet_physical)(thrift_integer(t, f) & 15); continue;
		case 4: c->codec = thrift_integer(t, f); continue;
		case 5: number = &c->entries; break;
		case 7: number = &c->size; break;
		case 9: number = &data; break;
		case 11: number = &dictionary; break;
		default: thrift_skip(t, f); continue;
		}
		int64_t value = thrift_integer(t, f);
		if (value < 0) t->bad = true;
		*number = (uint64_t)value;
	}
	/* old writers put 0 where there is no dictionary */
	c->start = dictionary && dictionary < data ? dictionary : data;
	c->present = true;
}

static void read_chunk(struct thrift *t, struct parquet_chunk *c) {
	struct thrift_field f = {0};
	*c = (struct parquet_chunk){0};
	while (thrift_next(t, &f)) {
		if (f.id == 3 && thrift_struct(t, f)) read_column(t, c);
		else if (f.id == 1 && thrift_binary(t, f).size) c->unknown = "is in another file";
		else if (f.id == 8 || f.id == 9) c->unknown = "is encrypted";
		if (f.id == 3 || f.id == 1) continue;
		thrift_skip(t, f);
	}
}

int parquet_file_next(struct parquet_file *f, struct error *e) {
	if (!f->groups_left) return 0;
	f->groups_left--;
	struct thrift *t = &f->groups;
	struct thrift_field field = {0};
	size_t count = 0;
	int64_t rows = -1;
	while (thrift_next(t, &field)) {
		if (field.id == 1) {
			count = thrift_list(t, field, THRIFT_STRUCT);
			if (count != f->leaf_count) break;
			for (size_t i = 0; i < count; i++) read_chunk(t, &f->chunks[i]);
		} else if (field.id == 3) {
			rows = thrift_integer(t, field);
		} else {
			thrift_skip(t, field);
		}
	}
	if (t->bad || rows < 0 || count != f->leaf_count) {
		bad_footer(f, e);
		return -1;
	}
	f->group_rows = (uint64_t)rows;
	return 1;
}

void parquet_file_free(struct parquet_file *f) {
	if (f->fd >= 0) close(f->fd);
	free(f->footer);
	free(f->nodes);
	free(f->chunks);
}
