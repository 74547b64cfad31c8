/* The backend for tokenizer.json files, on small ones made by hand and on published ones when they are at hand. */
#include "check.h"
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "token/backend.h"
#include "token/tokenizer.h"

static const char vocabulary[] = "\"vocab\":{\"a\":0,\"b\":1,\"c\":2,\"ab\":3,\"abc\":4,\"bc\":5,\"aa\":6,\"\xE2\x96\x81\":7,\"\xE2\x96\x81"
				 "a\":8,\"<unk>\":9,\"\xC3\xA9\":10},"
				 "\"merges\":[\"b c\",[\"a\",\"b\"],\"ab c\",\"a a\",\"\xE2\x96\x81 a\"]";

/* A file with that vocabulary; `parts` and `settings` are more members of the file and of its model, each with a comma behind. */
static bool open_made(const char *parts, const char *settings, struct tokenizer_model *m, struct error *e) {
	struct buffer b = {0};
	buffer_printf(&b, "{\"version\":\"1.0\",%s\"model\":{\"type\":\"BPE\",%s%s}}", parts, settings, vocabulary);
	bool good = hf_backend_open(buffer_text(&b), "made", "", m, e);
	buffer_free(&b);
	return good;
}

static const char *ids_in(const struct tokenizer_model *m, struct text text, bool specials, struct buffer *out) {
	struct token_ids ids = {0};
	struct error e = {0};
	void *scratch = m->backend->scratch_make(m->model);
	buffer_clear(out);
	bool good = (specials ? m->backend->encode_specials : m->backend->encode)(m->model, scratch, text, &ids, &e);
	if (!good) buffer_add_string(out, e.message);
	for (size_t i = 0; i < ids.count; i++) buffer_printf(out, "%s%d", i ? " " : "", ids.ids[i]);
	m->backend->scratch_free(scratch);
	token_ids_free(&ids);
	return buffer_string(out);
}

static void check_ids(const char *what, const char *parts, const char *settings, const char *text, bool specials, const char *wanted) {
	struct tokenizer_model m;
	struct error e = {0};
	struct buffer out = {0};
	if (!open_made(parts, settings, &m, &e)) {
		CHECK_TEXT(what, text_of(e.message), wanted);
		return;
	}
	CHECK_TEXT(what, text_of(ids_in(&m, text_of(text), specials, &out)), wanted);
	buffer_free(&out);
	m.backend->close(m.model);
}

#define ADDED                                                                                                                              \
	"\"added_tokens\":[{\"id\":9,\"content\":\"<unk>\",\"special\":true},{\"id\":11,\"content\":\"<s>\",\"special\":true},"            \
	"{\"id\":12,\"content\":\"<s>b\",\"special\":false,\"lstrip\":true},{\"id\":13,\"content\":\"ca\",\"single_word\":true}],"
#define METASPACE "\"pre_tokenizer\":{\"type\":\"Metaspace\",\"replacement\":\"\xE2\x96\x81\",\"prepend_scheme\":\"always\"},"

