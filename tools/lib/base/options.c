#include "base/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"

#ifndef SPECTRUM_VERSION /* the Makefile says it */
#define SPECTRUM_VERSION "unknown"
#endif
const char spectrum_version[] = SPECTRUM_VERSION;

static char program_name[64] = "spectrum";
const char *options_program(void) { return program_name; }

int options_end(int status) {
	if (!fflush(stdout) && !ferror(stdout)) return status;
	fprintf(stderr, "%s: standard output: cannot write: %s\n", program_name, strerror(errno));
	return 3;
}

bool option_list_allows(const struct option_list *list, struct text value) {
	for (size_t i = 0; i < list->count; i++)
		if (text_is(value, list->values[i])) return true;
	return !list->count;
}

void option_list_warn(const struct option_list *list) {
	if (list->count == 1) warn(program_name, "nothing that was read is of the task '%s'", list->values[0]);
	else if (list->count) warn(program_name, "nothing that was read is of these %zu tasks", list->count);
}

static void usage_error(const char *format, const char *what, const char *more) {
	fprintf(stderr, "%s: ", program_name);
	fprintf(stderr, format, what, more); /* NOLINT: formats are constants of this file */
	fprintf(stderr, "\nTry '%s --help'.\n", program_name);
	exit(2);
}

static void left_column(struct buffer *b, const struct option_spec *o) {
	buffer_clear(b);
	if (o->letter) buffer_printf(b, "-%c, --%s", o->letter, o->name);
	else buffer_printf(b, "    --%s", o->name);
	if (o->argument) buffer_printf(b, " %s", o->argument);
}

static const struct option_spec common[] = {
	{'h', "help", NULL, OPTION_FLAG, NULL, "this page; --help=man and --help=bash print a man page and a completion"},
	{0, "version", NULL, OPTION_FLAG, NULL, "version of Spectrum"}, {0}};

enum { LEFT = 28, WIDTH = 100 };

/* Bytes that begin a code point. */
static int columns_of(const char *text, size_t size) {
	int columns = 0;
	for (size_t i = 0; i < size; i++) columns += (text[i] & 0xC0) != 0x80;
	return columns;
}

