/* Table-valued functions: series, draws, picks, regex_split. One eponymous virtual table module serves all: columns `value` and `_i` (number of the
 * row, from 0), then the arguments as hidden columns. All names but `value` start with '_', so that they never hide a column of an adapter's tables. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/regex.h"
#include "sql/function.h"
#include "sql/law.h"

enum { KEYS = 16, FIRST_ARGUMENT = 2, ARGUMENTS = 3 + KEYS, PICK_LIMIT = 4000000 };
#define KEY_COLUMNS                                                                                                                        \
	", _k1 HIDDEN, _k2 HIDDEN, _k3 HIDDEN, _k4 HIDDEN, _k5 HIDDEN, _k6 HIDDEN, _k7 HIDDEN, _k8 HIDDEN, _k9 HIDDEN, _k10 HIDDEN, "      \
	"_k11 HIDDEN, _k12 HIDDEN, _k13 HIDDEN, _k14 HIDDEN, _k15 HIDDEN, _k16 HIDDEN"

enum table_kind { SERIES, DRAWS, PICKS, SPLIT };

struct cursor;

struct table_function {
	enum table_kind kind;
	const char *name, *usage, *columns;
	int required; /* arguments that must be there, the first key included */
	double rows;  /* what the planner should expect */
	bool (*start)(struct cursor *c, int count, sqlite3_value **values, struct error *e);
	bool (*next)(struct cursor *c, struct error *e); /* makes row `i`; NULL: nothing to do */
};

struct table {
	sqlite3_vtab base;
	const struct table_function *function;
	const struct function_context *context;
};

struct cursor {
	sqlite3_vtab_cursor base;
	const struct table *table;
	uint64_t i, count;
	int64_t first;   /* series */
	struct law *law; /* draws */
	struct random random;
	struct variate variate;
	struct buffer bytes; /* draws: the variate's array; regex_split: the pieces */
	uint64_t *numbers;   /* picks: what is picked; regex_split: ends of the pieces */
	size_t number_room;
	sqlite3_value *arguments[ARGUMENTS]; /* copies, read back as hidden columns: SQLite compares some of them again */
};

static bool whole(const char *what, sqlite3_value *value, int64_t low, int64_t *out, struct error *e) {
	*out = 0;
	if (sqlite3_value_numeric_type(value) != SQLITE_INTEGER) {
		bool missing = sqlite3_value_type(value) == SQLITE_NULL;
		error_set(e, STATUS_DATA, "%s should be a whole number, not %s", what,
			missing ? "NULL" : (const char *)sqlite3_value_text(value));
		return false;
	}
	*out = sqlite3_value_int64(value);
	if (*out < low) error_set(e, STATUS_DATA, "%s should be at least %lld, not %lld", what, (long long)low, (long long)*out);
	return *out >= low;
}

static bool start_series(struct cursor *c, int count, sqlite3_value **values, struct error *e) {
	(void)count;
	int64_t last;
	if (!whole("first", values[0], INT64_MIN, &c->first, e) || !whole("last", values[1], INT64_MIN, &last, e)) return false;
	if (last < c->first) return true;
	uint64_t span = (uint64_t)last - (uint64_t)c->first;
	c->count = span == UINT64_MAX ? span : span + 1;
	return true;
}

static bool next_draw(struct cursor *c, struct error *e) { return law_draw(c->law, &c->random, &c->variate, &c->bytes, e); }

static bool start_draws(struct cursor *c, int count, sqlite3_value **values, struct error *e) {
	int64_t n;
	struct random_key key;
	if (!(c->law = law_open(function_text(values[0]), function_text(values[1]), e)) || !whole("n", values[2], 0, &n, e)) return false;
	struct text name = text_of(law_name(c->law));
	if (!function_key(c->table->context, "draws", values + 3, count - 3, &key, e)) return false;
	c->random = random_start(random_key_text(key, name));
	c->count = (uint64_t)n;
	return true;
}

static bool start_picks(struct cursor *c, int count, sqlite3_value **values, struct error *e) {
	int64_t n, k;
	struct random_key key;
	if (!whole("n", values[0], 0, &n, e) || !whole("k", values[1], 0, &k, e)) return false;
	if (k > n || k > PICK_LIMIT)
		return error_set(
			e, STATUS_DATA, "k should be at most %s, not %lld of %lld", k > n ? "n" : "4000000", (long long)k, (long long)n);
	if (!function_key(c->table->context, "picks", values + 2, count - 2, &key, e)) return false;
	c->count = (uint64_t)k;
	c->numbers = memory_grow(c->numbers, &c->number_room, (size_t)k + 1, sizeof *c->numbers);
	struct random r = random_start(key);
	random_pick(&r, (uint64_t)n, (size_t)k, c->numbers);
	return true;
}

