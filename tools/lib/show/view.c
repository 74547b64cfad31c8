#include "show/view.h"

#include "json/json.h"

/* Escapes of ECMA-48. A style is written again behind each line end, so that a pager may cut anywhere. */
#define BOLD "\x1b[1m"
#define DIM "\x1b[2m"
#define LOSS "\x1b[1;32m"
#define PLAIN "\x1b[0m"

enum { INDENT = 13, ROW_INDENT = 2, TARGET_BYTES = 200 };

/* What would act on a terminal, or be seen as nothing or as something else: controls, marks of direction, line separators, zero-width
 * characters (but not the joiners that scripts and emoji need), tags, noncharacters. */
static bool invisible(uint32_t code) {
	return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD || code == 0x61C ||
	       (code >= 0x200B && code <= 0x200F && code != 0x200C && code != 0x200D) || (code >= 0x2028 && code <= 0x202E) ||
	       (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF || (code >= 0xFFF9 && code <= 0xFFFB) ||
	       (code >= 0xE0000 && code <= 0xE007F) || (code & 0xFFFE) == 0xFFFE;
}

static void add_code(uint32_t code, struct buffer *out) {
	if (code == '\n') buffer_add_string(out, "\\n");
	else if (code == '\t') buffer_add_string(out, "\\t");
	else if (code == '\r') buffer_add_string(out, "\\r");
	else if (code == 0x1B) buffer_add_string(out, "\\e");
	else if (code < 0x80) buffer_printf(out, "\\x%02x", code);
	else buffer_printf(out, "\\u{%x}", code);
}

static void add_styled(const struct view *v, struct text t, const char *style, size_t indent, struct buffer *out) {
	const char *at = t.data, *end = t.data + t.size;
	if (v->colour && t.size) buffer_add_string(out, style);
	while (at < end) {
		const char *from = at;
		uint32_t code = utf8_next(&at, end);
		if (code == '\n') {
			if (v->colour && *style) buffer_add_string(out, PLAIN);
			buffer_printf(out, "\n%*s", (int)indent, "");
			if (v->colour) buffer_add_string(out, style);
		} else if (code == UTF8_BAD || invisible(code)) {
			if (v->colour) buffer_add_string(out, "\x1b[7m");
			if (code != UTF8_BAD) add_code(code, out);
			else
				for (; from < at; from++) buffer_printf(out, "\\x%02x", (unsigned char)*from);
			if (v->colour) buffer_add_string(out, "\x1b[27m");
		} else {
			buffer_add(out, from, (size_t)(at - from));
		}
	}
	if (v->colour && t.size && *style) buffer_add_string(out, PLAIN);
}

void view_text(const struct view *v, struct text t, size_t indent, struct buffer *out) { add_styled(v, t, "", indent, out); }

/* Text of a heading: on one line whatever it holds. */
static void add_word(const struct view *v, struct text t, struct buffer *out) {
	for (const char *at = t.data, *end = t.data + t.size; at < end;) {
		const char *from = at;
		uint32_t code = utf8_next(&at, end);
		if (code == '\n') add_code(code, out);
		else view_text(v, text_make(from, (size_t)(at - from)), 0, out);
	}
}

static void add_head(const struct view *v, struct text task, struct text part, struct text instance, int64_t number, struct text split,
	struct buffer *out) {
	buffer_add_string(out, "── ");
	if (v->colour) buffer_add_string(out, BOLD);
	add_word(v, task, out);
	if (v->colour) buffer_add_string(out, PLAIN);
	if (part.size) {
		buffer_add_string(out, " (");
		add_word(v, part, out);
		buffer_add_char(out, ')');
	}
	if (instance.size) buffer_add_string(out, " · ");
	add_word(v, instance, out);
	buffer_printf(out, " · sequence %lld · ", (long long)number);
	add_word(v, split, out);
}

static void add_label(const struct view *v, const char *label, struct buffer *out) {
	if (v->colour) buffer_add_string(out, DIM);
	buffer_printf(out, "%-*s", INDENT, label);
	if (v->colour) buffer_add_string(out, PLAIN);
}

static void add_loss(const struct view *v, struct text t, size_t indent, struct buffer *out) {
	if (!v->colour) buffer_add_string(out, "⟦");
	add_styled(v, t, LOSS, indent, out);
	if (!v->colour) buffer_add_string(out, "⟧");
}

void view_sequence(const struct view *v, const struct sequence *s, struct text line, struct buffer *out) {
	static const char *const labels[] = {"description", "input", "output"};
	size_t outputs = 0, done = 0;
	for (size_t i = 0; i < s->count; i++) outputs += s->messages[i].role == MESSAGE_OUTPUT;
	add_head(v, s->task, s->part, s->instance, s->number, s->split, out);
	struct json_value record, value;
	if (json_check(line, &record, NULL)) {
		value = json_member(record, "variant");
		if (value.type == JSON_NUMBER) buffer_printf(out, " · variant %.*s", TEXT_ARGS(value.raw));
		value = json_member(record, "target");
		if (value.type != JSON_NONE) {
			struct buffer target = {0};
			json_add_value(&target, value, true, false);
			size_t size = target.size;
			if (size > TARGET_BYTES) /* not inside a character */
				for (size = TARGET_BYTES; size && (target.data[size] & 0xC0) == 0x80;) size--;
			buffer_add_string(out, " · target ");
			add_word(v, text_make(target.data, size), out);
			if (size < target.size) buffer_add_string(out, "…");
			buffer_free(&target);
		}
	}
	buffer_printf(out, " · %zu example%s\n", outputs, outputs == 1 ? "" : "s");
	for (size_t i = 0; i < s->count && (!v->examples || done < v->examples); i++) {
		const struct message *m = &s->messages[i];
		bool loss = m->role == MESSAGE_OUTPUT && (done || s->messages[0].role == MESSAGE_DESCRIPTION);
		add_label(v, labels[m->role], out);
		if (loss) add_loss(v, m->content, INDENT, out);
		else view_text(v, m->content, INDENT, out);
		buffer_add_char(out, '\n');
		done += m->role == MESSAGE_OUTPUT;
	}
	if (done < outputs) buffer_printf(out, "%*s… %zu more\n", INDENT, "", outputs - done);
	buffer_add_char(out, '\n');
}

void view_row(const struct view *v, const struct token_row *row, const struct tokenizer *t, struct buffer *out) {
	size_t with_loss = 0;
	struct buffer text = {0};
	for (size_t i = 0; i < row->count; i++) with_loss += row->labels[i] != ROW_NO_LOSS;
	add_head(v, row->task, row->part, row->instance, row->sequence, row->split, out);
	buffer_printf(out, " · %zu tokens, %zu with loss\n%*s", row->count, with_loss, ROW_INDENT, "");
	for (size_t i = 0, end; i < row->count; i = end) {
		bool loss = row->labels[i] != ROW_NO_LOSS, special = !loss && tokenizer_is_special(t, row->input_ids[i]);
		for (end = i + 1; end < row->count; end++) {
			bool same = (row->labels[end] != ROW_NO_LOSS) == loss && row->example[end] == row->example[i];
			if (!same || (!loss && tokenizer_is_special(t, row->input_ids[end]) != special)) break;
		}
		buffer_clear(&text);
		tokenizer_decode(t, row->input_ids + i, end - i, true, &text);
		if (loss) add_loss(v, buffer_text(&text), ROW_INDENT, out);
		else add_styled(v, buffer_text(&text), special ? DIM : "", ROW_INDENT, out);
	}
	buffer_add_string(out, "\n\n");
	buffer_free(&text);
}
