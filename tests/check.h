/* check: what unit tests are written with. A test program prints TAP lines ("ok - what", "not ok - what") and ends with check_done(). */
#ifndef SPECTRUM_CHECK_H
#define SPECTRUM_CHECK_H

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static int check_failures;

/* Under one name; the first failing line is told. */
#define CHECK(what, condition)                                                                                                                       \
	do {                                                                                                                                         \
		if (condition) {                                                                                                                     \
			printf("ok - %s\n", what);                                                                                                   \
		} else {                                                                                                                             \
			printf("not ok - %s (%s:%d: %s)\n", what, __FILE__, __LINE__, #condition);                                                   \
			check_failures++;                                                                                                            \
		}                                                                                                                                    \
	} while (0)

/* Equal texts, else both are shown. */
#define CHECK_TEXT(what, got, wanted)                                                                                                                \
	do {                                                                                                                                         \
		struct text check_got = (got), check_wanted = text_of(wanted);                                                                       \
		if (text_equal(check_got, check_wanted)) {                                                                                           \
			printf("ok - %s\n", what);                                                                                                   \
		} else {                                                                                                                             \
			printf("not ok - %s (%s:%d)\n#   got    [%.*s]\n#   wanted [%s]\n", what, __FILE__, __LINE__, TEXT_ARGS(check_got), wanted); \
			check_failures++;                                                                                                            \
		}                                                                                                                                    \
	} while (0)

static inline int check_done(void) {
	fflush(stdout);
	return check_failures ? 1 : 0;
}

#endif
