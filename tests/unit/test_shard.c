/* shard: MDS data sets and token rows. */
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "shard/row.h"

static char folder[] = "/tmp/spectrum-shard-XXXXXX";

static const char *in_folder(const char *name) {
	static struct buffer path;
	buffer_clear(&path);
	buffer_printf(&path, "%s/%s", folder, name);
	return buffer_string(&path);
}

static void test_encoders(void) {
	struct buffer b = {0};
	int32_t wide[300] = {1, -100, 70000}, back[300];
	int16_t narrow[2] = {-1, 258}, narrow_back[2];
	int64_t integer;
	mds_add_int32s(&b, wide, 3);
	CHECK("int32 arrays: shape in one byte", b.size == 14 && !memcmp(b.data, "\x04\x03\x01\0\0\0\x9C\xFF\xFF\xFF\x70\x11\x01\0", 14));
	CHECK("int32 arrays are read back", mds_get_int32s(buffer_text(&b), back, 300) == 3 && !memcmp(wide, back, 12));
	CHECK("no more than there is room for", (back[1] = 5, mds_get_int32s(buffer_text(&b), back, 1)) == 3 && back[1] == 5);
	CHECK("a cut array is none", mds_get_int32s(text_make(b.data, 13), back, 300) == -1 &&
					     mds_get_int32s(text_make(b.data, 1), back, 300) == -1 &&
					     mds_get_int32s(text_make(b.data, 0), back, 300) == -1);
	CHECK("nor is one of two dimensions", (b.data[0] = 8, mds_get_int32s(buffer_text(&b), back, 300)) == -1);
	CHECK("nor one whose count overflows",
		mds_get_int32s(text_make("\x07\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\1\0\0\0", 13), back, 300) == -1);
	buffer_clear(&b);
	mds_add_int32s(&b, wide, 300);
	CHECK("int32 arrays: shape in two bytes", b.size == 1203 && !memcmp(b.data, "\x05\x2C\x01", 3));
	buffer_clear(&b);
	mds_add_int16s(&b, narrow, 2);
	CHECK("int16 arrays", b.size == 6 && !memcmp(b.data, "\x04\x02\xFF\xFF\x02\x01", 6) &&
				      mds_get_int16s(buffer_text(&b), narrow_back, 2) == 2 && !memcmp(narrow, narrow_back, 4));
	buffer_clear(&b);
	mds_add_int(&b, -2);
	CHECK("int",
		b.size == 8 && mds_get_int(buffer_text(&b), &integer) && integer == -2 && !mds_get_int(text_make("1234567", 7), &integer));
	buffer_free(&b);
}

static const struct mds_column columns[] = {{"n", MDS_INT}, {"text", MDS_STR}};

/* A data set of `count` samples (i, "<i>" repeated). */
static bool make_set(const char *path, const struct mds_options *options, int64_t count, struct error *e) {
	struct mds_writer *w = mds_writer_open(path, columns, 2, options, e);
	struct buffer n = {0}, t = {0};
	bool good = w != NULL;
	for (int64_t i = 0; good && i < count; i++) {
		buffer_clear(&n);
		buffer_clear(&t);
		mds_add_int(&n, i);
		for (int64_t k = 0; k < i % 7; k++) buffer_printf(&t, "<%lld>", (long long)i);
		good = mds_writer_add(w, (struct text[]){buffer_text(&n), buffer_text(&t)}, e);
	}
	if (good) mds_writer_extra(w, "meta.json", text_of("{}\n"));
	if (w && good) good = mds_writer_close(w, e);
	else mds_writer_abandon(w);
	buffer_free(&n);
	buffer_free(&t);
	return good;
}

/* Whether sample i is there as make_set made it, for all samples, backwards. */
static bool is_set(const char *path, int64_t count, struct error *e) {
	struct mds_reader *r = mds_reader_open(path, e);
	bool good = r && mds_reader_samples(r) == (uint64_t)count && mds_reader_verify(r, e);
	for (int64_t i = count - 1; good && i >= 0; i--) {
		struct text values[2];
		int64_t n;
		char first[32];
		snprintf(first, sizeof first, "<%lld>", (long long)i);
		good = mds_reader_get(r, (uint64_t)i, values, e) && mds_get_int(values[0], &n) && n == i &&
		       values[1].size == strlen(first) * (size_t)(i % 7) && (i % 7 == 0 || text_starts(values[1], text_of(first)));
	}
	mds_reader_close(r);
	return good;
}

static size_t shards_of(const char *path) {
	size_t n = 0;
	for (;; n++) {
		char name[300];
		snprintf(name, sizeof name, "%s/shard.%05zu.mds", path, n);
		if (access(name, F_OK)) return n;
	}
}

