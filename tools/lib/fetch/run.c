/* Getting what is missing: from a mirror, from this machine, over the network. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/memory.h"
#include "base/options.h"
#include "fetch/download.h"
#include "fetch/state.h"
#include "fetch/transfer.h"

/* The downloads of a run, and the files they are for. */
struct plan {
	struct fetch *f;
	struct download *list;
	size_t count, room;
	uint64_t declared; /* bytes that are still to come */
	bool large;        /* some file is a large one */
};

static bool starts(const char *url, const char *scheme) { return url && !strncmp(url, scheme, strlen(scheme)); }

/* A file that is not needed to be there. */
static void absent(struct fetch *f, const struct fetch_item *item, const char *why) {
	f->absent++;
	if (!f->options.quiet)
		fprintf(stderr, "%s: %s: %s: optional, and %s\n", options_program(), item->source->source->id, item->file->path, why);
}

static void take_copy(struct fetch *f, struct fetch_item *item, const char *from) {
	struct error e = {0};
	partial_remove(item->partial);
	if (file_copy(from, item->partial, &e) && fetch_accept(f, item, item->partial, NULL, &e)) f->fetched++;
	else fetch_failed(f, item, &e);
}

static void from_mirror(struct fetch *f, struct fetch_item *item) {
	struct buffer path = {0};
	buffer_printf(&path, "%s/%s/%s", f->options.mirror, item->source->source->id, item->file->path);
	if (!access(buffer_string(&path), F_OK)) {
		take_copy(f, item, buffer_string(&path));
	} else if (item->file->optional) {
		absent(f, item, "not in the mirror");
	} else if (f->options.quiet && !item->source->tokenizer) {
		f->failed++;
	} else {
		struct error e;
		error_set(&e, STATUS_OUTSIDE, "the mirror %s lacks it", f->options.mirror);
		fetch_failed(f, item, &e);
	}
	buffer_free(&path);
}

static void from_this_machine(struct fetch *f, struct fetch_item *item) {
	const char *path = item->file->url + strlen("file://");
	int size = 0;
	if (starts(path, "localhost/")) path += strlen("localhost");
	char *plain = curl_easy_unescape(NULL, path, (int)strlen(path), &size);
	take_copy(f, item, plain ? plain : path);
	curl_free(plain);
}

/* How to get a token, in `b`. */
static const char *token_advice(const struct source *s, struct buffer *b) {
	buffer_clear(b);
	buffer_printf(b, "accept the terms%s%s, make an access token there and put it into the environment variable %s",
		s->homepage ? " at " : "", s->homepage ? s->homepage : "", s->token);
	return buffer_string(b);
}

static void plan_download(struct plan *p, struct fetch_item *item) {
	const struct source *s = item->source->source;
	struct error e = {0};
	const char *token = NULL;
	if (item->file->bytes > FETCH_LARGE && !p->f->options.large) {
		error_set(&e, STATUS_OUTSIDE, "has %.1f GB; large files are fetched with --large (make suite: LARGE=1)",
			(double)item->file->bytes / 1e9);
		fetch_failed(p->f, item, &e);
		return;
	}
	if (s->token) token = getenv(s->token);
	if (token && !*token) token = NULL;
	if (s->access == ACCESS_TOKEN && !token) {
		if (!p->f->options.quiet) fetch_explain(item->source);
		p->f->failed++;
		return;
	}
	p->list = memory_grow(p->list, &p->room, p->count + 1, sizeof *p->list);
	p->list[p->count++] = (struct download){.url = item->file->url,
		.partial = item->partial,
		.token = token,
		.limit = p->f->options.large ? 0 : FETCH_LARGE,
		.context = item};
	p->large |= item->file->bytes > FETCH_LARGE;
	uint64_t begun = item->state == FETCH_PARTIAL ? item->size : 0; /* takes its room already, or gives it back */
	p->declared += item->file->bytes > begun ? item->file->bytes - begun : 0;
	if (p->f->options.force) partial_remove(item->partial);
}

