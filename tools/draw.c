/* draw: task instances to sequences of description, input and output messages, by the sequence law of each task. */
#include "base/options.h"
#include "draw/draw.h"

static const char *output = "-";
static struct option_list tasks;
static bool ascii;
static int64_t seed = 42, threads = 1, limit;

static const struct option_spec options[] = {{'s', "seed", "N", OPTION_INTEGER, &seed, "seed of all random decisions (42)"},
	{'t', "task", "NAME", OPTION_LIST, &tasks, "only this task (may be given several times)"},
	{'n', "limit", "N", OPTION_INTEGER, &limit, "at most N sequences of each task and part, spread over its instances"},
	{'j', "threads", "N", OPTION_INTEGER, &threads, "work with N threads; the output is the same for any N (1)"},
	{0, "ascii", NULL, OPTION_FLAG, &ascii, "escape all that is not ASCII"},
	{'o', "output", "FILE", OPTION_STRING, &output, "write to FILE (.zst: compressed) instead of standard output"}, {0}};

static const char *const examples[] = {"sequences of a generated source", "spectrum adapt coinflip | spectrum draw | head -n 1",
	"another draw of the same data", "spectrum adapt coinflip | spectrum draw --seed 7 --limit 2",
	"whole streams one after another, from files and a pipe",
	"spectrum adapt flight -o flight.jsonl.zst; spectrum adapt coinflip | spectrum draw flight.jsonl.zst - | wc -l", NULL};

static const struct program program = {"draw", "task instances to sequences", "[FILE…]", options, examples,
	"FILE is a stream of `spectrum adapt` (.zst is unpacked) or - (standard input). Every decision is keyed by seed, source, task, "
	"part, instance and sequence: a sequence does not depend on what else is in the stream. Memory holds the instances in work, so the "
	"largest instance bounds it. Of a task with \"max_sequences\" as many stay of each instance, where they last; a keyed hash says "
	"which instances give one more. Members that draw has no use for, such as an instance's target, are kept on its sequences."};

int main(int argc, char **argv) {
	struct error e = {0};
	int first = options_parse(&program, argc, argv);
	struct draw_options o = {.seed = (uint64_t)seed,
		.threads = threads < 1 ? 1 : (size_t)(threads > 256 ? 256 : threads),
		.ascii = ascii,
		.limit = (size_t)limit,
		.tasks = tasks.values};
	struct output *out = output_open(output, &e);
	if (!out) return error_report(&e, options_program());
	struct draw *d = draw_open(&o, out);
	bool good = first < argc || draw_file(d, "-", &e);
	for (int i = first; good && i < argc; i++) good = draw_file(d, argv[i], &e);
	if (good && !draw_found_tasks(d)) option_list_warn(&tasks);
	good = draw_close(d, good ? &e : &(struct error){0}) && good;
	good = output_end(out, good, &e);
	return good ? STATUS_DONE : error_report(&e, options_program());
}
