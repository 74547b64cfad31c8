#include "draw/template.h"

#include <stdlib.h>

#include "base/memory.h"

static const uint64_t VARIANT_LIMIT = (uint64_t)1 << 32;

/* Where the parser stands in one template. Plain text is collected in `plain` until a piece ends. */
struct parser {
	struct templates *t;
	struct text text;
	size_t at;
	struct buffer plain;
	struct error *e;
};

static bool wrong(struct parser *p, size_t at, const char *what) {
	return error_set(p->e, STATUS_USAGE, "byte %zu of \"%.*s\": %s", at + 1, TEXT_ARGS(p->text), what);
}

static void add_piece(struct parser *p, size_t column) {
	struct templates *t = p->t;
	struct template_piece piece = {.column = column};
	if (column == SIZE_MAX) {
		if (!p->plain.size) return;
		piece.text = arena_copy(&t->memory, buffer_text(&p->plain));
		buffer_clear(&p->plain);
	}
	t->pieces = memory_grow(t->pieces, &t->piece_room, t->piece_count + 1, sizeof *t->pieces);
	t->pieces[t->piece_count++] = piece;
	t->alternatives[t->alternative_count - 1].count++;
}

static void start_alternative(struct parser *p) {
	struct templates *t = p->t;
	t->alternatives = memory_grow(t->alternatives, &t->alternative_room, t->alternative_count + 1, sizeof *t->alternatives);
	t->alternatives[t->alternative_count++] = (struct template_range){t->piece_count, 0};
	t->slots[t->slot_count - 1].count++;
}

static void start_slot(struct parser *p) {
	struct templates *t = p->t;
	t->slots = memory_grow(t->slots, &t->slot_room, t->slot_count + 1, sizeof *t->slots);
	t->slots[t->slot_count++] = (struct template_range){t->alternative_count, 0};
	t->entries[t->entry_count - 1].slots.count++;
	start_alternative(p);
}

/* Multiplies the entry's variants by the alternatives of the slot that ends here. */
static bool end_slot(struct parser *p) {
	struct templates *t = p->t;
	struct template_entry *entry = &t->entries[t->entry_count - 1];
	add_piece(p, SIZE_MAX);
	entry->variants *= t->slots[t->slot_count - 1].count; /* both below 2^32: no overflow */
	return entry->variants + t->variants <= VARIANT_LIMIT || wrong(p, p->at ? p->at - 1 : 0, "more than 2^32 variants");
}

static bool parse_column(struct parser *p) {
	size_t from = p->at + 1, end = from;
	while (end < p->text.size && p->text.data[end] != '}' && p->text.data[end] != '{') end++;
	if (end == p->text.size || p->text.data[end] == '{') return wrong(p, p->at, "'{' without its '}' (a plain brace is written \\{)");
	if (end == from) return wrong(p, p->at, "{} names no column (a plain brace is written \\{)");
	bool is_new;
	struct map_entry *entry = map_put(&p->t->columns, text_make(p->text.data + from, end - from), &is_new);
	if (is_new) entry->value = p->t->columns.count - 1;
	add_piece(p, SIZE_MAX);
	add_piece(p, (size_t)entry->value);
	p->at = end + 1;
	return true;
}

static bool parse(struct parser *p) {
	size_t opened = SIZE_MAX; /* where the `[[` stands that we are in */
	start_slot(p);
	while (p->at < p->text.size) {
		const char *c = p->text.data + p->at;
		char next = p->at + 1 < p->text.size ? c[1] : 0;
		if (*c == '\\' && next && strchr("{}[]|\\", next)) {
			buffer_add_char(&p->plain, next);
			p->at += 2;
		} else if (*c == '{') {
			if (!parse_column(p)) return false;
		} else if (*c == '[' && next == '[') {
			if (opened != SIZE_MAX) return wrong(p, p->at, "'[[' inside '[[…]]': alternatives do not nest (plain: \\[\\[)");
			opened = p->at;
			p->at += 2;
			if (!end_slot(p)) return false;
			start_slot(p);
		} else if (*c == ']' && next == ']') {
			if (opened == SIZE_MAX) return wrong(p, p->at, "']]' without its '[[' (plain: \\]\\])");
			opened = SIZE_MAX;
			p->at += 2;
			if (!end_slot(p)) return false;
			start_slot(p);
		} else if (*c == '|' && opened != SIZE_MAX) {
			add_piece(p, SIZE_MAX);
			start_alternative(p);
			p->at++;
		} else {
			buffer_add_char(&p->plain, *c);
			p->at++;
		}
	}
	if (opened != SIZE_MAX) return wrong(p, opened, "'[[' without its ']]' (plain: \\[\\[)");
	return end_slot(p);
}

