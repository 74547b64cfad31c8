/* download: many files over HTTP at once, each resumed, retried and counted on its own.
 *
 * Bytes gather in the file `partial`; beside it `partial`.~from keeps the address and the server's ETag or Last-Modified, so that a later run
 * resumes with Range and If-Range, and starts afresh when the server's file is another one or the server knows no ranges. */
#ifndef SPECTRUM_DOWNLOAD_H
#define SPECTRUM_DOWNLOAD_H

#include "base/error.h"
#include "base/progress.h"
#include "base/text.h"

enum download_state {
	DOWNLOAD_WAITING,
	DOWNLOAD_RUNNING,
	DOWNLOAD_DONE,        /* `partial` is complete */
	DOWNLOAD_ABSENT,      /* the server has no such file (404, 410) */
	DOWNLOAD_DENIED,      /* 401, 403 */
	DOWNLOAD_LARGE,       /* it is larger than `limit` */
	DOWNLOAD_UNREACHABLE, /* its host cannot be reached */
	DOWNLOAD_FAILED
};

struct download {
	/* asked; all borrowed */
	const char *url, *partial;
	const char *token; /* sent as Bearer to the host of `url` only; NULL = none */
	uint64_t limit;    /* bytes; 0 = none */
	void *context;

	/* answered */
	enum download_state state;
	struct error error;       /* what went wrong, without the name of the file */
	bool resumed;             /* part of the file came from an earlier connection */
	uint64_t received, total; /* in the partial file, and expected; 0 = not known */
	char commit[41];          /* of the repository that the file is from, where the dataset hub tells it (X-Repo-Commit); else "" */

	/* the engine's own */
	size_t host;
	int64_t attempts;
	uint64_t furthest; /* bytes that were there when attempts last began to count anew */
	double not_before;
	struct transfer *transfer;
};

struct download_options {
	int64_t per_host; /* connections to one host */
	int64_t retries;  /* further attempts after a failure that may pass: cut connection, time-out, 429, 5xx */
	int64_t timeout;  /* seconds without a byte */
	/* Called when a download ends, DOWNLOAD_UNREACHABLE excepted. True: once more, from the first byte. */
	bool (*ended)(struct download *d, void *context);
	void *context;
};

/* Runs all of them to an end. `*no_network`: no host at all could be reached, which is known within five seconds. False when it cannot start. */
bool downloads_run(struct download *list, size_t count, const struct download_options *options, bool *no_network, struct error *e);

#endif