static void test_made(void) {
	check_ids("merges by rank, not by length", "", "", "abc", false, "0 5");
	check_ids("the leftmost of equals", "", "", "aaa", false, "6 0");
	check_ids("ignore_merges takes the whole token", "", "\"ignore_merges\":true,", "abc", false, "4");
	check_ids("unknown characters are left out", "", "", "axb", false, "3");
	check_ids("unknown characters become the unknown token", "", "\"unk_token\":\"<unk>\",", "axyb", false, "0 9 9 1");
	check_ids("a run of them is one", "", "\"unk_token\":\"<unk>\",\"fuse_unk\":true,", "axyb", false, "0 9 1");
	check_ids("Metaspace", METASPACE, "", "a b", false, "8 7 1");
	check_ids("NFC", "\"normalizer\":{\"type\":\"NFC\"},", "", "ae\xCC\x81", false, "0 10");
	check_ids("a pattern of split.h in another place",
		"\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"'s|'t|'re|'ve|'m|'ll|'d| ?\\\\p{L}+| "
		"?\\\\p{N}+| ?[^\\\\s\\\\p{L}\\\\p{N}]+|\\\\s+(?!\\\\S)|\\\\s+\"},\"content\":\"b\"},",
		"", "abc abc", false, "1 1");
	check_ids("special tokens in data are text", ADDED, "", "a<s>c", false, "0 2");
	check_ids("unless they are asked for", ADDED, "", "a<s>c", true, "0 11 2");
	check_ids("the longest token wins and strips", ADDED, "", "a  <s>b", true, "0 12");
	check_ids("a token all of which the one before has stripped",
		"\"added_tokens\":[{\"content\":\"a\",\"rstrip\":true},{\"content\":\"\\n\",\"lstrip\":true}],", "", "a\nb\n", false,
		"0 1 11");
	check_ids("a mark in front of what follows a token, behind two normalizers",
		METASPACE "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Lowercase\"},{\"type\":\"NFC\"}]},"
			  "\"added_tokens\":[{\"content\":\"c\",\"normalized\":true}],",
		"", " BCABe\xCC\x81", false, "7 1 2 7 3 10");
#define OVERLAP                                                                                                                            \
	"\"added_tokens\":[{\"content\":\"bccb\"},{\"content\":\"cc\"},{\"content\":\"ccba\"},{\"content\":\"bc\",\"special\":true},"      \
	"{\"content\":\"a\",\"single_word\":true}],"
	check_ids("tokens within others, the first counts", OVERLAP, "", "bccba", false, "11 0");
	check_ids("the beginning of one hides no other", OVERLAP, "", "bbcca", false, "1 5 2 0");
	check_ids("nor its end", OVERLAP, "", "abccabcccba", false, "0 5 2 0 5 13");
	check_ids("single_word", ADDED, "", "ca cab", false, "13 2 3");
}

static bool fails_with(const char *parts, const char *settings, const char *words) {
	struct tokenizer_model m;
	struct error e = {0};
	if (open_made(parts, settings, &m, &e)) {
		m.backend->close(m.model);
		return false;
	}
	if (strstr(e.message, words) && e.status == STATUS_DATA) return true;
	printf("# %s\n", e.message);
	return false;
}

static bool bytes_fail(const char *file, const char *words) {
	struct tokenizer_model m;
	struct error e = {0};
	if (hf_backend_open(text_of(file), "made", "", &m, &e)) {
		m.backend->close(m.model);
		return false;
	}
	if (strstr(e.message, words) && e.status == STATUS_DATA) return true;
	printf("# %s\n", e.message);
	return false;
}

/* Metaspace marks only the piece with which the text begins. */
#define FIRST "{\"type\":\"Metaspace\",\"replacement\":\"\xE2\x96\x81\",\"prepend_scheme\":\"first\"}"
#define AFTER(part) "\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[" part "," FIRST "]},"
#define REPLACE(what, with)                                                                                                                \
	"\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"String\":\"" what "\"},\"content\":\"" with "\"},\"pre_tokenizer\":" FIRST ","

static void test_first(void) {
	check_ids("the first word", AFTER("{\"type\":\"Whitespace\"}"), "", "a a", false, "8 0");
	check_ids("no word where white space was left out", AFTER("{\"type\":\"Whitespace\"}"), "", " a a", false, "0 0");
	check_ids("nothing left of the first piece", AFTER("{\"type\":\"Digits\"},{\"type\":\"WhitespaceSplit\"}"), "", " 1a a", false,
		"0 0");
	check_ids("one character in the place of another", REPLACE("b", "a"), "", "ba", false, "7 6");
	check_ids("one in the place of two", REPLACE("bb", "a"), "", "bba", false, "6");
	check_ids("nothing in its place", REPLACE("b", ""), "", "ba", false, "0");
	CHECK("Prepend before", fails_with("\"normalizer\":{\"type\":\"Prepend\",\"prepend\":\" \"},\"pre_tokenizer\":" FIRST ",", "",
					"normalizer Prepend"));
	CHECK("a normalizer before",
		fails_with("\"normalizer\":{\"type\":\"NFKC\"}," AFTER("{\"type\":\"Whitespace\"}"), "", "with a normalizer"));
	check_ids("not in front", REPLACE("b", ""), "", "ab", false, "8");
}

