#include "fetch/download.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "base/map.h"
#include "base/memory.h"
#include "fetch/transfer.h"

/* No network is to be noticed within five seconds, so the first connections get less. */
static const double NETWORK_SECONDS = 4;
enum { CONNECT_MILLISECONDS = 15000, CONNECTIONS = 32, LONGEST_WAIT = 120 };

struct host {
	size_t active;
	bool reached, unreachable;
	int connects;      /* that failed */
	double not_before; /* the next one */
};

struct engine {
	struct download *list;
	size_t count, ended, active;
	const struct download_options *options;
	CURLM *multi;
	struct host *hosts;
	size_t host_count;
	bool network; /* some host answered */
	double started;
	struct progress progress;
};

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* "host:port" of an address: what lies between "//" and the next "/". */
static struct text host_of(const char *url) {
	const char *start = strstr(url, "//");
	start = start ? start + 2 : url;
	return text_make(start, strcspn(start, "/?#"));
}

static void find_hosts(struct engine *g) {
	struct map hosts = {0};
	for (size_t i = 0; i < g->count; i++) {
		bool fresh;
		struct map_entry *host = map_put(&hosts, host_of(g->list[i].url), &fresh);
		if (fresh) host->value = g->host_count++;
		g->list[i].host = host->value;
	}
	g->hosts = memory_zeroed(g->host_count, sizeof *g->hosts);
	map_free(&hosts);
}

/* The caller's word on an ended download: once more from the first byte, or not. */
static void end(struct engine *g, struct download *d) {
	if (d->state != DOWNLOAD_UNREACHABLE && g->options->ended(d, g->options->context)) {
		partial_remove(d->partial);
		d->state = DOWNLOAD_WAITING;
		d->resumed = false;
		return;
	}
	g->ended++;
}

static void start_one(struct engine *g, struct download *d) {
	double left = g->started + NETWORK_SECONDS - now();
	long connect = g->network ? CONNECT_MILLISECONDS : left < 0.5 ? 500 : (long)(left * 1000);
	d->error.message[0] = 0;
	struct transfer *t = transfer_start(d, connect, (long)g->options->timeout);
	if (!t) {
		d->state = DOWNLOAD_FAILED;
		end(g, d);
		return;
	}
	d->state = DOWNLOAD_RUNNING;
	d->transfer = t;
	g->hosts[d->host].active++;
	g->active++;
	curl_multi_add_handle(g->multi, t->easy);
}

/* Starts what may start; returns the seconds until a waiting download may. A host that has not answered yet is tried with one connection. */
static double start_ready(struct engine *g) {
	double t = now(), wait = 0.2;
	for (size_t i = 0; i < g->count; i++) {
		struct download *d = &g->list[i];
		struct host *host = &g->hosts[d->host];
		if (d->state != DOWNLOAD_WAITING) continue;
		if (host->unreachable) {
			d->state = DOWNLOAD_UNREACHABLE;
			end(g, d);
		} else if (g->active < CONNECTIONS && host->active < (host->reached ? (size_t)g->options->per_host : 1)) {
			double from = d->not_before > host->not_before ? d->not_before : host->not_before;
			if (from <= t) start_one(g, d);
			else if (from - t < wait) wait = from - t;
		}
	}
	return wait;
}

/* 0.5 s, 1 s, 2 s … 30 s, each between a half and the whole of it, so that many clients do not come back together. */
static double backoff(int64_t attempt) {
	double most = 0.5 * (double)(1 << (attempt < 6 ? attempt : 6)), share = 1;
	uint32_t random = 0;
	if (getrandom(&random, sizeof random, GRND_NONBLOCK) == sizeof random) share = 0.5 + (double)random / 8589934592.0;
	return (most < 30 ? most : 30) * share;
}

