/* hf: what a Hugging Face tokenizer.json says, parsed. Internal to the files hf_*.c.
 *
 * A text goes this way: special and other added tokens are looked for in it; what is between them is normalised, searched for the added tokens that
 * want normalised text, cut by the pre-tokenizers, and each piece is encoded by the BPE. */
#ifndef SPECTRUM_TOKEN_HF_H
#define SPECTRUM_TOKEN_HF_H

#include "base/arena.h"
#include "base/map.h"
#include "base/regex.h"
#include "json/json.h"
#include "token/backend.h"
#include "token/bpe.h"
#include "token/split.h"
#include "token/unicode.h"

enum { HF_TEXT_LIMIT = 1 << 30 }; /* bytes, before and after normalisation */

struct hf_pattern {
	struct text text;
	bool regex;
	size_t number; /* of a regular expression: its place in the scratch of a thread, which holds it compiled */
};

enum hf_normalizer_kind { HF_REPLACE, HF_PREPEND, HF_STRIP, HF_LOWERCASE, HF_FORM };
struct hf_normalizer {
	enum hf_normalizer_kind kind;
	struct hf_pattern pattern;             /* replace */
	struct text content;                   /* replace, prepend */
	bool left, right;                      /* strip */
	const struct unicode_normalizer *form; /* one of the file's forms */
};

enum hf_behavior { HF_REMOVED, HF_ISOLATED, HF_MERGED_WITH_PREVIOUS, HF_MERGED_WITH_NEXT, HF_CONTIGUOUS };
enum hf_scheme { HF_ALWAYS, HF_NEVER, HF_FIRST };
enum hf_pretokenizer_kind { HF_SPLIT, HF_BYTE_LEVEL, HF_METASPACE, HF_DIGITS, HF_WHITESPACE, HF_WHITESPACE_SPLIT };
struct hf_pretokenizer {
	enum hf_pretokenizer_kind kind;
	struct hf_pattern pattern; /* split */
	enum split_pattern known;  /* split: a pattern that split.h does; byte-level: SPLIT_GPT2 when it uses its expression */
	enum hf_behavior behavior;
	bool invert;
	bool prefix_space;       /* byte-level */
	bool individual;         /* digits */
	struct text replacement; /* metaspace */
	enum hf_scheme scheme;
	bool split;
};

enum hf_decoder_kind {
	HF_DECODE_BYTE_LEVEL,
	HF_DECODE_BYTE_FALLBACK,
	HF_DECODE_FUSE,
	HF_DECODE_REPLACE,
	HF_DECODE_METASPACE,
	HF_DECODE_STRIP
};
struct hf_decoder {
	enum hf_decoder_kind kind;
	struct hf_pattern pattern;
	struct text content; /* replace: what comes in; strip: the character */
	size_t start, stop;  /* strip */
	bool drop_first;     /* metaspace */
};

struct hf_added {
	struct text content, normal; /* normal: as the decoder sees it, which is after the normalizers when they apply to it */
	int32_t id;
	bool single_word, left_strip, right_strip, normalized, special;
};

/* A trie over the contents of added tokens. Node 0 is the root; 0 is "none" as a child or sibling. What fails in a node goes on in `shorter`, the longest
 * other node whose bytes end this one's, so that a search passes over every byte once (Aho and Corasick). */
struct hf_trie_node {
	uint32_t child, sibling, shorter, depth;
	int32_t token; /* number of the longest added token that ends here, or -1 */
	uint8_t byte;
};
struct hf_trie {
	struct hf_trie_node *nodes;
	size_t count, capacity;
	bool starts[256]; /* bytes that some token starts with */
};

struct hf {
	struct arena arena; /* holds all text below */
	struct bpe bpe;
	uint8_t *classes;
	struct unicode_normalizer *forms[UNICODE_NFKD + 1]; /* those that normalizers ask for, each once: one is a quarter of a megabyte */
	struct hf_normalizer *normalizers;
	size_t normalizer_count, normalizer_capacity;
	struct hf_pretokenizer *pretokenizers;
	size_t pretokenizer_count, pretokenizer_capacity;
	struct hf_decoder *decoders;
	size_t decoder_count, decoder_capacity;
	size_t decoder_growth; /* of all decoders Replace: a text becomes so many times as long at most */
	struct text *regexes;  /* by hf_pattern.number */
	size_t regex_count, regex_capacity;
	struct hf_added *added;
	size_t added_count, added_capacity;
	struct map added_by_content; /* number + 1 */
	struct map unmade;           /* tokens of the model with characters that ByteLevel never makes → id */
	int32_t *added_by_id;        /* number, or -1 */
	struct hf_trie raw, normal;  /* tokens looked for before and after normalisation */
	size_t size;                 /* highest id + 1 */
	bool has_decoder;
	bool bytes; /* the pre-tokenizers end with ByteLevel: tokens are kept as bytes, not as its letters */
};

