/* fuzz: what the fuzzers share. */
#ifndef SPECTRUM_FUZZ_H
#define SPECTRUM_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "read/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes as a file without a name, whose path is put into `path`; close the descriptor. */
static inline int fuzz_file(const uint8_t *data, size_t size, char path[64]) {
	int fd = memfd_create("fuzz", 0);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size) abort();
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

/* Writes over the file: without its magic nothing of a format would be reached. */
static inline void fuzz_magic(int fd, const char *magic, off_t at) {
	if (pwrite(fd, magic, strlen(magic), at) != (ssize_t)strlen(magic)) abort();
}

/* All rows that a reader gives, up to a number; all bytes of their texts are looked at. */
static inline void fuzz_rows(const char *path, const struct reader_options *options) {
	enum { ROWS = 20000 };
	struct error e = {0};
	struct reader *r = reader_open(path, options, &e);
	if (!r) return;
	struct row row;
	unsigned sum = 0;
	for (int rows = 0; rows < ROWS && reader_next(r, &row, &e) == 1; rows++)
		for (size_t i = 0; i < row.count; i++)
			for (size_t k = 0; k < row.cells[i].text.size; k++) sum += (unsigned char)row.cells[i].text.data[k];
	if (sum == 1) fputc(0, stderr); /* so that it is computed */
	reader_close(r);
}

#endif
