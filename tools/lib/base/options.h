/* options: one table per program, from which come parsing, --help, the man page and shell completion.
 *
 *     static const struct option_spec options[] = {
 *         {'o', "output", "FILE", OPTION_STRING, &output, "write to FILE instead of standard output"},
 *         {'n', "limit", "N", OPTION_INTEGER, &limit, "stop after N rows"},
 *         {0, "strict", NULL, OPTION_FLAG, &strict, "missing files are an error"},
 *         {0}};
 *     static const struct program program = {"adapt", "raw files to task instances", "SOURCE|DIR", options, examples, "…"};
 *     int first = options_parse(&program, argc, argv);   // leaves by itself for --help, --version and wrong usage
 */
#ifndef SPECTRUM_OPTIONS_H
#define SPECTRUM_OPTIONS_H

#include <stdint.h>

#include "base/text.h"

enum option_type {
	OPTION_FLAG,    /* bool *: set to true */
	OPTION_STRING,  /* const char **: the last one given counts */
	OPTION_INTEGER, /* int64_t *: decimal, not negative */
	OPTION_LIST     /* struct option_list *: may be given several times */
};

struct option_list {
	const char **
		values; /* of argv, NULL behind the last; NULL when there is none. The array is malloc'ed and lives as long as the process */
	size_t count;
};

struct option_spec {
	char letter;          /* 0 when there is only the long name */
	const char *name;     /* long name; NULL ends the table */
	const char *argument; /* name of the argument for the help; NULL for a flag */
	enum option_type type;
	void *target;
	const char *help;
};

struct program {
	const char *verb;      /* "adapt": the program is spectrum-adapt */
	const char *summary;   /* one line, no full stop */
	const char *arguments; /* "SOURCE…"; NULL when it takes none */
	const struct option_spec *options;
	const char *const *examples; /* pairs: what it does, the command line; NULL ends. Tests run every one. */
	const char *details;         /* for --help and the man page, which fill the lines; two newlines part paragraphs; may be NULL */
};

/* Fills the targets and returns the index of the first operand in argv, whose operands it moves behind all options
 * ("--" ends options; "-" is an operand). Wrong usage: message on standard error, exit 2. Also answers --help, --help=man,
 * --help=bash and --version and exits 0. */
int options_parse(const struct program *program, int argc, char **argv);

/* Whether `value` is in the list of an option that narrows things down: true for all when it was not given. */
bool option_list_allows(const struct option_list *list, struct text value);

/* A warning that none of the input's tasks is in the list; for a program that found none. */
void option_list_warn(const struct option_list *list);

/* "spectrum adapt" etc., for messages. */
const char *options_program(void);

/* For the end of main of a program that printed on standard output: `status`, or STATUS_OUTSIDE and a message when that could not be written. */
int options_end(int status);

extern const char spectrum_version[];

#endif
