/* Templates: parsing, and putting content into them. */
#include "format/template.h"

#include <stdlib.h>

#include "base/memory.h"

static const struct {
	const char *name;
	enum part_kind kind;
} slot_names[] = {{"{content}", PART_CONTENT}, {"{trimmed}", PART_TRIMMED}, {"{unled}", PART_UNLED}, {"{system}", PART_SYSTEM}};

/* The longest marker at the start of `rest`, or -1. */
static int marker_at(const struct family *f, struct text rest) {
	int best = -1;
	for (size_t i = 0; i < f->marker_count; i++)
		if (text_starts(rest, f->markers[i]) && (best < 0 || f->markers[i].size > f->markers[best].size)) best = (int)i;
	return best;
}

/* {word} that is no slot is a slip of the pen: 0 = no slot here, its size, or -1. */
static ptrdiff_t slot_at(struct text rest, enum part_kind *kind) {
	if (rest.data[0] != '{') return 0;
	for (size_t i = 0; i < sizeof slot_names / sizeof *slot_names; i++) {
		if (!text_starts(rest, text_of(slot_names[i].name))) continue;
		*kind = slot_names[i].kind;
		return (ptrdiff_t)strlen(slot_names[i].name);
	}
	size_t size = 1;
	while (size < rest.size && (rest.data[size] == '_' || (rest.data[size] >= 'a' && rest.data[size] <= 'z'))) size++;
	return size > 1 && size < rest.size && rest.data[size] == '}' ? -1 : 0;
}

bool template_parse(struct family *f, struct text source, struct template *out) {
	struct part *parts = memory_zeroed(source.size + 1, sizeof *parts); /* no more parts than bytes */
	size_t count = 0;
	bool good = true;
	while (good && source.size) {
		struct part part = {PART_TEXT, -1, text_make(source.data, 1)};
		ptrdiff_t slot = slot_at(source, &part.kind);
		int marker = slot ? -1 : marker_at(f, source);
		good = slot >= 0;
		if (slot > 0) {
			part.text.size = (size_t)slot;
		} else if (marker >= 0) {
			part = (struct part){PART_MARKER, marker, f->markers[marker]};
		} else if (count && parts[count - 1].kind == PART_TEXT) {
			parts[count - 1].text.size++;
			source = text_make(source.data + 1, source.size - 1);
			continue;
		}
		parts[count++] = part;
		source = text_make(source.data + part.text.size, source.size - part.text.size);
	}
	out->parts = arena_allocate(&f->memory, (count + 1) * sizeof *parts);
	memcpy(out->parts, parts, count * sizeof *parts);
	out->count = count;
	free(parts);
	return good;
}

static struct text without_leading_newlines(struct text t) {
	while (t.size && t.data[0] == '\n') t = text_make(t.data + 1, t.size - 1);
	return t;
}

static struct text filled(const struct part *p, const struct slots *slots) {
	switch (p->kind) {
	case PART_CONTENT: return slots->content;
	case PART_TRIMMED: return text_trim(slots->content);
	case PART_UNLED: return without_leading_newlines(slots->content);
	case PART_SYSTEM: return slots->system;
	case PART_TEXT:
	case PART_MARKER: break;
	}
	return p->text;
}

void template_write(struct buffer *b, const struct template *t, const struct slots *slots) {
	for (size_t i = 0; i < t->count; i++) buffer_add_text(b, filled(&t->parts[i], slots));
}

static struct piece *add_piece(struct segments *s, int marker) {
	s->pieces = memory_grow(s->pieces, &s->capacity, s->count + 1, sizeof *s->pieces);
	s->pieces[s->count] = (struct piece){.marker = marker, .loss = s->loss, .segment = s->segment, .start = s->text.size};
	return &s->pieces[s->count++];
}

static void add_text(struct segments *s, struct text t) {
	if (!t.size) return;
	struct piece *last = s->count ? &s->pieces[s->count - 1] : NULL;
	if (!last || last->marker >= 0 || last->segment != s->segment) last = add_piece(s, -1);
	buffer_add_text(&s->text, t);
	last->size += t.size;
}

void segments_add(struct segments *s, const struct template *t, const struct slots *slots) {
	for (size_t i = 0; i < t->count; i++) {
		if (t->parts[i].kind == PART_MARKER) add_piece(s, t->parts[i].marker);
		else add_text(s, filled(&t->parts[i], slots));
	}
}

void segments_cut(struct segments *s, bool loss) {
	s->segment++;
	s->loss = loss;
}

void segments_free(struct segments *s) {
	free(s->pieces);
	buffer_free(&s->text);
	buffer_free(&s->turns);
	*s = (struct segments){0};
}

struct text segments_text(const struct segments *s, const struct piece *p) {
	return text_make(s->text.data + p->start, p->size);
}

static void message_segments(const struct format *f, const struct message *messages, size_t count, bool prompt, struct segments *s) {
	bool described = false, output_seen = false;
	for (size_t i = 0; i < count; i++) {
		const struct segment_list *list = &f->roles[messages[i].role];
		bool mute = messages[i].role == MESSAGE_OUTPUT && !output_seen && !described && f->first_output_needs_description;
		if (messages[i].role == MESSAGE_DESCRIPTION) described = true;
		if (messages[i].role == MESSAGE_OUTPUT) output_seen = true;
		for (size_t k = 0; k < list->count; k++) {
			segments_cut(s, list->items[k].loss && !mute);
			segments_add(s, &list->items[k], &(struct slots){.content = messages[i].content});
		}
	}
	if (!prompt) return;
	segments_cut(s, false);
	segments_add(s, &f->prompt, &(struct slots){0});
}

bool format_segments(
	const struct format *f, const struct message *messages, size_t count, bool prompt, struct segments *s, struct error *e) {
	s->count = 0;
	s->segment = 0;
	s->loss = false;
	buffer_clear(&s->text);
	if (f->turns) return conversation_segments(f, messages, count, prompt, s, e);
	message_segments(f, messages, count, prompt, s);
	return true;
}

struct text format_stop(const struct format *f, int *marker) {
	const struct template *t = f->turns ? &f->turns->stop : &f->stop;
	*marker = t->count == 1 && t->parts[0].kind == PART_MARKER ? t->parts[0].marker : -1;
	return t->count ? t->parts[0].text : text_make(NULL, 0);
}
