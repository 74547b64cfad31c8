/* Fuzzer of the Parquet reader: any bytes between the two magics are a file, read whole, then one column of it. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static const char *const one[] = {"a"};
	char path[64];
	if (size < 12) return 0;
	int fd = fuzz_file(data, size, path);
	fuzz_magic(fd, "PAR1", 0);
	fuzz_magic(fd, "PAR1", (off_t)size - 4);
	fuzz_rows(path, &(struct reader_options){.kind = "parquet"});
	fuzz_rows(path, &(struct reader_options){.kind = "parquet", .columns = one, .column_count = 1});
	close(fd);
	return 0;
}
