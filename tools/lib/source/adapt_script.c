/* Runs adapter.sql, allows only what an adapter may do, and finds out which raw tables its views stand on. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/memory.h"
#include "source/adapt_parts.h"

/* The tables of source.json with their columns, for an error that names one that there is not. */
static void add_tables(const struct adapt *a, sqlite3 *db, struct buffer *out) {
	struct buffer sql = {0};
	for (size_t i = 0; i < a->table_count && out->size < 600; i++) {
		sqlite3_stmt *statement = NULL;
		buffer_clear(&sql);
		buffer_add_string(&sql, "SELECT * FROM ");
		table_add_name(&sql, a->tables[i].spec.name);
		if (a->tables[i].file && sqlite3_prepare_v2(db, buffer_string(&sql), -1, &statement, NULL) == SQLITE_OK) {
			buffer_printf(out, "%s%s (", out->size ? ", " : "; tables of source.json: ", a->tables[i].spec.name);
			for (int k = 0; k < sqlite3_column_count(statement) && out->size < 600; k++)
				buffer_printf(out, "%s%s", k ? ", " : "", sqlite3_column_name(statement, k));
			buffer_add_char(out, ')');
		}
		sqlite3_finalize(statement);
	}
	buffer_free(&sql);
}

bool adapt_sql_failed(struct adapt *a, sqlite3 *db, const char *what) {
	int status = sqlite3_errcode(db) & 0xff;
	bool outside = status == SQLITE_FULL || status == SQLITE_IOERR || status == SQLITE_NOMEM || status == SQLITE_CANTOPEN;
	struct buffer said = {0}, remedy = {0};
	buffer_add_string(&said, sqlite3_errmsg(db));
	if (status == SQLITE_FULL) buffer_add_string(&remedy, "; TMPDIR names the folder of the temporary database");
	if (text_starts(buffer_text(&said), text_of("no such column")) || text_starts(buffer_text(&said), text_of("no such table")))
		add_tables(a, db, &remedy);
	error_set(a->e, outside ? STATUS_OUTSIDE : STATUS_DATA, "%s: %s%s", what, buffer_string(&said), buffer_string(&remedy));
	buffer_free(&said);
	buffer_free(&remedy);
	return false;
}

static struct map_entry *object(struct adapt_plan *p, const char *name, bool make) {
	char lower[256];
	size_t size = strlen(name);
	if (size >= sizeof lower) size = sizeof lower - 1;
	for (size_t i = 0; i < size; i++) lower[i] = (char)tolower((unsigned char)name[i]);
	struct text key = text_make(lower, size);
	if (!make) return map_find(&p->objects, key);
	bool fresh;
	struct map_entry *entry = map_put(&p->objects, key, &fresh);
	if (!fresh) return entry;
	size_t width = p->adapt->table_count, old = p->room;
	p->needs = memory_grow(p->needs, &p->room, p->objects.count * width + 1, sizeof *p->needs);
	if (p->room > old) memset(p->needs + old, 0, p->room - old);
	entry->value = p->objects.count - 1;
	return entry;
}

static void note_read(struct adapt_plan *p, const char *name) {
	size_t width = p->adapt->table_count;
	for (size_t i = 0; i < width; i++)
		if (p->adapt->tables[i].file && !strcasecmp(p->adapt->tables[i].spec.name, name)) p->reads[i] = true;
	const struct map_entry *made = object(p, name, false);
	for (size_t i = 0; made && i < width; i++) p->reads[i] |= p->needs[made->value * width + i];
}

static void note_write(struct adapt_plan *p, const char *name) {
	if (!strncasecmp(name, "sqlite_", 7)) return;
	size_t index = object(p, name, true)->value;
	for (size_t i = 0; i < p->target_count; i++)
		if (p->targets[i] == index) return;
	if (p->target_count < sizeof p->targets / sizeof *p->targets) p->targets[p->target_count++] = index;
}

static void statement_start(struct adapt_plan *p) {
	if (!p) return;
	memset(p->reads, 0, p->adapt->table_count);
	p->target_count = 0;
}

static void statement_end(struct adapt_plan *p) {
	if (!p) return;
	size_t width = p->adapt->table_count;
	for (size_t t = 0; t < p->target_count; t++)
		for (size_t i = 0; i < width; i++) p->needs[p->targets[t] * width + i] |= p->reads[i];
}

/* `state` is the plan while one is made, else NULL. */
static int authorize(void *state, int action, const char *first, const char *second, const char *database, const char *within) {
	(void)database, (void)within;
	struct adapt_plan *plan = state;
	switch (action) {
	case SQLITE_READ:
		if (plan && first) note_read(plan, first);
		return SQLITE_OK;
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
	case SQLITE_CREATE_TABLE:
	case SQLITE_CREATE_TEMP_TABLE:
		if (plan && first) note_write(plan, first);
		return SQLITE_OK;
	case SQLITE_CREATE_INDEX:
	case SQLITE_CREATE_TEMP_INDEX:
	case SQLITE_CREATE_VIEW:
	case SQLITE_CREATE_TEMP_VIEW:
	case SQLITE_DROP_INDEX:
	case SQLITE_DROP_TABLE:
	case SQLITE_DROP_TEMP_TABLE:
	case SQLITE_DROP_VIEW:
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
	case SQLITE_REINDEX:
	case SQLITE_ANALYZE: return SQLITE_OK;
	case SQLITE_FUNCTION: return second && !strcasecmp(second, "load_extension") ? SQLITE_DENY : SQLITE_OK;
	default: return SQLITE_DENY; /* ATTACH, DETACH, PRAGMA, virtual tables, triggers, transactions */
	}
}

