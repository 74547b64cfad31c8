/* draw: sequences follow the laws of draw/sequence.h. Seeds are fixed; scores are normal scores, beyond 4.9 about once in a million. */
#include "draw/sequence.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "draw/cap.h"

enum { MOST = 20000 };

/* An instance whose examples are "0" … "n−1", with `weights` (or NULL), under the given members of the task line. */
static struct draw_instance make(const char *task_members, size_t n, const double *weights) {
	char path[] = "/tmp/test-draw-XXXXXX";
	FILE *f = fdopen(mkstemp(path), "w");
	fprintf(f,
		"{\"task\":\"t\",\"part\":\"p\",\"source\":\"s\",\"split\":\"train\",%s}\n{\"instance\":\"i\",\"values\":{\"a\":null}}\n",
		task_members);
	for (size_t k = 0; k < n; k++) {
		fprintf(f, "{\"output\":\"%zu\"", k);
		if (weights) fprintf(f, ",\"weight\":%g", weights[k]);
		fputs("}\n", f);
	}
	fclose(f);
	struct error e = {0};
	struct draw_instance i = {0};
	struct instance_reader *r = instance_reader_open(path, NULL, false, &e);
	if (!r || instance_reader_next(r, &i, &e) != 1) printf("not ok - the stream is read: %s\n", e.message), exit(1);
	instance_reader_close(r);
	unlink(path);
	return i;
}

/* What a sequence holds: the numbers of its examples in order; the variant or -1. */
struct drawn {
	size_t count;
	int items[MOST];
	int variant;
};

static struct drawn *look(const struct draw_instance *i, const struct sequence_plan *plan, uint64_t number, struct sequence_scratch *s) {
	static struct drawn d;
	static const char mark[] = "\"role\":\"output\",\"content\":\"";
	struct buffer b = {0};
	sequence_write(i, plan, number, s, false, &b);
	const char *at = buffer_string(&b), *variant = strstr(at, "\"variant\":");
	d.count = 0;
	d.variant = variant ? atoi(variant + 10) : -1;
	while ((at = strstr(at, mark))) d.items[d.count++] = atoi(at += sizeof mark - 1);
	buffer_free(&b);
	return &d;
}

/* Normal score of a chi-square statistic (Wilson–Hilferty). */
static double score_of(const double *counts, const double *expected, size_t n) {
	double chi = 0, freedom = (double)n - 1;
	for (size_t k = 0; k < n; k++) chi += (counts[k] - expected[k]) * (counts[k] - expected[k]) / expected[k];
	return (cbrt(chi / freedom) - (1 - 2 / (9 * freedom))) / sqrt(2 / (9 * freedom));
}
static double uniform_score(const double *counts, size_t n) {
	double total = 0, expected[64];
	for (size_t k = 0; k < n; k++) total += counts[k];
	for (size_t k = 0; k < n; k++) expected[k] = total / (double)n;
	return score_of(counts, expected, n);
}

static void test_all(void) {
	struct draw_instance i = make("\"sequence\":{\"mode\":\"all\",\"length\":{\"gp\":16},\"permutations\":3}", MOST, NULL);
	struct sequence_plan plan;
	struct sequence_scratch s = {0};
	static int seen[3][MOST];
	CHECK("a plan", sequence_plan_make(&plan, &i, 42) && plan.count % 3 == 0);
	double sum = 0, squares = 0, chunks = (double)plan.count / 3 - 1;
	size_t least = MOST;
	bool same_size = true;
	for (uint64_t k = 0, size = 0; k < plan.count; k++) {
		const struct drawn *d = look(&i, &plan, k, &s);
		for (size_t j = 0; j < d->count; j++) seen[k % 3][d->items[j]]++;
		if (k % 3) same_size = same_size && d->count == size;
		size = d->count;
		if (k % 3 || k + 3 >= plan.count) continue;
		sum += (double)size, squares += (double)size * (double)size;
		least = size < least ? size : least;
	}
	bool once = true;
	for (int p = 0; p < 3; p++)
		for (int k = 0; k < MOST; k++) once = once && seen[p][k] == 1;
	double mean = sum / chunks, deviation = sqrt(squares / chunks - mean * mean);
	printf("# GP(16): %.0f chunks, mean %.2f, standard deviation %.2f\n", chunks, mean, deviation);
	CHECK("mode all: every example exactly once in each permutation", once);
	CHECK("permutations are of the same chunk", same_size);
	CHECK("chunk lengths have mean 16 and standard deviation 8",
		fabs(mean - 16) < 5 * 8 / sqrt(chunks) && fabs(deviation - 8) < 1 && least >= 1);
	sequence_scratch_free(&s);
	draw_instance_free(&i);
	i = make("\"sequence\":{\"mode\":\"all\",\"length\":20}", 47, NULL);
	CHECK("47 by 20 are 3 chunks", sequence_plan_make(&plan, &i, 42) && plan.count == 3);
	sequence_scratch_start(&s);
	CHECK("the last chunk is what remains", look(&i, &plan, 2, &s)->count == 7 && look(&i, &plan, 0, &s)->count == 20);
	sequence_scratch_free(&s);
	draw_instance_free(&i);
}

