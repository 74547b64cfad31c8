#include "token/train.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/stream.h"
#include "token/protobuf.h"
#include "token/sentencepiece.h"
#include "token/train_sample.h"

/* Rules of the library's normaliser (code points from, tab, to): in and out. The longest match counts. */
static const char escape_rules[] = "2581\t10FFFD 5F\n10FFFD\t10FFFD 10FFFD\n";
static const char unescape_rules[] = "10FFFD 5F\t2581\n10FFFD 10FFFD\t10FFFD\n";

/* A file in memory with a path, because the library reads rules only from files. -1 on failure. */
static int rules_file(const char *rules, char path[64], struct error *e) {
	int file = memfd_create("rules", MFD_CLOEXEC);
	size_t size = strlen(rules);
	if (file < 0 || write(file, rules, size) != (ssize_t)size) {
		error_system(e, "cannot make a file in memory");
		if (file >= 0) close(file);
		return -1;
	}
	snprintf(path, 64, "/proc/self/fd/%d", file);
	return file;
}

/* What goes to the trainer: the sample's texts, and as often the words that the format writes around them, which are the most frequent of all in
 * what will be tokenised. */
struct feed {
	struct train_sample *sample;
	struct segments words; /* texts that the format adds */
	size_t next_text, next_word;
	bool word_turn;
};

static bool next_text(void *state, const char **text, size_t *size) {
	struct feed *f = state;
	if (f->next_text == f->sample->count) return false;
	f->word_turn = !f->word_turn && f->words.count;
	if (f->word_turn) {
		const struct piece *p = &f->words.pieces[f->next_word++ % f->words.count];
		struct text word = p->marker < 0 ? segments_text(&f->words, p) : text_of("");
		*text = word.data;
		*size = word.size;
		return true;
	}
	*text = f->sample->texts[f->next_text].data;
	*size = f->sample->texts[f->next_text++].size;
	return true;
}

/* The special pieces: those the library knows by role get ids 0 to 3, the others follow. */
struct special_pieces {
	struct buffer pad, eos, bos, control;
};

static bool name_specials(const struct family *f, struct special_pieces *p, struct error *e) {
	int pad = family_pad(f), eos = family_end(f, "base", NULL), bos = family_begin(f);
	if (pad < 0 || eos < 0 || bos < 0)
		return error_set(e, STATUS_USAGE, "the family '%s' cannot be trained for: it should name 'pad', 'begin' and 'end.base'",
			family_name(f));
	buffer_add_text(&p->pad, family_marker(f, (size_t)pad));
	buffer_add_text(&p->eos, family_marker(f, (size_t)eos));
	buffer_add_text(&p->bos, family_marker(f, (size_t)bos));
	for (size_t i = 0; i < family_marker_count(f); i++) {
		struct text name = family_marker(f, i);
		if (memchr(name.data, ',', name.size) || memchr(name.data, '"', name.size))
			return error_set(
				e, STATUS_USAGE, "the marker '%.*s' cannot be trained: it holds a comma or a quote", TEXT_ARGS(name));
		if ((int)i == pad || (int)i == eos || (int)i == bos) continue;
		if (p->control.size) buffer_add_char(&p->control, ',');
		buffer_add_text(&p->control, name);
	}
	return true;
}

/* Copies a model without the names of the rule files, which differ from run to run. */
static bool without_paths(struct text model, struct buffer *out) {
	struct protobuf_field field, inner;
	while (protobuf_next(&model, &field)) {
		if (field.number != MODEL_NORMALIZER && field.number != MODEL_DENORMALIZER) {
			buffer_add_text(out, field.raw);
			continue;
		}
		struct buffer spec = {0};
		struct text rest = field.bytes;
		while (protobuf_next(&rest, &inner))
			if (inner.number != NORMALIZER_RULE_FILE) buffer_add_text(&spec, inner.raw);
		protobuf_add_bytes(out, field.number, buffer_text(&spec));
		buffer_free(&spec);
		if (rest.size) return false;
	}
	return model.size == 0;
}

static bool run_trainer(struct feed *feed, struct special_pieces *p, size_t vocabulary, const char *escape, const char *unescape,
	struct buffer *model, struct error *e) {
	char size[32], why[SENTENCEPIECE_WHY] = "", *bytes = NULL;
	size_t length = 0;
	snprintf(size, sizeof size, "%zu", vocabulary);
	const struct sentencepiece_option options[] = {
		{"model_type", "bpe"},
		{"vocab_size", size},
		{"hard_vocab_limit", "false"},
		{"num_threads", "1"},
		{"byte_fallback", "true"},
		{"add_dummy_prefix", "false"},
		{"remove_extra_whitespaces", "false"},
		{"allow_whitespace_only_pieces", "true"},
		{"normalization_rule_tsv", escape},
		{"denormalization_rule_tsv", unescape},
		{"max_sentence_length", "1000000"},
		{"pad_id", "0"},
		{"eos_id", "1"},
		{"bos_id", "2"},
		{"unk_id", "3"},
		{"pad_piece", buffer_string(&p->pad)},
		{"eos_piece", buffer_string(&p->eos)},
		{"bos_piece", buffer_string(&p->bos)},
		{"unk_piece", "<unk>"},
		{"control_symbols", buffer_string(&p->control)},
		{"minloglevel", "2"},
	};
	if (!sentencepiece_train(options, sizeof options / sizeof *options, next_text, feed, &bytes, &length, why))
		return error_set(e, STATUS_DATA, "SentencePiece cannot train on %zu texts (%zu bytes) with --vocab %zu: %s",
			feed->sample->count, feed->sample->bytes, vocabulary, why);
	bool good = without_paths(text_make(bytes, length), model);
	free(bytes);
	return good || error_set(e, STATUS_OUTSIDE, "SentencePiece made a model that is not one");
}

static bool with_rules(struct feed *feed, struct special_pieces *p, size_t vocabulary, struct buffer *model, struct error *e) {
	char escape[64], unescape[64];
	int in = rules_file(escape_rules, escape, e), out = in < 0 ? -1 : rules_file(unescape_rules, unescape, e);
	bool good = out >= 0 && run_trainer(feed, p, vocabulary, escape, unescape, model, e);
	if (in >= 0) close(in);
	if (out >= 0) close(out);
	return good;
}

bool train_model(struct train_sample *s, const struct family *family, size_t vocabulary, struct buffer *model, struct error *e) {
	static const struct message roles[] = {{MESSAGE_DESCRIPTION, {"", 0}}, {MESSAGE_INPUT, {"", 0}}, {MESSAGE_OUTPUT, {"", 0}}};
	struct feed feed = {.sample = s};
	struct special_pieces pieces = {0};
	const struct format *format = family_format(family, "spectrum", e);
	bool good = format && (s->count || error_set(e, STATUS_DATA, "there is no text to train on"));
	good = good && format_segments(format, roles, 3, false, &feed.words, e) && name_specials(family, &pieces, e);
	train_sample_sort(s);
	good = good && with_rules(&feed, &pieces, vocabulary, model, e);
	segments_free(&feed.words);
	buffer_free(&pieces.pad);
	buffer_free(&pieces.eos);
	buffer_free(&pieces.bos);
	buffer_free(&pieces.control);
	return good;
}