/* Behind white space and comments, where a statement begins for its reader. */
static const char *skip_comments(const char *at) {
	for (;;) {
		while (isspace((unsigned char)*at)) at++;
		const char *end = NULL;
		if (at[0] == '-' && at[1] == '-') end = strchr(at, '\n');
		else if (at[0] == '/' && at[1] == '*' && (end = strstr(at + 2, "*/"))) end++;
		if (!end) return at;
		at = end + 1;
	}
}

static bool statement_failed(struct adapt *a, sqlite3 *db, const char *path, const char *script, const char *statement) {
	size_t line = 1;
	int offset = sqlite3_error_offset(db);
	const char *place = offset >= 0 ? statement + offset : skip_comments(statement);
	statement = skip_comments(statement);
	for (const char *at = script; at < place; at++) line += *at == '\n';
	char where[4200];
	snprintf(where, sizeof where, "%s:%zu", path, line);
	if (sqlite3_errcode(db) != SQLITE_AUTH) return adapt_sql_failed(a, db, where);
	return error_set(a->e, STATUS_DATA,
		"%s: not allowed here: %.*s…; an adapter may make tables, indexes and views of its own source's tables, nothing else (no "
		"ATTACH, no PRAGMA)",
		where, (int)strcspn(statement, "\n;") > 60 ? 60 : (int)strcspn(statement, "\n;"), statement);
}

static bool run(struct adapt *a, sqlite3 *db, struct adapt_plan *plan, const char *path, const char *script) {
	for (const char *at = script; *at;) {
		sqlite3_stmt *statement = NULL;
		const char *rest = at;
		statement_start(plan);
		int status = sqlite3_prepare_v2(db, at, -1, &statement, &rest);
		if (status == SQLITE_OK && statement)
			while ((status = sqlite3_step(statement)) == SQLITE_ROW) {}
		bool good = status == SQLITE_OK || status == SQLITE_DONE;
		if (!good) statement_failed(a, db, path, script, at);
		sqlite3_finalize(statement);
		if (!good) return false;
		statement_end(plan);
		at = rest;
	}
	return true;
}

bool adapt_script(struct adapt *a, sqlite3 *db, struct adapt_plan *plan) {
	struct buffer path = {0}, script = {0};
	buffer_printf(&path, "%s/adapter.sql", a->source->folder);
	if (plan) plan->reads = memory_zeroed(a->table_count, sizeof *plan->reads);
	bool good = sqlite3_set_authorizer(db, authorize, plan) == SQLITE_OK;
	/* A source whose tasks read raw tables as they are needs no script. */
	if (!access(buffer_string(&path), F_OK))
		good = input_load(buffer_string(&path), 16 << 20, &script, a->e) &&
		       (!memchr(script.data ? script.data : "", 0, script.size) ||
			       error_set(a->e, STATUS_DATA, "%s: holds a NUL byte", buffer_string(&path))) &&
		       run(a, db, plan, buffer_string(&path), buffer_string(&script));
	buffer_free(&path);
	buffer_free(&script);
	return good;
}

bool adapt_plan_view(struct adapt_plan *p, sqlite3 *db, const char *view, bool *reads, const char ***columns, size_t *count) {
	struct adapt *a = p->adapt;
	sqlite3_stmt *statement = NULL;
	char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", view);
	statement_start(p);
	bool good = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK;
	struct text no_table = text_of("no such table: "), said = text_of(sqlite3_errmsg(db));
	if (!good && text_starts(said, no_table) && !strcmp(said.data + no_table.size, view)) {
		error_set(a->e, STATUS_DATA,
			"%s/adapter.sql: makes no view '%s'; the rows of a task's \"view\" (without one: of the view of its name) are its "
			"examples",
			a->source->id, view);
	} else if (!good) {
		char what[600];
		snprintf(what, sizeof what, "%s/adapter.sql: view '%.200s'", a->source->id, view);
		adapt_sql_failed(a, db, what);
	}
	*count = good ? (size_t)sqlite3_column_count(statement) : 0;
	*columns = arena_allocate(a->memory, (*count + 1) * sizeof **columns);
	for (size_t i = 0; i < *count; i++) (*columns)[i] = arena_copy(a->memory, text_of(sqlite3_column_name(statement, (int)i))).data;
	for (size_t i = 0; i < a->table_count; i++) reads[i] |= p->reads[i];
	sqlite3_finalize(statement);
	sqlite3_free(sql);
	return good;
}

/* Whether the script made a view or table of that name. */
static bool made(sqlite3 *db, const char *name) {
	sqlite3_stmt *row = NULL;
	char *sql = sqlite3_mprintf("SELECT 1 FROM sqlite_master WHERE lower(name) = lower(%Q) AND type IN ('view', 'table')", name);
	bool found = sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK && sqlite3_step(row) == SQLITE_ROW;
	sqlite3_finalize(row);
	sqlite3_free(sql);
	return found;
}

const char *adapt_dropped_view(struct adapt *a, sqlite3 *db, const struct source_task *task) {
	struct buffer name = {0};
	size_t parts = 0;
	const char *found = NULL;
	for (size_t i = 0; i < a->source->task_count; i++) parts += !strcmp(a->source->tasks[i].name, task->name);
	buffer_printf(&name, "%s_dropped", task->view);
	if (made(db, buffer_string(&name))) found = arena_copy(a->memory, buffer_text(&name)).data;
	buffer_clear(&name);
	buffer_printf(&name, "%s_dropped", task->name);
	/* With several parts nobody could say which of them the view speaks of. */
	if (!found && parts == 1 && made(db, buffer_string(&name))) found = arena_copy(a->memory, buffer_text(&name)).data;
	buffer_free(&name);
	return found;
}

void adapt_plan_free(struct adapt_plan *p) {
	map_free(&p->objects);
	free(p->needs);
	free(p->reads);
}
