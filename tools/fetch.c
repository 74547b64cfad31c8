/* fetch: gets the raw files of sources, verifies and unpacks them; takes in what a person got by hand; says what is there. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/options.h"
#include "fetch/fetch.h"
#include "json/json.h"

static struct fetch_options given = {.per_host = 4, .retries = 5, .timeout = 30};
static const char *as, *tokenizer;
static bool import, status, json;

static const struct option_spec options[] = {
	{0, "mirror", "DIR", OPTION_STRING, &given.mirror, "take the files from DIR/SOURCE/PATH; the network is not used"},
	{0, "raw", "DIR", OPTION_STRING, &given.raw, "where raw files lie ($SPECTRUM_RAW, else out/raw)"},
	{0, "tokenizer", "hf:OWNER/NAME@REVISION", OPTION_STRING, &tokenizer, "get this tokeniser and print its path (below)"},
	{0, "import", NULL, OPTION_FLAG, &import, "take in files got by hand: SOURCE FILE… (files, archives, folders)"},
	{0, "as", "PATH", OPTION_STRING, &as, "with --import: the declared path of the one FILE"},
	{0, "status", NULL, OPTION_FLAG, &status, "only print what is there, as a table"},
	{0, "json", NULL, OPTION_FLAG, &json, "with --status: JSON Lines"},
	{0, "large", NULL, OPTION_FLAG, &given.large, "fetch files of more than 100 MB too"},
	{0, "force", NULL, OPTION_FLAG, &given.force, "fetch again what is there, and trust what comes unless it is pinned"},
	{0, "verify", NULL, OPTION_FLAG, &given.verify, "read and hash again what is there"},
	{0, "pin", NULL, OPTION_FLAG, &given.pin, "write the hashes to SHA256SUMS beside source.json"},
	{'j', "jobs", "N", OPTION_INTEGER, &given.per_host, "connections to one host (4)"},
	{0, "retries", "N", OPTION_INTEGER, &given.retries, "after cut connections, time-outs, answers 429 and 5xx (5)"},
	{0, "timeout", "SECONDS", OPTION_INTEGER, &given.timeout, "give a connection up that is silent for so long (30)"},
	{'q', "quiet", NULL, OPTION_FLAG, &given.quiet,
		"print failures only, and not what is to be got by hand, needs a token or is not in the mirror"},
	{0}};

static const char *const examples[] = {"what is there of all sources", "spectrum fetch --status", "a source whose files are generated",
	"spectrum fetch coinflip", "whether a tokeniser is there", "spectrum fetch --status --tokenizer hf:Qwen/Qwen3-0.6B",
	"what is there, for programs", "spectrum fetch polis --status --json | head -n 2", NULL};

static const struct program program = {"fetch", "get raw files, verify and unpack them", "[SOURCE…]", options, examples,
	"SOURCE is the name of a source or a folder with source.json; none: all sources. A file gets its name only when it is complete and "
	"its SHA-256 is the one in the source's SHA256SUMS; a file that is not listed there is trusted at first and its hash kept in "
	"RAW/SOURCE/.SHA256SUMS. What was begun is resumed.\n\n"
	"Sources with access by token read it from the environment variable that their source.json names. Exit status 0: all files are "
	"there; 3: some are not (every one was tried).\n\n"
	"--tokenizer gets tokenizer.json and tokenizer_config.json of a model on the Hugging Face hub (HF_ENDPOINT: another address) to "
	"out/tokenizers/OWNER--NAME@REVISION (--raw: DIR/OWNER--NAME@REVISION). A gated model needs a token in HF_TOKEN. A mirror has them "
	"in DIR/tokenizers/OWNER--NAME@REVISION. Without @REVISION it is the newest at the first time, and stays that."};

static void print_json(const struct fetch_item *item) {
	struct buffer b = {0};
	buffer_add_char(&b, '{');
	json_add_pair(&b, "source", text_of(item->source->source->id), false);
	json_add_pair(&b, "path", text_of(item->file->path), false);
	json_add_pair(&b, "state", text_of(fetch_state_name(item->state)), false);
	json_add_pair(&b, "access", text_of(access_name(item->source->source->access)), false);
	buffer_printf(&b, ",\"optional\":%s,\"bytes\":%llu", item->file->optional ? "true" : "false", (unsigned long long)item->size);
	if (item->file->bytes) buffer_printf(&b, ",\"declared\":%llu", (unsigned long long)item->file->bytes);
	buffer_add_char(&b, '}');
	puts(buffer_string(&b));
	buffer_free(&b);
}

static void print_status(const struct fetch *f) {
	int wide = 6, path = 4;
	for (size_t i = 0; i < f->source_count; i++) {
		const struct fetch_source *s = &f->sources[i];
		if ((int)strlen(s->source->id) > wide) wide = (int)strlen(s->source->id);
		for (size_t k = 0; k < s->source->file_count; k++)
			if ((int)strlen(s->items[k].file->path) > path) path = (int)strlen(s->items[k].file->path);
	}
	if (path > 60) path = 60;
	if (!json) printf("%-*s  %-9s  %-*s  %-10s  %12s\n", wide, "source", "access", path, "file", "state", "bytes");
	for (size_t i = 0; i < f->source_count; i++) {
		const struct fetch_source *s = &f->sources[i];
		const char *access = access_name(s->source->access);
		if (!json && !s->source->file_count)
			printf("%-*s  %-9s  %-*s  %-10s  %12s\n", wide, s->source->id, access, path, "-", "-", "-");
		for (size_t k = 0; k < s->source->file_count; k++) {
			const struct fetch_item *item = &s->items[k];
			if (json) print_json(item);
			else
				printf("%-*s  %-9s  %-*s  %-10s  %12llu\n", wide, s->source->id, access, path, item->file->path,
					fetch_state_name(item->state), (unsigned long long)item->size);
		}
	}
}

static void summary(const struct fetch *f) {
	if (given.quiet && !f->failed) return;
	if (!f->fetched && !f->present && !f->absent && !f->failed) {
		fprintf(stderr, "%s: there is nothing to fetch: the data are generated\n", options_program());
		return;
	}
	fprintf(stderr, "%s: ", options_program());
	if (f->fetched) fprintf(stderr, "%zu fetched (%.1f MB), ", f->fetched, (double)f->bytes / 1e6);
	fprintf(stderr, "%zu present", f->present);
	if (f->absent) fprintf(stderr, ", %zu optional ones absent", f->absent);
	if (f->failed) fprintf(stderr, ", %zu missing", f->failed);
	fputc('\n', stderr);
}

static bool get(struct fetch *f, struct error *e) { return tokenizer ? fetch_run_tokenizer(f, e) : fetch_run(f, e); }

static bool take_in(struct fetch *f, char **files, int count, struct error *e) {
	if (!count) return error_set(e, STATUS_USAGE, "--import needs a SOURCE and behind it the FILE…");
	if (as && count != 1) return error_set(e, STATUS_USAGE, "--as names one FILE, but there are %d", count);
	for (int i = 0; i < count; i++)
		if (!fetch_import(f, files[i], as, e)) {
			fetch_import_end(f, NULL); /* what was taken in before stays */
			return false;
		}
	return fetch_import_end(f, e);
}

