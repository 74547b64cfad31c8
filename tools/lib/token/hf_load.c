/* hf_load: the parts of tokenizer.json, one function for each. What a file asks for and we cannot do is an error that names it. */

#include "base/memory.h"
#include "token/hf.h"

static struct text type_of(struct hf *h, struct json_value object) {
	struct json_value type = json_member(object, "type");
	return type.type == JSON_STRING ? hf_text(h, type) : text_of("(none)");
}

static bool unsupported(const char *part, struct text type, struct error *e) {
	return error_set(e, STATUS_DATA, "the %s '%.*s' is not supported", part, TEXT_ARGS(type));
}

typedef bool load_part(struct hf *h, struct json_value part, int depth, struct error *e);

/* The elements of a Sequence, each by `load`. */
static bool load_sequence(
	struct hf *h, struct json_value object, const char *member, const char *part, load_part *load, int depth, struct error *e) {
	struct json_value list = json_member(object, member), element;
	if (list.type != JSON_ARRAY) return error_set(e, STATUS_DATA, "the %s Sequence needs a list '%s'", part, member);
	if (depth > 8) return error_set(e, STATUS_DATA, "the %s is a Sequence within too many others", part);
	struct json_walk walk = json_walk_start(list);
	while (json_walk_next(&walk, NULL, &element))
		if (!load(h, element, depth + 1, e)) return false;
	return true;
}

static struct hf_normalizer *add_normalizer(struct hf *h, enum hf_normalizer_kind kind) {
	h->normalizers = memory_grow(h->normalizers, &h->normalizer_capacity, h->normalizer_count + 1, sizeof *h->normalizers);
	struct hf_normalizer *n = &h->normalizers[h->normalizer_count++];
	*n = (struct hf_normalizer){.kind = kind};
	return n;
}

static bool load_normalizer(struct hf *h, struct json_value part, int depth, struct error *e) {
	static const char *const forms[] = {"NFC", "NFD", "NFKC", "NFKD"};
	struct text type = type_of(h, part);
	if (text_is(type, "Sequence")) return load_sequence(h, part, "normalizers", "normalizer", load_normalizer, depth, e);
	for (int form = UNICODE_NFC; form <= UNICODE_NFKD; form++)
		if (text_is(type, forms[form])) {
			if (!h->forms[form]) h->forms[form] = unicode_normalizer_make((enum unicode_form)form);
			add_normalizer(h, HF_FORM)->form = h->forms[form];
			return true;
		}
	if (text_is(type, "Lowercase")) {
		add_normalizer(h, HF_LOWERCASE);
		return true;
	}
	if (text_is(type, "Prepend"))
		return hf_member_text(h, part, "the normalizer Prepend", "prepend", &add_normalizer(h, HF_PREPEND)->content, e);
	if (text_is(type, "Strip")) {
		struct hf_normalizer *n = add_normalizer(h, HF_STRIP);
		return hf_member_bool(part, "the normalizer Strip", "strip_left", false, &n->left, e) &&
		       hf_member_bool(part, "the normalizer Strip", "strip_right", false, &n->right, e);
	}
	if (text_is(type, "Replace")) {
		struct hf_normalizer *n = add_normalizer(h, HF_REPLACE);
		return hf_member_pattern(h, part, "the normalizer Replace", false, &n->pattern, e) &&
		       hf_member_text(h, part, "the normalizer Replace", "content", &n->content, e);
	}
	return unsupported("normalizer", type, e);
}

static bool load_behavior(struct hf *h, struct json_value part, enum hf_behavior *out, struct error *e) {
	static const char *const names[] = {"Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"};
	struct text name;
	if (!hf_member_text(h, part, "the pre-tokenizer Split", "behavior", &name, e)) return false;
	for (int i = HF_REMOVED; i <= HF_CONTIGUOUS; i++)
		if (text_is(name, names[i])) {
			*out = (enum hf_behavior)i;
			return true;
		}
	return error_set(e, STATUS_DATA, "the pre-tokenizer Split: the behavior '%.*s' is not supported", TEXT_ARGS(name));
}