static void test_sets(void) {
	struct error e = {0};
	CHECK("compressed", make_set(in_folder("zip"), &(struct mds_options){.level = 3, .size_limit = 2000, .threads = 3}, 1000, &e) &&
				    is_set(in_folder("zip"), 1000, &e));
	CHECK("not compressed",
		make_set(in_folder("raw"), &(struct mds_options){.size_limit = 2000}, 1000, &e) && is_set(in_folder("raw"), 1000, &e));
	CHECK("without samples", make_set(in_folder("none"), NULL, 0, &e) && is_set(in_folder("none"), 0, &e));
	CHECK("an earlier data set is replaced",
		make_set(in_folder("raw"), NULL, 10, &e) && is_set(in_folder("raw"), 10, &e) && shards_of(in_folder("raw")) == 1);
	CHECK("a sample that no shard can hold",
		!make_set(in_folder("small"), &(struct mds_options){.size_limit = 220}, 7, &e) && strstr(e.message, "raise"));
	CHECK("then nothing is left", access(in_folder("small"), F_OK) != 0);
	CHECK("a folder that is no data set is kept",
		!make_set(folder, NULL, 1, &e) && e.status == STATUS_USAGE && !access(in_folder("zip"), F_OK));
	struct mds_reader *r = mds_reader_open(in_folder("zip"), &e);
	CHECK("columns", r && mds_reader_column_count(r) == 2 && mds_reader_find(r, "text") == 1 && mds_reader_find(r, "x") == -1 &&
				 !strcmp(mds_reader_column_encoding(r, 0), "int"));
	struct text values[2];
	CHECK("behind the end", r && !mds_reader_get(r, 1000, values, &e));
	mds_reader_close(r);
}

/* The size rule: a shard of exactly the limit is allowed. One sample of these columns has 4 + 8 + text bytes. */
static void test_limit(void) {
	struct error e = {0};
	struct text values[2] = {{"12345678", 8}, {"abcd", 4}};
	size_t config =
		strlen("{\"column_encodings\": [\"int\", \"str\"], \"column_names\": [\"n\", \"text\"], \"column_sizes\": [8, null], "
		       "\"compression\": null, \"format\": \"mds\", \"hashes\": [], \"size_limit\": 300, \"version\": 2}");
	uint64_t three = 8 + config + 3 * (4 + 4 + 8 + 4);
	for (int over = 0; over < 2; over++) {
		struct mds_options o = {.size_limit = three - (uint64_t)over, .no_hashes = true};
		struct mds_writer *w = mds_writer_open(in_folder("limit"), columns, 2, &o, &e);
		for (int i = 0; w && i < 3; i++) mds_writer_add(w, values, &e);
		bool good = w && mds_writer_close(w, &e);
		CHECK(over ? "one byte less: a second shard" : "exactly full: one shard",
			good && shards_of(in_folder("limit")) == (over ? 2 : 1));
	}
}

/* 1 and the row as JSON again, or -1 and the message. */
static int reread(const char *line, struct buffer *out, struct error *e) {
	struct token_row row;
	struct buffer file = {0};
	buffer_add_string(&file, in_folder("row.jsonl"));
	buffer_clear(out);
	e->message[0] = 0;
	if (!output_save(buffer_string(&file), text_of(line), e)) return -2;
	struct row_source *s = row_source_open(buffer_string(&file), e);
	int state = s ? row_source_next(s, &row, e) : -1;
	if (state == 1) row_add_json(out, &row);
	row_source_close(s);
	buffer_free(&file);
	return state;
}

#define HEAD "{\"task\":\"t\",\"part\":\"\",\"source\":\"s\",\"split\":\"train\",\"instance\":\"i\\\"\\u0001\xC3\xA9\",\"sequence\":3,"
#define GOOD HEAD "\"input_ids\":[0,2147483647,17,5],\"labels\":[-100,-100,17,5],\"example\":[-1,-1,0,32767]}\n"