static void add_piece(struct cursor *c, const char *from, const char *to) {
	buffer_add(&c->bytes, from, (size_t)(to - from));
	c->numbers = memory_grow(c->numbers, &c->number_room, (size_t)c->count + 1, sizeof *c->numbers);
	c->numbers[c->count++] = c->bytes.size;
}

/* The pieces between the matches; an empty match divides too, as in Python. */
static bool split(struct cursor *c, struct regex *re, struct text t, struct error *e) {
	const char *end = t.data + t.size, *piece = t.data;
	for (size_t from = 0; from <= t.size;) {
		int found = regex_find(re, t, from, e);
		if (found < 0) return false;
		if (!found) break;
		struct text match = regex_group(re, 0);
		add_piece(c, piece, match.data);
		const char *next = piece = match.data + match.size;
		if (!match.size && next == end) break;
		if (!match.size) utf8_next(&next, end);
		from = (size_t)(next - t.data);
	}
	add_piece(c, piece, end);
	return true;
}

static bool start_split(struct cursor *c, int count, sqlite3_value **values, struct error *e) {
	(void)count;
	struct text t = function_text(values[0]), pattern = function_text(values[1]);
	if (!t.data || !pattern.data) return true; /* NULL: no rows */
	struct regex *re = regex_compile(pattern, e);
	bool good = re && split(c, re, t, e);
	regex_free(re);
	return good;
}

static const struct table_function functions[] = {
	{SERIES, "series", "series(first, last)", "_first HIDDEN, _last HIDDEN", 2, 100, start_series, NULL},
	{DRAWS, "draws", "draws(law, parameters, n, key…)", "_law HIDDEN, _parameters HIDDEN, _n HIDDEN" KEY_COLUMNS, 4, 1000, start_draws,
		next_draw},
	{PICKS, "picks", "picks(n, k, key…)", "_n HIDDEN, _k HIDDEN" KEY_COLUMNS, 3, 100, start_picks, NULL},
	{SPLIT, "regex_split", "regex_split(text, pattern)", "_text HIDDEN, _pattern HIDDEN", 2, 10, start_split, NULL},
};

/* What a module gets at registration. */
struct registration {
	const struct table_function *function;
	const struct function_context *context;
};

static int table_connect(sqlite3 *db, void *user, int argc, const char *const *argv, sqlite3_vtab **out, char **message) {
	(void)argc, (void)argv, (void)message;
	const struct registration *from = user;
	struct buffer b = {0};
	buffer_printf(&b, "CREATE TABLE x(value, _i, %s)", from->function->columns);
	int status = sqlite3_declare_vtab(db, buffer_string(&b));
	buffer_free(&b);
	if (status) return status;
	sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
	struct table *t = sqlite3_malloc(sizeof *t);
	if (!t) return SQLITE_NOMEM;
	*t = (struct table){.function = from->function, .context = from->context};
	*out = &t->base;
	return SQLITE_OK;
}

static int table_disconnect(sqlite3_vtab *t) {
	sqlite3_free(t);
	return SQLITE_OK;
}

static int table_fail(sqlite3_vtab *base, const char *message) {
	const struct table *t = (const struct table *)base;
	sqlite3_free(base->zErrMsg);
	base->zErrMsg = sqlite3_mprintf("%s: %s", t->function->name, message);
	return SQLITE_ERROR;
}

