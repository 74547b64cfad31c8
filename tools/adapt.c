/* adapt: a source's raw files to task instances, by its adapter.sql. */
#include "base/options.h"
#include "source/adapt.h"

static const char *raw, *output = "-", *stats;
static struct option_list tasks, skips;
static int64_t limit, seed = 42;
static bool allow_missing;

static const struct option_spec options[] = {{'t', "task", "TASK", OPTION_LIST, &tasks, "only this task (may be given several times)"},
	{'n', "limit", "N", OPTION_INTEGER, &limit, "at most N instances a task"},
	{'s', "seed", "N", OPTION_INTEGER, &seed, "of samples and of generated data (42)"},
	{0, "raw", "DIR", OPTION_STRING, &raw, "where raw files lie, as DIR/SOURCE/… ($SPECTRUM_RAW, else out/raw)"},
	{0, "skip", "FILE", OPTION_LIST, &skips, "leave out raw files of this path or pattern (may be given several times)"},
	{0, "allow-missing", NULL, OPTION_FLAG, &allow_missing,
		"do not warn of missing files; when those of all tasks are missing, write an empty stream"},
	{0, "stats", "FILE", OPTION_STRING, &stats, "write records read, rows used and dropped to FILE, a JSON object a task"},
	{'o', "output", "FILE", OPTION_STRING, &output, "write to FILE (.zst: compressed) instead of standard output"}, {0}};

static const char *const examples[] = {"instances of a generated source", "spectrum adapt coinflip --limit 3 | head -n 5",
	"one task, with another seed", "spectrum adapt normal --task normal --seed 7 --limit 2 -o instances.jsonl", NULL};

static const struct program program = {"adapt", "raw files to task instances", "SOURCE|DIR", options, examples,
	"SOURCE is looked up in $SPECTRUM_SOURCES, ./sources and the installed sources; DIR is a folder with source.json and adapter.sql. "
	"Raw tables are loaded into a temporary database in $TMPDIR, which needs about the room of the raw files. A task whose files are "
	"all missing, or none of whose records gives an example, is not built and said so; when that holds for all tasks, the exit status "
	"is 1."};

/* No task has its files: the statistics say why, though it is a failure. After any other failure they would be half true. */
static bool nothing_built(const struct adapt_report *report) {
	size_t missing = 0;
	for (size_t i = 0; i < report->count; i++) missing += report->outcomes[i].why != NULL;
	return report->count && missing == report->count;
}

static bool adapt(const char *name, struct adapt_report *report, struct error *e) {
	struct adapt_request request = {.program = options_program(),
		.raw = raw ? raw : source_raw_root(),
		.seed = (uint64_t)seed,
		.limit = (uint64_t)limit,
		.allow_missing = allow_missing,
		.tasks = tasks.values,
		.task_count = tasks.count,
		.skips = skips.values,
		.skip_count = skips.count};
	struct source *s = source_find(name, e);
	struct output *out = s ? output_open(output, e) : NULL;
	bool good = out && adapt_source(s, &request, out, report, e);
	/* first: whoever sees the new output, after a kill too, sees the counts that belong to it */
	if (stats && s && (good || nothing_built(report))) {
		struct buffer b = {0};
		adapt_report_json(s, report, &b);
		if (!output_save(stats, buffer_text(&b), good ? e : NULL)) good = false;
		buffer_free(&b);
	}
	if (out && good) good = output_close(out, e);
	else if (out) output_abandon(out);
	if (good) adapt_report_print(s, report, stderr);
	source_free(s);
	return good;
}

int main(int argc, char **argv) {
	struct error e = {0};
	struct adapt_report report = {0};
	int first = options_parse(&program, argc, argv);
	bool good;
	if (first == argc) good = error_set(&e, STATUS_USAGE, "which source? One is needed; 'spectrum sources' lists them");
	else if (argc - first > 1) good = error_set(&e, STATUS_USAGE, "one source at a time, not %d", argc - first);
	else good = adapt(argv[first], &report, &e);
	adapt_report_free(&report);
	return good ? STATUS_DONE : error_report(&e, options_program());
}
