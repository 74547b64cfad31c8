/* report: the table at the end of `make suite`: what was built of every source, where rows went, and why something was not built. */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/options.h"
#include "base/stream.h"
#include "source/built.h"

static const char *out_folder = "out", *name = "spm32k-spectrum-1024", *raw, *mirror;
static struct option_list tasks;
static bool strict, large, sample;

static const struct option_spec options[] = {{0, "out", "DIR", OPTION_STRING, &out_folder, "what make suite builds in (out)"},
	{0, "name", "NAME", OPTION_STRING, &name, "tokeniser, format and length (spm32k-spectrum-1024)"},
	{0, "raw", "DIR", OPTION_STRING, &raw, "where raw files lie ($SPECTRUM_RAW, else out/raw)"},
	{0, "mirror", "DIR", OPTION_STRING, &mirror, "files were looked for here, not in the network"},
	{0, "sample", NULL, OPTION_FLAG, &sample, "the raw files are samples: declared files may be missing"},
	{0, "large", NULL, OPTION_FLAG, &large, "large files were asked for"},
	{0, "task", "NAME", OPTION_LIST, &tasks, "only this task (may be given several times)"},
	{0, "strict", NULL, OPTION_FLAG, &strict, "leave with status 1 when anything was not built"}, {0}};

static const char *const examples[] = {"what the last build gave", "spectrum report", NULL};
static const struct program program = {"report", "the table at the end of make suite", "[SOURCE|DIR…]", options, examples,
	"records: what was read of the raw tables that a task touches → rows made of them that became examples → rows left out, with the "
	"reasons below. A record can give many rows (a respondent: all answers) or serve others only, so these need not add up. Sequences "
	"and tokens are those of the task with all its parts."};

/* Sums and gaps over all sources. */
struct totals {
	size_t sources, built, tasks, tasks_built;
	double sequences, tokens;
	bool gaps;
	bool splits[2];        /* a task of train, of test was built */
	struct buffer trained; /* see load_trained */
	size_t untrained;      /* sources with texts that the tokeniser was not trained on */
};

/* Counts come from JSON as doubles; all are whole and far below 2^53. */
static const char *grouped(double value, char out[32]) { return number_grouped((uint64_t)value, out); }

/* "task", or "task / part" of a composite one. */
static const char *label(const char *task, const char *part, struct buffer *b) {
	buffer_clear(b);
	buffer_printf(b, "%s%s%s", task, *part ? " / " : "", part);
	return buffer_string(b);
}

static void print_task(const cJSON *task, const cJSON *tokens, bool first_part, int width) {
	char cells[7][32];
	struct buffer title = {0};
	const cJSON *counts =
		cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(tokens, "tasks"), built_string(task, "task"));
	double read = built_number(task, "read"), used = built_number(task, "used"), dropped = 0;
	const cJSON *reason;
	cJSON_ArrayForEach(reason, cJSON_GetObjectItemCaseSensitive(task, "dropped")) dropped += built_number(reason, "n");
	printf("  %-*s %11s → %9s → %9s %9s %10s", width, label(built_string(task, "task"), built_string(task, "part"), &title),
		grouped(read, cells[0]), grouped(used, cells[1]), grouped(dropped, cells[2]),
		grouped(built_number(task, "instances"), cells[3]), grouped(built_number(task, "examples"), cells[4]));
	if (first_part && counts)
		printf(" %9s %12s", grouped(built_number(counts, "sequences"), cells[5]),
			grouped(built_number(counts, "tokens"), cells[6]));
	putchar('\n');
	buffer_free(&title);
	bool any = false;
	cJSON_ArrayForEach(reason, cJSON_GetObjectItemCaseSensitive(task, "dropped")) {
		if (built_number(reason, "n") == 0) continue;
		printf("%s%s ", any ? "; " : "      left out: ", grouped(built_number(reason, "n"), cells[0]));
		print_visible(stdout, built_string(reason, "reason"));
		any = true;
	}
	if (any) putchar('\n');
}

static uint64_t missing_large(const struct source *s, const char *folder) {
	uint64_t bytes = 0;
	for (size_t i = 0; i < s->file_count; i++)
		if (s->files[i].bytes > 100000000 && !source_file_present(&s->files[i], folder)) bytes += s->files[i].bytes;
	return bytes;
}