static bool load_split(struct hf *h, struct json_value part, struct hf_pretokenizer *p, struct error *e) {
	if (!hf_member_pattern(h, part, "the pre-tokenizer Split", true, &p->pattern, e) || !load_behavior(h, part, &p->behavior, e) ||
		!hf_member_bool(part, "the pre-tokenizer Split", "invert", false, &p->invert, e))
		return false;
	if (p->pattern.regex) p->known = split_recognise(p->pattern.text);
	if (!p->known || p->behavior == HF_ISOLATED || (p->behavior == HF_REMOVED && p->invert)) return true;
	/* Every byte is in some match of the known patterns. */
	return error_set(e, STATUS_DATA, "the pre-tokenizer Split: only the behavior Isolated makes sense with this pattern");
}

static bool load_metaspace(struct hf *h, struct json_value part, struct hf_pretokenizer *p, struct error *e) {
	bool prefix;
	struct json_value scheme = json_member(part, "prepend_scheme");
	if (!hf_member_text(h, part, "the pre-tokenizer Metaspace", "replacement", &p->replacement, e) ||
		!hf_member_bool(part, "the pre-tokenizer Metaspace", "add_prefix_space", true, &prefix, e) ||
		!hf_member_bool(part, "the pre-tokenizer Metaspace", "split", true, &p->split, e))
		return false;
	struct text name = scheme.type == JSON_STRING ? hf_text(h, scheme) : text_of("always");
	if (text_is(name, "always")) p->scheme = HF_ALWAYS;
	else if (text_is(name, "never")) p->scheme = HF_NEVER;
	else if (text_is(name, "first")) p->scheme = HF_FIRST;
	else return error_set(e, STATUS_DATA, "the pre-tokenizer Metaspace: the prepend_scheme '%.*s' is not supported", TEXT_ARGS(name));
	const char *at = p->replacement.data;
	if (!p->replacement.size || (unicode_next(&at), at != p->replacement.data + p->replacement.size))
		return error_set(e, STATUS_DATA, "the pre-tokenizer Metaspace: 'replacement' should be one character");
	return prefix || p->scheme == HF_NEVER ||
	       error_set(e, STATUS_DATA, "the pre-tokenizer Metaspace: add_prefix_space contradicts prepend_scheme");
}

/* Where the text begins is told by the library in characters before normalisation: several pieces may begin there, or what remains of something prepended. */
static bool may_be_first(const struct hf *h, const struct hf_pretokenizer *p, struct error *e) {
	bool later = p > h->pretokenizers, doubtful = later && h->normalizer_count > 0;
	for (size_t i = 0; i < h->normalizer_count; i++) doubtful |= h->normalizers[i].kind == HF_PREPEND;
	for (const struct hf_pretokenizer *before = h->pretokenizers; before < p; before++) doubtful |= before->kind == HF_METASPACE;
	return p->scheme != HF_FIRST || !doubtful ||
	       error_set(e, STATUS_DATA,
		       "the pre-tokenizer Metaspace: the prepend_scheme 'first' is not supported with the normalizer Prepend, nor behind "
		       "other pre-tokenizers with a normalizer or a second Metaspace");
}

/* Each may put a mark in front of every piece: between pre-tokenizers that cut at all places a text would double with each. */
static bool bounded(const struct hf *h, struct error *e) {
	enum { MOST = 8 };
	size_t count = 0;
	for (size_t i = 0; i < h->pretokenizer_count; i++) count += h->pretokenizers[i].kind == HF_METASPACE;
	return count <= MOST || error_set(e, STATUS_DATA, "more than %d pre-tokenizers Metaspace are not supported", MOST);
}