static void test_rows(void) {
	struct buffer b = {0};
	struct error e = {0};
	CHECK("a row", reread(GOOD, &b, &e) == 1);
	CHECK_TEXT("comes back as it was", buffer_text(&b), GOOD);
	CHECK("any order, blanks, unknown members",
		reread(" { \"example\" : [ -1 , 0 ] , \"more\":{\"a\":[1,\"]\"]}, \"input_ids\":[ 1, 2 ] ,\"labels\":[-100,2],"
		       "\"task\":\"t\",\"part\":\"p\",\"source\":\"s\",\"split\":\"x\",\"instance\":\"\",\"sequence\":0} ",
			&b, &e) == 1);
	CHECK_TEXT("are read", buffer_text(&b),
		"{\"task\":\"t\",\"part\":\"p\",\"source\":\"s\",\"split\":\"x\",\"instance\":\"\",\"sequence\":0,\"input_ids\":[1,2],"
		"\"labels\":[-100,2],"
		"\"example\":[-1,0]}\n");
	/* every number of digits, and runs that end within a longer number, before a blank and at the end */
	static const char long_row[] = HEAD "\"input_ids\":[9,10,999,1000,99999,100000,9999999,10000000,999999999,2147483647,7,7,77,7,7,7],"
					    "\"labels\":[-100,-100,-100,1000,-100,-100,-100,-100,-100,-100,7,7,77,7,7,7],"
					    "\"example\":[-1,-1,-1,1,-1,-1,-1,-1,-1,-1,0,0,0,10,10,100]}\n";
	CHECK("numbers of all lengths and runs", reread(long_row, &b, &e) == 1);
	CHECK_TEXT("come back as they were", buffer_text(&b), long_row);
	static const char *const bad[][2] = {{HEAD "\"input_ids\":[7,7,7,],\"labels\":[1],\"example\":[0]}", "input_ids[3]"},
		{HEAD "\"input_ids\":[7,7,7,", "input_ids[3]"},
		{HEAD "\"input_ids\":[0012345,1,2,3],\"labels\":[1],\"example\":[0]}", "input_ids[0]"},
		{HEAD "\"input_ids\":[12345a,1,2,3],\"labels\":[1],\"example\":[0]}", "followed by"},
		{HEAD "\"input_ids\":[1,2],\"labels\":[-100],\"example\":[-1,-1]}", "one length"},
		{HEAD "\"input_ids\":[],\"labels\":[],\"example\":[]}", "input_ids[0] should be an integer"},
		{HEAD "\"input_ids\":[1,2],\"labels\":[-100,3],\"example\":[-1,-1]}", "labels[1] is 3"},
		{HEAD "\"input_ids\":[1,-2],\"labels\":[-100,-2],\"example\":[-1,-1]}", "input_ids[1] is -2"},
		{HEAD "\"input_ids\":[1],\"labels\":[1],\"example\":[-2]}", "example[0] is -2"},
		{HEAD "\"input_ids\":[1],\"labels\":[1],\"example\":[32768]}", "16 bits"},
		{HEAD "\"input_ids\":[2147483648],\"labels\":[1],\"example\":[0]}", "input_ids[0]"},
		{HEAD "\"input_ids\":[99999999999999999999],\"labels\":[1],\"example\":[0]}", "input_ids[0]"},
		{HEAD "\"input_ids\":[01],\"labels\":[1],\"example\":[0]}", "input_ids[0]"},
		{HEAD "\"input_ids\":[1.0],\"labels\":[1],\"example\":[0]}", "followed by"},
		{HEAD "\"input_ids\":[1,],\"labels\":[1],\"example\":[0]}", "input_ids[1]"}, {HEAD "\"input_ids\":[1", "followed by"},
		{HEAD "\"input_ids\":[1,", "input_ids[1]"}, {HEAD "\"input_ids\":[-", "input_ids[0]"}, {HEAD "\"input_ids\":", "list"},
		{HEAD "\"input_ids\":[1],\"labels\":[1]}", "example is missing"},
		{HEAD "\"input_ids\":[1],\"labels\":[1],\"example\":[0]} x", "nothing behind"},
		{HEAD "\"task\":1}", "task should be a text"},
		{HEAD "\"task\":\"\",\"input_ids\":[1],\"labels\":[1],\"example\":[0]}", "not be empty"},
		{"{\"sequence\":-1,\"task\":\"t\",\"part\":\"\",\"source\":\"s\",\"split\":\"x\",\"instance\":\"\",\"input_ids\":[1],"
		 "\"labels\":[1],\"example\":[0]}",
			"0 or more"},
		{"{\"sequence\":1.5}", "sequence should be an integer: this is not a token row"}, {"{}", "task is missing"}, {"[]", "object"}, {"\n", "object"},
		{"{\"a\"", "':'"}, {"{\"a\":1", "',' or '}'"}, {"{a:1}", "member name"}};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		bool told = reread(bad[i][0], &b, &e) == -1 && strstr(e.message, bad[i][1]) && strstr(e.message, "row.jsonl:1: ");
		if (!told) printf("# %s\n# gave: %s\n", bad[i][0], e.message);
		CHECK("a wrong row is told with file and line", told);
	}
	buffer_free(&b);
}

int main(void) {
	if (!mkdtemp(folder)) return 1;
	test_encoders();
	test_sets();
	test_limit();
	test_rows();
	struct error e;
	CHECK("everything is removed", folder_remove(folder, &e) && access(folder, F_OK));
	return check_done();
}
