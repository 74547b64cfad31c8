/* format: messages to segments of a model family, as tools/formats/FAMILY.json says.
 *
 * A family's file names its markers (special tokens, placed by id) and gives templates in which markers stand as their names, and slots as {content}. A
 * format is one of two kinds. `messages`: each role has its segments. `conversation`: messages become system, user and assistant turns, which
 * the family's `turns` write. tools/formats/shared.json holds the formats and words that are the same for all families. A further family is a
 * further file. Content is put into the slots after the templates were read, so data can never forge a marker. */
#ifndef SPECTRUM_FORMAT_H
#define SPECTRUM_FORMAT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

enum message_role { MESSAGE_DESCRIPTION, MESSAGE_INPUT, MESSAGE_OUTPUT };

struct message {
	enum message_role role;
	struct text content;
};

/* What a row is tokenised from: text runs, each encoded by itself, and markers between them. */
struct piece {
	int marker;         /* index into family_marker, or -1: text */
	bool loss;          /* of its segment */
	uint32_t segment;   /* running number; texts of two segments are never encoded together */
	size_t start, size; /* a text's place in segments.text */
};

struct segments { /* zero-initialise; cleared by format_segments, freed by segments_free */
	struct piece *pieces;
	size_t count, capacity;
	uint32_t segment; /* number of the one under construction */
	bool loss;
	struct buffer text;
	struct buffer turns; /* working memory */
};
void segments_free(struct segments *s);

/* The text of a text piece, valid until `s` changes. */
struct text segments_text(const struct segments *s, const struct piece *p);

struct family;
struct format;

/* The family of this name ("gemma3"): the first NAME.json of the folders of formats (base/share.h). NULL and `*e` on failure; unknown keys
 * and slots are errors. */
struct family *family_open(const char *name, struct error *e);
/* The same from the file at `path`; the name "shared" reads it as what all families share. */
struct family *family_load(const char *path, const char *name, struct error *e);
void family_close(struct family *f);

/* Names of all families, ascending, each with a NUL behind it, added to `all`; returns how many. */
size_t family_names(struct buffer *all);

const char *family_name(const struct family *f);
size_t family_marker_count(const struct family *f);
struct text family_marker(const struct family *f, size_t i);

/* The special tokens by which a tokeniser is known to be of this family. */
size_t family_detect_count(const struct family *f);
struct text family_detect(const struct family *f, size_t i);

/* Index of the marker in front of every row, or -1. */
int family_begin(const struct family *f);
/* Index of the padding marker, or -1. */
int family_pad(const struct family *f);
/* Index of the end-of-sequence marker of a variant ("base", "instruct"); -1 and `*e` (with the names there are) when the family has no such variant. */
int family_end(const struct family *f, const char *variant, struct error *e);
/* The first variant whose end-of-sequence marker has this name, or NULL. */
const char *family_variant_of(const struct family *f, struct text marker);

/* The format of this name, owned by the family; NULL and `*e` (with the names there are) when the family has none. */
const struct format *family_format(const struct family *f, const char *name, struct error *e);

/* The segments of a row: `s` is cleared and filled. With `prompt` it ends where the model is to begin an output. Fails when the format cannot
 * express the messages. */
bool format_segments(
	const struct format *f, const struct message *messages, size_t count, bool prompt, struct segments *s, struct error *e);

/* The text at which generation stops; *marker is its index when it is a marker, else -1. */
struct text format_stop(const struct format *f, int *marker);

#endif
