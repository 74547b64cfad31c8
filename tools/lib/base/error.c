#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

static void format_into(struct error *e, const char *format, va_list args) {
	int size = vsnprintf(e->message, sizeof e->message, format, args);
	if (size < 0) strcpy(e->message, "(message could not be formatted)");
}

bool error_set(struct error *e, enum status status, const char *format, ...) {
	if (!e) return false;
	e->status = status;
	va_list args;
	va_start(args, format);
	format_into(e, format, args);
	va_end(args);
	return false;
}

bool error_system(struct error *e, const char *format, ...) {
	int cause = errno;
	if (!e) return false;
	e->status = STATUS_OUTSIDE;
	va_list args;
	va_start(args, format);
	format_into(e, format, args);
	va_end(args);
	size_t used = strlen(e->message);
	snprintf(e->message + used, sizeof e->message - used, ": %s", strerror(cause));
	return false;
}

bool error_within(struct error *e, const char *format, ...) {
	if (!e) return false;
	char inner[sizeof e->message];
	memcpy(inner, e->message, sizeof inner);
	va_list args;
	va_start(args, format);
	format_into(e, format, args);
	va_end(args);
	size_t used = strlen(e->message);
	snprintf(e->message + used, sizeof e->message - used, ": %s", inner);
	return false;
}

void print_visible(FILE *to, const char *text) {
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;
		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) fprintf(to, "\\x%02x", c);
		else if (c == 0xC2 && (unsigned char)p[1] >= 0x80 && (unsigned char)p[1] < 0xA0)
			fprintf(to, "\\u00%02x", (unsigned char)*++p);
		else fputc(c, to);
	}
}

int error_report(const struct error *e, const char *program) {
	fprintf(stderr, "%s: ", program);
	print_visible(stderr, e->message);
	fputc('\n', stderr);
	return e->status ? (int)e->status : STATUS_DATA;
}

void warn(const char *program, const char *format, ...) {
	struct error e;
	va_list args;
	va_start(args, format);
	format_into(&e, format, args);
	va_end(args);
	fprintf(stderr, "%s: warning: ", program);
	print_visible(stderr, e.message);
	fputc('\n', stderr);
}