static void unconnected(struct engine *g, struct download *d) {
	struct host *host = &g->hosts[d->host];
	bool may_pass = host->reached ? d->attempts < g->options->retries : host->connects < 2 && now() - g->started < 2;
	if (may_pass) {
		if (host->reached) d->not_before = now() + backoff(d->attempts++);
		else host->not_before = now() + 0.5 * (double)(1 << host->connects++);
		d->state = DOWNLOAD_WAITING;
		return;
	}
	d->state = DOWNLOAD_UNREACHABLE;
	host->unreachable = !host->reached;
	end(g, d);
}

/* `had`: bytes in the partial file now. */
static void again(struct engine *g, struct download *d, double wait, uint64_t had) {
	if (had >= d->furthest + (1 << 20)) { /* a long file over a bad line advances; not one that begins anew each time */
		d->attempts = 0;
		d->furthest = had;
	}
	if (wait > LONGEST_WAIT || d->attempts >= g->options->retries) {
		size_t used = strlen(d->error.message);
		if (wait > LONGEST_WAIT)
			snprintf(d->error.message + used, sizeof d->error.message - used, "; it asks to come back in %.0f seconds", wait);
		else snprintf(d->error.message + used, sizeof d->error.message - used, " (tried %lld times)", (long long)d->attempts + 1);
		d->state = DOWNLOAD_FAILED;
		end(g, d);
		return;
	}
	double pause = backoff(d->attempts++);
	d->not_before = now() + (wait > pause ? wait : pause);
	d->state = DOWNLOAD_WAITING;
}

static void finish(struct engine *g, struct download *d, CURLcode code) {
	struct transfer *t = d->transfer;
	struct host *host = &g->hosts[d->host];
	double wait = 0;
	uint64_t had = t->body ? d->received : 0;
	curl_multi_remove_handle(g->multi, t->easy);
	d->transfer = NULL;
	host->active--;
	g->active--;
	enum transfer_end ended = transfer_finish(t, code, &wait);
	if (ended != TRANSFER_UNCONNECTED) host->reached = g->network = true;
	if (ended == TRANSFER_UNCONNECTED) unconnected(g, d);
	else if (ended == TRANSFER_AGAIN) again(g, d, wait, had);
	else end(g, d);
}

static void show(struct engine *g) {
	double done = 0;
	for (size_t i = 0; i < g->count; i++) {
		const struct download *d = &g->list[i];
		if (d->state == DOWNLOAD_RUNNING && d->total) done += (double)d->received / (double)d->total;
		else if (d->state != DOWNLOAD_RUNNING && d->state != DOWNLOAD_WAITING) done += 1;
	}
	progress_show(&g->progress, (uint64_t)(done * 1000));
}

static void run(struct engine *g) {
	while (g->ended < g->count) {
		double wait = start_ready(g);
		int running, left;
		curl_multi_perform(g->multi, &running);
		for (CURLMsg *message; (message = curl_multi_info_read(g->multi, &left));) {
			struct download *d;
			if (message->msg != CURLMSG_DONE) continue;
			curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&d);
			finish(g, d, message->data.result);
			wait = 0;
		}
		show(g);
		if (g->ended < g->count && wait > 0) curl_multi_poll(g->multi, NULL, 0, (int)(wait * 1000) + 1, NULL);
	}
}

bool downloads_run(struct download *list, size_t count, const struct download_options *options, bool *no_network, struct error *e) {
	struct engine g = {.list = list, .count = count, .options = options, .started = now()};
	*no_network = false;
	if (!count) return true;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) || !(g.multi = curl_multi_init()))
		return error_set(e, STATUS_OUTSIDE, "libcurl cannot start");
	find_hosts(&g);
	progress_start(&g.progress, "fetching", 1000 * count);
	run(&g);
	progress_end(&g.progress);
	*no_network = !g.network;
	for (size_t i = 0; i < count; i++) *no_network &= list[i].state == DOWNLOAD_UNREACHABLE;
	free(g.hosts);
	curl_multi_cleanup(g.multi);
	curl_global_cleanup();
	return true;
}
