/* base: text, numbers, map, arena, pool, relay. */
#include "base/map.h"
#include "base/number.h"
#include "base/pool.h"
#include "base/relay.h"
#include "check.h"

static struct text real(struct buffer *b, double value) {
	buffer_clear(b);
	number_add_real(b, value);
	return buffer_text(b);
}

static struct text fixed(struct buffer *b, double value, int digits) {
	buffer_clear(b);
	number_add_fixed(b, value, digits);
	return buffer_text(b);
}

static void test_numbers(void) {
	struct buffer b = {0};
	int64_t i;
	double r;
	CHECK_TEXT("a whole real keeps its .0", real(&b, 17), "17.0");
	CHECK_TEXT("0.1 is short", real(&b, 0.1), "0.1");
	CHECK_TEXT("1/3 has 16 digits", real(&b, 1.0 / 3), "0.3333333333333333");
	CHECK_TEXT("1e16 goes to exponent form", real(&b, 1e16), "1e+16");
	CHECK_TEXT("123456789012345680 too", real(&b, 123456789012345680.0), "1.2345678901234568e+17");
	CHECK_TEXT("0.0001 is plain", real(&b, 0.0001), "0.0001");
	CHECK_TEXT("0.00001 is not", real(&b, -0.00001), "-1e-05");
	CHECK_TEXT("smallest subnormal", real(&b, 5e-324), "5e-324");
	CHECK_TEXT("largest real", real(&b, 1.7976931348623157e308), "1.7976931348623157e+308");
	CHECK_TEXT("fixed prints as C does", fixed(&b, 2.345, 2), "2.35");
	CHECK_TEXT("fixed has no negative zero", fixed(&b, -0.001, 2), "0.00");
	CHECK_TEXT("fixed keeps a true sign", fixed(&b, -0.006, 2), "-0.01");
	CHECK("INT64_MIN is an integer", number_parse_integer(text_of("-9223372036854775808"), &i) && i == INT64_MIN);
	CHECK("INT64_MAX + 1 is not", !number_parse_integer(text_of("9223372036854775808"), &i));
	CHECK("an integer has digits", !number_parse_integer(text_of("-"), &i) && !number_parse_integer(text_of(""), &i));
	CHECK("blanks are no part of a number", !number_parse_integer(text_of("1 "), &i) && !number_parse_real(text_of(" 1"), &r));
	CHECK("nan, inf and hex are words", !number_parse_real(text_of("nan"), &r) && !number_parse_real(text_of("0x10"), &r));
	CHECK(".5e1 is a real", number_parse_real(text_of(".5e1"), &r) && r == 5);
	CHECK("1e999 is not", !number_parse_real(text_of("1e999"), &r));
	buffer_free(&b);
}

static void test_text(void) {
	CHECK_TEXT("trim takes Unicode blanks", text_trim(text_of(" \t\xC2\xA0x y\xE3\x80\x80\n")), "x y");
	CHECK_TEXT("trim of blanks is empty", text_trim(text_of("\xE2\x80\x83  ")), "");
	CHECK_TEXT("trim leaves broken bytes", text_trim(text_of("\x80 x\xE2\x80")), "\x80 x\xE2\x80");
	CHECK("UTF-8: overlong, surrogate, above, cut", !utf8_valid(text_of("\xC0\x80")) && !utf8_valid(text_of("\xED\xA0\x80")) &&
	                                                        !utf8_valid(text_of("\xF4\x90\x80\x80")) && !utf8_valid(text_of("\xE2\x82")));
	CHECK("UTF-8: good ones", utf8_valid(text_of("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80")));
	const char *bad = "\xF0\x9F\x98x", *at = bad;
	CHECK("a cut sequence is one mistake, the next byte counts", utf8_next(&at, bad + 4) == UTF8_BAD && at == bad + 3);
}

static void test_map(void) {
	struct map m = {0};
	char key[16];
	bool fresh, good = true;
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(key, sizeof key, "k%u", i);
		map_put(&m, text_of(key), &fresh)->value = i;
		good &= fresh;
	}
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(key, sizeof key, "k%u", i);
		struct map_entry *entry = map_find(&m, text_of(key));
		good &= entry && entry->value == i && text_is(m.entries[i].key, key);
	}
	CHECK("map keeps 5000 keys in order of insertion", good && m.count == 5000 && !map_find(&m, text_of("absent")));
	map_free(&m);
}

struct sum {
	size_t next;
	bool ordered;
};
static void square(void *job, size_t worker, void *context) {
	(void)worker, (void)context;
	size_t *value = job;
	value[1] = value[0] * value[0];
}
static void collect(void *job, void *context) {
	size_t *value = job;
	struct sum *s = context;
	s->ordered &= value[0] == s->next && value[1] == s->next * s->next;
	s->next++;
}

static void test_pool(void) {
	for (size_t threads = 1; threads <= 8; threads *= 2) {
		static size_t jobs[1000][2];
		struct sum s = {0, true};
		struct pool *p = pool_open(threads, 4, square, collect, &s);
		for (size_t i = 0; i < 1000; i++) {
			jobs[i][0] = i;
			pool_submit(p, jobs[i]);
		}
		pool_close(p);
		CHECK("pool hands out all results in order", s.ordered && s.next == 1000);
	}
}

struct relayed {
	size_t slots[3], count, limit; /* counted up by the thread */
	bool ordered;
};
static void count_up(struct relay *r, void *state) {
	struct relayed *c = state;
	for (size_t slot; c->count < c->limit && relay_claim(r, &slot); relay_give(r)) c->slots[slot] = c->count++;
}
static void take_all(struct relay *r, void *state) {
	struct relayed *c = state;
	for (size_t slot; relay_take(r, &slot);) c->ordered &= c->slots[slot] == c->count++;
}

static void test_relay(void) {
	struct relayed c = {.limit = 1000, .ordered = true};
	struct relay *r = relay_open(3, count_up, &c);
	size_t slot, taken = 0;
	while (relay_take(r, &slot)) c.ordered &= c.slots[slot] == taken++;
	CHECK("relay: what a thread makes is taken in order, to its end", c.ordered && taken == 1000 && !relay_take(r, &slot));
	relay_close(r);
	c = (struct relayed){.limit = SIZE_MAX};
	r = relay_open(3, count_up, &c);
	relay_take(r, &slot);
	relay_close(r);
	CHECK("relay: a maker of which no more is wanted ends, at most its slots ahead", c.count >= 1 && c.count <= 4);
	c = (struct relayed){.ordered = true};
	r = relay_open(3, take_all, &c);
	for (size_t i = 0; i < 1000 && relay_claim(r, &slot); relay_give(r)) c.slots[slot] = i++;
	relay_close(r);
	CHECK("relay: a thread takes all that it was given before the end", c.ordered && c.count == 1000);
}

int main(void) {
	test_numbers();
	test_text();
	test_map();
	test_pool();
	test_relay();
	return check_done();
}
