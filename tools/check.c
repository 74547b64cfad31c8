/* check: manifests, files of formats, streams and shards against schemas/ and the contracts. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/options.h"
#include "check/check.h"

static bool quiet;
static const char *suite;
static const struct option_spec options[] = {
	{0, "suite", "NAME", OPTION_STRING, &suite, "the sources given have exactly the tasks of schemas/suite-NAME.json"},
	{'q', "quiet", NULL, OPTION_FLAG, &quiet, "say nothing when all is well"}, {0}};

static const char *const examples[] = {"all sources", "spectrum check --suite spectrum sources/*/", "a model family",
	"spectrum check tools/formats/gemma3.json", "a stream", "spectrum adapt coinflip | spectrum check -", "a data set",
	"spectrum adapt coinflip --limit 20 | spectrum draw | spectrum check", NULL};

static const struct program program = {"check", "check manifests, formats, streams and shards", "[PATH…]", options, examples,
	"PATH is a source folder, a file of message formats (tools/formats/FAMILY.json), a stream of JSON Lines (- = standard input, also "
	"when there is no PATH), a data set, or a folder of data sets. Examples that stand in train and in test tasks of the instance "
	"streams of one run are counted and told."};

static bool exists(const char *folder, const char *name) {
	struct buffer path = {0};
	struct stat st;
	buffer_printf(&path, "%s/%s", folder, name);
	bool there = !stat(buffer_string(&path), &st);
	buffer_free(&path);
	return there;
}

static bool check_path(struct checks *c, const char *path, int depth, struct error *e);

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

/* A folder of data sets. */
static bool check_below(struct checks *c, const char *folder, int depth, struct error *e) {
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, NULL, by_name);
	if (count < 0) return error_system(e, "%s", folder);
	bool good = true, any = false;
	for (int i = 0; i < count; i++) {
		struct buffer path = {0};
		struct stat st;
		buffer_printf(&path, "%s/%s", folder, entries[i]->d_name);
		if (good && entries[i]->d_name[0] != '.' && !stat(buffer_string(&path), &st) && S_ISDIR(st.st_mode)) {
			any = true;
			good = check_path(c, buffer_string(&path), depth + 1, e);
		}
		buffer_free(&path);
		free(entries[i]);
	}
	free(entries);
	if (good && !any)
		return error_set(
			e, STATUS_USAGE, "%s: neither a source (source.json) nor a data set (index.json), nor a folder of these", folder);
	return good;
}

static bool check_path(struct checks *c, const char *path, int depth, struct error *e) {
	struct stat st;
	if (!strcmp(path, "-")) return check_stream(c, path, e);
	if (stat(path, &st)) return error_system(e, "%s", path);
	if (!S_ISDIR(st.st_mode)) {
		bool is_format;
		return check_format(c, path, &is_format, e) && (is_format || check_stream(c, path, e));
	}
	if (exists(path, "source.json")) return check_source(c, path, e);
	if (exists(path, "index.json")) return check_data_set(c, path, e);
	if (depth > 3) return error_set(e, STATUS_USAGE, "%s: no data set here", path);
	return check_below(c, path, depth, e);
}

int main(int argc, char **argv) {
	struct error e = {0};
	struct checks c = {0};
	int first = options_parse(&program, argc, argv);
	bool good = first < argc || check_stream(&c, "-", &e);
	for (int i = first; good && i < argc; i++) good = check_path(&c, argv[i], 0, &e);
	good = good && (!suite || check_suite(&c, suite, &e));
	if (c.overlap) warn(options_program(), "%llu examples are in train and in test tasks:", (unsigned long long)c.overlap);
	for (size_t i = 0; i < c.overlaps.count; i++) {
		const struct map_entry *pair = &c.overlaps.entries[i];
		fprintf(stderr, "  %.*s: %llu\n", TEXT_ARGS(pair->key), (unsigned long long)pair->value);
	}
	uint64_t problems = c.problems;
	bool nothing = c.empty && c.empty == (uint64_t)(argc - first);
	checks_free(&c);
	if (!good) return error_report(&e, options_program());
	if (problems) fprintf(stderr, "%s: %llu problem%s\n", options_program(), (unsigned long long)problems, problems == 1 ? "" : "s");
	else if (!quiet && !nothing) puts("all is well");
	return options_end(problems ? STATUS_DATA : STATUS_DONE);
}
