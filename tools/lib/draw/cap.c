#include "draw/cap.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

struct kept {
	uint64_t rank, number;
	uint64_t offset, size; /* in the temporary file */
	size_t heap;           /* its position in the heap */
};

struct cap {
	size_t most, count, kept_room, heap_room;
	struct kept *kept;
	size_t *heap; /* places, the largest (rank, number) on top */
	int file;     /* -1: not opened yet */
	uint64_t end;
};

struct cap *cap_make(size_t most) {
	struct cap *c = memory_zeroed(1, sizeof *c);
	c->most = most;
	c->file = -1;
	return c;
}

void cap_free(struct cap *c) {
	if (!c) return;
	if (c->file >= 0) close(c->file);
	free(c->kept);
	free(c->heap);
	free(c);
}

static bool larger(const struct kept *a, const struct kept *b) { return a->rank != b->rank ? a->rank > b->rank : a->number > b->number; }

static void put(struct cap *c, size_t at, size_t place) {
	c->heap[at] = place;
	c->kept[place].heap = at;
}

static void rise(struct cap *c, size_t at) {
	size_t place = c->heap[at];
	for (; at && larger(&c->kept[place], &c->kept[c->heap[(at - 1) / 2]]); at = (at - 1) / 2) put(c, at, c->heap[(at - 1) / 2]);
	put(c, at, place);
}

static void sink(struct cap *c, size_t at) {
	size_t place = c->heap[at];
	for (size_t child; (child = 2 * at + 1) < c->count; at = child) {
		if (child + 1 < c->count && larger(&c->kept[c->heap[child + 1]], &c->kept[c->heap[child]])) child++;
		if (!larger(&c->kept[c->heap[child]], &c->kept[place])) break;
		put(c, at, c->heap[child]);
	}
	put(c, at, place);
}

bool cap_offer(struct cap *c, uint64_t rank, uint64_t number, size_t *place) {
	struct kept item = {.rank = rank, .number = number};
	if (c->count < c->most) {
		c->kept = memory_grow(c->kept, &c->kept_room, c->count + 1, sizeof *c->kept);
		c->heap = memory_grow(c->heap, &c->heap_room, c->count + 1, sizeof *c->heap);
		*place = c->count;
		c->kept[*place] = item;
		c->heap[c->count] = *place;
		rise(c, c->count++);
		return true;
	}
	if (!larger(&c->kept[c->heap[0]], &item)) return false;
	*place = c->heap[0];
	c->kept[*place] = item;
	sink(c, 0);
	return true;
}

bool cap_keep(struct cap *c, size_t place, uint64_t number, struct text bytes, struct error *e) {
	struct kept *item = &c->kept[place];
	if (item->number != number) return true;
	if (c->file < 0 && (c->file = temporary_file(e)) < 0) return false;
	item->offset = c->end;
	item->size = bytes.size;
	while (bytes.size) {
		ptrdiff_t wrote = pwrite(c->file, bytes.data, bytes.size, (off_t)c->end);
		if (wrote <= 0) return error_system(e, "cannot write the temporary file (TMPDIR names another folder)");
		c->end += (uint64_t)wrote;
		bytes = text_make(bytes.data + wrote, bytes.size - (size_t)wrote);
	}
	return true;
}

static int by_number(const void *a, const void *b) {
	const struct kept *x = a, *y = b;
	return x->number < y->number ? -1 : x->number > y->number;
}

bool cap_write(struct cap *c, struct output *out, struct error *e) {
	struct buffer bytes = {0};
	bool good = true;
	qsort(c->kept, c->count, sizeof *c->kept, by_number);
	for (size_t i = 0; good && i < c->count; i++) {
		uint64_t size = c->kept[i].size;
		buffer_clear(&bytes);
		char *data = buffer_reserve(&bytes, size);
		for (uint64_t got = 0; good && got < size;) {
			ptrdiff_t step = pread(c->file, data + got, size - got, (off_t)(c->kept[i].offset + got));
			if (step <= 0) good = error_system(e, "cannot read the temporary file");
			else got += (uint64_t)step;
		}
		if (good) output_add(out, text_make(data, size));
	}
	buffer_free(&bytes);
	return good;
}