/* Why files are missing and what to do. */
static void print_remedy(const struct source *s, const char *folder, size_t missing) {
	const char *them = missing == 1 ? "it" : "them";
	bool by_hand = s->access == ACCESS_MANUAL || s->access == ACCESS_REQUEST;
	if (s->file_count == 1) printf("  its file is missing: ");
	else if (missing == s->file_count) printf("  all %zu files are missing: ", missing);
	else printf("  %zu of %zu files are missing: ", missing, s->file_count);
	if (mirror && by_hand) {
		printf("not in %s/%s; 'spectrum fetch %s' says how to get %s\n", mirror, s->id, s->id, them);
	} else if (mirror) {
		printf("not in %s/%s; put %s there, or run without MIRROR\n", mirror, s->id, them);
	} else if (!large && missing_large(s, folder)) {
		printf("large (%.1f GB); 'make suite LARGE=1' downloads %s\n", (double)missing_large(s, folder) / 1e9, them);
	} else if (s->access == ACCESS_TOKEN && !getenv(s->token)) {
		printf("a token is needed; set %s and run again ('spectrum fetch %s' says how to get one)\n", s->token, s->id);
	} else if (by_hand) {
		printf("to be got by hand, then 'spectrum fetch %s --import FILE…':\n", s->id);
		for (size_t i = 0; i < s->how_count; i++) printf("    %zu. %s\n", i + 1, s->how[i]);
	} else {
		printf("not downloaded: 'spectrum fetch %s' says why; run again when that is mended, or with MIRROR=DIR\n", s->id);
	}
}

static bool wanted(const char *task) { return option_list_allows(&tasks, text_of(task)); }

static bool first_part_of(const cJSON *all, const cJSON *task) {
	const cJSON *one;
	cJSON_ArrayForEach(one, all) {
		if (one == task) return true;
		if (built_is(one) && !strcmp(built_string(one, "task"), built_string(task, "task"))) return false;
	}
	return true;
}

/* Whether any task of the source was built; all may want a file that is missing. */
static bool any_built(const cJSON *adapted) {
	const cJSON *task;
	cJSON_ArrayForEach(task, adapted) if (built_is(task)) return true;
	return false;
}

/* Whether all files of the tables that the task reads were there. */
static bool complete(const cJSON *task) {
	const cJSON *table;
	cJSON_ArrayForEach(table, cJSON_GetObjectItemCaseSensitive(task, "tables")) if (built_number(table, "missing") > 0) return false;
	return true;
}

/* Other numbers of examples than the published files give. */
static void print_unexpected(const struct source *s, const cJSON *adapted) {
	char cells[2][32];
	struct buffer title = {0};
	for (size_t i = 0; !sample && i < s->task_count; i++) {
		const struct source_task *t = &s->tasks[i];
		const cJSON *built = built_task(adapted, t);
		double count = built_number(built, "examples");
		if (!built || !t->examples || !wanted(t->name) || (int64_t)count == t->examples || !complete(built)) continue;
		printf("  warning: %s: %s examples, %s expected: was a file changed?\n", label(t->name, t->part, &title),
			grouped(count, cells[0]), grouped((double)t->examples, cells[1]));
	}
	buffer_free(&title);
}

/* What adapt warned of: its log stays until it runs again. */
static void print_warnings(const struct source *s) {
	static const char mark[] = ": warning: ";
	struct buffer path = {0};
	struct text line;
	buffer_printf(&path, "%s/state/log/%s.ADAPT", out_folder, s->id);
	struct input *in = input_open(buffer_string(&path), NULL);
	while (in && input_line(in, &line, NULL) == 1) {
		const char *at = memmem(line.data, line.size, mark, strlen(mark));
		if (at) printf("  %.*s\n", (int)(line.data + line.size - at - 2), at + 2);
	}
	input_close(in);
	buffer_free(&path);
}

static void print_built(struct totals *t, const cJSON *adapted, const cJSON *tokens, int width) {
	struct buffer title = {0};
	const cJSON *task;
	cJSON_ArrayForEach(task, adapted) {
		if (!wanted(built_string(task, "task"))) continue;
		bool is_built = built_is(task), first = first_part_of(adapted, task);
		t->tasks_built += is_built && first;
		if (is_built) {
			print_task(task, tokens, first, width);
		} else {
			printf("  %s: not built: ", label(built_string(task, "task"), built_string(task, "part"), &title));
			print_visible(stdout, built_string(task, "why"));
			putchar('\n');
		}
		t->gaps |= !is_built;
		if (is_built) t->splits[!strcmp(built_string(task, "split"), "test")] = true;
	}
	buffer_free(&title);
	t->sequences += built_number(tokens, "sequences");
	t->tokens += built_number(tokens, "tokens");
}

/* How many tasks are asked for; parts are not counted. */
static size_t tasks_of(const struct source *s) {
	size_t count = 0;
	for (size_t i = 0; i < s->task_count; i++) {
		bool first = wanted(s->tasks[i].name);
		for (size_t k = 0; k < i; k++) first = first && strcmp(s->tasks[i].name, s->tasks[k].name) != 0;
		count += first;
	}
	return count;
}

/* A tokeniser stays until it is trained anew; OUT/state/tokenizer holds the sources that it was trained on. Nothing of another tokeniser. */
static void load_trained(struct buffer *trained) {
	struct buffer path = {0};
	buffer_printf(&path, "%s/state/tokenizer", out_folder);
	if (strncmp(name, "spm32k-", 7) != 0 || !input_load(buffer_string(&path), 1 << 20, trained, NULL)) buffer_clear(trained);
	buffer_free(&path);
}

