#include "shard/shuffle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/random.h"

/* A row in memory and in a run: this head, the texts, and from the next multiple of four on the arrays; the size is a multiple of eight. */
enum { SOURCE, TASK, PART, INSTANCE, TEXTS };
struct record {
	uint64_t key, size;
	int64_t sequence;
	uint64_t count;
	uint32_t group; /* of `splits` */
	uint32_t text_sizes[TEXTS];
	uint32_t reserved;
};

static const char *const splits[] = {"train", "test"};
enum { SPLITS = 2, WRITE_BYTES = 1 << 20, RUN_BYTES_LEAST = 16 << 10, RUN_BYTES_MOST = 4 << 20 };

/* What is sorted: `place` is the record's offset, with the group in the highest bit. */
struct entry {
	uint64_t key, place;
};
static const unsigned GROUP_BIT = 63;

/* A sorted run in the temporary file; `data` holds the piece at hand. */
struct run {
	uint64_t at, end;
	struct buffer data;
	size_t from;
};

struct shuffle {
	struct random_key key;
	char *region; /* `memory` bytes: records from the bottom up, entries from the top down; pages are real when touched */
	uint64_t memory, used;
	size_t count;
	size_t next; /* entry, when all is in memory */
	char *name;  /* of the temporary file, for messages */
	int fd;
	uint64_t written;
	struct run *runs;
	size_t run_count, run_room;
	size_t *heap, heap_count; /* of runs, the smallest record first */
	bool taken;               /* the heap's first record was given by the last shuffle_next */
	struct buffer last;       /* the last row given, as far as its texts */
};

static struct entry *entries_of(const struct shuffle *s) { return (struct entry *)(void *)(s->region + s->memory) - s->count; }

static const struct record *record_at(const struct shuffle *s, uint64_t place) {
	return (const void *)(s->region + (place & ~((uint64_t)1 << GROUP_BIT)));
}

static const char *texts_of(const struct record *r) { return (const char *)(r + 1); }

static size_t texts_size(const struct record *r) {
	size_t size = 0;
	for (size_t i = 0; i < TEXTS; i++) size += r->text_sizes[i];
	return size;
}

static int compare_numbers(uint64_t a, uint64_t b) { return (a > b) - (a < b); }

