/* spectrum: the front end. `spectrum VERB …` runs the sibling program spectrum-VERB; without a verb it lists what there is. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/options.h"

/* The verbs in the order of the pipeline, with what each does. */
static const char *const verbs[][2] = {
	{"sources", "list sources and tasks, what is there and what is missing"},
	{"fetch", "get raw files, verify and unpack them"},
	{"read", "raw files to JSON Lines"},
	{"query", "SQL over raw files"},
	{"new", "start a source folder from a raw file"},
	{"adapt", "raw files to task instances"},
	{"draw", "task instances to sequences"},
	{"train-tokenizer", "sequences to a SentencePiece model"},
	{"tokenize", "sequences to token rows"},
	{"pack", "token rows to shuffled shards"},
	{"cat", "shards to JSON Lines"},
	{"show", "sequences and rows as a person reads them"},
	{"check", "check manifests, formats, streams and shards"},
	{"report", "the table at the end of make suite"},
};

static int list(FILE *to) {
	fputs("Spectrum builds distributional data sets from raw sources to training shards.\n\nUsage: spectrum VERB [options] …\n\n", to);
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) fprintf(to, "  %-16s %s\n", verbs[i][0], verbs[i][1]);
	fputs("\n'spectrum VERB --help' tells more.\n", to);
	return to == stdout ? options_end(0) : 2;
}

static int man_page(void) {
	printf(".TH SPECTRUM 1 \"\" \"Spectrum %s\"\n.SH NAME\nspectrum \\- builds distributional data sets from raw sources to training "
	       "shards\n"
	       ".SH SYNOPSIS\n.B spectrum\nVERB [options] …\n.SH VERBS\n",
		spectrum_version);
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) printf(".TP\n.BR spectrum\\-%s (1)\n%s\n", verbs[i][0], verbs[i][1]);
	puts(".SH EXIT STATUS\n0 done, 1 bad data, 2 bad usage, 3 outside failure (network, disk)");
	return options_end(0);
}

int main(int argc, char **argv) {
	if (argc < 2) return list(stderr);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) return list(stdout);
	if (!strcmp(argv[1], "--help=man")) return man_page();
	if (!strcmp(argv[1], "--version")) {
		printf("spectrum %s\n", spectrum_version);
		return options_end(0);
	}
	char path[4096];
	ptrdiff_t size = readlink("/proc/self/exe", path, sizeof path - 1);
	if (size <= 0 || strchr(argv[1], '/')) return list(stderr);
	path[size] = 0;
	char *name = strrchr(path, '/') + 1;
	size_t room = sizeof path - (size_t)(name - path);
	if ((size_t)snprintf(name, room, "spectrum-%s", argv[1]) >= room) return list(stderr);
	execv(path, argv + 1);
	if (errno == ENOENT) {
		fprintf(stderr, "spectrum: there is no verb '%s'\n\n", argv[1]);
		return list(stderr);
	}
	fprintf(stderr, "spectrum: cannot run %s: %s\n", path, strerror(errno));
	return 3;
}
