/* Message formats: the worked examples of the families, typed as segments. A segment is shown as its loss flag and its text, markers by name; a
 * bar stands between two texts that are encoded apart. */
#include "check.h"
#include <stdlib.h>

#include "format/sequence.h"
#include "token/row_encoder.h"

enum { MOST_MESSAGES = 16 };

#define THINK "<|im_start|>assistant\\n<think>\\n\\n</think>\\n\\n"

/* "DIO": content of each message is its letter and, for inputs and outputs, the number of the sample. */
static size_t make_messages(const char *shape, struct message *out, char contents[MOST_MESSAGES][16]) {
	size_t count = strlen(shape);
	int inputs = 0, outputs = 0;
	for (size_t i = 0; i < count; i++) {
		out[i].role = shape[i] == 'D' ? MESSAGE_DESCRIPTION : shape[i] == 'I' ? MESSAGE_INPUT : MESSAGE_OUTPUT;
		if (shape[i] == 'D') snprintf(contents[i], 16, "D");
		else snprintf(contents[i], 16, "%c%d", shape[i], shape[i] == 'I' ? ++inputs : ++outputs);
		out[i].content = text_of(contents[i]);
	}
	return count;
}

static void show(const struct family *f, const struct segments *s, struct buffer *out) {
	for (size_t i = 0; i < s->count; i++) {
		const struct piece *p = &s->pieces[i];
		bool fresh = i == 0 || p->segment != s->pieces[i - 1].segment;
		if (fresh) buffer_printf(out, "%s%d ", i ? "\n" : "", p->loss);
		struct text t = p->marker >= 0 ? family_marker(f, (size_t)p->marker) : segments_text(s, p);
		for (size_t k = 0; k < t.size; k++)
			if (t.data[k] == '\n') buffer_add_string(out, "\\n");
			else buffer_add_char(out, t.data[k]);
	}
}

/* A family and one of its formats, what they make of messages, and what went wrong. */
struct made {
	struct family *family;
	struct segments segments;
	struct error error;
};

static bool make(struct made *m, const char *family, const char *format, const struct message *messages, size_t count, bool prompt) {
	*m = (struct made){0};
	m->family = family_open(family, &m->error);
	const struct format *with = m->family ? family_format(m->family, format, &m->error) : NULL;
	return with && format_segments(with, messages, count, prompt, &m->segments, &m->error);
}

static void unmake(struct made *m) {
	segments_free(&m->segments);
	family_close(m->family);
}

static void expect_messages(const char *what, const char *family, const char *format, const struct message *messages, size_t count,
	bool prompt, const char *wanted) {
	struct made m;
	struct buffer shown = {0};
	if (make(&m, family, format, messages, count, prompt)) show(m.family, &m.segments, &shown);
	else buffer_printf(&shown, "error: %s", m.error.message);
	CHECK_TEXT(what, buffer_text(&shown), wanted);
	buffer_free(&shown);
	unmake(&m);
}