static void get(struct plan *p, struct fetch_item *item) {
	if (p->f->options.mirror) {
		from_mirror(p->f, item);
	} else if (fetch_by_hand(item) && item->file->optional) {
		absent(p->f, item, "to be got by hand");
	} else if (fetch_by_hand(item)) {
		p->f->failed++;
		if (p->f->options.quiet) return;
		fetch_explain(item->source);
		fprintf(stderr, "%s: %s: %s is to be got by hand\n", options_program(), item->source->source->id, item->file->path);
	} else if (starts(item->file->url, "file://")) {
		from_this_machine(p->f, item);
	} else if (starts(item->file->url, "http://") || starts(item->file->url, "https://")) {
		plan_download(p, item);
	} else {
		struct error e;
		error_set(&e, STATUS_USAGE, "its url should begin with https://, http:// or file://: %s", item->file->url);
		fetch_failed(p->f, item, &e);
	}
}

/* What lies there stays when it is right; else it is got again. */
static void settle(struct plan *p, struct fetch_item *item) {
	struct error e = {0};
	if (item->skip) return;
	bool again = p->f->options.force && (p->f->options.mirror || !fetch_by_hand(item));
	if (again || item->state == FETCH_MISSING || item->state == FETCH_PARTIAL) {
		get(p, item);
		return;
	}
	bool gone = access(item->final, F_OK) != 0; /* an archive whose members are there */
	if (item->state == FETCH_PRESENT && (!p->f->options.verify || (gone && fetch_members_right(item)))) {
		p->f->present++;
		return;
	}
	int adopted = gone ? 0 : fetch_adopt(p->f, item, &e);
	if (gone) error_set(&e, STATUS_DATA, "its members were changed; get it again, or take them in with --import");
	if (adopted == 1) p->f->present++;
	else if (adopted < 0 || (fetch_by_hand(item) && !p->f->options.mirror)) fetch_failed(p->f, item, &e);
	else {
		warn(options_program(), "%s: %s: %s the hash it should have; getting it again", item->source->source->id, item->file->path,
			gone ? "a member does not have" : "does not have");
		get(p, item);
	}
}

/* Why a download did not give a file, in words that help. */
static void explain(const struct fetch_item *item, const struct download *d, struct error *e) {
	const struct source *s = item->source->source;
	*e = d->error;
	size_t used = strlen(e->message), room = sizeof e->message - used;
	char *end = e->message + used;
	struct buffer advice = {0};
	if (d->state == DOWNLOAD_DENIED && s->token && !d->token) snprintf(end, room, ": %s", token_advice(s, &advice));
	else if (d->state == DOWNLOAD_DENIED && s->token)
		snprintf(end, room, ": the token in %s is not accepted; accept the terms%s%s with the account it belongs to", s->token,
			s->homepage ? " at " : "", s->homepage ? s->homepage : "");
	else if (d->state == DOWNLOAD_LARGE)
		error_set(e, STATUS_OUTSIDE, "is larger than %.0f MB; large files are fetched with --large (make suite: LARGE=1)",
			(double)FETCH_LARGE / 1e6);
	else if (d->state == DOWNLOAD_ABSENT && item->source->tokenizer)
		snprintf(end, room, ": %s; are name and revision right? A model without tokenizer.json cannot be fetched", d->url);
	else if (d->state == DOWNLOAD_ABSENT || d->state == DOWNLOAD_DENIED)
		snprintf(end, room, ": %s; has it moved? Get it elsewhere and --import it", d->url);
	else if (d->state == DOWNLOAD_FAILED && partial_resumable(d->partial))
		snprintf(end, room, "; what has come is kept, fetch goes on from there");
	buffer_free(&advice);
}

/* A branch moves: says which commit it was at, once for each source. */
static void tell_commit(const struct fetch_item *item, const struct download *d) {
	size_t digits = strspn(d->commit, "0123456789abcdef");
	if (digits != 40 || strstr(d->url, d->commit) || item->source->told_commit) return;
	item->source->told_commit = true;
	fprintf(stderr, "%s: %s: the branch in its address is at commit %s now; with that as the revision it is always these files\n",
		options_program(), item->source->source->id, d->commit);
}

