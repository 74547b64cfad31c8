/* The texts to train on: those whose keyed hashes are the smallest, as many as fit into the limit. */
#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/stream.h"
#include "format/sequence.h"
#include "token/train_sample.h"

/* Of a longer text only the beginning counts, so that one monster does not fill the sample. */
enum { TEXT_LONGEST = 1 << 14 };

static bool before(const struct sample_text *a, const struct sample_text *b) {
	if (a->hash != b->hash) return a->hash < b->hash;
	return text_compare(text_make(a->data, a->size), text_make(b->data, b->size)) < 0;
}

/* s->texts is a heap with the largest hash on top. */
static void sift_up(struct train_sample *s, size_t i) {
	while (i && before(&s->texts[(i - 1) / 2], &s->texts[i])) {
		struct sample_text swap = s->texts[i];
		s->texts[i] = s->texts[(i - 1) / 2];
		s->texts[i = (i - 1) / 2] = swap;
	}
}

static void sift_down(struct train_sample *s, size_t i) {
	for (;;) {
		size_t most = i;
		for (size_t child = 2 * i + 1; child <= 2 * i + 2; child++)
			if (child < s->count && before(&s->texts[most], &s->texts[child])) most = child;
		if (most == i) return;
		struct sample_text swap = s->texts[i];
		s->texts[i] = s->texts[most];
		s->texts[i = most] = swap;
	}
}

static void drop_top(struct train_sample *s) {
	struct sample_text top = s->texts[0];
	s->bound = top.hash;
	s->bounded = true;
	s->bytes -= top.size;
	free(top.data);
	s->texts[0] = s->texts[--s->count];
	sift_down(s, 0);
}

static struct text beginning(struct text t) {
	if (t.size <= TEXT_LONGEST) return t;
	t.size = TEXT_LONGEST;
	while (t.size && ((unsigned char)t.data[t.size] & 0xC0) == 0x80) t.size--;
	return t;
}

void train_sample_add(struct train_sample *s, struct text text) {
	text = beginning(text);
	uint64_t hash = random_key_hash(random_key_text(s->key, text));
	if (!text.size || (s->bounded && hash >= s->bound)) return;
	/* Texts are told apart by their hashes: two texts with one 64-bit hash would only make the sample one text smaller. */
	bool is_new;
	map_put(&s->known, text_make((const char *)&hash, sizeof hash), &is_new);
	if (!is_new) return;
	s->seen++;
	s->texts = memory_grow(s->texts, &s->capacity, s->count + 1, sizeof *s->texts);
	s->texts[s->count++] = (struct sample_text){hash, memory_copy(text.data, text.size), text.size};
	s->bytes += text.size;
	sift_up(s, s->count - 1);
	while (s->bytes > s->limit) drop_top(s);
}

struct train_sample *train_sample_make(uint64_t seed, size_t limit) {
	struct train_sample *s = memory_zeroed(1, sizeof *s);
	s->key = random_key_text(random_key_start(seed), text_of("train-tokenizer"));
	s->limit = limit;
	return s;
}

void train_sample_free(struct train_sample *s) {
	if (!s) return;
	for (size_t i = 0; i < s->count; i++) free(s->texts[i].data);
	free(s->texts);
	map_free(&s->known);
	free(s);
}

bool train_sample_read(struct train_sample *s, const char *path, struct error *e) {
	struct input *in = input_open(path, e);
	if (!in) return false;
	struct sequence sequence = {0};
	struct text line;
	int state;
	while ((state = input_line(in, &line, e)) == 1) {
		if (!line.size) continue;
		if (!sequence_parse(line, &sequence, e)) {
			error_within(e, "%s:%llu", path, (unsigned long long)input_line_number(in));
			state = -1;
			break;
		}
		for (size_t i = 0; i < sequence.count; i++) train_sample_add(s, sequence.messages[i].content);
	}
	sequence_free(&sequence);
	input_close(in);
	return state == 0;
}

static int by_hash(const void *a, const void *b) { return before(a, b) ? -1 : before(b, a); }

void train_sample_sort(struct train_sample *s) {
	if (s->count) qsort(s->texts, s->count, sizeof *s->texts, by_hash);
}

size_t train_sample_used(const struct train_sample *s) { return s->count; }
size_t train_sample_seen(const struct train_sample *s) { return s->seen; }
size_t train_sample_bytes(const struct train_sample *s) { return s->bytes; }
