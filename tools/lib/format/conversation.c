/* Formats that write the messages as a conversation: the description and the examples before the first reply stand in the system text, later
 * inputs are turns of the user, later outputs replies. The first output of a row without description therefore bears no loss. */
#include "format/template.h"

#include <stdlib.h>

#include "base/memory.h"

enum speaker { SYSTEM, USER, ASSISTANT };

struct turn {
	enum speaker speaker;
	struct text content;
};

struct turn_list {
	struct turn *items;
	size_t count, capacity;
};

static void add_turn(struct turn_list *turns, enum speaker speaker, struct text content) {
	turns->items = memory_grow(turns->items, &turns->capacity, turns->count + 1, sizeof *turns->items);
	turns->items[turns->count++] = (struct turn){speaker, content};
}

static void extend_system(struct buffer *system, const struct conversation *c, const struct template *t, struct text content) {
	buffer_add_text(system, c->between);
	template_write(system, t, &(struct slots){.content = content});
}

/* The system turn's content is filled in at the end, when `system` no longer moves. */
static void make_turns(const struct conversation *c, const struct message *messages, size_t count, bool prompt, struct buffer *system,
	struct turn_list *turns) {
	bool begun = false, input_seen = false; /* begun: after a description or an output */
	buffer_clear(system);
	buffer_add_text(system, c->system);
	for (size_t i = 0; i < count; i++) {
		struct text content = messages[i].content;
		bool first = !begun;
		begun |= messages[i].role != MESSAGE_INPUT;
		input_seen |= messages[i].role == MESSAGE_INPUT;
		switch (messages[i].role) {
		case MESSAGE_DESCRIPTION:
			extend_system(system, c, &c->description, content);
			if (text_trim(buffer_text(system)).size) add_turn(turns, SYSTEM, content);
			break;
		case MESSAGE_INPUT:
			if (first) extend_system(system, c, &c->example_input, content);
			else add_turn(turns, USER, content);
			break;
		case MESSAGE_OUTPUT:
			if (first) {
				extend_system(system, c, &c->example_output, content);
				add_turn(turns, SYSTEM, content);
				break;
			}
			if (!input_seen) add_turn(turns, USER, c->default_user);
			add_turn(turns, ASSISTANT, content);
			break;
		}
	}
	if (!turns->count) add_turn(turns, SYSTEM, text_of(""));
	if (turns->count == 1) add_turn(turns, USER, text_of(""));
	if (prompt && turns->items[turns->count - 1].speaker == ASSISTANT) add_turn(turns, USER, c->prompt_user);
	for (size_t i = 0; i < turns->count; i++)
		if (turns->items[i].speaker == SYSTEM) turns->items[i].content = text_trim(buffer_text(system));
}

static bool alternates(const struct turn_list *turns, size_t first) {
	for (size_t i = first; i < turns->count; i++)
		if ((turns->items[i].speaker == USER) != ((i - first) % 2 == 0)) return false;
	return true;
}

static void write_reply(const struct turns *t, const struct turn *turn, bool last, struct segments *s) {
	segments_add(s, &t->opener, &(struct slots){0});
	segments_cut(s, true);
	segments_add(s, last && t->last_reply.parts ? &t->last_reply : &t->reply, &(struct slots){.content = turn->content});
	segments_cut(s, false);
	segments_add(s, &t->closer, &(struct slots){0});
}

static bool write_turns(const struct format *f, const struct turn_list *turns, bool prompt, struct segments *s, struct error *e) {
	const struct turns *t = f->turns;
	bool has_system = turns->items[0].speaker == SYSTEM;
	size_t first = has_system ? 1 : 0;
	struct text system = has_system ? turns->items[0].content : text_make(NULL, 0);
	if (t->alternate && !alternates(turns, first))
		return error_set(e, STATUS_DATA,
			"the format '%s' of this family needs turns of user and assistant by turns: give every output an input, or none",
			f->name);
	segments_add(s, &t->begin, &(struct slots){0});
	if (t->system.parts && (has_system || t->system_always)) segments_add(s, &t->system, &(struct slots){.content = system});
	for (size_t i = first; i < turns->count; i++) {
		const struct turn *turn = &turns->items[i];
		struct slots slots = {.content = turn->content, .system = system};
		if (turn->speaker == ASSISTANT) write_reply(t, turn, i + 1 == turns->count, s);
		else segments_add(s, i == first && has_system && t->first_user.parts ? &t->first_user : &t->user, &slots);
	}
	if (prompt) segments_add(s, &t->opener, &(struct slots){0});
	return true;
}

bool conversation_segments(
	const struct format *f, const struct message *messages, size_t count, bool prompt, struct segments *s, struct error *e) {
	struct turn_list turns = {0};
	make_turns(&f->conversation, messages, count, prompt, &s->turns, &turns);
	bool good = write_turns(f, &turns, prompt, s, e);
	free(turns.items);
	return good;
}