static bool load_byte_level(struct json_value part, struct hf_pretokenizer *p, struct error *e) {
	bool regex;
	if (!hf_member_bool(part, "the pre-tokenizer ByteLevel", "add_prefix_space", false, &p->prefix_space, e) ||
		!hf_member_bool(part, "the pre-tokenizer ByteLevel", "use_regex", true, &regex, e))
		return false;
	if (regex) p->known = SPLIT_GPT2;
	return true;
}

static bool load_pretokenizer(struct hf *h, struct json_value part, int depth, struct error *e) {
	struct text type = type_of(h, part);
	if (text_is(type, "Sequence")) return load_sequence(h, part, "pretokenizers", "pre-tokenizer", load_pretokenizer, depth, e);
	if (h->bytes) return error_set(e, STATUS_DATA, "the pre-tokenizer '%.*s' behind ByteLevel is not supported", TEXT_ARGS(type));
	h->pretokenizers = memory_grow(h->pretokenizers, &h->pretokenizer_capacity, h->pretokenizer_count + 1, sizeof *h->pretokenizers);
	struct hf_pretokenizer *p = &h->pretokenizers[h->pretokenizer_count++];
	*p = (struct hf_pretokenizer){.kind = HF_WHITESPACE};
	if (text_is(type, "Split")) {
		p->kind = HF_SPLIT;
		return load_split(h, part, p, e);
	}
	if (text_is(type, "ByteLevel")) {
		p->kind = HF_BYTE_LEVEL;
		h->bytes = true;
		return load_byte_level(part, p, e);
	}
	if (text_is(type, "Metaspace")) {
		p->kind = HF_METASPACE;
		return load_metaspace(h, part, p, e) && may_be_first(h, p, e) && bounded(h, e);
	}
	if (text_is(type, "Digits")) {
		p->kind = HF_DIGITS;
		return hf_member_bool(part, "the pre-tokenizer Digits", "individual_digits", false, &p->individual, e);
	}
	if (text_is(type, "WhitespaceSplit")) p->kind = HF_WHITESPACE_SPLIT;
	else if (!text_is(type, "Whitespace")) return unsupported("pre-tokenizer", type, e);
	return true;
}

/* Post-processors add what the message formats place themselves; a kind that does more is an error. */
static bool load_processor(struct hf *h, struct json_value part, int depth, struct error *e) {
	struct text type = type_of(h, part);
	if (text_is(type, "Sequence")) return load_sequence(h, part, "processors", "post-processor", load_processor, depth, e);
	return text_is(type, "TemplateProcessing") || text_is(type, "ByteLevel") || unsupported("post-processor", type, e);
}

enum { DECODER_GROWTH = 1 << 16 };

static struct hf_decoder *add_decoder(struct hf *h, enum hf_decoder_kind kind) {
	h->decoders = memory_grow(h->decoders, &h->decoder_capacity, h->decoder_count + 1, sizeof *h->decoders);
	struct hf_decoder *d = &h->decoders[h->decoder_count++];
	*d = (struct hf_decoder){.kind = kind};
	return d;
}