/* A text cut into pieces, on its way through the pre-tokenizers. */
struct hf_pieces {
	struct buffer text;
	size_t *ends; /* in text, ascending; pieces are not empty */
	size_t count, capacity;
	bool start; /* the first piece begins where the whole text does */
};

/* Working memory of a thread. */
struct hf_scratch {
	struct bpe_scratch *bpe;
	struct regex **regexes; /* as h->regexes: a compiled expression serves one thread */
	size_t regex_count;
	struct buffer valid;
	struct buffer normal, other; /* of normalizers: the text is in one of them until all of it is encoded */
	struct buffer piece;         /* of a pre-tokenizer */
	struct hf_pieces pieces, spare;
	struct hf_match *matches;
	size_t match_capacity;
};

/* hf.c */
struct hf_scratch *hf_scratch_make(const struct hf *h);
void hf_scratch_free(struct hf_scratch *s);

/* hf_load.c: the parts of the file but the model; hf_model.c: the model and the added tokens. All fail with an error that names what is not understood. */
bool hf_load(struct hf *h, struct json_value file, struct error *e);

enum { HF_MODEL_PARTS = 10 };
/* Takes the object 'model', at which the walk stands, apart: it is megabytes long. Then loads it. */
void hf_find_model(struct json_walk *file, struct json_value parts[HF_MODEL_PARTS]);
bool hf_load_model(struct hf *h, const struct json_value parts[HF_MODEL_PARTS], struct error *e);
bool hf_load_added(struct hf *h, struct json_value list, struct error *e);

/* hf_json.c: members with a meaning. `what` names the object in errors. A missing member or null gives the default, a wrong type is an error. */
bool hf_member_bool(struct json_value object, const char *what, const char *name, bool missing, bool *out, struct error *e);
bool hf_member_text(struct hf *h, struct json_value object, const char *what, const char *name, struct text *out, struct error *e);
bool hf_member_size(struct json_value object, const char *what, const char *name, size_t *out, struct error *e);
/* The string of a checked JSON string, in the arena. */
struct text hf_text(struct hf *h, struct json_value string);
/* {"String": …} or {"Regex": …}. For a Split the patterns of split.h are not compiled; otherwise a match should not be empty, where the library
 * replaces oddly. */
bool hf_member_pattern(struct hf *h, struct json_value object, const char *what, bool split, struct hf_pattern *out, struct error *e);

/* hf_regex.c: adds to `out` the expression for PCRE2 that finds what the original library (Oniguruma) finds with `pattern`. NULL, or what in it PCRE2
 * would read differently. */
const char *hf_regex_translate(struct text pattern, struct buffer *out);

/* hf_bytes.c: the alphabet of the byte level, in which every byte is a printable character. False when some character is not of it. */
bool hf_bytes_from_letters(struct text letters, struct buffer *out);
void hf_bytes_to_letters(struct text bytes, struct buffer *out);

/* hf_normalize.c: normalises `text` (UTF-8, not empty); gives it unchanged or as the contents of s->normal or s->other. `*start` gets false when
 * it no longer begins where `text` does. */
bool hf_normalize(const struct hf *h, struct hf_scratch *s, struct text text, struct text *out, bool *start, struct error *e);

/* Matches of a pattern in a text (UTF-8), in order: what the library's find_iter gives. Begin with {0}; 1 = found, 0 = no more, -1 = failure. */
struct hf_search {
	size_t at, last;
	bool matched;
};
int hf_search_next(struct hf_search *search, const struct hf_scratch *s, const struct hf_pattern *pattern, struct text text, size_t *start,
	size_t *end, struct error *e);

/* hf_added.c: two tokens of the same normal form are an error. */
bool hf_trie_build(struct hf *h, struct error *e);
void hf_trie_free(struct hf_trie *trie);

/* The next added token at or behind `*at`: its number, or -1. `*start` and `*stop` are what it takes of the text, with the white space it
 * strips; `*at` moves to where the search goes on. `done` is the stop of the token before. Special tokens are only found with `specials`; without they are text,
 * but hide other tokens within them, as in the library. */
int32_t hf_added_next(const struct hf *h, const struct hf_trie *trie, struct text text, size_t done, bool specials, size_t *at,
	size_t *start, size_t *stop);

/* hf_pretokenize.c: cuts `text` and encodes the pieces. */
bool hf_pretokenize(const struct hf *h, struct hf_scratch *s, struct text text, bool start, struct token_ids *out, struct error *e);

/* hf_decode.c */
void hf_decode(const void *model, const int32_t *ids, size_t count, bool specials, struct buffer *out);

#endif
