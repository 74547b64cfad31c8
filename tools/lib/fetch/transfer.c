#include "fetch/transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/stream.h"

static const char *origin_name(struct buffer *b, const char *partial) {
	buffer_clear(b);
	buffer_printf(b, "%s.~from", partial);
	return buffer_string(b);
}

void partial_remove(const char *partial) {
	struct buffer name = {0};
	unlink(partial);
	unlink(origin_name(&name, partial));
	buffer_free(&name);
}

bool partial_resumable(const char *partial) {
	struct buffer name = {0};
	struct stat st;
	bool good = !stat(partial, &st) && st.st_size && !access(origin_name(&name, partial), R_OK);
	buffer_free(&name);
	return good;
}

/* The validator under which the partial file was begun at this address, in `out`; false: it cannot be resumed. */
static bool read_origin(const struct download *d, struct buffer *out) {
	struct buffer name = {0}, text = {0};
	bool good = !access(origin_name(&name, d->partial), R_OK) && input_load(buffer_string(&name), 1 << 16, &text, NULL);
	size_t url = strlen(d->url);
	good = good && text.size > url + 2 && !memcmp(text.data, d->url, url) && text.data[url] == '\n' && text.data[text.size - 1] == '\n';
	if (good) buffer_add(out, text.data + url + 1, text.size - url - 2);
	buffer_free(&name);
	buffer_free(&text);
	return good && out->size > 0;
}

/* Says from where the partial file comes, before its first byte is written. Without a strong validator it can never be resumed. */
static bool write_origin(struct transfer *t) {
	struct buffer name = {0}, text = {0};
	const char *validator = *t->etag && strncmp(t->etag, "W/", 2) != 0 ? t->etag : t->modified;
	bool good = true;
	origin_name(&name, t->download->partial);
	unlink(buffer_string(&name));
	if (*validator) {
		buffer_printf(&text, "%s\n%s\n", t->download->url, validator);
		good = output_save(buffer_string(&name), buffer_text(&text), &t->disk_error);
	}
	buffer_free(&name);
	buffer_free(&text);
	return good;
}

/* Whether the response is of the file that the partial one is of, as far as it tells: a server that ignores If-Range sends a part of whatever is there. */
static bool same_file(const struct transfer *t) {
	return (!*t->etag && !*t->modified) || !strcmp(t->etag, t->validator) || !strcmp(t->modified, t->validator);
}

/* The first bytes of a body that counts. False ends the transfer. */
static bool begin_body(struct transfer *t, long status) {
	struct download *d = t->download;
	t->body = true;
	curl_off_t length = -1;
	curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	if (status == 206 && t->start && t->range_start == (long long)t->start && same_file(t)) {
		d->resumed = true;
		if (lseek(t->fd, 0, SEEK_END) != (off_t)t->start) return !(t->wrong_range = true);
	} else if (status == 206) {
		return !(t->wrong_range = true);
	} else { /* the whole file: what we had is not a part of it, or the server knows no ranges */
		t->start = 0;
		if (ftruncate(t->fd, 0) || lseek(t->fd, 0, SEEK_SET) || !write_origin(t)) {
			if (!*t->disk_error.message) error_system(&t->disk_error, "%s: cannot write", d->partial);
			return !(t->disk_failed = true);
		}
	}
	d->received = t->start;
	d->total = length >= 0 ? t->start + (uint64_t)length : 0;
	return !(t->too_large = d->limit && d->total > d->limit);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context) {
	struct transfer *t = context;
	struct download *d = t->download;
	long status = 0;
	size *= count;
	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200 && status != 206) return size; /* the page that explains an error */
	if (!t->body && !begin_body(t, status)) return 0;
	if (d->limit && d->received + size > d->limit) {
		t->too_large = true;
		return 0;
	}
	for (size_t done = 0; done < size;) {
		ptrdiff_t step = write(t->fd, bytes + done, size - done);
		if (step < 0 && errno != EINTR) {
			error_system(&t->disk_error, "%s: cannot write", d->partial);
			t->disk_failed = true;
			return 0;
		}
		done += step > 0 ? (size_t)step : 0;
	}
	d->received += size;
	return size;
}

static bool header_is(struct text line, const char *name, char *value, size_t room) {
	size_t size = strlen(name);
	if (line.size <= size || line.data[size] != ':' || strncasecmp(line.data, name, size) != 0) return false;
	struct text rest = text_trim(text_make(line.data + size + 1, line.size - size - 1));
	bool fits = rest.size < room && !memchr(rest.data, 0, rest.size) && !memchr(rest.data, '\r', rest.size);
	snprintf(value, room, "%.*s", fits ? (int)rest.size : 0, rest.data);
	return true;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context) {
	struct transfer *t = context;
	struct text line = text_make(bytes, size * count);
	char range[128];
	if (text_starts(line, text_of("HTTP/"))) { /* of the response before, perhaps a redirect, nothing counts */
		*t->etag = *t->modified = 0;
		t->range_start = t->range_total = -1;
	}
	if (header_is(line, "ETag", t->etag, sizeof t->etag) || header_is(line, "Last-Modified", t->modified, sizeof t->modified))
		return line.size;
	if (header_is(line, "X-Repo-Commit", t->download->commit, sizeof t->download->commit)) return line.size; /* before it redirects */
	if (header_is(line, "Content-Range", range, sizeof range)) {
		if (sscanf(range, "bytes %lld-%*d/%lld", &t->range_start, &t->range_total) < 1 &&
			sscanf(range, "bytes */%lld", &t->range_total) < 1)
			t->range_start = -1;
	}
	return line.size;
}

static uint64_t file_size(int fd) {
	struct stat st;
	return fstat(fd, &st) ? 0 : (uint64_t)st.st_size;
}

