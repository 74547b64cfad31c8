/* Archives: members as inputs, safe unpacking, passwords. Archives are written here with libarchive itself. */
#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "check.h"
#include "read/archive.h"

static char folder[] = "/tmp/test_archive.XXXXXX";

struct member {
	const char *name, *bytes;
	const char *link; /* a symbolic link to this */
	const char *hard; /* a hard link to this */
	mode_t type;      /* 0: a file */
};

/* Writes FOLDER/`file` with these members (the last one has no name). */
static const char *make(const char *file, bool zip, const char *options, const char *password, const struct member *members) {
	static char path[256];
	snprintf(path, sizeof path, "%s/%s", folder, file);
	setlocale(LC_CTYPE, "C.UTF-8"); /* libarchive writes names through the locale */
	struct archive *a = archive_write_new();
	if (zip) archive_write_set_format_zip(a);
	else archive_write_set_format_pax_restricted(a);
	if (!zip && strstr(file, ".gz")) archive_write_add_filter_gzip(a);
	if (options && archive_write_set_options(a, options)) printf("# %s\n", archive_error_string(a));
	if (password) archive_write_set_passphrase(a, password);
	archive_write_open_filename(a, path);
	for (const struct member *m = members; m->name; m++) {
		struct archive_entry *entry = archive_entry_new();
		archive_entry_set_pathname(entry, m->name);
		archive_entry_set_filetype(entry, m->type ? m->type : m->link ? AE_IFLNK : AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		if (m->link) archive_entry_set_symlink(entry, m->link);
		if (m->hard) archive_entry_set_hardlink(entry, m->hard);
		archive_entry_set_size(entry, m->bytes ? (int64_t)strlen(m->bytes) : 0);
		if (archive_write_header(a, entry)) printf("# %s: %s\n", m->name, archive_error_string(a));
		if (m->bytes) archive_write_data(a, m->bytes, strlen(m->bytes));
		archive_entry_free(entry);
	}
	archive_write_free(a);
	setlocale(LC_CTYPE, "C"); /* as in our programs */
	return path;
}

static int count;
static void counted(void *context, const char *member) {
	(void)member;
	++*(int *)context;
}

/* Unpacks `pattern` into FOLDER/into. */
static bool unpack(const char *archive, const char *pattern, const char *password, const struct archive_limits *limits, struct error *e) {
	char into[256];
	snprintf(into, sizeof into, "%s/into", folder);
	count = 0;
	*e = (struct error){0};
	return archive_unpack(archive, &pattern, 1, password, into, limits, counted, &count, e);
}

static struct text slurp(const char *name, struct buffer *b) {
	char path[256];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	buffer_clear(b);
	FILE *in = fopen(path, "rb");
	int c;
	while (in && (c = getc(in)) != EOF) buffer_add_char(b, (char)c);
	if (in) fclose(in);
	else buffer_add_string(b, "(no file)");
	return buffer_text(b);
}

static bool exists(const char *name) {
	char path[256];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return !access(path, F_OK);
}

static struct text through_input(const char *archive, const char *member, struct buffer *b) {
	char path[512], bytes[4096];
	struct error e = {0};
	snprintf(path, sizeof path, "%s%s%s", archive, member ? "/" : "", member ? member : "");
	struct input *in = archive_input(path, &e);
	buffer_clear(b);
	for (ptrdiff_t got = in ? 1 : 0; got > 0;) {
		got = input_read(in, bytes, sizeof bytes, &e);
		if (got > 0) buffer_add(b, bytes, (size_t)got);
	}
	if (*e.message) buffer_printf(b, "error: %s", e.message);
	input_close(in);
	return buffer_text(b);
}

static void good_archives(void) {
	struct buffer b = {0};
	struct error e;
	const struct member three[] = {{.name = "a.csv", .bytes = "a\n"}, {.name = "deep/b.csv", .bytes = "b\n"},
		{.name = ".hidden.csv", .bytes = "h"}, {.name = "\xC3\xA9t\xC3\xA9.csv", .bytes = "summer\n"},
		{.name = "x.csv.zst", .bytes = "kept as it is"}, {0}};
	for (int zip = 0; zip < 2; zip++) {
		const char *archive = make(zip ? "good.zip" : "good.tar.gz", zip, NULL, NULL, three);
		CHECK_TEXT("a member as an input", through_input(archive, "a.csv", &b), "a\n");
		CHECK_TEXT("a member in a folder", through_input(archive, "deep/b.csv", &b), "b\n");
		CHECK_TEXT("a name beyond ASCII", through_input(archive, "\xC3\xA9t\xC3\xA9.csv", &b), "summer\n");
		CHECK("with several, one must be named", text_starts(through_input(archive, NULL, &b), text_of("error: ")));
		CHECK("members are unpacked", unpack(archive, "*.csv", NULL, NULL, &e) && count == 2);
		CHECK_TEXT("with their bytes", slurp("into/a.csv", &b), "a\n");
		CHECK("* gives neither hidden files nor those in folders",
			!exists("into/.hidden.csv") && !exists("into/b.csv") && !exists("into/deep"));
		CHECK("a pattern with a folder", unpack(archive, "deep/*", NULL, NULL, &e) && count == 1 && exists("into/deep/b.csv"));
		CHECK("a compressed member", unpack(archive, "*.zst", NULL, NULL, &e));
		CHECK_TEXT("stays as it is", slurp("into/x.csv.zst", &b), "kept as it is");
		CHECK("no match is an error", !unpack(archive, "z*", NULL, NULL, &e) && strstr(e.message, "no member matches 'z*'"));
		CHECK("nothing temporary is left", !exists("into/a.csv.~"));
		char command[300];
		snprintf(command, sizeof command, "rm -rf '%s/into'", folder);
		if (system(command)) printf("# rm failed\n");
	}
	const struct member dotted[] = {{.name = "./a.csv", .bytes = "dot\n"}, {0}};
	const char *archive = make("dot.tar", false, NULL, NULL, dotted);
	CHECK("./ before a name does not matter", unpack(archive, "a.csv", NULL, NULL, &e));
	CHECK_TEXT("and the only file needs no name", through_input(archive, NULL, &b), "dot\n");
	buffer_free(&b);
}

static void refused(const char *what, const char *archive, const char *pattern, const char *words) {
	struct error e;
	bool good = unpack(archive, pattern, NULL, NULL, &e);
	CHECK(what, !good && strstr(e.message, words));
	if (!strstr(e.message, words)) printf("# got: %s\n", e.message);
	CHECK("  nothing was unpacked outside", !exists("evil.csv") && access("/tmp/evil.csv", F_OK));
}

static void bad_archives(void) {
	const struct member up[] = {{.name = "../evil.csv", .bytes = "x"}, {0}},
			    inner[] = {{.name = "a/../../evil.csv", .bytes = "x"}, {0}},
			    absolute[] = {{.name = "/tmp/evil.csv", .bytes = "x"}, {0}},
			    windows[] = {{.name = "..\\evil.csv", .bytes = "x"}, {0}},
			    link[] = {{.name = "a.csv", .link = "/etc/passwd"}, {0}},
			    linked[] = {{.name = "d", .link = ".."}, {.name = "d/evil.csv", .bytes = "x"}, {0}},
			    hard[] = {{.name = "b.csv", .bytes = "b"}, {.name = "a.csv", .hard = "/etc/passwd"}, {0}},
			    pipe[] = {{.name = "a.csv", .type = AE_IFIFO}, {0}}, forged[] = {{.name = "a\n0123  b.csv", .bytes = "x"}, {0}};
	for (int zip = 0; zip < 2; zip++) {
		const char *ending = zip ? "zip" : "tar";
		char name[32];
		snprintf(name, sizeof name, "bad.%s", ending);
		refused("..", make(name, zip, NULL, NULL, up), "*", "outside the target folder");
		refused(".. within", make(name, zip, NULL, NULL, inner), "a/*", "outside the target folder");
		refused("a backslash", make(name, zip, NULL, NULL, windows), "*", "outside the target folder");
		refused("a symbolic link", make(name, zip, NULL, NULL, link), "*.csv", "is a link or a device");
		refused("a folder that is a link", make(name, zip, NULL, NULL, linked), "*", "is a link or a device");
		refused("a line feed in a name", make(name, zip, NULL, NULL, forged), "*", "outside the target folder");
	}
	refused("an absolute path", make("bad.zip", true, NULL, NULL, absolute), "*", "outside the target folder");
	refused("a hard link", make("bad.tar", false, NULL, NULL, hard), "*.csv", "is a link or a device");
	refused("a pipe", make("bad.tar", false, NULL, NULL, pipe), "*.csv", "is a link or a device");
	const char *archive = make("linked.zip", true, NULL, NULL, linked);
	refused("what lies behind a link that was not unpacked", archive, "nothing*", "no member matches");
}

/* Cut behind its first member: that one is not taken for the only one. */
static void cut(void) {
	struct buffer b = {0};
	const struct member two[] = {{.name = "a.csv", .bytes = "a\n"}, {.name = "b.csv", .bytes = "b\n"}, {0}};
	const char *archive = make("cut.tar", false, NULL, NULL, two);
	bool made = !truncate(archive, 1100);
	through_input(archive, NULL, &b);
	CHECK("the first member of two is not the only one", made && strstr(buffer_string(&b), "the archive is damaged; fetch it again"));
	CHECK_TEXT("by its name it can be had", through_input(archive, "a.csv", &b), "a\n");
	buffer_free(&b);
}

static void limits(void) {
	char *zeros = calloc(1, 2000001);
	struct error e;
	memset(zeros, '0', 2000000);
	const struct member bomb[] = {{.name = "a.csv", .bytes = zeros}, {.name = "b.csv", .bytes = zeros}, {0}};
	const char *archive = make("bomb.zip", true, NULL, NULL, bomb);
	struct archive_limits file = {.file_bytes = 1000000}, total = {.total_bytes = 3000000}, files = {.files = 1},
			      enough = {2000000, 4000000, 2};
	CHECK("a file over the limit",
		!unpack(archive, "*.csv", NULL, &file, &e) && strstr(e.message, "more than is allowed") && count == 0);
	CHECK("all files over the limit",
		!unpack(archive, "*.csv", NULL, &total, &e) && strstr(e.message, "more than is allowed") && count == 1);
	CHECK("too many files", !unpack(archive, "*.csv", NULL, &files, &e) && strstr(e.message, "more than 1 members"));
	CHECK("within the limits", unpack(archive, "*.csv", NULL, &enough, &e) && count == 2);
	CHECK("a cut archive", !truncate(archive, 1000) && !unpack(archive, "*.csv", NULL, NULL, &e));
	free(zeros);
}

static void passwords(void) {
	static const char *const ways[] = {"zip:encryption=zipcrypt", "zip:encryption=aes128", "zip:encryption=aes256"};
	const struct member one[] = {{.name = "secret.csv", .bytes = "sealed\n"}, {0}};
	struct buffer b = {0};
	struct error e;
	for (size_t i = 0; i < 3; i++) {
		const char *archive = make("sealed.zip", true, ways[i], "open sesame", one);
		char command[300];
		snprintf(command, sizeof command, "! grep -q sealed '%s'", archive);
		CHECK("it is encrypted", !system(command));
		CHECK("without the password", !unpack(archive, "*", NULL, NULL, &e));
		CHECK("the message says so", strstr(e.message, "assphrase"));
		CHECK("with a wrong one", !unpack(archive, "*", "shut sesame", NULL, &e) && !exists("into/secret.csv"));
		CHECK("with the right one", unpack(archive, "*", "open sesame", NULL, &e));
		CHECK_TEXT("the bytes", slurp("into/secret.csv", &b), "sealed\n");
		char path[256];
		snprintf(path, sizeof path, "%s/into/secret.csv", folder);
		unlink(path);
	}
	buffer_free(&b);
}

int main(void) {
	if (!mkdtemp(folder)) return 1;
	good_archives();
	bad_archives();
	cut();
	limits();
	passwords();
	char command[300];
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	if (system(command)) return 1;
	return check_done();
}