static void test_expressions(void) {
	static const struct {
		const char *pattern, *problem;
	} refused[] = {{"\\\\E", "has \\E"}, {"\\\\pL", "without braces"}, {"\\\\xE9", "a byte"}, {"a{2}?", "behind a count"},
		{"a{1,2}+", "behind a count"}, {"[]a]", "begins with ]"}, {"[^]a]", "begins with ]"}, {"(*UTF)a", "(*"},
		{"a(?i)b|c", "in front"}, {"(?im:a.)", "an option"}, {"(?i)ss", "a pair"}, {"(?i:x|Fi)", "a pair"},
		{"(?i:\xC3\xA9)", "beyond ASCII"}, {"(?i:[\\\\p{Lu}])", "a property"}, {"(?i:(?:a)s{2})", "a count"},
		{"\\\\p{Emoji}", "unknown property"}};
	struct buffer parts = {0};
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		buffer_clear(&parts);
		buffer_printf(&parts, "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"%s\"},\"behavior\":\"Isolated\"},",
			refused[i].pattern);
		CHECK(refused[i].pattern, fails_with(buffer_string(&parts), "", refused[i].problem));
	}
	buffer_free(&parts);
	CHECK("a replaced expression that matches nothing",
		fails_with("\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"x*\"},\"content\":\"\"},", "", "matches empty"));
#define REMOVED(pattern) "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"" pattern "\"},\"behavior\":\"Removed\"},"
	check_ids("a vertical tab is no newline", REMOVED("\\\\v"), "\"unk_token\":\"<unk>\",", "a\nb\vc", false, "0 9 1 2");
	check_ids("a script without its extensions", REMOVED("\\\\p{Han}"), "\"unk_token\":\"<unk>\",", "a\xE6\x97\xA5\xE3\x80\x81", false,
		"0 9");
	check_ids("case counts again behind the group", REMOVED("(?i:A)|\\\\p{Lu}|ss"), "", "aAB\xC3\xA9", false, "10");
}

