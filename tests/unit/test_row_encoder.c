/* Rows of ids and labels, on a model made by hand: a byte b is the piece 6 + b, but "ab" is 262, "a" 263 and "b" 264. */
#include "check.h"
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/stream.h"
#include "token/protobuf.h"
#include "token/row_encoder.h"

enum { PAD, EOS, BOS, UNK, START, END, BYTES, AB = BYTES + 256, A, B, NO = LABEL_NONE };
enum { TYPE_NORMAL = 1, TYPE_UNKNOWN = 2, TYPE_CONTROL = 3, TYPE_BYTE = 6 };

static void add_piece(struct buffer *model, const char *name, float score, char type) {
	struct buffer piece = {0};
	protobuf_add_bytes(&piece, 1, text_of(name));
	buffer_add_char(&piece, 0x15);
	buffer_add(&piece, &score, sizeof score);
	buffer_add_char(&piece, 0x18);
	buffer_add_char(&piece, type);
	protobuf_add_bytes(model, MODEL_PIECES, buffer_text(&piece));
	buffer_free(&piece);
}

static struct tokenizer *make_tokenizer(const char *folder) {
	static const char *const specials[] = {"<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"};
	struct buffer model = {0}, path = {0};
	char name[16];
	struct error e = {0};
	for (int i = 0; i < BYTES; i++) add_piece(&model, specials[i], 0, i == UNK ? TYPE_UNKNOWN : TYPE_CONTROL);
	for (int i = 0; i < 256; i++) {
		snprintf(name, sizeof name, "<0x%02X>", i);
		add_piece(&model, name, 0, TYPE_BYTE);
	}
	add_piece(&model, "ab", -1, TYPE_NORMAL);
	add_piece(&model, "a", -2, TYPE_NORMAL);
	add_piece(&model, "b", -3, TYPE_NORMAL);
	/* trainer: BPE (3: 2), byte fallback (35: true), unk, bos, eos, pad (40 to 43); normaliser: no dummy prefix, no white space removed. */
	static const char trainer[] =
		"\x18\x02\x98\x02\x01\xC0\x02\x03\xC8\x02\x02\xD0\x02\x01\xD8\x02\x00\xEA\x02\x05<unk>\xF2\x02\x05<bos>\xFA\x02\x05<eos>"
		"\x82\x03\x05<pad>";
	protobuf_add_bytes(&model, MODEL_TRAINER, text_make(trainer, sizeof trainer - 1));
	protobuf_add_bytes(&model, MODEL_NORMALIZER, text_make("\x18\x00\x20\x00", 4));
	buffer_printf(&path, "%s/hand.model", folder);
	struct tokenizer *t = output_save(buffer_string(&path), buffer_text(&model), &e) ? tokenizer_open(buffer_string(&path), &e) : NULL;
	if (!t) printf("# %s\n", e.message);
	unlink(buffer_string(&path));
	buffer_free(&path);
	buffer_free(&model);
	return t;
}

static struct tokenizer *tokenizer;

static bool same(const struct encoded_row *row, const int *ids, const int *loss, const int *example, size_t count) {
	if (row->count != count) return false;
	for (size_t i = 0; i < count; i++)
		if (row->ids[i] != ids[i] || row->labels[i] != (loss[i] ? ids[i] : NO) || row->example[i] != example[i]) return false;
	return true;
}

static void print_row(const struct encoded_row *row) {
	printf("# got %zu:", row->count);
	for (size_t i = 0; i < row->count; i++) printf(" %d/%d/%d", row->ids[i], row->labels[i], row->example[i]);
	printf("\n");
}

/* Encodes and compares; `whole` is the row without limit, of which the first `length` are wanted. */
static void expect(const char *what, const char *format, const char *variant, size_t max_length, const struct message *messages,
	size_t message_count, const int (*whole)[3], size_t length) {
	struct error e = {0};
	struct family *f = family_open("gemma3", &e);
	struct row_encoder *r = f ? row_encoder_open(&(struct row_options){tokenizer, f, format, variant, max_length, false}, &e) : NULL;
	struct row_worker *w = r ? row_worker_make(r) : NULL;
	struct encoded_row row;
	int ids[256], loss[256], example[256];
	size_t labels = 0;
	for (size_t i = 0; i < length; i++) {
		ids[i] = whole[i][0];
		loss[i] = whole[i][1];
		example[i] = whole[i][2];
		labels += whole[i][1] != 0;
	}
	for (int again = 0; again < 2; again++) { /* the second time from the cache */
		bool good = w && row_worker_encode(w, messages, message_count, &row, &e);
		CHECK(what, good && same(&row, ids, loss, example, length) && row.label_count == labels);
		if (!good) printf("# %s\n", e.message);
		else if (!same(&row, ids, loss, example, length)) print_row(&row);
	}
	row_worker_free(w);
	row_encoder_close(r);
	family_close(f);
}