/* The arguments arrive as constraints `hidden column = value`: all of them, without a gap, become arguments of table_filter. */
static int table_plan(sqlite3_vtab *base, sqlite3_index_info *info) {
	const struct table *t = (const struct table *)base;
	int place[ARGUMENTS], count = 0;
	bool unusable = false;
	for (int a = 0; a < ARGUMENTS; a++) place[a] = -1;
	for (int i = 0; i < info->nConstraint; i++) {
		int a = info->aConstraint[i].iColumn - FIRST_ARGUMENT;
		if (a < 0 || a >= ARGUMENTS || info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
		if (!info->aConstraint[i].usable) unusable = true;
		else if (place[a] < 0) place[a] = i;
	}
	if (unusable) return SQLITE_CONSTRAINT; /* another order of the tables makes them usable */
	for (; count < ARGUMENTS && place[count] >= 0; count++) {
		info->aConstraintUsage[place[count]].argvIndex = count + 1;
		info->aConstraintUsage[place[count]].omit = 1;
	}
	if (count < t->function->required) {
		sqlite3_free(base->zErrMsg);
		base->zErrMsg = sqlite3_mprintf("an argument is missing: %s", t->function->usage);
		return SQLITE_ERROR;
	}
	info->estimatedCost = t->function->rows;
	info->estimatedRows = (sqlite3_int64)t->function->rows;
	return SQLITE_OK;
}

static int cursor_open(sqlite3_vtab *base, sqlite3_vtab_cursor **out) {
	struct cursor *c = memory_zeroed(1, sizeof *c);
	c->table = (const struct table *)base;
	*out = &c->base;
	return SQLITE_OK;
}

static void cursor_reset(struct cursor *c) {
	law_free(c->law);
	c->law = NULL;
	c->i = c->count = 0;
	for (int a = 0; a < ARGUMENTS && c->arguments[a]; a++) {
		sqlite3_value_free(c->arguments[a]);
		c->arguments[a] = NULL;
	}
	buffer_clear(&c->bytes);
}

static int cursor_close(sqlite3_vtab_cursor *base) {
	struct cursor *c = (struct cursor *)base;
	cursor_reset(c);
	buffer_free(&c->bytes);
	free(c->numbers);
	free(c);
	return SQLITE_OK;
}

/* Makes row `i`, if there is one. */
static int cursor_make(struct cursor *c) {
	struct error e;
	const struct table_function *f = c->table->function;
	if (c->i >= c->count || !f->next || f->next(c, &e)) return SQLITE_OK;
	return table_fail(c->base.pVtab, e.message);
}

static int cursor_filter(sqlite3_vtab_cursor *base, int number, const char *name, int count, sqlite3_value **values) {
	(void)number, (void)name;
	struct cursor *c = (struct cursor *)base;
	struct error e;
	cursor_reset(c);
	if (c->table->context->planning) return SQLITE_OK;
	for (int a = 0; a < count && a < ARGUMENTS; a++)
		if (!(c->arguments[a] = sqlite3_value_dup(values[a]))) return SQLITE_NOMEM;
	if (!c->table->function->start(c, count, values, &e)) {
		c->count = 0;
		return table_fail(base->pVtab, e.message);
	}
	return cursor_make(c);
}

static int cursor_next(sqlite3_vtab_cursor *base) {
	struct cursor *c = (struct cursor *)base;
	c->i++;
	return cursor_make(c);
}

static int cursor_end(sqlite3_vtab_cursor *base) {
	const struct cursor *c = (const struct cursor *)base;
	return c->i >= c->count;
}

static void give_value(const struct cursor *c, sqlite3_context *out) {
	const char *bytes = c->bytes.data ? c->bytes.data : "";
	switch (c->table->function->kind) {
	case SERIES: sqlite3_result_int64(out, (int64_t)((uint64_t)c->first + c->i)); break;
	case PICKS: sqlite3_result_int64(out, (int64_t)c->numbers[c->i]); break;
	case DRAWS:
		if (c->variate.type == VARIATE_INTEGER) sqlite3_result_int64(out, c->variate.integer);
		else if (c->variate.type == VARIATE_REAL) sqlite3_result_double(out, c->variate.real);
		else sqlite3_result_text64(out, bytes, c->bytes.size, SQLITE_TRANSIENT, SQLITE_UTF8);
		break;
	case SPLIT: {
		uint64_t from = c->i ? c->numbers[c->i - 1] : 0;
		sqlite3_result_text64(out, bytes + from, c->numbers[c->i] - from, SQLITE_TRANSIENT, SQLITE_UTF8);
		break;
	}
	}
}

static int cursor_column(sqlite3_vtab_cursor *base, sqlite3_context *out, int column) {
	const struct cursor *c = (const struct cursor *)base;
	if (column == 0) give_value(c, out);
	if (column == 1) sqlite3_result_int64(out, (int64_t)c->i);
	int argument = column - FIRST_ARGUMENT;
	if (argument >= 0 && argument < ARGUMENTS && c->arguments[argument]) sqlite3_result_value(out, c->arguments[argument]);
	return SQLITE_OK;
}

static int cursor_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out) {
	*out = (sqlite3_int64)((const struct cursor *)base)->i;
	return SQLITE_OK;
}

/* xCreate is NULL: the tables are there without CREATE VIRTUAL TABLE, and only so. */
static const sqlite3_module module = {.iVersion = 0,
	.xConnect = table_connect,
	.xBestIndex = table_plan,
	.xDisconnect = table_disconnect,
	.xOpen = cursor_open,
	.xClose = cursor_close,
	.xFilter = cursor_filter,
	.xNext = cursor_next,
	.xEof = cursor_end,
	.xColumn = cursor_column,
	.xRowid = cursor_rowid};

bool functions_add_tables(sqlite3 *db, const struct function_context *context, struct error *e) {
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		struct registration *r = memory_zeroed(1, sizeof *r);
		*r = (struct registration){&functions[i], context};
		if (sqlite3_create_module_v2(db, functions[i].name, &module, r, free))
			return error_set(
				e, STATUS_OUTSIDE, "the SQL function %s cannot be registered: %s", functions[i].name, sqlite3_errmsg(db));
	}
	return true;
}