static void test_refused(void) {
	CHECK("an unknown normalizer", fails_with("\"normalizer\":{\"type\":\"Nmt\"},", "", "normalizer 'Nmt'"));
	CHECK("an unknown pre-tokenizer", fails_with("\"pre_tokenizer\":{\"type\":\"Punctuation\"},", "", "pre-tokenizer 'Punctuation'"));
	CHECK("an unknown decoder", fails_with("\"decoder\":{\"type\":\"CTC\"},", "", "decoder 'CTC'"));
	CHECK("an unknown post-processor", fails_with("\"post_processor\":{\"type\":\"Bert\"},", "", "post-processor 'Bert'"));
	CHECK("dropout", fails_with("", "\"dropout\":0.1,", "'dropout'"));
	CHECK("an affix", fails_with("", "\"end_of_word_suffix\":\"</w>\",", "'end_of_word_suffix'"));
	CHECK("truncation", fails_with("\"truncation\":{},", "", "'truncation'"));
	CHECK("an unknown token that is none", fails_with("", "\"unk_token\":\"?\",", "unk_token '?'"));
	CHECK("a wrong type", fails_with("", "\"fuse_unk\":1,", "'fuse_unk' should be true or false"));
	CHECK("an empty pattern",
		fails_with("\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"String\":\"\"},\"content\":\"\"},", "", "empty"));
#define TENFOLD "{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"aaaaaaaaaa\"}"
	CHECK("decoders that blow a text up", fails_with("\"decoder\":{\"type\":\"Sequence\",\"decoders\":[" TENFOLD "," TENFOLD "," TENFOLD
							 "," TENFOLD "," TENFOLD "]},",
						      "", "times as long"));
	CHECK("a wrong regular expression",
		fails_with("\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(a\"},\"behavior\":\"Isolated\"},", "", "(a"));
	CHECK("an expression that means something else to PCRE2",
		fails_with("\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"\\\\w+\"},\"content\":\"\"},", "", "has \\w"));
	CHECK("a Split of no behavior",
		fails_with(
			"\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"String\":\"a\"},\"behavior\":\"x\"},", "", "behavior 'x'"));
	CHECK("a Metaspace mark of two characters",
		fails_with("\"pre_tokenizer\":{\"type\":\"Metaspace\",\"replacement\":\"ab\"},", "", "one character"));
	CHECK("an added token of wrong type", fails_with("\"added_tokens\":[3],", "", "added_tokens"));
	CHECK("added tokens with one normal form", fails_with("\"normalizer\":{\"type\":\"Lowercase\"},\"added_tokens\":[{\"content\":"
							      "\"X\",\"normalized\":true},{\"content\":\"x\",\"normalized\":true}],",
							   "", "same normal form"));
	CHECK("not JSON", bytes_fail("{", "not JSON"));
	CHECK("no model", bytes_fail("{}", "no 'model'"));
	CHECK("another model", bytes_fail("{\"model\":{\"type\":\"Unigram\"}}", "Unigram"));
	CHECK("no vocabulary", bytes_fail("{\"model\":{\"type\":\"BPE\",\"merges\":[]}}", "'vocab'"));
	CHECK("a huge id", bytes_fail("{\"model\":{\"vocab\":{\"a\":4294967295},\"merges\":[]}}", "token 'a'"));
	CHECK("an id that is none", bytes_fail("{\"model\":{\"vocab\":{\"a\":-1},\"merges\":[]}}", "the id -1 of token 'a'"));
	CHECK("a token that is not UTF-8", bytes_fail("{\"model\":{\"vocab\":{\"\xE2\x96\":0},\"merges\":[]}}", "not UTF-8"));
	CHECK("a merge that is not UTF-8",
		bytes_fail("{\"pre_tokenizer\":{\"type\":\"ByteLevel\"},\"model\":{\"vocab\":{\"a\":0},\"merges\":[\"a \xF0\"]}}",
			"ByteLevel does not make"));
	CHECK("an id twice", bytes_fail("{\"model\":{\"vocab\":{\"a\":0,\"b\":0},\"merges\":[]}}", "token 'b'"));
	CHECK("a merge of one", bytes_fail("{\"model\":{\"vocab\":{\"a\":0},\"merges\":[\"a\"]}}", "two tokens"));
	CHECK("a merge of three", bytes_fail("{\"model\":{\"vocab\":{\"a\":0},\"merges\":[[\"a\",\"a\",\"a\"]]}}", "two tokens"));
	CHECK("a merge of strangers", bytes_fail("{\"model\":{\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}}", "lacks"));
	struct buffer deep = {0};
	buffer_add_string(&deep, "\"decoder\":");
	for (int i = 0; i < 12; i++) buffer_add_string(&deep, "{\"type\":\"Sequence\",\"decoders\":[");
	for (int i = 0; i < 12; i++) buffer_add_string(&deep, "]}");
	buffer_add_string(&deep, ",");
	CHECK("a deep Sequence", fails_with(buffer_string(&deep), "", "too many"));
	buffer_free(&deep);
}

static void test_empty(void) {
	struct tokenizer_model m;
	struct error e = {0};
	struct buffer out = {0};
	CHECK("a model of nothing opens", hf_backend_open(text_of("{\"model\":{\"vocab\":{},\"merges\":[]}}"), "made", "", &m, &e));
	CHECK_TEXT("and gives nothing", text_of(ids_in(&m, text_of("abc \xF0\x9F\x98\x80"), true, &out)), "");
	CHECK("size",
		m.backend->size(m.model) == 0 && !m.backend->is_special(m.model, 0) && m.backend->special(m.model, text_of("a")) == -1);
	buffer_clear(&out);
	m.backend->decode(m.model, (int32_t[]){0, -1, 5}, 3, true, &out);
	CHECK("strays are U+FFFD", !strcmp(buffer_string(&out), "\xEF\xBF\xBD \xEF\xBF\xBD \xEF\xBF\xBD"));
	buffer_free(&out);
	m.backend->close(m.model);
}