/* Of a shape (? = and a prompt) of a family in a format. chat_simple has the turns of chat without its words, so whole rows can be typed. */
static const struct {
	const char *what, *family, *format, *shape, *wanted;
} cases[] = {
	{"description, two samples", "gemma3", "spectrum", "DIOIO",
		"0 <start_of_turn>description\\nD<end_of_turn>\\n\n"
		"0 <start_of_turn>input\\nI1<end_of_turn>\\n\n"
		"0 <start_of_turn>output\\n\n1 O1<end_of_turn>\n0 \\n\n"
		"0 <start_of_turn>input\\nI2<end_of_turn>\\n\n"
		"0 <start_of_turn>output\\n\n1 O2<end_of_turn>\n0 \\n"},
	{"without description the first output bears no loss", "gemma3", "spectrum", "IOIO",
		"0 <start_of_turn>input\\nI1<end_of_turn>\\n\n"
		"0 <start_of_turn>output\\n\n0 O1<end_of_turn>\n0 \\n\n"
		"0 <start_of_turn>input\\nI2<end_of_turn>\\n\n"
		"0 <start_of_turn>output\\n\n1 O2<end_of_turn>\n0 \\n"},
	{"outputs alone and a prompt", "gemma3", "spectrum", "DO?",
		"0 <start_of_turn>description\\nD<end_of_turn>\\n\n"
		"0 <start_of_turn>output\\n\n1 O1<end_of_turn>\n0 \\n\n"
		"0 <start_of_turn>output\\n"},
	{"no think block here", "qwen3", "spectrum", "DIO?",
		"0 <|im_start|>description\\nD<|im_end|>\\n\n"
		"0 <|im_start|>input\\nI1<|im_end|>\\n\n"
		"0 <|im_start|>output\\n\n1 O1<|im_end|>\n0 \\n\n"
		"0 <|im_start|>output\\n"},
	{"two segments an output", "llama3.1", "spectrum", "DIO?",
		"0 <|start_header_id|>description<|end_header_id|>\\n\\nD<|eot_id|>\n"
		"0 <|start_header_id|>input<|end_header_id|>\\n\\nI1<|eot_id|>\n"
		"0 <|start_header_id|>output<|end_header_id|>\\n\\n\n1 O1<|eot_id|>\n"
		"0 <|start_header_id|>output<|end_header_id|>\\n\\n"},
	{"no description", "llama3.1", "spectrum", "OO",
		"0 <|start_header_id|>output<|end_header_id|>\\n\\n\n0 O1<|eot_id|>\n"
		"0 <|start_header_id|>output<|end_header_id|>\\n\\n\n1 O2<|eot_id|>"},
	{"the system text in the first turn", "gemma3", "chat_simple", "IOIO",
		"0 <start_of_turn>user\\nExample Input: I1\\n\\nExample Output: O1\\n\\nI2<end_of_turn>\\n<start_of_turn>model\\n\n"
		"1 O2<end_of_turn>\n0 \\n"},
	{"description, no inputs", "gemma3", "chat_simple", "DOO",
		"0 <start_of_turn>user\\nD\\n\\nGenerate<end_of_turn>\\n<start_of_turn>model\\n\n"
		"1 O1<end_of_turn>\n0 \\n<start_of_turn>user\\nGenerate<end_of_turn>\\n<start_of_turn>model\\n\n"
		"1 O2<end_of_turn>\n0 \\n"},
	{"a prompt after a reply", "gemma3", "chat_simple", "DO?",
		"0 <start_of_turn>user\\nD\\n\\nGenerate<end_of_turn>\\n<start_of_turn>model\\n\n"
		"1 O1<end_of_turn>\n0 \\n<start_of_turn>user\\nGenerate.<end_of_turn>\\n<start_of_turn>model\\n"},
	{"a prompt after an input", "gemma3", "chat_simple", "DI?",
		"0 <start_of_turn>user\\nD\\n\\nI1<end_of_turn>\\n<start_of_turn>model\\n"},
	{"only a description", "gemma3", "chat_simple", "D", "0 <start_of_turn>user\\nD\\n\\n<end_of_turn>\\n"},
	{"an input and an output alone make no reply", "gemma3", "chat_simple", "IO",
		"0 <start_of_turn>user\\nExample Input: I1\\n\\nExample Output: O1\\n\\n<end_of_turn>\\n"},
	{"one empty think block a reply, without loss", "qwen3", "chat_simple", "DIOIO?",
		"0 <|im_start|>system\\nD<|im_end|>\\n<|im_start|>user\\nI1<|im_end|>\\n" THINK "\n"
		"1 O1<|im_end|>\n0 \\n<|im_start|>user\\nI2<|im_end|>\\n" THINK "\n"
		"1 O2<|im_end|>\n0 \\n<|im_start|>user\\nGenerate.<|im_end|>\\n" THINK},
	{"begin marker, date header", "llama3.1", "chat_simple", "DIO",
		"0 <|begin_of_text|><|start_header_id|>system<|end_header_id|>\\n\\n"
		"Cutting Knowledge Date: December 2023\\nToday Date: 26 Jul 2024\\n\\nD<|eot_id|>"
		"<|start_header_id|>user<|end_header_id|>\\n\\nI1<|eot_id|><|start_header_id|>assistant<|end_header_id|>\\n\\n\n"
		"1 O1<|eot_id|>"},
	{"two replies in a row are refused", "gemma3", "chat_simple", "DIOO",
		"error: the format 'chat_simple' of this family needs turns of user and assistant by turns: give every output an input, "
		"or none"},
};

static void test_cases(void) {
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct message messages[MOST_MESSAGES];
		char contents[MOST_MESSAGES][16], shape[MOST_MESSAGES + 1], what[200];
		snprintf(shape, sizeof shape, "%.*s", (int)strcspn(cases[i].shape, "?"), cases[i].shape);
		snprintf(what, sizeof what, "%s, %s: %s", cases[i].family, cases[i].format, cases[i].what);
		expect_messages(what, cases[i].family, cases[i].format, messages, make_messages(shape, messages, contents),
			strchr(cases[i].shape, '?') != NULL, cases[i].wanted);
	}
}

static void test_colon(void) {
	static const char *const families[] = {"gemma3", "qwen3", "llama3.1", "plain"};
	static const struct message plain[] = {{MESSAGE_INPUT, {"I", 1}}, {MESSAGE_OUTPUT, {"O", 1}}, {MESSAGE_OUTPUT, {"P", 1}}};
	for (size_t i = 0; i < 4; i++)
		expect_messages("colon: every output bears loss", families[i], "colon", plain, 3, true,
			"0 Input: I\\n\\n\n0 Output:\n1  O\\n\\n\n0 Output:\n1  P\\n\\n\n0 Output:");
}

