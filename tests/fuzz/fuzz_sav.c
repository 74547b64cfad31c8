/* Fuzzer of the SPSS reader (and of ReadStat below it): any bytes behind the magic are a file; its data, variables and labels are read. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "read/reader.h"

enum { ROWS = 20000 };

static void read_rows(const char *path, const char *part) {
	struct reader_options o = {.kind = "sav", .part = part};
	struct error e = {0};
	struct reader *r = reader_open(path, &o, &e);
	if (!r) return;
	struct row row;
	unsigned sum = 0; /* all bytes of texts are looked at */
	for (int rows = 0; rows < ROWS && reader_next(r, &row, &e) == 1; rows++)
		for (size_t i = 0; i < row.count; i++)
			for (size_t k = 0; k < row.cells[i].text.size; k++) sum += (unsigned char)row.cells[i].text.data[k];
	if (sum == 1) fputc(0, stderr); /* so that it is computed */
	reader_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	char path[64];
	if (size < 12) return 0;
	/* without the magic nothing would be reached */
	int fd = memfd_create("sav", 0);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size) abort();
	if (pwrite(fd, "$FL2", 4, 0) != 4) abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	read_rows(path, NULL);
	read_rows(path, "variables");
	read_rows(path, "labels");
	close(fd);
	return 0;
}