/* Tokens of the model that ByteLevel never makes of a text, as DeepSeek's <｜begin▁of▁sentence｜>, still have the ids that the model gives them. */
static void test_beyond_byte_level(void) {
	struct tokenizer_model m;
	struct error e = {0};
	struct buffer out = {0};
	static const char file[] =
		"{\"pre_tokenizer\":{\"type\":\"ByteLevel\"},"
		"\"added_tokens\":[{\"content\":\"<\xEF\xBD\x9C>\",\"special\":true},{\"content\":\"<x>\"}],"
		"\"model\":{\"vocab\":{\"<\xEF\xBD\x9C>\":0,\"a\":1,\"b\":2},\"merges\":[],\"unk_token\":\"<\xEF\xBD\x9C>\"}}";
	bool open = hf_backend_open(text_of(file), "made", "", &m, &e);
	CHECK("a token beyond the byte level opens", open);
	if (!open) return;
	CHECK_TEXT("it has its id, and new ones come behind", text_of(ids_in(&m, text_of("b<\xEF\xBD\x9C>a<x>"), true, &out)), "2 0 1 3");
	CHECK_TEXT("it may be the unknown token", text_of(ids_in(&m, text_of("acb"), true, &out)), "1 0 2");
	buffer_free(&out);
	m.backend->close(m.model);
}

static void repeat(struct buffer *b, const char *what, size_t times) {
	while (times--) buffer_add_string(b, what);
}

/* Files and texts that would take minutes if the time grew by a product. */
static void test_hostile(void) {
	enum { SECONDS = 5 };
	struct buffer parts = {0}, text = {0}, wanted = {0};
	clock_t start = clock();
	buffer_add_string(&parts, "\"added_tokens\":[{\"content\":\"");
	repeat(&parts, "b", 50000);
	buffer_add_string(&parts, "c\"}],");
	repeat(&text, "b", 500000);
	repeat(&wanted, " 1", 500000);
	check_ids(
		"a long added token, begun everywhere", buffer_string(&parts), "", buffer_string(&text), false, buffer_string(&wanted) + 1);
	buffer_clear(&parts);
	buffer_add_string(&parts, "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"NFC\"}");
	repeat(&parts, ",{\"type\":\"NFC\"}", 3000);
	buffer_add_string(&parts, "]},");
	check_ids("a form thousands of times", buffer_string(&parts), "", "ae\xCC\x81", false, "0 10");
	CHECK("in seconds", (clock() - start) / CLOCKS_PER_SEC < SECONDS);
	buffer_clear(&parts);
	buffer_add_string(&parts, "\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Whitespace\"}");
	repeat(&parts, ",{\"type\":\"Metaspace\",\"replacement\":\"_\"}", 9);
	buffer_add_string(&parts, "]},");
	CHECK("marks upon marks", fails_with(buffer_string(&parts), "", "more than 8 pre-tokenizers Metaspace"));
	buffer_free(&parts);
	buffer_free(&text);
	buffer_free(&wanted);
}

/* Texts and ids of the library, typed off. */
#define ONE "It's 2024,  I'LL go\r\n\n to cafe\xCC\x81 \xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E \xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7."
#define TWO "<|im_end|><end_of_turn><|eot_id|>\n\n<think>"
static const struct {
	const char *name, *one, *two, *two_specials, *end;
	size_t size;
} published[] = {
	{"gemma3",
		"1509 236789 236751 236743 236778 236771 236778 236812 236764 138 236777 236789 2182 817 251 108 531 24364 238288 33375 "
		"238582 236743 "
		"243767 237243 244814 236761",
		"236820 236909 548 236779 643 236909 1798 643 236779 1340 236779 887 1798 236909 236744 557 236779 547 111038 108 236820 "
		"36345 236813",
		"236820 236909 548 236779 643 111038 106 236820 236909 236744 557 236779 547 111038 108 236820 36345 236813",
		"<end_of_turn>", 262145},
	{"qwen3", "2132 594 220 17 15 17 19 11 220 358 6 4086 728 80823 311 51950 75402 21894 102819 61804 102 378 235 145665 13",
		"27 91 318 6213 91 1784 408 3575 37274 1784 91 68 354 842 91 1339 151667",
		"151645 27 408 3575 37274 1784 91 68 354 842 91 1339 151667", "<|im_end|>", 151669},
	{"llama3_1", "2181 596 220 2366 19 11 220 358 6 4178 733 81923 311 42030 54939 105180 102158 62904 102 102470 9468 239 100 13",
		"27 91 318 6345 91 1822 408 3659 38374 1822 91 68 354 851 91 1363 14023 771 29",
		"27 91 318 6345 91 1822 408 3659 38374 29 128009 271 14023 771 29", "<|eot_id|>", 128256},
};