static bool load_decoder(struct hf *h, struct json_value part, int depth, struct error *e) {
	struct text type = type_of(h, part);
	if (text_is(type, "Sequence")) return load_sequence(h, part, "decoders", "decoder", load_decoder, depth, e);
	if (text_is(type, "ByteLevel")) add_decoder(h, HF_DECODE_BYTE_LEVEL);
	else if (text_is(type, "ByteFallback")) add_decoder(h, HF_DECODE_BYTE_FALLBACK);
	else if (text_is(type, "Fuse")) add_decoder(h, HF_DECODE_FUSE);
	else if (text_is(type, "Strip")) {
		struct hf_decoder *d = add_decoder(h, HF_DECODE_STRIP);
		return hf_member_text(h, part, "the decoder Strip", "content", &d->content, e) &&
		       hf_member_size(part, "the decoder Strip", "start", &d->start, e) &&
		       hf_member_size(part, "the decoder Strip", "stop", &d->stop, e);
	} else if (text_is(type, "Metaspace")) {
		struct hf_pretokenizer p = {0};
		struct hf_decoder *d = add_decoder(h, HF_DECODE_METASPACE);
		if (!load_metaspace(h, part, &p, e)) return false;
		d->content = p.replacement;
		d->drop_first = p.scheme != HF_NEVER;
	} else if (text_is(type, "Replace")) {
		struct hf_decoder *d = add_decoder(h, HF_DECODE_REPLACE);
		if (!hf_member_pattern(h, part, "the decoder Replace", false, &d->pattern, e) ||
			!hf_member_text(h, part, "the decoder Replace", "content", &d->content, e))
			return false;
		if (d->pattern.regex) return error_set(e, STATUS_DATA, "the decoder Replace with a regular expression is not supported");
		size_t growth = d->content.size / d->pattern.text.size + 1;
		if (growth > DECODER_GROWTH || (h->decoder_growth *= growth) > DECODER_GROWTH)
			return error_set(e, STATUS_DATA, "the decoders Replace make a text more than %d times as long", DECODER_GROWTH);
	} else {
		return unsupported("decoder", type, e);
	}
	return true;
}

static bool load_optional(struct hf *h, struct json_value part, const char *name, load_part *load, struct error *e) {
	if (part.type == JSON_NONE || part.type == JSON_NULL) return true;
	if (part.type != JSON_OBJECT) return error_set(e, STATUS_DATA, "'%s' should be an object", name);
	return load(h, part, 0, e);
}

enum { ADDED, NORMALIZER, PRETOKENIZER, PROCESSOR, DECODER, TRUNCATION, PADDING, PARTS };

static void find_parts(struct json_value file, struct json_value parts[PARTS], struct json_value model[HF_MODEL_PARTS], bool *has_model) {
	static const char *const names[PARTS] = {
		"added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "truncation", "padding"};
	struct json_value key, value;
	struct buffer scratch = {0};
	struct json_walk walk = json_walk_start(file);
	while (json_walk_member(&walk, &key)) {
		buffer_clear(&scratch);
		struct text name = json_string(key, &scratch, NULL);
		if (text_is(name, "model") && *walk.at == '{') {
			hf_find_model(&walk, model);
			*has_model = true;
			continue;
		}
		json_walk_value(&walk, &value);
		for (int i = 0; i < PARTS; i++)
			if (text_is(name, names[i])) parts[i] = value;
	}
	buffer_free(&scratch);
}

bool hf_load(struct hf *h, struct json_value file, struct error *e) {
	struct json_value parts[PARTS] = {0}, model[HF_MODEL_PARTS] = {0};
	bool has_model = false;
	if (file.type != JSON_OBJECT) return error_set(e, STATUS_DATA, "a tokenizer.json is an object");
	find_parts(file, parts, model, &has_model);
	if (!has_model) return error_set(e, STATUS_DATA, "there is no 'model'");
	for (int i = TRUNCATION; i <= PADDING; i++)
		if (parts[i].type != JSON_NONE && parts[i].type != JSON_NULL)
			return error_set(e, STATUS_DATA, "'%s' is not supported: set it to null; --max-length bounds rows",
				i == PADDING ? "padding" : "truncation");
	h->decoder_growth = 1;
	h->has_decoder = parts[DECODER].type == JSON_OBJECT;
	return load_optional(h, parts[NORMALIZER], "normalizer", load_normalizer, e) &&
	       load_optional(h, parts[PRETOKENIZER], "pre_tokenizer", load_pretokenizer, e) &&
	       load_optional(h, parts[PROCESSOR], "post_processor", load_processor, e) &&
	       load_optional(h, parts[DECODER], "decoder", load_decoder, e) && hf_load_model(h, model, e) &&
	       hf_load_added(h, parts[ADDED], e);
}
