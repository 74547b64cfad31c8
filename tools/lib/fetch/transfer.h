/* transfer: one connection of a download. Internal to fetch. */
#ifndef SPECTRUM_TRANSFER_H
#define SPECTRUM_TRANSFER_H

#include <curl/curl.h>

#include "fetch/download.h"

/* What to do with a download after its connection ended. */
enum transfer_end {
	TRANSFER_ENDED, /* d->state and d->error say how */
	TRANSFER_AGAIN, /* the failure may pass; d->error says what it was */
	TRANSFER_UNCONNECTED
};

struct transfer {
	CURL *easy;
	struct download *download;
	int fd;
	uint64_t start; /* the byte from which we asked */
	bool body;      /* body bytes of a 200 or 206 have begun to come */
	bool too_large, disk_failed, wrong_range;
	char etag[256], modified[128]; /* of the last response */
	char validator[256];           /* under which the partial file was begun, when it is gone on with */
	long long range_start, range_total;
	struct curl_slist *headers;
	char failure[CURL_ERROR_SIZE];
	struct error disk_error;
};

/* Makes the connection ready for the multi handle; NULL and d->error when the partial file cannot be written. */
struct transfer *transfer_start(struct download *d, long connect_milliseconds, long timeout_seconds);

/* Judges the outcome and frees the transfer (already taken out of the multi handle). `*wait`: seconds the server wants us to wait. */
enum transfer_end transfer_finish(struct transfer *t, CURLcode code, double *wait);

/* Whether a later run can go on with the partial file. */
bool partial_resumable(const char *partial);

/* Removes a partial file and what is beside it. */
void partial_remove(const char *partial);

#endif