static bool trained_on(const struct buffer *trained, const char *id) {
	struct buffer word = {0};
	buffer_printf(&word, " %s ", id);
	bool found = memmem(trained->data, trained->size, word.data, word.size) != NULL;
	buffer_free(&word);
	return found;
}

static void print_source(struct totals *t, const struct source *s, int width) {
	struct buffer folder = {0}, place = {0};
	buffer_printf(&folder, "%s/%s", raw ? raw : source_raw_root(), s->id);
	size_t missing = 0, present = 0;
	for (size_t i = 0; i < s->file_count; i++)
		if (source_file_present(&s->files[i], buffer_string(&folder))) present++;
		else missing += !s->files[i].optional;
	buffer_printf(&place, "tokenize/%s", name);
	bool failed = built_noted(out_folder, "failed", s->id);
	cJSON *adapted = failed || !built_noted(out_folder, "raw", s->id) ? NULL : built_load(out_folder, "adapt", s->id);
	cJSON *all_tokens = adapted ? built_load(out_folder, buffer_string(&place), s->id) : NULL;
	if (s->file_count)
		printf("%s  (%s, %zu of %zu files; %s)\n", s->id, access_name(s->access), present, s->file_count,
			s->licence ? s->licence : "licence not stated");
	else printf("%s  (%s)\n", s->id, access_name(s->access));
	t->sources++;
	t->tasks += tasks_of(s);
	t->built += any_built(adapted);
	t->untrained += any_built(adapted) && t->trained.size && !trained_on(&t->trained, s->id);
	t->gaps |= !adapted || (missing && !sample);
	if (failed) printf("  failed: see the messages above, or %s/state/log\n", out_folder);
	else if (adapted) print_built(t, adapted, all_tokens ? all_tokens->child : NULL, width);
	if (adapted) {
		print_unexpected(s, adapted);
		print_warnings(s);
	}
	if (missing && !sample) print_remedy(s, buffer_string(&folder), missing);
	cJSON_Delete(adapted);
	cJSON_Delete(all_tokens);
	buffer_free(&folder);
	buffer_free(&place);
}

/* All sources to tell of, NULL behind the last; `*width`: of the longest name of a task. */
static struct source **load_sources(char **ids, size_t count, int *width, struct error *e) {
	struct source **sources = memory_zeroed(count + 1, sizeof *sources);
	struct buffer b = {0};
	size_t used = 0;
	for (size_t i = 0; i < count; i++) {
		struct source *s = source_find(ids[i], e);
		if (!s) {
			sources[used] = NULL;
			while (used) source_free(sources[--used]);
			free(sources);
			buffer_free(&b);
			return NULL;
		}
		for (size_t k = 0; k < s->task_count; k++) {
			int size = (int)strlen(label(s->tasks[k].name, s->tasks[k].part, &b));
			if (wanted(s->tasks[k].name) && size > *width) *width = size;
		}
		if (tasks_of(s)) sources[used++] = s;
		else source_free(s);
	}
	buffer_free(&b);
	return sources;
}

int main(int argc, char **argv) {
	struct error e = {0};
	struct totals t = {0};
	char cells[2][32];
	int first = options_parse(&program, argc, argv), width = 16;
	char **all = first == argc ? source_list() : NULL;
	size_t count = (size_t)(argc - first);
	while (all && all[count]) count++;
	struct source **sources = load_sources(all ? all : argv + first, count, &width, &e);
	source_list_free(all);
	if (!sources) return error_report(&e, options_program());
	printf("\n%-*s %11s   %9s   %9s %9s %10s %9s %12s\n", width + 2, "source, task", "records", "used", "left out", "instances",
		"examples", "sequences", "tokens");
	load_trained(&t.trained);
	for (struct source **s = sources; *s; s++) print_source(&t, *s, width);
	printf("\n%zu of %zu sources, %zu of %zu tasks; %s sequences, %s tokens in %s/shards/%s%s\n", t.built, t.sources, t.tasks_built,
		t.tasks, grouped(t.sequences, cells[0]), grouped(t.tokens, cells[1]), out_folder, name, sample ? ", of samples" : "");
	if (t.untrained)
		printf("The tokeniser was trained without the texts of %zu of these sources; 'make tokenizer' trains it anew.\n", t.untrained);
	buffer_free(&t.trained);
	if (t.splits[0] && t.splits[1] && !sample)
		printf("Whether train and test have examples in common: 'spectrum check %s/instances/*'\n", out_folder);
	for (struct source **s = sources; *s; s++) source_free(*s);
	free(sources);
	int status = options_end(STATUS_DONE);
	if (!strict || !t.gaps || status) return status;
	error_set(&e, STATUS_DATA, "STRICT=1, and not everything could be built");
	return error_report(&e, options_program());
}
