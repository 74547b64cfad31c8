/* Message formats: the worked examples of the families, typed as segments. A segment is shown as its loss flag and its text, markers by name; a
 * bar stands between two texts that are encoded apart. */
#include "check.h"
#include <stdlib.h>

#include "format/sequence.h"
#include "token/row_encoder.h"

enum { MOST_MESSAGES = 16 };

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

static void expect_messages(const char *what, const char *family, const char *format, const struct message *messages, size_t count,
	bool prompt, const char *wanted) {
	struct error e = {0};
	struct segments s = {0};
	struct buffer shown = {0};
	struct family *f = family_open(family, &e);
	const struct format *with = f ? family_format(f, format, &e) : NULL;
	if (!with || !format_segments(with, messages, count, prompt, &s, &e)) buffer_printf(&shown, "error: %s", e.message);
	else show(f, &s, &shown);
	CHECK_TEXT(what, buffer_text(&shown), wanted);
	buffer_free(&shown);
	segments_free(&s);
	family_close(f);
}

static void expect(const char *what, const char *family, const char *format, const char *shape, const char *wanted) {
	struct message messages[MOST_MESSAGES];
	char contents[MOST_MESSAGES][16];
	bool prompt = strchr(shape, '?') != NULL;
	char plain[MOST_MESSAGES + 1];
	snprintf(plain, sizeof plain, "%.*s", (int)strcspn(shape, "?"), shape);
	size_t count = make_messages(plain, messages, contents);
	expect_messages(what, family, format, messages, count, prompt, wanted);
}

static void test_spectrum(void) {
	expect("gemma: description, two samples", "gemma3", "spectrum", "DIOIO",
		"0 <start_of_turn>description\\nD<end_of_turn>\\n\n0 <start_of_turn>input\\nI1<end_of_turn>\\n\n0 "
		"<start_of_turn>output\\n\n"
		"1 O1<end_of_turn>\n0 \\n\n0 <start_of_turn>input\\nI2<end_of_turn>\\n\n0 <start_of_turn>output\\n\n1 O2<end_of_turn>\n0 "
		"\\n");
	expect("gemma: without description the first output bears no loss", "gemma3", "spectrum", "IOIO",
		"0 <start_of_turn>input\\nI1<end_of_turn>\\n\n0 <start_of_turn>output\\n\n0 O1<end_of_turn>\n0 \\n\n"
		"0 <start_of_turn>input\\nI2<end_of_turn>\\n\n0 <start_of_turn>output\\n\n1 O2<end_of_turn>\n0 \\n");
	expect("gemma: outputs alone and a prompt", "gemma3", "spectrum", "DO?",
		"0 <start_of_turn>description\\nD<end_of_turn>\\n\n0 <start_of_turn>output\\n\n1 O1<end_of_turn>\n0 \\n\n0 "
		"<start_of_turn>output\\n");
	expect("qwen", "qwen3", "spectrum", "DIO",
		"0 <|im_start|>description\\nD<|im_end|>\\n\n0 <|im_start|>input\\nI1<|im_end|>\\n\n0 <|im_start|>output\\n\n1 "
		"O1<|im_end|>\n0 \\n");
	expect("llama: two segments an output", "llama3.1", "spectrum", "DIO",
		"0 <|start_header_id|>description<|end_header_id|>\\n\\nD<|eot_id|>\n0 "
		"<|start_header_id|>input<|end_header_id|>\\n\\nI1<|eot_id|>\n"
		"0 <|start_header_id|>output<|end_header_id|>\\n\\n\n1 O1<|eot_id|>");
	expect("llama: no description", "llama3.1", "spectrum", "OO",
		"0 <|start_header_id|>output<|end_header_id|>\\n\\n\n0 O1<|eot_id|>\n0 <|start_header_id|>output<|end_header_id|>\\n\\n\n1 "
		"O2<|eot_id|>");
}

static void test_colon(void) {
	const char *const families[] = {"gemma3", "qwen3", "llama3.1", "plain"};
	for (size_t i = 0; i < 4; i++)
		expect("colon: every output bears loss", families[i], "colon", "IOO?",
			"0 Input: I1\\n\\n\n0 Output:\n1  O1\\n\\n\n0 Output:\n1  O2\\n\\n\n0 Output:");
	const struct message padded[] = {{MESSAGE_DESCRIPTION, text_of(" d ")}, {MESSAGE_OUTPUT, text_of("\n o \t")}};
	expect_messages(
		"colon: only outputs are stripped", "gemma3", "colon", padded, 2, false, "0 Description:  d \\n\\n\n0 Output:\n1  o\\n\\n");
}