/* Fills lines with the words, from column `indent`, where the cursor stands, on. Two newlines part paragraphs. */
static void print_filled(const char *at, int indent) {
	for (int column = indent; *at;) {
		size_t size = strcspn(at, " \n");
		int columns = columns_of(at, size);
		if (column > indent && column + 1 + columns > WIDTH) {
			printf("\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			putchar(' ');
			column++;
		}
		fwrite(at, 1, size, stdout);
		column += columns;
		at += size;
		bool ends = !strncmp(at, "\n\n", 2);
		at += strspn(at, " \n");
		if (!ends) continue;
		printf("\n\n%*s", indent, "");
		column = indent;
	}
	putchar('\n');
}

static void print_options(const struct option_spec *o) {
	struct buffer left = {0};
	for (; o && o->name; o++) {
		left_column(&left, o);
		printf("  %-*s", LEFT - 2, buffer_string(&left));
		if (left.size > LEFT - 3) printf("\n%*s", LEFT, "");
		print_filled(o->help, LEFT);
	}
	buffer_free(&left);
}

static void print_help(const struct program *p) {
	printf("spectrum %s: %s\n\nUsage: spectrum %s [options] %s\n\n", p->verb, p->summary, p->verb, p->arguments ? p->arguments : "");
	print_options(p->options);
	print_options(common);
	if (p->details) {
		putchar('\n');
		print_filled(p->details, 0);
	}
	if (p->examples && p->examples[0]) printf("\nExamples:\n");
	for (const char *const *at = p->examples; at && at[0]; at += 2) printf("  # %s\n  %s\n", at[0], at[1]);
}

/* roff: a backslash and a leading dot or quote are special. Two newlines part paragraphs. */
static void print_roff(const char *string) {
	for (const char *at = string; *at; at++) {
		if (at > string && at[-1] == '\n' && *at == '\n') fputs(".PP", stdout);
		if ((at == string || at[-1] == '\n') && (*at == '.' || *at == '\'')) fputs("\\&", stdout);
		if (*at == '\\') fputs("\\e", stdout);
		else if (*at == '-') fputs("\\-", stdout);
		else putchar(*at);
	}
}

static void print_man_options(const struct option_spec *o) {
	struct buffer left = {0};
	for (; o && o->name; o++) {
		left_column(&left, o);
		fputs(".TP\n.B ", stdout);
		print_roff(buffer_string(&left) + (o->letter ? 0 : 4));
		putchar('\n');
		print_roff(o->help);
		putchar('\n');
	}
	buffer_free(&left);
}

static void print_man(const struct program *p) {
	fputs(".TH SPECTRUM\\-", stdout);
	for (const char *at = p->verb; *at; at++) putchar(toupper((unsigned char)*at));
	printf(" 1 \"\" \"Spectrum %s\"\n.SH NAME\nspectrum\\-", spectrum_version);
	print_roff(p->verb);
	fputs(" \\- ", stdout);
	print_roff(p->summary);
	printf("\n.SH SYNOPSIS\n.B spectrum %s\n[options] ", p->verb);
	print_roff(p->arguments ? p->arguments : "");
	fputs("\n.SH OPTIONS\n", stdout);
	print_man_options(p->options);
	print_man_options(common);
	if (p->details) {
		fputs(".SH DESCRIPTION\n", stdout);
		print_roff(p->details);
		putchar('\n');
	}
	fputs(".SH EXIT STATUS\n0 done, 1 bad data, 2 bad usage, 3 outside failure (network, disk)\n.SH EXAMPLES\n", stdout);
	for (const char *const *at = p->examples; at && at[0]; at += 2) {
		print_roff(at[0]);
		fputs(":\n.PP\n.nf\n.RS\n", stdout);
		print_roff(at[1]);
		fputs("\n.RE\n.fi\n.PP\n", stdout);
	}
}

static void print_completion(const struct program *p) {
	fputs("_spectrum_", stdout);
	for (const char *at = p->verb; *at; at++) putchar(*at == '-' ? '_' : *at);
	fputs("='", stdout);
	for (const struct option_spec *o = p->options; o && o->name; o++) printf("--%s ", o->name);
	printf("--help --version'\n");
}

static const struct option_spec *find_long(const struct program *p, struct text name) {
	for (const struct option_spec *o = p->options; o && o->name; o++)
		if (text_is(name, o->name)) return o;
	return NULL;
}

static const struct option_spec *find_letter(const struct program *p, char letter) {
	for (const struct option_spec *o = p->options; o && o->name; o++)
		if (o->letter == letter) return o;
	return NULL;
}

static void answer_common(const struct program *p, const char *name, const char *value) {
	if (!strcmp(name, "version")) printf("spectrum %s\n", spectrum_version);
	else if (value && !strcmp(value, "man")) print_man(p);
	else if (value && !strcmp(value, "bash")) print_completion(p);
	else print_help(p);
	exit(options_end(0));
}

static void take(const struct option_spec *o, const char *value) {
	switch (o->type) {
	case OPTION_FLAG: *(bool *)o->target = true; break;
	case OPTION_STRING: *(const char **)o->target = value; break;
	case OPTION_INTEGER:
		if (!number_parse_integer(text_of(value), o->target) || *(int64_t *)o->target < 0)
			usage_error("--%s needs a number from 0 on, not '%s'", o->name, value);
		break;
	case OPTION_LIST: {
		struct option_list *list = o->target;
		list->values = memory_resize(list->values, list->count + 2, sizeof *list->values);
		list->values[list->count++] = value;
		list->values[list->count] = NULL;
		break;
	}
	}
}

/* Parses argv[i], which starts with "--"; returns how many further arguments it took. */
static int parse_long(const struct program *p, int i, int argc, char **argv) {
	const char *body = argv[i] + 2, *equals = strchr(body, '=');
	struct text name = text_make(body, equals ? (size_t)(equals - body) : strlen(body));
	const char *value = equals ? equals + 1 : NULL;
	const struct option_spec *o = find_long(p, name);
	if (!o && text_is(name, "help")) answer_common(p, "help", value);
	if (!o && text_is(name, "version")) answer_common(p, "version", NULL);
	if (!o) usage_error("there is no option '%s'%s", argv[i], "");
	if (o->type == OPTION_FLAG) {
		if (value) usage_error("--%s takes no value, but got '%s'", o->name, value);
		take(o, NULL);
		return 0;
	}
	if (value) {
		take(o, value);
		return 0;
	}
	if (i + 1 >= argc) usage_error("--%s needs its %s behind it", o->name, o->argument);
	take(o, argv[i + 1]);
	return 1;
}

/* The same for a group of letters: -abc, -o FILE, -oFILE. */
static int parse_letters(const struct program *p, int i, int argc, char **argv) {
	for (const char *at = argv[i] + 1; *at; at++) {
		const struct option_spec *o = find_letter(p, *at);
		if (!o && *at == 'h') answer_common(p, "help", NULL);
		if (!o) usage_error("there is no option '%s'%s", argv[i], "");
		if (o->type == OPTION_FLAG) {
			take(o, NULL);
			continue;
		}
		if (at[1]) {
			take(o, at + 1);
			return 0;
		}
		if (i + 1 >= argc) usage_error("--%s needs its %s behind it", o->name, o->argument);
		take(o, argv[i + 1]);
		return 1;
	}
	return 0;
}

int options_parse(const struct program *p, int argc, char **argv) {
	snprintf(program_name, sizeof program_name, "spectrum %s", p->verb);
	char **operands = memory_zeroed((size_t)argc + 1, sizeof *operands);
	int count = 0;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--")) {
			while (++i < argc) operands[count++] = argv[i];
		} else if (!strncmp(argv[i], "--", 2)) {
			i += parse_long(p, i, argc, argv);
		} else if (argv[i][0] == '-' && argv[i][1]) {
			i += parse_letters(p, i, argc, argv);
		} else {
			operands[count++] = argv[i];
		}
	}
	for (int i = 0; i < count; i++) argv[argc - count + i] = operands[i];
	free(operands);
	if (count && !p->arguments) usage_error("it takes no operand, but got '%s'%s", argv[argc - count], "");
	return argc - count;
}
