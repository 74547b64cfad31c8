/* train-tokenizer: sequences to a SentencePiece model, for machines that have no published tokeniser at hand. */
#include <stdio.h>

#include "base/options.h"
#include "base/progress.h"
#include "base/stream.h"
#include "token/train.h"

static const char *output, *family_name_option = "gemma3";
static int64_t vocabulary = 32000, seed = 42, bytes = 2000000;

static const struct option_spec options[] = {{'o', "output", "FILE", OPTION_STRING, &output, "write the model to FILE"},
	{0, "vocab", "N", OPTION_INTEGER, &vocabulary, "pieces at most (32000); less when the text does not give as many"},
	{'s', "seed", "N", OPTION_INTEGER, &seed, "of the choice of texts (42)"},
	{0, "bytes", "N", OPTION_INTEGER, &bytes, "of distinct text to train on at most (2000000)"},
	{0, "family", "NAME", OPTION_STRING, &family_name_option, "model family whose markers are built in (gemma3)"}, {0}};

static const char *const examples[] = {"a small one from what one source draws",
	"spectrum adapt flight | spectrum draw | spectrum train-tokenizer --vocab 1000 -o flight.model", NULL};

static const struct program program = {"train-tokenizer", "sequences to a SentencePiece model", "[FILE…]", options, examples,
	"A keyed sub-sample of the distinct texts of the sequences trains a byte-pair model with identity normalisation and bytes for what "
	"is rare, so that decoding gives back exactly what was encoded. The markers of the family are control symbols: no text becomes "
	"one. Same input and seed, same model. 'make tokenizer' trains the default one with it, from out/sequences."};

static bool train(struct error *e, int argc, char **argv, int first) {
	if (!output) return error_set(e, STATUS_USAGE, "say where the model goes: -o FILE");
	if (vocabulary < 300 || vocabulary > 1000000) return error_set(e, STATUS_USAGE, "--vocab should be 300 to 1000000");
	struct family *family = family_open(family_name_option, e);
	if (!family) return false;
	struct train_sample *sample = train_sample_make((uint64_t)seed, (size_t)bytes);
	struct progress progress;
	bool good = true;
	progress_start(&progress, "reading texts", 0);
	if (first == argc) good = train_sample_read(sample, "-", e);
	for (int i = first; good && i < argc; i++) {
		good = train_sample_read(sample, argv[i], e);
		progress_show(&progress, (uint64_t)(i - first + 1));
	}
	progress_end(&progress);
	struct buffer model = {0};
	good = good && train_model(sample, family, (size_t)vocabulary, &model, e) && output_save(output, buffer_text(&model), e);
	if (good)
		fprintf(stderr, "%s: %zu of %zu distinct texts, %zu bytes\n", options_program(), train_sample_used(sample),
			train_sample_seen(sample), train_sample_bytes(sample));
	buffer_free(&model);
	train_sample_free(sample);
	family_close(family);
	return good;
}

int main(int argc, char **argv) {
	struct error e = {0};
	int first = options_parse(&program, argc, argv);
	return train(&e, argc, argv, first) ? STATUS_DONE : error_report(&e, options_program());
}
