/* manifest: reading, expansion, patterns and errors. Writes small manifests into a scratch folder. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/stream.h"
#include "check.h"
#include "source/manifest.h"
#include "source/pattern.h"

static struct source *load(const char *json, struct error *e) {
	mkdir("demo", 0777);
	output_save("demo/source.json", text_of(json), e);
	return source_load("demo", e);
}

static void test_good(void) {
	struct error e;
	struct source *s = load("{\"id\":\"demo\",\"title\":\"T\",\"access\":\"open\",\"licence\":\"MIT\",\"revision\":\"abc\",\"each\":{\"a\":[\"x\",\"y\"],\"b\":[\"1\",\"2\"]},"
	                        "\"files\":[{\"path\":\"{a}/{b}.csv\",\"url\":\"https://h/{revision}/{b}/{a}\",\"bytes\":7}],"
	                        "\"tables\":[{\"name\":\"t\",\"reader\":\"csv\",\"files\":\"{a}/{b}.csv\",\"columns\":{\"v\":\"integer\"}},"
	                        "{\"name\":\"u\",\"reader\":\"lines\",\"files\":\"x/{n}.csv\",\"row\":\"^(?<v>.)\",\"columns\":{\"v\":\"text\"}}],"
	                        "\"tasks\":[{\"name\":\"k\",\"split\":\"test\",\"generate\":[\"v\"],\"sequence\":{\"mode\":\"all\",\"length\":{\"gp\":64}}}]}",
	        &e);
	CHECK("a manifest loads", s != NULL);
	if (!s) {
		printf("# %s\n", e.message);
		return;
	}
	CHECK("the product of `each` gives four files, last name fastest", s->file_count == 4 && !strcmp(s->files[1].path, "x/2.csv"));
	CHECK("names and revision are filled into the url", !strcmp(s->files[2].url, "https://h/abc/1/y"));
	CHECK("task defaults", s->task_count == 1 && s->tasks[0].test && s->tasks[0].sequence.all && s->tasks[0].sequence.length_gp == 64 &&
	                               !strcmp(s->tasks[0].view, "k") && s->tasks[0].sequence.repeat == 1);
	struct arena memory = {0};
	struct table_files found;
	mkdir("raw", 0777);
	output_save("raw/x/1.csv", text_of("v\n"), &e);
	output_save("raw/x/20.csv", text_of("v\n"), &e);
	output_save("raw/y/2.csv", text_of("v\n"), &e);
	source_table_files(s, &s->tables[0], "raw", &memory, &found);
	CHECK("names of `each` are enumerated", found.count == 2 && found.missing_count == 2 && !strcmp(found.files[0].values[0], "x") &&
	                                                !strcmp(found.files[1].label, "y/2.csv") && !strcmp(found.missing[0], "x/2.csv"));
	source_table_files(s, &s->tables[1], "raw", &memory, &found);
	CHECK("other names match what lies there", found.count == 2 && !strcmp(found.files[0].values[0], "1") && !strcmp(found.files[1].values[0], "20"));
	arena_free(&memory);
	source_free(s);
}

static void bad(const char *what, const char *json, const char *message) {
	struct error e = {0};
	struct source *s = load(json, &e);
	CHECK(what, !s && strstr(e.message, message));
	if (!s && !strstr(e.message, message)) printf("# said: %s\n", e.message);
	source_free(s);
}

int main(void) {
	char folder[] = "/tmp/spectrum-XXXXXX";
	if (!mkdtemp(folder) || chdir(folder)) return 1;
	test_good();
	bad("syntax errors have a place", "{\"id\": \"demo\",\n \"title\" 3}", "demo/source.json:2:");
	bad("unknown keys are told", "{\"id\":\"demo\",\"title\":\"T\",\"access\":\"open\",\"colour\":1}", "colour: unknown key");
	bad("so is an empty one", "{\"id\":\"demo\",\"title\":\"T\",\"access\":\"open\",\"\":1}", "unknown key");
	bad("and one made of two that are known", "{\"id\":\"demo\",\"title\":\"T\",\"access\":\"open\",\"suite title\":1}", "suite title: unknown key");
	bad("a key that stands twice is told", "{\"id\":\"demo\",\"title\":\"T\",\"access\":\"open\",\"title\":\"U\"}", "title: stands twice");
	bad("a word that lacks comes with its choices", "{\"id\":\"demo\",\"title\":\"T\"}", "access: is missing; it should be one of: open token manual request generated");
	bad("wrong words are told", "{\"id\":\"demo\",\"title\":\"T\",\"access\":\"free\"}", "access: 'free' is not one of: open token manual request generated");
	bad("the id is the folder's name", "{\"id\":\"other\",\"title\":\"T\",\"access\":\"open\"}", "should be the folder's name");
	bad("paths stay inside", "{\"id\":\"demo\",\"title\":\"T\",\"access\":\"open\",\"files\":[{\"path\":\"a/../../b\"}]}", "files[0].path");
	bad("with the values of `each` too", "{\"id\":\"demo\",\"title\":\"T\",\"access\":\"open\",\"each\":{\"a\":[\"x\",\"../../y\"]},\"files\":[{\"path\":\"{a}.csv\"}]}", "files[0].path: should be a plain");
	bad("a task generates something", "{\"id\":\"demo\",\"title\":\"T\",\"access\":\"open\",\"tasks\":[{\"name\":\"k\",\"split\":\"train\"}]}", "tasks[0].generate");
	bad("numbers have bounds", "{\"id\":\"demo\",\"title\":\"T\",\"access\":\"open\",\"tasks\":[{\"name\":\"k\",\"split\":\"train\",\"generate\":[\"a\"],\"min_examples\":0}]}",
	        "tasks[0].min_examples: should be a whole number of at least 1");
	bad("an unbound name is told", "{\"id\":\"demo\",\"title\":\"T\",\"access\":\"open\",\"files\":[{\"path\":\"{x}.csv\"}]}", "uses a {name} that `each` does not list");
	bad("tables have names of their own", "{\"id\":\"demo\",\"title\":\"T\",\"access\":\"open\",\"tables\":[{\"name\":\"t\",\"reader\":\"sql\"},{\"name\":\"T\",\"reader\":\"sql\"}]}",
	        "tables[0].name: another table has it too");
	bad("a table reads declared files", "{\"id\":\"demo\",\"title\":\"T\",\"access\":\"open\",\"files\":[{\"path\":\"survey.csv\"}],"
	        "\"tables\":[{\"name\":\"t\",\"reader\":\"csv\",\"files\":\"surveys.csv\",\"columns\":{\"v\":\"text\"}}]}", "tables[0].files: no path of the source's");
	bad("tasks have names of their own", "{\"id\":\"demo\",\"title\":\"T\",\"access\":\"open\",\"tasks\":[{\"name\":\"k\",\"split\":\"train\",\"generate\":[\"x\"]},"
	        "{\"name\":\"k\",\"split\":\"train\",\"generate\":[\"x\"]}]}", "tasks[1].name: an earlier entry has the same name and part");
	bad("the parts of a task have one split", "{\"id\":\"demo\",\"title\":\"T\",\"access\":\"open\",\"tasks\":[{\"name\":\"k\",\"part\":\"a\",\"split\":\"train\",\"generate\":[\"x\"]},"
	        "{\"name\":\"k\",\"part\":\"b\",\"split\":\"test\",\"generate\":[\"x\"]}]}", "tasks[1].split: should be that of the task's other parts");
	char command[64];
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return check_done() | (system(command) != 0);
}