static void test_chat(void) {
	/* chat_simple has the turns of chat without its words, so whole rows can be typed. */
	expect("chat_simple, gemma: the system text in the first turn", "gemma3", "chat_simple", "IOIO",
		"0 <start_of_turn>user\\nExample Input: I1\\n\\nExample Output: O1\\n\\nI2<end_of_turn>\\n<start_of_turn>model\\n\n1 "
		"O2<end_of_turn>\n0 \\n");
	expect("chat_simple, gemma: description, no inputs", "gemma3", "chat_simple", "DOO",
		"0 <start_of_turn>user\\nD\\n\\nGenerate<end_of_turn>\\n<start_of_turn>model\\n\n1 O1<end_of_turn>\n"
		"0 \\n<start_of_turn>user\\nGenerate<end_of_turn>\\n<start_of_turn>model\\n\n1 O2<end_of_turn>\n0 \\n");
	expect("chat_simple, gemma: a prompt after a reply", "gemma3", "chat_simple", "DO?",
		"0 <start_of_turn>user\\nD\\n\\nGenerate<end_of_turn>\\n<start_of_turn>model\\n\n1 O1<end_of_turn>\n"
		"0 \\n<start_of_turn>user\\nGenerate.<end_of_turn>\\n<start_of_turn>model\\n");
	expect("chat_simple, gemma: only a description", "gemma3", "chat_simple", "D", "0 <start_of_turn>user\\nD\\n\\n<end_of_turn>\\n");
	expect("chat_simple, gemma: an input and an output alone make no reply", "gemma3", "chat_simple", "IO",
		"0 <start_of_turn>user\\nExample Input: I1\\n\\nExample Output: O1\\n\\n<end_of_turn>\\n");
	expect("chat_simple, qwen: one empty think block a reply, without loss", "qwen3", "chat_simple", "DIOIO",
		"0 "
		"<|im_start|>system\\nD<|im_end|>\\n<|im_start|>user\\nI1<|im_end|>\\n<|im_start|>assistant\\n<think>\\n\\n</think>\\n\\n\n"
		"1 O1<|im_end|>\n0 \\n<|im_start|>user\\nI2<|im_end|>\\n<|im_start|>assistant\\n<think>\\n\\n</think>\\n\\n\n1 "
		"O2<|im_end|>\n0 \\n");
	expect("chat_simple, llama: begin marker, date header", "llama3.1", "chat_simple", "DIO",
		"0 <|begin_of_text|><|start_header_id|>system<|end_header_id|>\\n\\nCutting Knowledge Date: December 2023\\nToday Date: 26 "
		"Jul 2024\\n\\nD"
		"<|eot_id|><|start_header_id|>user<|end_header_id|>\\n\\nI1<|eot_id|><|start_header_id|>assistant<|end_header_id|>"
		"\\n\\n\n1 O1<|eot_id|>");
	expect("gemma refuses two replies in a row", "gemma3", "chat_simple", "DIOO",
		"error: the format 'chat_simple' of this family needs turns of user and assistant by turns: give every output an input, or "
		"none");
	const struct message padded[] = {
		{MESSAGE_DESCRIPTION, text_of("D")}, {MESSAGE_INPUT, text_of(" i\n")}, {MESSAGE_OUTPUT, text_of("\n o ")}};
	expect_messages("gemma trims turns", "gemma3", "chat_simple", padded, 3, false,
		"0 <start_of_turn>user\\nD\\n\\ni<end_of_turn>\\n<start_of_turn>model\\n\n1 o<end_of_turn>\n0 \\n");
	expect_messages("qwen drops newlines before the last reply", "qwen3", "chat_simple", padded, 3, false,
		"0 <|im_start|>system\\nD<|im_end|>\\n<|im_start|>user\\n "
		"i\\n<|im_end|>\\n<|im_start|>assistant\\n<think>\\n\\n</think>\\n\\n\n"
		"1  o <|im_end|>\n0 \\n");
}

static void test_chat_words(void) {
	struct message messages[MOST_MESSAGES];
	char contents[MOST_MESSAGES][16];
	struct error e = {0};
	struct segments s = {0};
	struct family *f = family_open("gemma3", &e);
	const struct format *chat = family_format(f, "chat", &e);
	CHECK("chat of a described row", chat && format_segments(chat, messages, make_messages("DIO", messages, contents), false, &s, &e));
	struct text head = segments_text(&s, &s.pieces[1]);
	CHECK("the system text comes first", text_starts(head, text_of("user\nYou stand in")) && head.size > 500);
	CHECK("three newlines, then the description, then the first input", text_ends(head, text_of(".\n\n\nDescription: D\n\nI1")));
	CHECK("markers around it", s.pieces[0].marker >= 0 && s.pieces[2].marker >= 0 && s.pieces[1].marker < 0);
	segments_free(&s);
	family_close(f);
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
	test_spectrum();
	test_colon();
	test_chat();
	test_chat_words();
	test_families();
	test_sequences();
	return check_done();
}
