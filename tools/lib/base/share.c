#include <stdlib.h>
#include <unistd.h>

#include "base/share.h"

static const struct {
	const char *variable, *here, *installed;
} kinds[] = {
	[SHARE_SOURCES] = {"SPECTRUM_SOURCES", "sources", "sources"},
	[SHARE_FORMATS] = {"SPECTRUM_FORMATS", "tools/formats", "formats"},
	[SHARE_SCHEMAS] = {"SPECTRUM_SCHEMAS", "schemas", "schemas"},
};

size_t share_folders(enum share kind, struct buffer *all) {
	size_t count = 0;
	const char *list = getenv(kinds[kind].variable);
	while (list && *list) {
		size_t size = strcspn(list, ":");
		if (size) {
			buffer_printf(all, "%.*s%c", (int)size, list, 0);
			count++;
		}
		list += size + (list[size] == ':');
	}
	buffer_printf(all, "%s%c", kinds[kind].here, 0);
	char self[4096];
	ptrdiff_t size = readlink("/proc/self/exe", self, sizeof self - 1);
	if (size <= 0) return count + 1;
	self[size] = 0;
	*strrchr(self, '/') = 0;
	buffer_printf(all, "%s/../share/spectrum/%s%c", self, kinds[kind].installed, 0);
	buffer_printf(all, "%s/../../%s%c", self, kinds[kind].here, 0);
	return count + 3;
}

const char *share_find(enum share kind, const char *name, struct buffer *path) {
	struct buffer all = {0};
	size_t count = share_folders(kind, &all);
	const char *folder = all.data, *found = NULL;
	for (size_t i = 0; i < count && !found; i++, folder += strlen(folder) + 1) {
		buffer_clear(path);
		buffer_printf(path, "%s/%s", folder, name);
		if (!access(buffer_string(path), R_OK)) found = buffer_string(path);
	}
	buffer_free(&all);
	return found;
}
