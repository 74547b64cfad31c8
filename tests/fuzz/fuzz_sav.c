/* Fuzzer of the SPSS reader (and of ReadStat below it): any bytes behind the magic are a file; its data, variables and labels are read. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static const char *const parts[] = {NULL, "variables", "labels"};
	char path[64];
	if (size < 12) return 0;
	int fd = fuzz_file(data, size, path);
	fuzz_magic(fd, "$FL2", 0);
	for (size_t i = 0; i < 3; i++) fuzz_rows(path, &(struct reader_options){.kind = "sav", .part = parts[i]});
	close(fd);
	return 0;
}
