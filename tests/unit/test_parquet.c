/* The parts of the Parquet reader that no writer at hand exercises: bits by hand, hostile lengths, text forms at their ends. */
#include "check.h"

#include "read/parquet_bits.h"
#include "read/parquet_codec.h"
#include "read/parquet_text.h"
#include "read/thrift.h"

static void test_bits(void) {
	/* 0 to 7 in three bits: both orders as the format's document prints them */
	static const uint8_t little[] = {0x03, 0x88, 0xC6, 0xFA}, big[] = {0x05, 0x39, 0x77};
	uint32_t out[16], same = 0;
	struct hybrid h = hybrid_start(little, little + sizeof little, 3);
	CHECK("a packed run", hybrid_read(&h, out, 8));
	for (uint32_t i = 0; i < 8; i++) same += out[i] == i;
	CHECK("least significant bit first", same == 8);
	CHECK("no value behind the run", !hybrid_read(&h, out, 1));
	h = hybrid_start_big(big, big + sizeof big, 3);
	CHECK("BIT_PACKED", hybrid_read(&h, out, 8));
	same = 0;
	for (uint32_t i = 0; i < 8; i++) same += out[i] == i;
	CHECK("most significant bit first", same == 8);
	CHECK("BIT_PACKED ends", !hybrid_read(&h, out, 1));

	static const uint8_t run[] = {0x0A, 0x02, 0x01}, endless[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
	h = hybrid_start(run, run + sizeof run, 9);
	CHECK("a run of five times 258", hybrid_read(&h, out, 5) && out[0] == 258 && out[4] == 258 && !hybrid_read(&h, out, 1));
	h = hybrid_start(endless, endless + sizeof endless, 7);
	CHECK("a run head without end", !hybrid_read(&h, out, 1));
	h = hybrid_start(run, run, 0);
	CHECK("values of no bits are zeros", hybrid_read(&h, out, 16) && !out[15]);
}

static void test_delta(void) {
	/* The document's example 7, 5, 3, 1, 2, 3, 4, 5: blocks of 128 values in 4 miniblocks; deltas from -2, in two bits */
	static const uint8_t bytes[] = {0x80, 1, 4, 8, 14, 3, 2, 0, 0, 0, 0xC0, 0x3F, 0, 0, 0, 0, 0, 0};
	static const int64_t wanted[] = {7, 5, 3, 1, 2, 3, 4, 5};
	struct delta d;
	int64_t out[8];
	CHECK("delta", delta_start(&d, bytes, bytes + sizeof bytes) && delta_read(&d, out, 8) && !memcmp(out, wanted, sizeof out));
	CHECK("no ninth value", !delta_read(&d, out, 1));
	CHECK("cut behind the last value",
		delta_start(&d, bytes, bytes + 12) && delta_read(&d, out, 8) && !memcmp(out, wanted, sizeof out));
	CHECK("cut within the values", delta_start(&d, bytes, bytes + 11) && !delta_read(&d, out, 8));
	static const uint8_t no_miniblocks[] = {0x80, 1, 0, 8, 14};
	CHECK("no miniblocks", !delta_start(&d, no_miniblocks, no_miniblocks + sizeof no_miniblocks));
}

static void test_thrift(void) {
	static const uint8_t list[] = {0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, text[] = {0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F};
	struct thrift t = {.at = list, .end = list + sizeof list};
	struct thrift_field f = {0};
	CHECK("a list head", thrift_next(&t, &f) && f.id == 1 && f.type == THRIFT_LIST);
	CHECK("a list of more elements than bytes", thrift_list(&t, f, THRIFT_STRUCT) == 0 && t.bad);
	t = (struct thrift){.at = text, .end = text + sizeof text};
	f = (struct thrift_field){0};
	CHECK("a text longer than the bytes", thrift_next(&t, &f) && !thrift_binary(&t, f).data && t.bad && t.cut);
	uint8_t deep[200];
	memset(deep, 0x1C, sizeof deep); /* structs in structs */
	t = (struct thrift){.at = deep, .end = deep + sizeof deep};
	thrift_skip_struct(&t);
	CHECK("nesting without end", t.bad && !t.cut);
}

static void test_codecs(void) {
	struct buffer out = {0};
	struct error e;
	/* "abc", then 9 bytes from 3 back; no literals behind */
	static const char packed[] = {0x35, 'a', 'b', 'c', 3, 0, 0x10, 'z'}, before[] = {0x10, 'a', 2, 0},
			  far[] = {0x1F, 'a', 1, 0, -1, -1};
	CHECK("lz4", parquet_decompress(CODEC_LZ4_RAW, text_make(packed, sizeof packed), 13, &out, &e));
	CHECK_TEXT("an overlapping match", buffer_text(&out), "abcabcabcabcz");
	CHECK("lz4 of another size", !parquet_decompress(CODEC_LZ4_RAW, text_make(packed, sizeof packed), 14, &out, &e));
	CHECK("lz4 before the start", !parquet_decompress(CODEC_LZ4_RAW, text_make(before, sizeof before), 5, &out, &e));
	CHECK("lz4 with a cut length", !parquet_decompress(CODEC_LZ4_RAW, text_make(far, sizeof far), 600, &out, &e));
	CHECK("eight bytes claim a gigabyte", !parquet_decompress(CODEC_SNAPPY, text_make(packed, sizeof packed), 1 << 30, &out, &e));
	CHECK_TEXT("and are told", text_of(e.message), "a snappy page claims more bytes than it can hold");
	CHECK("lzo", !parquet_decompress(3, text_make(packed, sizeof packed), 13, &out, &e) && strstr(e.message, "lzo"));
	buffer_free(&out);
}

static struct buffer scratch;
static uint64_t replaced;

static struct text shown(struct parquet_node n, union parquet_value v) {
	struct cell cell;
	return parquet_cell(&n, &v, &scratch, &replaced, &cell) ? cell.text : text_of("failed");
}

static void test_texts(void) {
	struct parquet_node date = {.physical = PHYSICAL_INT32, .meaning = MEANING_DATE};
	CHECK_TEXT("the day before 1970", shown(date, (union parquet_value){.integer = -1}), "1969-12-31");
	CHECK_TEXT("a leap day", shown(date, (union parquet_value){.integer = 11016}), "2000-02-29");
	CHECK_TEXT("year 0", shown(date, (union parquet_value){.integer = -719528}), "0000-01-01");
	CHECK_TEXT("before year 0", shown(date, (union parquet_value){.integer = -719529}), "-000001-12-31");
	CHECK_TEXT("behind year 9999", shown(date, (union parquet_value){.integer = 2932897}), "+010000-01-01");
	struct parquet_node stamp = {.physical = PHYSICAL_INT64, .meaning = MEANING_TIMESTAMP, .scale = 3, .utc = true};
	CHECK_TEXT("the first moment", shown(stamp, (union parquet_value){.integer = INT64_MIN}), "-292275055-05-16T16:47:04.192Z");

	struct parquet_node decimal = {.physical = PHYSICAL_INT64, .meaning = MEANING_DECIMAL, .scale = 20};
	CHECK_TEXT("more decimals than digits", shown(decimal, (union parquet_value){.integer = -5}), "-0.00000000000000000005");
	CHECK_TEXT("the smallest integer", shown(decimal, (union parquet_value){.integer = INT64_MIN}), "-0.09223372036854775808");
	struct parquet_node bytes = {.physical = PHYSICAL_BYTES, .meaning = MEANING_DECIMAL, .scale = 1};
	CHECK_TEXT("a decimal of no bytes", shown(bytes, (union parquet_value){.bytes = text_make("", 0)}), "0.0");
	CHECK_TEXT("-1 in three bytes", shown(bytes, (union parquet_value){.bytes = text_make("\xFF\xFF\xFF", 3)}), "-0.1");
	CHECK_TEXT("-2^71", shown(bytes, (union parquet_value){.bytes = text_make("\x80\0\0\0\0\0\0\0\0", 9)}), "-236118324143482260684.8");
	char long_one[129] = {0};
	CHECK_TEXT("129 bytes are too many", shown(bytes, (union parquet_value){.bytes = text_make(long_one, 129)}), "failed");

	struct parquet_node text = {.physical = PHYSICAL_BYTES, .meaning = MEANING_TEXT}, plain = {.physical = PHYSICAL_BYTES};
	CHECK_TEXT("text that is not UTF-8", shown(text, (union parquet_value){.bytes = text_make("a\xFFz", 3)}), "a\xEF\xBF\xBDz");
	CHECK("is counted", replaced == 1);
	CHECK_TEXT("bytes that are no text", shown(plain, (union parquet_value){.bytes = text_make("a\xFFz", 3)}), "\\x61ff7a");
	struct parquet_node interval = {.physical = PHYSICAL_FIXED, .width = 12, .meaning = MEANING_INTERVAL};
	CHECK_TEXT("an interval", shown(interval, (union parquet_value){.bytes = text_make("\1\0\0\0\2\0\0\0\xEB\3\0\0", 12)}),
		"P1M2DT1.003S");
	buffer_free(&scratch);
}

/* A schema of the root alone, which says that it is a LIST: there is no node behind it (a sanitizer or valgrind sees a look there). */
static void test_schema(void) {
	static const uint8_t root[] = {0x55, 0, 0x15, 2 * 3, 0};
	struct parquet_file f = {.fd = -1, .path = "x"};
	struct thrift t = {.at = root, .end = root + sizeof root};
	struct error e;
	CHECK("a list without elements is a struct", parquet_schema_read(&f, &t, 1, &e) && f.node_count == 1 && f.nodes[0].shape == SHAPE_STRUCT);
	parquet_file_free(&f);
}

int main(void) {
	test_schema();
	test_bits();
	test_delta();
	test_thrift();
	test_codecs();
	test_texts();
	return check_done();
}
