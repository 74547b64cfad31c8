/* hf_added: the search for added tokens, leftmost first and the longest of those, and what they take of the text around them. */
#include <stdlib.h>

#include "base/memory.h"
#include "token/hf.h"

static uint32_t trie_node(struct hf_trie *trie, uint8_t byte, uint32_t depth) {
	trie->nodes = memory_grow(trie->nodes, &trie->capacity, trie->count + 1, sizeof *trie->nodes);
	trie->nodes[trie->count] = (struct hf_trie_node){.token = -1, .byte = byte, .depth = depth};
	return (uint32_t)trie->count++;
}

static uint32_t child_of(const struct hf_trie *trie, uint32_t node, uint8_t byte) {
	uint32_t child = trie->nodes[node].child;
	while (child && trie->nodes[child].byte != byte) child = trie->nodes[child].sibling;
	return child;
}

static bool trie_add(struct hf_trie *trie, struct text content, int32_t token) {
	if (!trie->count) trie_node(trie, 0, 0);
	uint32_t node = 0;
	trie->starts[(uint8_t)content.data[0]] = true;
	for (size_t i = 0; i < content.size; i++) {
		uint8_t byte = (uint8_t)content.data[i];
		uint32_t child = child_of(trie, node, byte);
		if (!child) {
			child = trie_node(trie, byte, (uint32_t)i + 1);
			trie->nodes[child].sibling = trie->nodes[node].child;
			trie->nodes[node].child = child;
		}
		node = child;
	}
	if (trie->nodes[node].token >= 0) return false;
	trie->nodes[node].token = token;
	return true;
}

/* The node that `byte` leads to from `node` or from the longest shorter one that has such a child; the root when none has. */
static uint32_t step(const struct hf_trie *trie, uint32_t node, uint8_t byte) {
	uint32_t child;
	while (!(child = child_of(trie, node, byte)) && node) node = trie->nodes[node].shorter;
	return child;
}

/* Level by level: what is shorter is finished before. */
static void link_shorter(struct hf_trie *trie) {
	struct hf_trie_node *nodes = trie->nodes;
	uint32_t *order = memory_zeroed(trie->count + 1, sizeof *order); /* begins with the root */
	for (size_t done = 0, known = 1; done < trie->count; done++)
		for (uint32_t child = nodes[order[done]].child; child; child = nodes[child].sibling) {
			if (order[done]) nodes[child].shorter = step(trie, nodes[order[done]].shorter, nodes[child].byte);
			if (nodes[child].token < 0) nodes[child].token = nodes[nodes[child].shorter].token;
			order[known++] = child;
		}
	free(order);
}

bool hf_trie_build(struct hf *h, struct error *e) {
	for (size_t i = 0; i < h->added_count; i++) {
		const struct hf_added *a = &h->added[i];
		if (!trie_add(a->normalized ? &h->normal : &h->raw, a->normal, (int32_t)i))
			return error_set(e, STATUS_DATA, "added token '%.*s': another has the same normal form", TEXT_ARGS(a->content));
	}
	if (h->raw.count) link_shorter(&h->raw);
	if (h->normal.count) link_shorter(&h->normal);
	return true;
}

void hf_trie_free(struct hf_trie *trie) { free(trie->nodes); }

/* The first token in `*at` … `end`, the longest of those that start there, or -1; `*at` and `*stop` get its place. */
static int32_t find_token(const struct hf *h, const struct hf_trie *trie, const char **at, const char *end, const char **stop) {
	int32_t found = -1;
	uint32_t node = 0;
	for (const char *here = *at; here < end;) {
		if (!node && !trie->starts[(uint8_t)*here]) {
			here++;
			continue;
		}
		node = step(trie, node, (uint8_t)*here++);
		const struct hf_trie_node *n = &trie->nodes[node];
		if (found >= 0 && here - n->depth > *at) break; /* no longer one that starts there */
		if (n->token < 0) continue;
		const char *start = here - h->added[n->token].normal.size;
		if (found >= 0 && start > *at) continue;
		found = n->token;
		*at = start;
		*stop = here;
	}
	return found;
}

static const char *last_code(const char *start, const char *end) {
	const char *last = end - 1;
	while (last > start && (*last & 0xC0) == 0x80) last--;
	return last;
}

static bool is_class(const struct hf *h, const char *at, uint8_t class) { return h->classes[unicode_next(&at)] & class; }

/* single_word: no word character on either side. */
static bool stands_alone(const struct hf *h, const char *text, const char *start, const char *stop, const char *end) {
	if (start > text && is_class(h, last_code(text, start), UNICODE_WORD)) return false;
	return stop == end || !is_class(h, stop, UNICODE_WORD);
}

int32_t hf_added_next(const struct hf *h, const struct hf_trie *trie, struct text text, size_t done, bool specials, size_t *at,
	size_t *start, size_t *stop) {
	const char *from = text.data + *at, *end = text.data + text.size, *behind = NULL;
	int32_t token;
	for (; (token = find_token(h, trie, &from, end, &behind)) >= 0; from = behind) {
		const struct hf_added *a = &h->added[token];
		if ((a->special && !specials) || (a->single_word && !stands_alone(h, text.data, from, behind, end))) continue;
		*at = (size_t)(behind - text.data);
		const char *taken = text.data + done; /* white space that the token before has stripped is not walked again */
		if (a->left_strip) {
			while (from > taken && is_class(h, last_code(text.data, from), UNICODE_SPACE)) from = last_code(text.data, from);
			if (from < taken) from = taken;
		}
		if (a->right_strip && behind < taken) behind = taken;
		while (a->right_strip && behind < end && is_class(h, behind, UNICODE_SPACE)) unicode_next(&behind);
		*start = (size_t)(from - text.data);
		*stop = (size_t)((behind < from ? from : behind) -
				 text.data); /* all of it was stripped already: the library gives up there */
		return token;
	}
	*at = text.size;
	return -1;
}
