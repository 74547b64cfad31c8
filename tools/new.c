/* new: a source folder from a raw file, for whoever has a table and wants sequences of it. It adapts at once and is made to be edited. */
#include <stdio.h>
#include <sys/stat.h>

#include "base/options.h"
#include "base/stream.h"
#include "new/draft.h"
#include "source/manifest.h"

static const char *folder, *raw, *kind, *generate;

static const struct option_spec options[] = {
	{'o', "output", "DIR", OPTION_STRING, &folder, "write DIR, whose last part is SOURCE (./sources/SOURCE)"},
	{'k', "kind", "KIND", OPTION_STRING, &kind, "csv tsv jsonl json lines parquet sav (else by the file's name)"},
	{'g', "generate", "COLUMN", OPTION_STRING, &generate, "the column to generate (else the last one of text); the others are given"},
	{0, "raw", "DIR", OPTION_STRING, &raw, "raw files lie below DIR ($SPECTRUM_RAW, else out/raw)"}, {0}};

static const char *const examples[] = {"a source from a CSV file, and its first sequences",
	"printf 'age,mood\\n31,calm\\n47,glad\\n' > moods.csv && spectrum new moods moods.csv && spectrum adapt ./sources/moods | spectrum "
	"draw",
	NULL};

static const struct program program = {"new", "start a source folder from a raw file", "SOURCE FILE", options, examples,
	"Reader, delimiter, header, encoding, columns and types are guessed from FILE (compressed: unpacked as it is read). Written are "
	"source.json, adapter.sql, SHA256SUMS and sample/ with the first records; FILE is linked or copied to out/raw/SOURCE/. Nothing is "
	"overwritten."};

static bool check_id(const char *id, struct error *e) {
	return source_id_good(id) ||
	       error_set(e, STATUS_USAGE, "'%s' cannot be the name of a source: take lower-case letters, digits, '-', '_' and '.'", id);
}

/* The folder ends in the id, as the manifest demands. */
static bool check_folder(const char *path, const char *id, struct error *e) {
	struct text p = text_of(path);
	while (p.size > 1 && p.data[p.size - 1] == '/') p.size--;
	size_t size = strlen(id);
	if (text_ends(p, text_of(id)) && (p.size == size || p.data[p.size - size - 1] == '/')) return true;
	return error_set(e, STATUS_USAGE, "--output %s should end in the source's name, as %s/%s", path, path, id);
}

static bool check_file(const char *path, struct error *e) {
	struct stat st;
	if (stat(path, &st)) return error_system(e, "%s", path);
	if (S_ISREG(st.st_mode)) return true;
	return error_set(e, STATUS_USAGE, "%s is not a file", path);
}

static bool check_column(const struct guess *g, const char *path, struct error *e) {
	struct buffer names = {0};
	for (size_t i = 0; i < g->count; i++)
		if (!generate || !strcmp(g->columns[i].name, generate)) return true;
	for (size_t i = 0; i < g->count; i++) buffer_printf(&names, "%s%s", i ? ", " : "", g->columns[i].name);
	error_set(e, STATUS_USAGE, "%s has no column '%s'; it has: %s", path, generate, buffer_string(&names));
	buffer_free(&names);
	return false;
}

static void tell(const struct draft *d, const struct guess *g, bool sampled) {
	printf("%s: %llu records of %s, ", d->folder, (unsigned long long)g->rows, g->kind);
	for (size_t i = 0; i < g->count; i++) printf("%s%s %s", i ? ", " : "", g->columns[i].name, guess_type_name(g->columns[i].type));
	printf("\n\nNext:\n  edit %s/source.json (its notes say what) and adapter.sql\n", d->folder);
	printf("  spectrum adapt %s%s | spectrum draw | spectrum show -n 2\n", strchr(d->folder, '/') ? "" : "./", d->folder);
	if (!sampled) printf("  put a few records by hand into %s/sample/, in the form of the raw file\n", d->folder);
}

static bool run(const struct draft *d, struct error *e) {
	struct guess g = {0};
	bool sampled = false;
	bool good = check_id(d->id, e) && check_folder(d->folder, d->id, e) && check_file(d->file, e) && guess_file(&g, d->file, kind, e) &&
		    check_column(&g, d->file, e) && draft_write(d, &g, &sampled, e);
	if (good && sampled && !(good = draft_expect(d, e))) folder_remove(d->folder, NULL);
	if (good) tell(d, &g, sampled);
	guess_free(&g);
	return good;
}

int main(int argc, char **argv) {
	struct error e = {0};
	struct buffer standard = {0};
	int first = options_parse(&program, argc, argv);
	if (argc - first != 2) {
		error_set(&e, STATUS_USAGE, "it needs a name for the source and its raw file: spectrum new SOURCE FILE");
		return error_report(&e, options_program());
	}
	buffer_printf(&standard, "./sources/%s", argv[first]);
	struct draft d = {.id = argv[first],
		.file = argv[first + 1],
		.folder = folder ? folder : buffer_string(&standard),
		.raw = raw ? raw : source_raw_root(),
		.generate = generate};
	bool good = run(&d, &e);
	buffer_free(&standard);
	return good ? options_end(STATUS_DONE) : error_report(&e, options_program());
}
