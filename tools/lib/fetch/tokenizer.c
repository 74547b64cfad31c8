/* A tokeniser of a model hub, fetched like the files of a source. */
#include <ctype.h>
#include <stdlib.h>

#include "base/memory.h"
#include "fetch/state.h"

enum { CONFIG, TOKENIZER, FILES };
static const char *const names[FILES] = {"tokenizer_config.json", "tokenizer.json"};

/* What stands in an address and in the name of a folder: letters, digits, '-', '_' and '.', the latter not first. */
static bool plain(const char *word, size_t size) {
	for (size_t i = 0; i < size; i++)
		if (!isalnum((unsigned char)word[i]) && !strchr("-_.", word[i])) return false;
	return size && word[0] != '.';
}

/* OWNER/NAME[@REVISION] into its three parts. */
static bool parse(const char *reference, struct text parts[3], struct error *e) {
	const char *at = reference + 3 * !strncmp(reference, "hf:", 3);
	size_t owner = strcspn(at, "/@"), name = at[owner] == '/' ? strcspn(at + owner + 1, "@") : 0;
	const char *behind = at + owner + 1 + name;
	parts[0] = text_make(at, owner);
	parts[1] = text_make(at + owner + 1, name);
	parts[2] = name && *behind ? text_of(behind + 1) : text_of("main");
	if (name && plain(at, owner) && plain(at + owner + 1, name) && plain(parts[2].data, parts[2].size)) return true;
	return error_set(e, STATUS_USAGE, "a tokeniser is named hf:OWNER/NAME@REVISION (a commit or a tag), not '%s'", reference);
}

static const char *in_arena(struct source *s, struct buffer *b) {
	const char *copy = arena_copy(&s->memory, buffer_text(b)).data;
	buffer_clear(b);
	return copy;
}

static struct source *make_source(const struct text parts[3], bool named, const char *root) {
	struct source *s = memory_zeroed(1, sizeof *s);
	struct buffer b = {0};
	const char *server = getenv("HF_ENDPOINT");
	if (!server || !*server) server = "https://huggingface.co";
	buffer_printf(&b, "%.*s--%.*s%s%.*s", TEXT_ARGS(parts[0]), TEXT_ARGS(parts[1]), named ? "@" : "", named ? (int)parts[2].size : 0,
		parts[2].data);
	s->id = in_arena(s, &b);
	buffer_printf(&b, "%s/%s", root, s->id);
	s->folder = in_arena(s, &b);
	buffer_printf(&b, "%s/%.*s/%.*s", server, TEXT_ARGS(parts[0]), TEXT_ARGS(parts[1]));
	s->homepage = in_arena(s, &b);
	s->access = ACCESS_OPEN;
	s->token = "HF_TOKEN";
	s->files = memory_zeroed(FILES, sizeof *s->files);
	s->file_count = FILES;
	for (int i = 0; i < FILES; i++) {
		buffer_printf(&b, "%s/resolve/%.*s/%s", s->homepage, TEXT_ARGS(parts[2]), names[i]);
		s->files[i] = (struct source_file){.path = names[i], .url = in_arena(s, &b), .optional = i == CONFIG};
	}
	buffer_free(&b);
	return s;
}

bool fetch_open_tokenizer(struct fetch *f, const struct fetch_options *options, const char *reference, bool lock, struct error *e) {
	struct text parts[3];
	*f = (struct fetch){.options = *options};
	if (!parse(reference, parts, e)) return false;
	if (!f->options.raw) f->options.raw = "out/tokenizers";
	f->sources = memory_zeroed(1, sizeof *f->sources);
	f->source_count = 1;
	struct source *s = make_source(parts, strchr(reference, '@') != NULL, f->options.raw);
	f->sources[0] = (struct fetch_source){.source = s, .lock = -1, .tokenizer = true};
	if (options->mirror) {
		struct buffer b = {0};
		buffer_printf(&b, "%s/tokenizers", options->mirror);
		f->options.mirror = in_arena(s, &b);
		buffer_free(&b);
	}
	return fetch_look_at(f, &f->sources[0], lock, e);
}

bool fetch_run_tokenizer(struct fetch *f, struct error *e) {
	struct fetch_item *items = f->sources[0].items;
	items[CONFIG].skip = items[TOKENIZER].state == FETCH_PRESENT && items[CONFIG].state != FETCH_UNVERIFIED && !f->options.force;
	items[TOKENIZER].skip = true;
	if (!fetch_run(f, e)) return false;
	if (f->failed) return true; /* it was told why */
	items[CONFIG].skip = true;
	items[TOKENIZER].skip = false;
	return fetch_run(f, e);
}
