/* template: description templates and their variants.
 *
 *     [[Topic: {topic}\n|]]Votes of one participant.
 *
 * `{column}` stands for a value, `[[a|b]]` for alternatives; several alternatives in one template multiply. A backslash before one of
 * `{ } [ ] | \` makes it plain; before anything else it is plain itself. Outside `[[…]]` a `|`, a single `[` or `]` and a `}` are plain
 * text. Alternatives do not nest. A value is put in as it is and never expanded again.
 *
 * Variants are numbered through all templates of a task: those of the first template come first, and within a template the last
 * alternatives change fastest. The number of a variant does not depend on values that are missing. */
#ifndef SPECTRUM_DRAW_TEMPLATE_H
#define SPECTRUM_DRAW_TEMPLATE_H

#include "base/map.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/random.h"

struct template_piece { /* plain text, or a column */
	struct text text;
	size_t column; /* SIZE_MAX: text */
};
struct template_range { /* of pieces, of alternatives, of slots */
	size_t first, count;
};
struct template_entry {
	struct template_range slots; /* a place with one or more alternatives; fixed text is a slot with one */
	uint64_t variants;           /* product of the numbers of alternatives */
};

/* Templates of one task. Zero-initialise, add, free. Read-only use from several threads is fine. */
struct templates {
	struct arena memory;
	struct map columns; /* names of the columns used, in order of first use; entry i is column i */
	struct template_piece *pieces;
	size_t piece_count, piece_room;
	struct template_range *alternatives;
	size_t alternative_count, alternative_room;
	struct template_range *slots;
	size_t slot_count, slot_room;
	struct template_entry *entries;
	size_t entry_count, entry_room;
	uint64_t variants; /* of all templates; at most 2^32 */
};

/* Parses and adds one template (the text is copied). On failure the error says what is wrong at which byte, and `t` can only be freed. */
bool templates_add(struct templates *t, struct text template, struct error *e);

/* Chooses uniformly among the variants that use no missing column: `missing[i]` belongs to column i. False when none remains. */
bool templates_pick(const struct templates *t, const bool *missing, struct random *r, uint64_t *variant);

/* Adds the text of a variant (< t->variants); `values[i]` is the text of column i. */
void templates_render(const struct templates *t, uint64_t variant, const struct text *values, struct buffer *out);

void templates_free(struct templates *t);

#endif
