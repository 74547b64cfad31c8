/* Byte pair encoding against its rule, done the slow way, on random vocabularies: short and long pieces, new and remembered, equal ranks, pairs
 * that merge twice, more merges than places in the table. */
#include "check.h"
#include <stdlib.h>

#include "base/memory.h"
#include "token/bpe.h"

enum { LETTERS = 4, MERGES = 3000, LONGEST = 150, PIECES = 3000 };

static uint64_t state;

static size_t below(size_t limit) {
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(state >> 33) % limit;
}

struct model {
	struct bpe bpe;
	struct bpe_merge merges[MERGES];
};

/* `step`: what ids are multiples of; `equal`: how many merges share a rank. */
static struct model *make_model(uint32_t step, uint32_t equal) {
	struct model *m = memory_zeroed(1, sizeof *m);
	struct vocabulary *v = &m->bpe.vocabulary;
	uint32_t tokens = 0;
	m->bpe.bytes = true;
	m->bpe.unknown = -1;
	for (; tokens < LETTERS; tokens++) vocabulary_add(v, text_make(&"abcd"[tokens], 1), tokens * step, true);
	for (uint32_t i = 0; i < MERGES; i++) {
		char both[2 * LONGEST];
		uint32_t left = (uint32_t)below(tokens) * step, right = (uint32_t)below(tokens < 60 ? tokens : 60) * step;
		struct text a = vocabulary_text(v, (int32_t)left), b = vocabulary_text(v, (int32_t)right);
		if (a.size + b.size > LONGEST) a = b = vocabulary_text(v, 0), left = right = 0;
		struct text token = text_make(both, a.size + b.size);
		memcpy(both, a.data, a.size);
		memcpy(both + a.size, b.data, b.size);
		int32_t into = vocabulary_find(v, token);
		if (into < 0) {
			into = (int32_t)(tokens++ * step);
			vocabulary_add(v, token, (uint32_t)into, true);
		}
		m->merges[i] = (struct bpe_merge){left, right, (uint32_t)into, i / equal};
		bpe_add_merge(&m->bpe, left, right, (uint32_t)into, i / equal);
	}
	bpe_finish(&m->bpe);
	return m;
}

static const struct bpe_merge *merge_of(const struct model *m, int32_t left, int32_t right) {
	for (size_t i = MERGES; i-- > 0;)
		if (m->merges[i].left == (uint32_t)left && m->merges[i].right == (uint32_t)right) return &m->merges[i];
	return NULL;
}

static void encode_slowly(const struct model *m, struct text piece, struct token_ids *out) {
	int32_t ids[LONGEST];
	const struct bpe_merge *merges[LONGEST] = {0};
	size_t count = piece.size;
	for (size_t i = 0; i < count; i++) ids[i] = vocabulary_find(&m->bpe.vocabulary, text_make(piece.data + i, 1));
	for (size_t i = 0; i + 1 < count; i++) merges[i] = merge_of(m, ids[i], ids[i + 1]);
	for (;;) {
		size_t best = count;
		for (size_t i = 0; i + 1 < count; i++)
			if (merges[i] && (best == count || merges[i]->rank < merges[best]->rank)) best = i;
		if (best == count) break;
		ids[best] = (int32_t)merges[best]->into;
		count--;
		for (size_t i = best + 1; i < count; i++) {
			ids[i] = ids[i + 1];
			merges[i] = merges[i + 1];
		}
		merges[best] = best + 1 < count ? merge_of(m, ids[best], ids[best + 1]) : NULL;
		if (best) merges[best - 1] = merge_of(m, ids[best - 1], ids[best]);
	}
	for (size_t i = 0; i < count; i++) token_ids_add(out, ids[i]);
}

static bool same_ids(const struct model *m) {
	struct token_ids fast = {0}, slow = {0};
	struct bpe_scratch *s = bpe_scratch_make();
	char *text = memory_allocate(PIECES * LONGEST);
	size_t at = 0;
	for (size_t i = 0; i < PIECES; i++) {
		size_t size = 1 + below(i % 10 ? 20 : LONGEST - 1), letters = 1 + below(LETTERS);
		for (size_t k = 0; k < size; k++) text[at + k] = "abcd"[below(letters)];
		struct text piece = text_make(text + at, size);
		bpe_encode(&m->bpe, s, piece, text + PIECES * LONGEST, &fast);
		if (!below(40)) bpe_flush(&m->bpe, s, &fast);
		encode_slowly(m, piece, &slow);
		at += size;
	}
	bpe_flush(&m->bpe, s, &fast);
	bool same = fast.count == slow.count && !memcmp(fast.ids, slow.ids, fast.count * sizeof *fast.ids);
	free(text);
	token_ids_free(&fast);
	token_ids_free(&slow);
	bpe_scratch_free(s);
	return same;
}

int main(void) {
	static const struct {
		const char *what;
		uint32_t step, equal;
	} cases[] = {{"every merge a rank of its own", 1, 1}, {"equal ranks", 1, 7}, {"ids far apart", 301, 2}};
	for (size_t i = 0; i < 3 * sizeof cases / sizeof *cases; i++) {
		state = i;
		struct model *m = make_model(cases[i / 3].step, cases[i / 3].equal);
		CHECK(cases[i / 3].what, same_ids(m));
		bpe_free(&m->bpe);
		free(m);
	}
	return check_done();
}