static bool long_run_is_quick(const struct tokenizer *t, struct tokenizer_scratch *s) {
	enum { SIZE = 1 << 20 };
	char *run = memory_allocate(SIZE);
	struct token_ids ids = {0};
	struct error e = {0};
	memset(run, 'a', SIZE);
	bool good = tokenizer_encode(t, s, text_make(run, SIZE), &ids, &e) && ids.count > 1000 && ids.count < SIZE;
	token_ids_free(&ids);
	free(run);
	return good;
}

static void test_one(const struct tokenizer *t, size_t which) {
	struct tokenizer_scratch *s = tokenizer_scratch_make(t);
	struct token_ids ids = {0};
	struct buffer out = {0};
	struct error e = {0};
	const char *const texts[] = {ONE, TWO, TWO}, *const wanted[] = {
							     published[which].one, published[which].two, published[which].two_specials};
	for (int i = 0; i < 3; i++) {
		ids.count = 0;
		buffer_clear(&out);
		CHECK("encodes", (i == 2 ? tokenizer_encode_specials : tokenizer_encode)(t, s, text_of(texts[i]), &ids, &e));
		for (size_t k = 0; k < ids.count; k++) buffer_printf(&out, "%s%d", k ? " " : "", ids.ids[k]);
		CHECK_TEXT("the library's ids", buffer_text(&out), wanted[i]);
	}
	buffer_clear(&out);
	tokenizer_decode(t, ids.ids, ids.count, true, &out);
	CHECK_TEXT("the text comes back", buffer_text(&out), TWO);
	int32_t end = tokenizer_special(t, text_of(published[which].end));
	CHECK("the end of a turn is special", end > 0 && tokenizer_is_special(t, end) && !tokenizer_is_special(t, 300));
	CHECK("size and kind", tokenizer_size(t) == published[which].size && !strcmp(tokenizer_kind(t), "hf-bpe"));
	CHECK("a megabyte of one letter", long_run_is_quick(t, s));
	ids.count = 0;
	CHECK("broken UTF-8 is U+FFFD", tokenizer_encode(t, s, text_of("a\xFF\xE2\x82z"), &ids, &e));
	size_t count = ids.count;
	CHECK("the same ids", tokenizer_encode(t, s, text_of("a\xEF\xBF\xBD\xEF\xBF\xBDz"), &ids, &e) && ids.count == 2 * count &&
				      !memcmp(ids.ids, ids.ids + count, count * sizeof *ids.ids));
	token_ids_free(&ids);
	buffer_free(&out);
	tokenizer_scratch_free(s);
}

static void test_published(void) {
	for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
		char path[200];
		struct error e = {0};
		snprintf(path, sizeof path, "../shared/tokenizers/%s/tokenizer.json", published[i].name);
		if (access(path, R_OK)) {
			printf("ok - the published tokeniser %s # skip there is no %s\n", published[i].name, path);
			continue;
		}
		struct tokenizer *t = tokenizer_open(path, &e);
		CHECK(published[i].name, t != NULL);
		if (t) test_one(t, i);
		tokenizer_close(t);
	}
}

int main(void) {
	test_made();
	test_refused();
	test_first();
	test_expressions();
	test_empty();
	test_beyond_byte_level();
	test_hostile();
	test_published();
	return check_done();
}