/* White space around contents. */
static void test_trimming(void) {
	static const struct message padded[] = {
		{MESSAGE_DESCRIPTION, {" d ", 3}}, {MESSAGE_INPUT, {" i\n", 3}}, {MESSAGE_OUTPUT, {"\n o ", 4}}};
	expect_messages("spectrum: nothing is trimmed", "gemma3", "spectrum", padded, 3, false,
		"0 <start_of_turn>description\\n d <end_of_turn>\\n\n0 <start_of_turn>input\\n i\\n<end_of_turn>\\n\n"
		"0 <start_of_turn>output\\n\n1 \\n o <end_of_turn>\n0 \\n");
	expect_messages("colon: only outputs are stripped", "gemma3", "colon", padded, 3, false,
		"0 Description:  d \\n\\n\n0 Input:  i\\n\\n\\n\n0 Output:\n1  o\\n\\n");
	expect_messages("gemma trims turns", "gemma3", "chat_simple", padded, 3, false,
		"0 <start_of_turn>user\\nd\\n\\ni<end_of_turn>\\n<start_of_turn>model\\n\n1 o<end_of_turn>\n0 \\n");
	expect_messages("qwen drops newlines before the last reply", "qwen3", "chat_simple", padded, 3, false,
		"0 <|im_start|>system\\nd<|im_end|>\\n<|im_start|>user\\n i\\n<|im_end|>\\n" THINK "\n1  o <|im_end|>\n0 \\n");
}

static void test_chat_words(void) {
	struct message messages[MOST_MESSAGES];
	char contents[MOST_MESSAGES][16];
	struct made m;
	CHECK("chat of a described row", make(&m, "gemma3", "chat", messages, make_messages("DIO", messages, contents), false));
	const struct piece *pieces = m.segments.pieces;
	struct text head = segments_text(&m.segments, &pieces[1]);
	CHECK("the system text comes first", text_starts(head, text_of("user\nYou stand in")) && head.size > 500);
	CHECK("three newlines, then the description, then the first input", text_ends(head, text_of(".\n\n\nDescription: D\n\nI1")));
	CHECK("markers around it", pieces[0].marker >= 0 && pieces[2].marker >= 0 && pieces[1].marker < 0);
	unmake(&m);
}

static void test_families(void) {
	struct error e = {0};
	struct buffer names = {0};
	size_t count = family_names(&names);
	CHECK("families are listed in order", count == 4 && !strcmp(names.data, "gemma3") && !strcmp(names.data + 7, "llama3.1"));
	buffer_free(&names);
	CHECK("an unknown family", !family_open("nonsense", &e) && e.status == STATUS_USAGE && strstr(e.message, "nonsense.json"));
	CHECK("no path out of the folder", !family_open("../formats/gemma3", &e));
	struct family *f = family_open("qwen3", &e);
	int stop;
	CHECK("variants", f && family_end(f, "base", &e) == 0 && family_end(f, "instruct", &e) == 2);
	CHECK("another variant", family_end(f, "other", &e) == -1 && strstr(e.message, "it has: base instruct"));
	CHECK("no begin marker", family_begin(f) == -1);
	CHECK_TEXT("stop", format_stop(family_format(f, "chat", &e), &stop), "<|im_end|>");
	CHECK("is a marker", stop == 2);
	CHECK("an unknown format", !family_format(f, "prose", &e) && strstr(e.message, "spectrum colon chat chat_simple"));
	family_close(f);
	f = family_open("plain", &e);
	CHECK("no turns, no chat", f && !family_format(f, "chat", &e) && strstr(e.message, "it has: colon"));
	family_close(f);
}

static void test_sequences(void) {
	struct error e = {0};
	struct sequence s = {0};
	const char *head = "{\"task\":\"t\",\"part\":\"\",\"source\":\"s\",\"split\":\"train\",\"instance\":\"a\\nb\",\"sequence\":3,"
			   "\"variant\":1,\"messages\":";
	struct buffer line = {0};
	buffer_printf(&line,
		"%s[{\"role\":\"description\",\"content\":\"D\"},{\"role\":\"output\",\"content\":\"x\\u0000y\",\"example\":0}]}", head);
	CHECK("a sequence is read", sequence_parse(buffer_text(&line), &s, &e) && s.count == 2 && s.number == 3);
	CHECK_TEXT("escapes in texts", s.instance, "a\nb");
	CHECK("NUL in a content", s.messages[1].role == MESSAGE_OUTPUT && text_equal(s.messages[1].content, text_make("x\0y", 3)));
	static const struct {
		const char *messages, *says;
	} bad[] = {{"[]}", "messages is empty"}, {"7}", "messages should be a list"}, {"[7]}", "a message should be an object"},
		{"[{\"role\":\"system\",\"content\":\"\"}]}", "'system' is none of"},
		{"[{\"role\":\"input\"}]}", "content of a message is missing"},
		{"[{\"role\":\"input\",\"content\":\"\"},{\"role\":\"description\",\"content\":\"\"}]}", "should be the first message"},
		{"[", "byte"}};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		buffer_clear(&line);
		buffer_printf(&line, "%s%s", head, bad[i].messages);
		CHECK(bad[i].says,
			!sequence_parse(buffer_text(&line), &s, &e) && e.status == STATUS_DATA && strstr(e.message, bad[i].says));
	}
	sequence_free(&s);
	buffer_free(&line);
}

int main(void) {
	test_cases();
	test_colon();
	test_trimming();
	test_chat_words();
	test_families();
	test_sequences();
	return check_done();
}
