#include "shard/decoder.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "shard/meta.h"

void decoder_free(struct decoder *d) {
	tokenizer_close(d->tokenizer);
	free(d->file);
	*d = (struct decoder){0};
}

static bool open_tokenizer(struct decoder *d, const char *file, struct error *e) {
	if (d->file && !strcmp(d->file, file)) return true;
	decoder_free(d);
	d->tokenizer = tokenizer_open(file, e);
	if (d->tokenizer) d->file = memory_copy(file, strlen(file));
	return d->tokenizer != NULL;
}

/* Replaces `named`, a file name from meta.json, by where that file lies: $SPECTRUM_TOKENIZER, or out/tokenizers of the build that the data set belongs to
 * (out/shards/NAME/SPLIT, out/tokens/NAME/SOURCE). False when it is at none of these places. */
static bool locate(struct buffer *named, const char *path) {
	if (!access(buffer_string(named), R_OK)) return true;
	const char *given = getenv("SPECTRUM_TOKENIZER");
	struct buffer place = {0};
	bool found = given && !access(given, R_OK);
	if (found) buffer_add_string(&place, given);
	for (int up = 2; !found && up <= 3; up++) {
		buffer_clear(&place);
		buffer_printf(&place, "%s/%stokenizers/%s", path, up == 2 ? "../../" : "../../../", buffer_string(named));
		found = !access(buffer_string(&place), R_OK);
	}
	if (found) {
		buffer_clear(named);
		buffer_add_text(named, buffer_text(&place));
	}
	buffer_free(&place);
	return found;
}

bool decoder_find(struct decoder *d, const char *path, const char *file, struct error *e) {
	if (file) return open_tokenizer(d, file, e);
	struct buffer named = {0}, hash = {0};
	bool good = !path_is_folder(path) || meta_tokenizer(path, &named, &hash, e);
	if (good && (!named.size || !locate(&named, path))) {
		good = error_set(e, STATUS_USAGE, "%s: its tokenizer%s%s is not %s; name the file with --tokenizer FILE", path,
			named.size ? " " : "", named.size ? named.data : "", named.size ? "here" : "known");
	} else if (good) {
		good = open_tokenizer(d, buffer_string(&named), e);
		if (good && hash.size && strcmp(tokenizer_hash(d->tokenizer), buffer_string(&hash)) != 0)
			good = error_set(e, STATUS_USAGE,
				"%s: %s is not the tokenizer that made it (its SHA-256 is another); name the right one with --tokenizer "
				"FILE",
				path, named.data);
	}
	buffer_free(&named);
	buffer_free(&hash);
	return good;
}

bool data_sets_visit(const char *path, data_set_visit *visit, void *context, struct error *e) {
	if (!path_is_folder(path) || mds_is_data_set(path)) return visit(context, path, e);
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, NULL, alphasort);
	bool good = count >= 0 || error_system(e, "%s", path), found = false;
	struct buffer b = {0};
	for (int i = 0; i < count; i++) {
		buffer_clear(&b);
		buffer_printf(&b, "%s/%s", path, entries[i]->d_name);
		bool one =
			entries[i]->d_name[0] != '.' && !text_ends(buffer_text(&b), text_of(".tmp")) && mds_is_data_set(buffer_string(&b));
		found = found || one;
		if (good && one) good = visit(context, buffer_string(&b), e);
		free(entries[i]);
	}
	free(entries);
	buffer_free(&b);
	if (good && !found) return error_set(e, STATUS_DATA, "%s: there is no data set (index.json) in it", path);
	return good;
}
