/* view: sequences and token rows as a person reads them. Control characters, terminal escapes and marks that turn the direction of text are
 * made visible, so data can neither move the cursor nor look like something else; every line of data is indented, so it cannot look
 * like a label. */
#ifndef SPECTRUM_VIEW_H
#define SPECTRUM_VIEW_H

#include "format/sequence.h"
#include "shard/row.h"
#include "token/tokenizer.h"

struct view {
	bool colour;     /* outputs with loss in colour; else between ⟦ and ⟧ */
	size_t examples; /* of a sequence at most; 0 = all */
};

/* Adds `t` with what is not printable as \n, \t, \e, \xHH or \u{HHHH}. A line feed stays one and is followed by `indent` blanks. */
void view_text(const struct view *v, struct text t, size_t indent, struct buffer *out);

/* A sequence; `line` is the record it was parsed from ("variant" and "target" are shown too). The loss is that of the format `spectrum`: the first output
 * has none when there is no description. */
void view_sequence(const struct view *v, const struct sequence *s, struct text line, struct buffer *out);

/* A token row, decoded. */
void view_row(const struct view *v, const struct token_row *row, const struct tokenizer *t, struct buffer *out);

#endif