static bool no_more(int operands, struct error *e) {
	if (!operands && !import) return true;
	return error_set(e, STATUS_USAGE, "--tokenizer goes without SOURCE and --import: it is all that is got");
}

int main(int argc, char **argv) {
	struct error e = {0};
	struct fetch f = {0};
	int first = options_parse(&program, argc, argv);
	signal(SIGXFSZ, SIG_IGN); /* a file-size limit is an error of write */
	if (!given.per_host) given.per_host = 1;
	if (!given.timeout) given.timeout = 30;
	char **all = first == argc && !tokenizer ? source_list() : NULL, **names = all ? all : argv + first;
	size_t count = 0;
	while (all ? all[count] != NULL : first + (int)count < argc) count++;
	if (import && count > 1) count = 1;
	bool good = (!import || !all || error_set(&e, STATUS_USAGE, "--import needs a SOURCE and behind it the FILE…")) &&
		    (!tokenizer || no_more(argc - first, &e)) &&
		    (tokenizer ? fetch_open_tokenizer(&f, &given, tokenizer, !status, &e)
			       : fetch_open(&f, &given, (const char *const *)names, count, !status, &e));
	int result = STATUS_DONE;
	if (good && given.mirror && access(given.mirror, X_OK))
		warn(options_program(), "the mirror %s is not a folder that can be read", given.mirror);
	if (good && status) {
		print_status(&f);
	} else if (good) {
		good = import ? take_in(&f, argv + first + 1, argc - first - 1, &e) : get(&f, &e);
		if (good && given.pin) good = fetch_pin(&f, &e);
		if (good || f.failed) summary(&f);
		if (f.failed) result = STATUS_OUTSIDE;
		else if (good && tokenizer) puts(f.sources[0].items[f.sources[0].source->file_count - 1].final);
	}
	if (!good) result = error_report(&e, options_program());
	fetch_close(&f);
	source_list_free(all);
	return options_end(result);
}