bool templates_add(struct templates *t, struct text template, struct error *e) {
	struct parser p = {.t = t, .text = template, .e = e};
	t->entries = memory_grow(t->entries, &t->entry_room, t->entry_count + 1, sizeof *t->entries);
	t->entries[t->entry_count++] = (struct template_entry){{t->slot_count, 0}, 1};
	bool good = parse(&p);
	buffer_free(&p.plain);
	if (good) t->variants += t->entries[t->entry_count - 1].variants;
	return good;
}

static bool usable(const struct templates *t, size_t alternative, const bool *missing) {
	struct template_range pieces = t->alternatives[alternative];
	for (size_t i = pieces.first; i < pieces.first + pieces.count; i++)
		if (t->pieces[i].column != SIZE_MAX && missing[t->pieces[i].column]) return false;
	return true;
}

static uint64_t usable_alternatives(const struct templates *t, struct template_range slot, const bool *missing) {
	uint64_t count = 0;
	for (size_t i = slot.first; i < slot.first + slot.count; i++) count += usable(t, i, missing);
	return count;
}

static uint64_t usable_variants(const struct templates *t, const struct template_entry *entry, const bool *missing) {
	uint64_t product = 1;
	for (size_t i = entry->slots.first; i < entry->slots.first + entry->slots.count; i++)
		product *= usable_alternatives(t, t->slots[i], missing);
	return product;
}

/* The number within its entry of the `rank`-th usable variant: digits of `rank` over usable alternatives become digits over all. */
static uint64_t nth_usable(const struct templates *t, const struct template_entry *entry, const bool *missing, uint64_t rank) {
	uint64_t number = 0, scale = 1;
	for (size_t i = entry->slots.count; i-- > 0;) {
		struct template_range slot = t->slots[entry->slots.first + i];
		uint64_t base = usable_alternatives(t, slot, missing), at = 0;
		if (!base) return 0; /* not of a variant that is usable */
		uint64_t digit = rank % base;
		rank /= base;
		while (!usable(t, slot.first + at, missing) || digit--) at++;
		number += at * scale;
		scale *= slot.count;
	}
	return number;
}

bool templates_pick(const struct templates *t, const bool *missing, struct random *r, uint64_t *variant) {
	uint64_t total = 0, before = 0;
	for (size_t i = 0; i < t->entry_count; i++) total += usable_variants(t, &t->entries[i], missing);
	if (!total) return false;
	uint64_t rank = random_below(r, total);
	for (size_t i = 0; i < t->entry_count; i++) {
		const struct template_entry *entry = &t->entries[i];
		uint64_t count = usable_variants(t, entry, missing);
		if (rank < count) {
			*variant = before + nth_usable(t, entry, missing, rank);
			return true;
		}
		rank -= count;
		before += entry->variants;
	}
	return false;
}

void templates_render(const struct templates *t, uint64_t variant, const struct text *values, struct buffer *out) {
	const struct template_entry *entry = t->entries;
	for (; variant >= entry->variants; entry++) variant -= entry->variants;
	uint64_t scale = entry->variants;
	for (size_t i = entry->slots.first; i < entry->slots.first + entry->slots.count; i++) {
		scale /= t->slots[i].count;
		struct template_range pieces = t->alternatives[t->slots[i].first + variant / scale];
		variant %= scale;
		for (size_t j = pieces.first; j < pieces.first + pieces.count; j++)
			buffer_add_text(out, t->pieces[j].column == SIZE_MAX ? t->pieces[j].text : values[t->pieces[j].column]);
	}
}

void templates_free(struct templates *t) {
	arena_free(&t->memory);
	map_free(&t->columns);
	free(t->pieces);
	free(t->alternatives);
	free(t->slots);
	free(t->entries);
	*t = (struct templates){0};
}