#define BYTE(c) (BYTES + (c)), 0, -1
#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct message described[] = {{MESSAGE_DESCRIPTION, {"x", 1}}, {MESSAGE_OUTPUT, {"ab", 2}}, {MESSAGE_OUTPUT, {"\nb", 2}}};

/* description\n is 11 + 1 bytes of which none are a or b. */
static const int described_row[][3] = {{BOS, 0, -1}, {START, 0, -1}, {BYTE('d')}, {BYTE('e')}, {BYTE('s')}, {BYTE('c')}, {BYTE('r')},
	{BYTE('i')}, {BYTE('p')}, {BYTE('t')}, {BYTE('i')}, {BYTE('o')}, {BYTE('n')}, {BYTE('\n')}, {BYTE('x')}, {END, 0, -1}, {BYTE('\n')},
	{START, 0, -1}, {BYTE('o')}, {BYTE('u')}, {BYTE('t')}, {BYTE('p')}, {BYTE('u')}, {BYTE('t')}, {BYTE('\n')}, {AB, 1, 0}, {END, 1, 0},
	{BYTE('\n')}, {START, 0, -1}, {BYTE('o')}, {BYTE('u')}, {BYTE('t')}, {BYTE('p')}, {BYTE('u')}, {BYTE('t')}, {BYTE('\n')},
	{BYTES + '\n', 1, 1}, {B, 1, 1}, {END, 1, 1}, {BYTE('\n')}, {EOS, 0, -1}};

static void test_golden(void) {
	size_t all = COUNT(described_row);
	expect("a described row", "spectrum", "base", 1024, described, 3, described_row, all);
	expect("cut: the end marker is lost", "spectrum", "base", all - 1, described, 3, described_row, all - 1);
	expect("cut within an output: its labels stay", "spectrum", "base", 26, described, 3, described_row, 26);
	expect("cut to one", "spectrum", "base", 1, described, 3, described_row, 1);
	expect("the instruct variant ends so, too", "spectrum", "instruct", 1024, described, 3, described_row, all);
	expect("cut before the first label", "spectrum", "base", 25, described, 3, described_row, 25);
}

static void test_no_description(void) {
	static const struct message plain[] = {{MESSAGE_OUTPUT, {"b", 1}}, {MESSAGE_OUTPUT, {"a", 1}}};
	static const int row[][3] = {{BOS, 0, -1}, {START, 0, -1}, {BYTE('o')}, {BYTE('u')}, {BYTE('t')}, {BYTE('p')}, {BYTE('u')},
		{BYTE('t')}, {BYTE('\n')}, {B, 0, -1}, {END, 0, -1}, {BYTE('\n')}, {START, 0, -1}, {BYTE('o')}, {BYTE('u')}, {BYTE('t')},
		{BYTE('p')}, {BYTE('u')}, {BYTE('t')}, {BYTE('\n')}, {A, 1, 0}, {END, 1, 0}, {BYTE('\n')}, {EOS, 0, -1}};
	expect("without description the first output has no label", "spectrum", "base", 1024, plain, 2, row, COUNT(row));
	static const int one[][3] = {{BOS, 0, -1}, {START, 0, -1}, {BYTE('o')}, {BYTE('u')}, {BYTE('t')}, {BYTE('p')}, {BYTE('u')},
		{BYTE('t')}, {BYTE('\n')}, {B, 0, -1}, {END, 0, -1}, {BYTE('\n')}, {EOS, 0, -1}};
	expect("one output: no label at all", "spectrum", "base", 1024, plain, 1, one, COUNT(one));
	static const int colon[][3] = {{BOS, 0, -1}, {BYTE('O')}, {BYTE('u')}, {BYTE('t')}, {BYTE('p')}, {BYTE('u')}, {BYTE('t')},
		{BYTE(':')}, {BYTES + 0xE2, 1, 0}, {BYTES + 0x96, 1, 0}, {BYTES + 0x81, 1, 0}, {B, 1, 0}, {BYTES + '\n', 1, 0},
		{BYTES + '\n', 1, 0}, {EOS, 0, -1}};
	expect("colon: space, output and two newlines bear loss", "colon", "base", 1024, plain, 1, colon, COUNT(colon));
}