/* Ordered pairs that `repeat` samples of 2 of 4 begin with, at permutation `p` of two. */
static void count_pairs(const struct draw_instance *i, const struct sequence_plan *plan, uint64_t p, double counts[16]) {
	struct sequence_scratch s = {0};
	memset(counts, 0, 16 * sizeof *counts);
	for (uint64_t k = p; k < plan->count; k += 2) {
		const struct drawn *d = look(i, plan, k, &s);
		if (d->count == 2) counts[d->items[0] * 4 + d->items[1]]++;
	}
	sequence_scratch_free(&s);
}

static void test_once(void) {
	struct draw_instance i = make("\"sequence\":{\"repeat\":12000,\"length\":2,\"permutations\":2}", 4, NULL);
	struct sequence_plan plan;
	double counts[16], pairs[12];
	CHECK("a plan of 24000", sequence_plan_make(&plan, &i, 1) && plan.count == 24000);
	for (uint64_t p = 0; p < 2; p++) {
		count_pairs(&i, &plan, p, counts);
		size_t n = 0;
		for (int k = 0; k < 16; k++)
			if (k / 4 != k % 4) pairs[n++] = counts[k];
		double twice = counts[0] + counts[5] + counts[10] + counts[15], score = uniform_score(pairs, 12);
		printf("# permutation %d: score %.2f\n", (int)p, score);
		CHECK("samples without replacement, every selection and order equally likely", twice == 0 && score < 4.9);
	}
	draw_instance_free(&i);
}

static void test_orders(void) {
	struct draw_instance i = make("\"sequence\":{\"repeat\":1,\"permutations\":24}", 4, NULL);
	struct sequence_plan plan;
	struct sequence_scratch s = {0};
	int seen[256] = {0}, distinct = 0, forward[24], backward = 0;
	CHECK("a plan of 24", sequence_plan_make(&plan, &i, 5) && plan.count == 24);
	for (uint64_t k = 0; k < 24; k++) {
		const struct drawn *d = look(&i, &plan, k, &s);
		forward[k] = d->items[0] * 64 + d->items[1] * 16 + d->items[2] * 4 + d->items[3];
		distinct += d->count == 4 && !seen[forward[k]]++;
	}
	CHECK("24 permutations of 4 examples are the 24 orders", distinct == 24);
	for (uint64_t k = 24; k-- > 0;) {
		const struct drawn *d = look(&i, &plan, k, &s);
		backward += d->items[0] * 64 + d->items[1] * 16 + d->items[2] * 4 + d->items[3] == forward[k];
	}
	CHECK("an order does not depend on which are asked for before", backward == 24);
	sequence_scratch_free(&s);
	draw_instance_free(&i);
	i = make("\"sequence\":{\"permutations\":5}", 2, NULL);
	sequence_plan_make(&plan, &i, 5);
	CHECK("more permutations than orders", look(&i, &plan, 4, &s)->count == 2);
	sequence_scratch_free(&s);
	draw_instance_free(&i);
}

static void test_weights(void) {
	static const double w[5] = {1, 2, 3, 4, 0};
	struct draw_instance i = make("\"sequence\":{\"repeat\":20000,\"length\":2,\"permutations\":2}", 5, w);
	struct sequence_plan plan;
	struct sequence_scratch s = {0};
	double counts[25] = {0}, expected[25], got[12], want[12];
	size_t n = 0;
	bool same_set = true;
	CHECK("a plan over 4 usable examples", sequence_plan_make(&plan, &i, 9) && plan.usable == 4);
	for (uint64_t k = 0; k < plan.count; k += 2) {
		struct drawn first = *look(&i, &plan, k, &s), *second = look(&i, &plan, k + 1, &s);
		counts[first.items[0] * 5 + first.items[1]]++;
		same_set = same_set && (1 << first.items[0] | 1 << first.items[1]) == (1 << second->items[0] | 1 << second->items[1]);
	}
	for (int a = 0; a < 4; a++)
		for (int b = 0; b < 4; b++) {
			if (a == b) continue;
			expected[n] = 20000 * w[a] / 10 * w[b] / (10 - w[a]);
			got[n] = counts[a * 5 + b], want[n] = expected[n];
			n++;
		}
	double total = 0;
	for (size_t k = 0; k < n; k++) total += got[k];
	printf("# weighted pairs: score %.2f\n", score_of(got, want, n));
	CHECK("weighted draws follow one another without replacement", total == 20000 && score_of(got, want, n) < 4.9);
	CHECK("permutations of a weighted sample hold the same examples", same_set);
	sequence_scratch_free(&s);
	draw_instance_free(&i);
	static const double none[2] = {0, 0};
	i = make("\"sequence\":{}", 2, none);
	CHECK("weights that are all 0 give no plan", !sequence_plan_make(&plan, &i, 9));
	draw_instance_free(&i);
}

