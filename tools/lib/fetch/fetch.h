/* fetch: a source's raw files: what is there, and getting what is not.
 *
 * Below RAW/<id>/ lie the published files under their paths and the members of archives, all complete and verified. Hidden beside
 * them: .SHA256SUMS (fetch/hashes.h), .partial/ (what is under way), .lock (one fetch of a source at a time). */
#ifndef SPECTRUM_FETCH_H
#define SPECTRUM_FETCH_H

#include "fetch/hashes.h"
#include "source/manifest.h"

enum fetch_state {
	FETCH_PRESENT,    /* complete and verified; of an archive also its members */
	FETCH_UNVERIFIED, /* a file lies there that was not verified since it changed, or an archive whose members are not unpacked */
	FETCH_PARTIAL,    /* begun */
	FETCH_MISSING
};

struct fetch_item {
	struct fetch_source *source;
	const struct source_file *file;
	enum fetch_state state;
	bool skip;                 /* not to be got now */
	uint64_t size;             /* on disk */
	char *final, *partial;     /* where it lies, and where it gathers */
	struct download *download; /* while it is loaded */
};

struct fetch_source {
	struct source *source;
	char *folder;                 /* RAW/<id> */
	int lock;                     /* -1: not held */
	struct hashes pinned, record; /* SHA256SUMS beside source.json; .SHA256SUMS beside the raw files */
	struct fetch_item *items;
	bool changed;     /* the record is to be saved */
	bool tokenizer;   /* of fetch_open_tokenizer */
	bool explained;   /* how to get by hand what is missing was said */
	bool told_commit; /* the commit at which a branch was */
};

struct fetch_options {
	const char *raw;    /* the raw root; NULL = source_raw_root() */
	const char *mirror; /* DIR/<source>/<path>; the network is not used then */
	bool force, verify, pin, large, quiet;
	int64_t per_host, retries, timeout; /* seconds without a byte */
};

struct fetch {
	struct fetch_options options;
	struct fetch_source *sources;
	size_t source_count;
	size_t present, fetched, failed, absent; /* files; absent: optional and not there */
	uint64_t bytes;
};

/* Files from this size on are loaded only with `large`. */
static const uint64_t FETCH_LARGE = 100000000;

/* Finds the sources by name (`names` count > 0) and looks at what is there. With `lock` waits for other fetches of them. */
bool fetch_open(struct fetch *f, const struct fetch_options *options, const char *const *names, size_t count, bool lock, struct error *e);
void fetch_close(struct fetch *f);

/* The tokeniser `reference`, hf:OWNER/NAME[@REVISION], as a source of its own: tokenizer.json and, where there is one, tokenizer_config.json of that
 * repository, to lie in RAW/OWNER--NAME[@REVISION]/ (raw NULL: out/tokenizers) and in a mirror in DIR/tokenizers/OWNER--NAME[@REVISION]/. A token
 * in HF_TOKEN is sent; HF_ENDPOINT names another server than https://huggingface.co. */
bool fetch_open_tokenizer(struct fetch *f, const struct fetch_options *options, const char *reference, bool lock, struct error *e);

/* fetch_run for it: tokenizer.json comes last, so that where it lies nothing is missing. */
bool fetch_run_tokenizer(struct fetch *f, struct error *e);

/* Gets what is missing; every file is tried, each failure is reported on standard error and counted. False only when it could not
 * start at all, or when a record could not be written. */
bool fetch_run(struct fetch *f, struct error *e);

/* Takes FILE (a file, an archive or a folder) into the one source, as `path` or, when NULL, as the declared file whose path ends alike. */
bool fetch_import(struct fetch *f, const char *file, const char *path, struct error *e);

/* Behind the last fetch_import: counts what is there and what is missing still, and saves the record. */
bool fetch_import_end(struct fetch *f, struct error *e);

/* Writes the hashes of all files that are there to the source folders' SHA256SUMS. */
bool fetch_pin(struct fetch *f, struct error *e);

/* "present", "missing" … */
const char *fetch_state_name(enum fetch_state state);

/* Whether a person must get this file: no address, or access by hand or on request. */
bool fetch_by_hand(const struct fetch_item *item);

/* Prints on standard error, once a source, the steps of `how`: to get its files by hand, or its token. */
void fetch_explain(struct fetch_source *s);

#endif
