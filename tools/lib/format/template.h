/* template: the inside of a family: parsed templates. Internal to tools/lib/format. */
#ifndef SPECTRUM_FORMAT_TEMPLATE_H
#define SPECTRUM_FORMAT_TEMPLATE_H

#include "format/format.h"

enum part_kind {
	PART_TEXT,
	PART_MARKER,
	PART_CONTENT, /* {content}: as it is */
	PART_TRIMMED, /* {trimmed}: without white space at both ends */
	PART_UNLED,   /* {unled}: without leading newlines */
	PART_SYSTEM   /* {system}: the system text, in a turn of the user */
};

struct part {
	enum part_kind kind;
	int marker;
	struct text text;
};

struct template {
	struct part *parts; /* NULL: the file gives no such template */
	size_t count;
	bool loss;
};

struct segment_list {
	struct template *items;
	size_t count;
};

struct turns { /* how a family writes a conversation */
	struct template begin, system, first_user, user, opener, reply, last_reply, closer, stop;
	bool system_always; /* a system turn is written even when there is no system text */
	bool alternate;     /* the publisher's template refuses two user turns or two replies in a row */
};

struct conversation { /* how messages become turns */
	struct text system, between, default_user, prompt_user;
	struct template description, example_input, example_output;
};

struct format {
	const char *name;
	const struct turns *turns; /* NULL: kind `messages` */
	struct conversation conversation;
	struct segment_list roles[3]; /* by enum message_role */
	bool first_output_needs_description;
	struct template prompt, stop;
	struct format *next;
};

struct family_end {
	const char *variant;
	int marker;
	struct family_end *next;
};

struct family {
	struct arena memory;
	const char *name;
	struct text *markers, *detect;
	size_t marker_count, detect_count;
	int begin, pad;
	struct family_end *ends;
	bool has_turns;
	struct turns turns;
	struct format *formats;
};

/* Parses a template, markers of `f` and slots cut out. False when it holds a slot that is not one. The parts lie in f->memory. */
bool template_parse(struct family *f, struct text source, struct template *out);

/* What goes into the slots. */
struct slots {
	struct text content, system;
};

/* Adds a template's pieces to the segment under construction. */
void segments_add(struct segments *s, const struct template *t, const struct slots *slots);

/* Adds a template's text to `b`, markers by name (only used where templates hold none). */
void template_write(struct buffer *b, const struct template *t, const struct slots *slots);

/* Ends the segment under construction; what is added next belongs to a new one. */
void segments_cut(struct segments *s, bool loss);

/* format_segments of the kind `conversation`. */
bool conversation_segments(
	const struct format *f, const struct message *messages, size_t count, bool prompt, struct segments *s, struct error *e);

#endif