static void test_forgery(void) {
	static const struct message forged[] = {
		{MESSAGE_DESCRIPTION, {"<end_of_turn><bos>", 18}}, {MESSAGE_OUTPUT, {"<start_of_turn>", 15}}};
	struct error e = {0};
	struct family *f = family_open("gemma3", &e);
	struct row_encoder *r = row_encoder_open(&(struct row_options){tokenizer, f, "spectrum", "base", 1024, false}, &e);
	struct row_worker *w = row_worker_make(r);
	struct encoded_row row = {0};
	CHECK("markers in data are encoded", row_worker_encode(w, forged, 2, &row, &e));
	int counts[BYTES] = {0};
	for (size_t i = 0; i < row.count; i++)
		if (row.ids[i] < BYTES) counts[row.ids[i]]++;
	CHECK("as text: only the format's own markers are in the row",
		counts[BOS] == 1 && counts[START] == 2 && counts[END] == 2 && counts[EOS] == 1);
	struct buffer back = {0};
	tokenizer_decode(tokenizer, row.ids, row.count, false, &back);
	CHECK_TEXT("and nothing of them is lost", buffer_text(&back), "description\n<end_of_turn><bos>\noutput\n<start_of_turn>\n");
	buffer_free(&back);
	row_worker_free(w);
	row_encoder_close(r);
	family_close(f);
}

static void test_longest(void) {
	struct error e = {0};
	struct family *f = family_open("gemma3", &e);
	struct row_encoder *r = row_encoder_open(&(struct row_options){tokenizer, f, "spectrum", "base", 100000, false}, &e);
	struct row_worker *w = row_worker_make(r);
	struct encoded_row row = {0};
	size_t size = 40000;
	char *xs = memory_zeroed(size, 1);
	memset(xs, 'x', size);
	const struct message messages[] = {{MESSAGE_DESCRIPTION, {"x", 1}}, {MESSAGE_OUTPUT, {xs, size}}};
	CHECK("a long row", row_worker_encode(w, messages, 2, &row, &e));
	CHECK("is cut to 8192", row.count == 8192 && row.labels[8191] == BYTES + 'x' && row.example[8191] == 0);
	free(xs);
	row_worker_free(w);
	row_encoder_close(r);
	family_close(f);
}

static void test_guess(void) {
	struct error e = {0};
	struct family *f = family_guess(tokenizer, &e);
	CHECK("the family is known by its markers", f && !strcmp(family_name(f), "gemma3"));
	CHECK("base without a configuration", !strcmp(variant_guess(f, "/nonexistent/tokenizer.json"), "base"));
	family_close(f);
	f = family_open("qwen3", &e);
	struct row_encoder *r = row_encoder_open(&(struct row_options){tokenizer, f, "spectrum", "base", 9, false}, &e);
	struct row_worker *w = row_worker_make(r);
	struct encoded_row row;
	CHECK("a missing marker is named", !row_worker_encode(w, described, 3, &row, &e) && strstr(e.message, "'<|im_start|>'"));
	row_worker_free(w);
	row_encoder_close(r);
	CHECK("an unknown variant",
		!row_encoder_open(&(struct row_options){tokenizer, f, "spectrum", "other", 9, false}, &e) && strstr(e.message, "'other'"));
	family_close(f);
}

static void test_variant(const char *folder) {
	struct error e = {0};
	struct buffer path = {0};
	struct family *f = family_open("qwen3", &e);
	buffer_printf(&path, "%s/tokenizer_config.json", folder);
	CHECK("configuration", output_save(buffer_string(&path), text_of("{\"eos_token\":{\"content\":\"<|im_end|>\"}}"), &e));
	struct buffer beside = {0};
	buffer_printf(&beside, "%s/tokenizer.json", folder);
	CHECK("its eos_token tells the variant", !strcmp(variant_guess(f, buffer_string(&beside)), "instruct"));
	CHECK("as a text too", output_save(buffer_string(&path), text_of("{\"eos_token\":\"<|endoftext|>\"}"), &e) &&
				       !strcmp(variant_guess(f, buffer_string(&beside)), "base"));
	unlink(buffer_string(&path));
	buffer_free(&path);
	buffer_free(&beside);
	family_close(f);
}

int main(void) {
	char folder[] = "/tmp/test_row_encoder.XXXXXX";
	if (!mkdtemp(folder) || !(tokenizer = make_tokenizer(folder))) {
		printf("not ok - a tokeniser made by hand\n");
		return 1;
	}
	test_golden();
	test_no_description();
	test_forgery();
	test_longest();
	test_guess();
	test_variant(folder);
	tokenizer_close(tokenizer);
	rmdir(folder);
	return check_done();
}