static bool download_ended(struct download *d, void *context) {
	struct fetch *f = context;
	struct fetch_item *item = d->context;
	struct error e = {0};
	bool wrong_hash = false;
	if (d->state == DOWNLOAD_DONE) {
		bool good = fetch_accept(f, item, item->partial, &wrong_hash, &e);
		if (good) {
			f->fetched++;
			tell_commit(item, d);
		}
		if (good || wrong_hash) partial_remove(item->partial);
		if (good) return false;
		if (wrong_hash && d->resumed) return true; /* the server's file may have changed between the parts */
	} else if (d->state == DOWNLOAD_ABSENT && item->file->optional) {
		absent(f, item, d->error.message);
		return false;
	} else {
		explain(item, d, &e);
	}
	fetch_failed(f, item, &e);
	return false;
}

/* Once for all files of hosts that cannot be reached. */
static void report_unreachable(struct plan *p, bool no_network) {
	size_t files = 0;
	const struct download *first = NULL;
	for (size_t i = 0; i < p->count; i++) {
		if (p->list[i].state != DOWNLOAD_UNREACHABLE) continue;
		files++;
		if (!first && *p->list[i].error.message) first = &p->list[i];
	}
	p->f->failed += files;
	if (no_network && files) {
		fprintf(stderr,
			"%s: no network: %s; %zu file%s not fetched. Connect (behind a proxy: set https_proxy) and run it again, or give a "
			"copy with "
			"--mirror DIR\n",
			options_program(), first ? first->error.message : "no host answers", files, files == 1 ? "" : "s");
		return;
	}
	for (size_t i = 0; i < p->count; i++) {
		struct error e = p->list[i].error;
		if (p->list[i].state != DOWNLOAD_UNREACHABLE) continue;
		if (!*e.message) error_set(&e, STATUS_OUTSIDE, "its host cannot be reached: %s", p->list[i].url);
		p->f->failed--;
		fetch_failed(p->f, p->list[i].context, &e);
	}
}

/* Room on the disk, said first when it is much. */
static bool enough_disk(const struct plan *p, struct error *e) {
	const char *raw = p->f->options.raw ? p->f->options.raw : source_raw_root();
	uint64_t room = disk_free(raw);
	if (p->large)
		fprintf(stderr, "%s: %.1f GB are to be fetched to %s, where %.1f GB are free\n", options_program(),
			(double)p->declared / 1e9, raw, (double)room / 1e9);
	if (p->declared <= room) return true;
	return error_set(e, STATUS_OUTSIDE, "%.1f GB are needed in %s, but only %.1f GB are free; make room or move it with --raw",
		(double)p->declared / 1e9, raw, (double)room / 1e9);
}

bool fetch_run(struct fetch *f, struct error *e) {
	struct plan p = {.f = f};
	bool no_network = false;
	for (size_t i = 0; i < f->source_count; i++)
		for (size_t k = 0; k < f->sources[i].source->file_count; k++) settle(&p, &f->sources[i].items[k]);
	struct download_options options = {f->options.per_host, f->options.retries, f->options.timeout, download_ended, f};
	bool good = enough_disk(&p, e) && downloads_run(p.list, p.count, &options, &no_network, e);
	if (good) report_unreachable(&p, no_network);
	for (size_t i = 0; i < f->source_count; i++) {
		fetch_tidy(&f->sources[i]);
		good = fetch_save(&f->sources[i], good ? e : NULL) && good;
	}
	free(p.list);
	return good;
}

bool fetch_pin(struct fetch *f, struct error *e) {
	struct buffer path = {0};
	bool good = true;
	for (size_t i = 0; good && i < f->source_count; i++) {
		struct fetch_source *s = &f->sources[i];
		if (!s->source->file_count) continue;
		for (size_t k = 0; k < s->source->file_count; k++) {
			const char *file = s->items[k].file->path;
			const struct hash_entry *entry = hashes_find(&s->record, file);
			if (!entry || s->items[k].state != FETCH_PRESENT) continue;
			memcpy(hashes_put(&s->pinned, file, "")->sha256, entry->sha256, sizeof entry->sha256);
		}
		buffer_clear(&path);
		buffer_printf(&path, "%s/SHA256SUMS", s->source->folder);
		good = hashes_save(&s->pinned, buffer_string(&path), false, e);
	}
	buffer_free(&path);
	return good;
}
