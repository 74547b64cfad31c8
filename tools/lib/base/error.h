/* error: what went wrong, where, and how to mend it. Functions that fail return false (or NULL) and fill one of these. */
#ifndef SPECTRUM_ERROR_H
#define SPECTRUM_ERROR_H

#include <stdbool.h>
#include <stdio.h>

/* Exit statuses of every program. */
enum status {
	STATUS_DONE = 0,
	STATUS_DATA = 1,   /* bad data: a file does not hold what it should */
	STATUS_USAGE = 2,  /* bad usage: an option, a name, a manifest that cannot be meant so */
	STATUS_OUTSIDE = 3 /* outside failure: network, disk, memory */
};

struct error {
	enum status status;
	char message[2048]; /* one line or more, no final newline; cut when longer */
};

/* Sets the message and returns false, so that `return error_set(…)` reads well. `e` may be NULL. */
bool error_set(struct error *e, enum status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same with ": " and the system's words for errno behind it; the status is STATUS_OUTSIDE. */
bool error_system(struct error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts context and ": " in front of the message: error_within(e, "%s:%zu", file, row). Returns false. */
bool error_within(struct error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints text that may quote data, control characters but LF and tab made visible: a terminal would obey them. */
void print_visible(FILE *to, const char *text);

/* Prints "program: message" on standard error, control characters made visible, and returns the status. */
int error_report(const struct error *e, const char *program);

/* A warning "program: warning: …" on standard error, control characters made visible. */
void warn(const char *program, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