/* A token goes to the first host only, and in the clear only to this machine. */
static bool may_send_token(const char *url) {
	static const char *const safe[] = {"https://", "http://127.0.0.1:", "http://127.0.0.1/", "http://localhost:", "http://localhost/"};
	for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
		if (!strncasecmp(url, safe[i], strlen(safe[i]))) return true;
	return false;
}

static void set_options(struct transfer *t, long connect_milliseconds, long timeout_seconds) {
	CURL *c = t->easy;
	const char *url = t->download->url;
	bool secure = !strncasecmp(url, "https:", 6);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PRIVATE, t->download);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L); /* without network the resolver may hang far longer than we wait */
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(c, CURLOPT_MAXREDIRS, 10L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, connect_milliseconds);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, timeout_seconds);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->failure);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "spectrum");
	if (!t->download->token) return;
	curl_easy_setopt(c, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
	curl_easy_setopt(c, CURLOPT_XOAUTH2_BEARER, t->download->token);
}

struct transfer *transfer_start(struct download *d, long connect_milliseconds, long timeout_seconds) {
	if (d->token && !may_send_token(d->url)) {
		error_set(&d->error, STATUS_USAGE, "a token is sent over https only; mend the url in source.json: %s", d->url);
		return NULL;
	}
	int fd = folder_make_for(d->partial, &d->error) ? open(d->partial, O_RDWR | O_CREAT | O_CLOEXEC, 0666) : -1;
	if (fd < 0) {
		if (!*d->error.message) error_system(&d->error, "%s: cannot write", d->partial);
		return NULL;
	}
	struct transfer *t = memory_zeroed(1, sizeof *t);
	if (!(t->easy = curl_easy_init())) memory_allocate(SIZE_MAX);
	t->download = d;
	t->fd = fd;
	t->range_start = t->range_total = -1;
	set_options(t, connect_milliseconds, timeout_seconds);
	struct buffer validator = {0};
	uint64_t have = file_size(fd);
	if (have && read_origin(d, &validator)) {
		char range[32], condition[300];
		t->start = have;
		snprintf(range, sizeof range, "%llu-", (unsigned long long)have);
		snprintf(t->validator, sizeof t->validator, "%s", buffer_string(&validator));
		snprintf(condition, sizeof condition, "If-Range: %s", t->validator);
		curl_easy_setopt(t->easy, CURLOPT_RANGE, range);
		t->headers = curl_slist_append(NULL, condition);
		curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	}
	buffer_free(&validator);
	return t;
}

static bool connect_failed(const struct transfer *t, CURLcode code) {
	if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_COULDNT_CONNECT) return true;
	curl_off_t connected = 0;
	curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
	return code == CURLE_OPERATION_TIMEDOUT && !connected;
}

/* Curl's own failures. */
static enum transfer_end judge_failure(struct transfer *t, CURLcode code) {
	struct download *d = t->download;
	if (t->too_large) {
		d->state = DOWNLOAD_LARGE;
		return TRANSFER_ENDED;
	}
	if (t->disk_failed) {
		d->error = t->disk_error;
		return TRANSFER_ENDED;
	}
	if (t->wrong_range) {
		partial_remove(d->partial);
		error_set(&d->error, STATUS_OUTSIDE, "the server sent another part than was asked for, or a part of another file");
		return TRANSFER_AGAIN;
	}
	error_set(&d->error, STATUS_OUTSIDE, "%s", *t->failure ? t->failure : curl_easy_strerror(code));
	if (connect_failed(t, code)) return TRANSFER_UNCONNECTED;
	switch (code) {
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_TOO_MANY_REDIRECTS:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM: return TRANSFER_ENDED;
	default: return TRANSFER_AGAIN;
	}
}

static enum transfer_end judge_status(struct transfer *t, long status) {
	struct download *d = t->download;
	error_set(&d->error, STATUS_OUTSIDE, "the server answered %ld", status);
	switch (status) {
	case 404:
	case 410: d->state = DOWNLOAD_ABSENT; return TRANSFER_ENDED;
	case 401:
	case 403: d->state = DOWNLOAD_DENIED; return TRANSFER_ENDED;
	case 416:
		/* nothing behind what we have: it was complete, or the file has become shorter */
		if (t->start && t->range_total == (long long)t->start && same_file(t)) {
			d->state = DOWNLOAD_DONE;
			d->resumed = true;
			d->received = t->start;
			return TRANSFER_ENDED;
		}
		partial_remove(d->partial);
		return TRANSFER_AGAIN;
	default: return status == 408 || status == 425 || status == 429 || status >= 500 ? TRANSFER_AGAIN : TRANSFER_ENDED;
	}
}

/* A server may send less than was asked for, which is no failure for curl. */
static enum transfer_end cut_short(struct download *d) {
	error_set(&d->error, STATUS_OUTSIDE, "the server sent only a part of what was asked for");
	return TRANSFER_AGAIN;
}

enum transfer_end transfer_finish(struct transfer *t, CURLcode code, double *wait) {
	struct download *d = t->download;
	long status = 0;
	curl_off_t later = 0;
	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &later);
	*wait = (double)later;
	enum transfer_end end = TRANSFER_ENDED;
	d->state = DOWNLOAD_FAILED;
	if (code != CURLE_OK) end = judge_failure(t, code);
	else if (status != 200 && status != 206) end = judge_status(t, status);
	else if (!t->body && !begin_body(t, status)) end = judge_failure(t, CURLE_WRITE_ERROR); /* an empty file */
	else if (status == 206 && t->range_total > (long long)d->received) end = cut_short(d);
	else d->state = DOWNLOAD_DONE;
	close(t->fd);
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	free(t);
	return end;
}