static void test_descriptions(void) {
	struct draw_instance i = make("\"descriptions\":[\"[[x|{a}|y]]\",\"z\"],\"sequence\":{\"repeat\":10000,\"length\":1,"
				      "\"permutations\":2,\"description_probability\":0.3}",
		2, NULL);
	struct sequence_plan plan;
	struct sequence_scratch s = {0};
	double shown[2] = {0}, variants[5] = {0}, table[4] = {0};
	sequence_plan_make(&plan, &i, 3);
	for (uint64_t k = 0, before = 0; k < plan.count; k++) {
		int variant = look(&i, &plan, k, &s)->variant;
		shown[variant >= 0]++;
		variants[variant + 1]++;
		if (k % 2) table[before * 2 + (variant >= 0)]++;
		before = variant >= 0;
	}
	double wanted[2] = {14000, 6000}, pairs[4] = {4900, 2100, 2100, 900}, remaining[3] = {variants[1], variants[3], variants[4]};
	CHECK("a description is shown with its probability", score_of(shown, wanted, 2) < 4.9);
	CHECK("independently for each sequence of a sample", score_of(table, pairs, 4) < 4.9);
	CHECK("a variant with a missing value is never shown", variants[2] == 0);
	CHECK("the others are equally likely", uniform_score(remaining, 3) < 4.9);
	sequence_scratch_free(&s);
	draw_instance_free(&i);
}

static void test_keys(void) {
	struct draw_instance i = make("\"sequence\":{\"repeat\":3,\"length\":20}", 40, NULL);
	struct sequence_plan plan, other;
	struct sequence_scratch s = {0};
	sequence_plan_make(&plan, &i, 1);
	sequence_plan_make(&other, &i, 2);
	struct drawn one = *look(&i, &plan, 0, &s);
	struct drawn next = *look(&i, &plan, 1, &s);
	sequence_scratch_start(&s);
	struct drawn two = *look(&i, &other, 0, &s);
	size_t bytes = 20 * sizeof *one.items;
	CHECK("another seed, another draw", memcmp(one.items, two.items, bytes) != 0);
	CHECK("another sample, another draw", memcmp(one.items, next.items, bytes) != 0);
	i.name = text_of("j");
	sequence_plan_make(&other, &i, 1);
	sequence_scratch_start(&s);
	CHECK("another instance, another draw", memcmp(one.items, look(&i, &other, 0, &s)->items, bytes) != 0);
	sequence_scratch_free(&s);
	draw_instance_free(&i);
}

static void test_cap(void) {
	struct cap *c = cap_make(10);
	struct random r = random_start(random_key_start(4));
	uint64_t ranks[500];
	size_t places[500];
	bool in[500];
	struct error e = {0};
	for (uint64_t k = 0; k < 500; k++) ranks[k] = random_below(&r, 300); /* with ties */
	for (uint64_t k = 0; k < 500; k++) {
		in[k] = cap_offer(c, ranks[k], k, &places[k]);
		uint64_t late = k - 3; /* bytes come later than offers, as from threads */
		char text[32];
		if (k >= 3 && in[late])
			cap_keep(c, places[late], late, text_make(text, (size_t)snprintf(text, sizeof text, "%d\n", (int)late)), &e);
	}
	for (uint64_t k = 497; k < 500; k++) {
		char text[32];
		if (in[k]) cap_keep(c, places[k], k, text_make(text, (size_t)snprintf(text, sizeof text, "%d\n", (int)k)), &e);
	}
	char path[] = "/tmp/test-cap-XXXXXX";
	close(mkstemp(path));
	struct output *out = output_open(path, &e);
	CHECK("the cap is written", cap_write(c, out, &e) && output_close(out, &e));
	struct buffer got = {0}, wanted = {0};
	input_load(path, 0, &got, &e);
	for (size_t k = 0; k < 500; k++) {
		size_t smaller = 0;
		for (size_t j = 0; j < 500; j++) smaller += ranks[j] < ranks[k] || (ranks[j] == ranks[k] && j < k);
		if (smaller < 10) buffer_printf(&wanted, "%zu\n", k);
	}
	CHECK_TEXT("the ten smallest stay, in order", buffer_text(&got), buffer_string(&wanted));
	buffer_free(&got);
	buffer_free(&wanted);
	unlink(path);
	cap_free(c);
}

int main(void) {
	test_all();
	test_once();
	test_orders();
	test_weights();
	test_descriptions();
	test_keys();
	test_cap();
	return check_done();
}