/* Of the names a row goes by. */
static int compare_names(const struct record *a, const struct record *b) {
	const char *x = texts_of(a), *y = texts_of(b);
	for (size_t i = 0; i < TEXTS; i++) {
		int order = text_compare(text_make(x, a->text_sizes[i]), text_make(y, b->text_sizes[i]));
		if (order) return order;
		x += a->text_sizes[i];
		y += b->text_sizes[i];
	}
	return (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

static int compare_records(const struct record *a, const struct record *b) {
	int order = compare_numbers(a->group, b->group);
	if (!order) order = compare_numbers(a->key, b->key);
	if (!order) order = compare_names(a, b);
	return order ? order : text_compare(text_make((const char *)a, a->size), text_make((const char *)b, b->size));
}

static int compare_entries(const void *a, const void *b, void *shuffle) {
	const struct entry *x = a, *y = b;
	if ((x->place ^ y->place) >> GROUP_BIT) return x->place >> GROUP_BIT ? 1 : -1;
	if (x->key != y->key) return x->key < y->key ? -1 : 1;
	return compare_records(record_at(shuffle, x->place), record_at(shuffle, y->place));
}

struct shuffle *shuffle_open(const char *folder, uint64_t memory, uint64_t seed, struct error *e) {
	struct shuffle *s = memory_zeroed(1, sizeof *s);
	s->key = random_key_start(seed);
	s->memory = (memory < SHUFFLE_MEMORY_LEAST ? SHUFFLE_MEMORY_LEAST : memory) & ~(uint64_t)15;
	s->fd = -1;
	struct buffer path = {0};
	buffer_printf(&path, "%s/rows", folder);
	s->name = memory_copy(path.data, path.size);
	buffer_free(&path);
	s->region = mmap(NULL, s->memory, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (s->region != MAP_FAILED) return s;
	s->region = NULL;
	error_system(e, "cannot get %llu bytes of memory; use a smaller --memory", (unsigned long long)s->memory);
	shuffle_close(s);
	return NULL;
}

static uint64_t round_up(uint64_t size, uint64_t to) { return (size + to - 1) / to * to; }

static bool open_file(struct shuffle *s, struct error *e) {
	struct buffer name = {0};
	temporary_name(&name, s->name);
	s->fd = open(name.data, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good = s->fd >= 0 || error_system(e, "%s: cannot write", name.data);
	if (good) unlink(name.data);
	buffer_free(&name);
	return good;
}

static bool write_all(struct shuffle *s, struct text bytes, struct error *e) {
	s->written += bytes.size;
	return descriptor_write(s->fd, bytes) || error_system(e, "%s.tmp: cannot write what does not fit into --memory", s->name);
}

static void sort_entries(struct shuffle *s) { qsort_r(entries_of(s), s->count, sizeof(struct entry), compare_entries, s); }

/* Writes what is in memory as a sorted run. */
static bool spill(struct shuffle *s, struct error *e) {
	if (s->fd < 0 && !open_file(s, e)) return false;
	sort_entries(s);
	struct buffer b = {0};
	struct run run = {.at = s->written};
	bool good = true;
	for (size_t i = 0; good && i < s->count; i++) {
		const struct record *r = record_at(s, entries_of(s)[i].place);
		buffer_add(&b, r, r->size);
		if (b.size < WRITE_BYTES && i + 1 < s->count) continue;
		good = write_all(s, buffer_text(&b), e);
		buffer_clear(&b);
	}
	buffer_free(&b);
	run.end = s->written;
	s->runs = memory_grow(s->runs, &s->run_room, s->run_count + 1, sizeof *s->runs);
	s->runs[s->run_count++] = run;
	s->used = s->count = 0;
	return good;
}

static uint64_t row_key(const struct shuffle *s, const struct token_row *row) {
	struct random_key k = random_key_text(s->key, row->split);
	k = random_key_text(k, row->source);
	k = random_key_text(k, row->task);
	k = random_key_text(k, row->part);
	k = random_key_text(k, row->instance);
	return random_key_hash(random_key_integer(k, row->sequence));
}

/* Where the arrays start in a record. */
static size_t arrays_at(const struct record *r) { return (size_t)round_up(sizeof *r + texts_size(r), 4); }

static void fill_record(struct record *r, const struct token_row *row) {
	const struct text texts[TEXTS] = {row->source, row->task, row->part, row->instance};
	char *at = (char *)(r + 1), *end = (char *)r + r->size;
	for (size_t i = 0; i < TEXTS; i++) {
		if (texts[i].size) memcpy(at, texts[i].data, texts[i].size);
		at += texts[i].size;
	}
	while ((at - (char *)r) % 4) *at++ = 0;
	memcpy(at, row->input_ids, row->count * 4);
	memcpy(at + row->count * 4, row->labels, row->count * 4);
	memcpy(at + row->count * 8, row->example, row->count * 2);
	for (at += row->count * 10; at < end; at++) *at = 0;
}

static uint32_t find_group(struct text split) {
	uint32_t group = 0;
	while (group < SPLITS && !text_is(split, splits[group])) group++;
	return group;
}

bool shuffle_add(struct shuffle *s, const struct token_row *row, struct error *e) {
	struct record head = {.key = row_key(s, row), .sequence = row->sequence, .count = row->count, .group = find_group(row->split)};
	const struct text texts[TEXTS] = {row->source, row->task, row->part, row->instance};
	if (head.group == SPLITS)
		return error_set(e, STATUS_DATA, "task %.*s: split is '%.*s'; it should be train or test", TEXT_ARGS(row->task),
			TEXT_ARGS(row->split));
	for (size_t i = 0; i < TEXTS; i++) {
		if (texts[i].size > 1u << 30) return error_set(e, STATUS_DATA, "a name of more than 1 GiB");
		head.text_sizes[i] = (uint32_t)texts[i].size;
	}
	head.size = round_up(arrays_at(&head) + head.count * 10, 8);
	if (head.size + sizeof(struct entry) > s->memory)
		return error_set(e, STATUS_USAGE, "a row of task %.*s needs %llu bytes, more than --memory gives; raise it",
			TEXT_ARGS(row->task), (unsigned long long)head.size);
	if (s->used + head.size + (s->count + 1) * sizeof(struct entry) > s->memory && !spill(s, e)) return false;
	struct record *r = (void *)(s->region + s->used);
	*r = head;
	fill_record(r, row);
	s->count++;
	*entries_of(s) = (struct entry){head.key, s->used | (uint64_t)head.group << GROUP_BIT};
	s->used += head.size;
	return true;
}

static const struct record *run_record(const struct run *r) { return (const void *)(r->data.data + r->from); }

/* Makes the run's next record wholly present, at run_record; `*more` = false at the end. */
static bool run_fill(struct shuffle *s, struct run *r, size_t piece, bool *more, struct error *e) {
	for (;;) {
		size_t have = r->data.size - r->from;
		*more = have || r->at < r->end;
		if (!*more || (have >= sizeof(struct record) && have >= run_record(r)->size)) return true;
		size_t wanted = have >= sizeof(struct record) ? (size_t)run_record(r)->size : sizeof(struct record);
		if (have) memmove(r->data.data, r->data.data + r->from, have);
		r->data.size = have;
		r->from = 0;
		size_t room = wanted > piece ? wanted - have : piece - have;
		if (room > r->end - r->at) room = (size_t)(r->end - r->at);
		ptrdiff_t got = pread(s->fd, buffer_reserve(&r->data, room), room, (off_t)r->at);
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) return error_system(e, "%s.tmp: cannot read it back", s->name);
		if (got == 0) return error_set(e, STATUS_OUTSIDE, "%s.tmp: was cut short by somebody else", s->name);
		r->data.size += (size_t)got;
		r->at += (uint64_t)got;
	}
}

static size_t piece_size(const struct shuffle *s) {
	uint64_t piece = s->run_count ? s->memory / s->run_count : 0;
	if (piece < RUN_BYTES_LEAST) piece = RUN_BYTES_LEAST;
	return piece > RUN_BYTES_MOST ? RUN_BYTES_MOST : (size_t)piece;
}

static void sift_down(struct shuffle *s, size_t i) {
	for (;;) {
		size_t least = i;
		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < s->heap_count; child++)
			if (compare_records(run_record(&s->runs[s->heap[child]]), run_record(&s->runs[s->heap[least]])) < 0) least = child;
		if (least == i) return;
		size_t other = s->heap[i];
		s->heap[i] = s->heap[least];
		s->heap[least] = other;
		i = least;
	}
}

bool shuffle_sort(struct shuffle *s, struct error *e) {
	if (!s->run_count) {
		sort_entries(s);
		return true;
	}
	if (s->count && !spill(s, e)) return false;
	munmap(s->region, s->memory);
	s->region = NULL;
	s->heap = memory_zeroed(s->run_count, sizeof *s->heap);
	for (size_t i = 0; i < s->run_count; i++) {
		bool more;
		if (!run_fill(s, &s->runs[i], piece_size(s), &more, e)) return false;
		if (more) s->heap[s->heap_count++] = i;
	}
	for (size_t i = s->heap_count / 2; i-- > 0;) sift_down(s, i);
	return true;
}

/* The smallest record of all runs, NULL at the end; the one given before is passed over first. */
static bool next_merged(struct shuffle *s, const struct record **out, struct error *e) {
	if (s->taken) {
		struct run *r = &s->runs[s->heap[0]];
		bool more;
		r->from += (size_t)run_record(r)->size;
		if (!run_fill(s, r, piece_size(s), &more, e)) return false;
		if (!more) {
			buffer_free(&r->data);
			s->heap[0] = s->heap[--s->heap_count];
		}
		sift_down(s, 0);
	}
	s->taken = s->heap_count > 0;
	*out = s->taken ? run_record(&s->runs[s->heap[0]]) : NULL;
	return true;
}

static void give_row(const struct record *r, struct token_row *row) {
	struct text *texts[TEXTS] = {&row->source, &row->task, &row->part, &row->instance};
	const char *at = texts_of(r);
	for (size_t i = 0; i < TEXTS; i++) {
		*texts[i] = text_make(at, r->text_sizes[i]);
		at += r->text_sizes[i];
	}
	char *arrays = (char *)(uintptr_t)r + arrays_at(r);
	row->split = text_of(splits[r->group]);
	row->sequence = r->sequence;
	row->count = (size_t)r->count;
	row->input_ids = (int32_t *)(void *)arrays;
	row->labels = row->input_ids + row->count;
	row->example = (int16_t *)(void *)(row->labels + row->count);
}

static bool is_duplicate(const struct shuffle *s, const struct record *r) {
	const struct record *last = (const void *)s->last.data;
	return s->last.size && last->group == r->group && last->key == r->key && compare_names(last, r) == 0;
}

int shuffle_next(struct shuffle *s, struct token_row *row, struct error *e) {
	const struct record *r = NULL;
	if (s->run_count && !next_merged(s, &r, e)) return -1;
	if (!s->run_count && s->next < s->count) r = record_at(s, entries_of(s)[s->next++].place);
	if (!r) return 0;
	give_row(r, row);
	if (is_duplicate(s, r)) {
		error_set(e, STATUS_DATA,
			"two rows of source %.*s, task %.*s, part '%.*s', instance '%.*s' have sequence %lld: was an input given twice?",
			TEXT_ARGS(row->source), TEXT_ARGS(row->task), TEXT_ARGS(row->part), TEXT_ARGS(row->instance),
			(long long)row->sequence);
		return -1;
	}
	buffer_clear(&s->last);
	buffer_add(&s->last, r, sizeof *r + texts_size(r));
	return 1;
}

void shuffle_close(struct shuffle *s) {
	if (!s) return;
	if (s->region) munmap(s->region, s->memory);
	if (s->fd >= 0) close(s->fd);
	for (size_t i = 0; i < s->run_count; i++) buffer_free(&s->runs[i].data);
	free(s->runs);
	free(s->heap);
	free(s->name);
	buffer_free(&s->last);
	free(s);
}
