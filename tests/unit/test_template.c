/* template: what is text, what is a column, what is an alternative; variants numbered and chosen as the header says. */
#include "draw/template.h"

#include "check.h"

static struct buffer shown;

/* Every variant of the templates, in order, with "/" behind each; {a} is "A{b}" and {b} is "[[x|y]]". */
static struct text all(const char *first, const char *second) {
	struct templates t = {0};
	struct error e = {0};
	buffer_clear(&shown);
	if (!templates_add(&t, text_of(first), &e) || (second && !templates_add(&t, text_of(second), &e))) {
		buffer_add_string(&shown, e.message);
	} else {
		struct text values[8];
		for (size_t i = 0; i < t.columns.count; i++) {
			struct text name = t.columns.entries[i].key;
			values[i] = text_is(name, "a") ? text_of("A{b}") : text_is(name, "b") ? text_of("[[x|y]]") : name;
		}
		for (uint64_t v = 0; v < t.variants; v++) {
			templates_render(&t, v, values, &shown);
			buffer_add_char(&shown, '/');
		}
	}
	templates_free(&t);
	return buffer_text(&shown);
}

static void test_texts(void) {
	CHECK_TEXT("plain text", all("Votes of one person.", NULL), "Votes of one person./");
	CHECK_TEXT("empty template", all("", NULL), "/");
	CHECK_TEXT("a value is not expanded again", all("{a}, {b}.", NULL), "A{b}, [[x|y]]./");
	CHECK_TEXT("products, the last changes fastest", all("[[1|2]]-[[x|y|z]]!", NULL), "1-x!/1-y!/1-z!/2-x!/2-y!/2-z!/");
	CHECK_TEXT("empty alternatives", all("[[T: {t}\n|]]V[[|.]]", NULL), "T: t\nV/T: t\nV./V/V./");
	CHECK_TEXT("numbered through all templates", all("[[p|q]]", "[[r|s]]"), "p/q/r/s/");
	CHECK_TEXT("escapes", all("\\{a\\} \\[\\[1\\|2\\]\\] \\\\ [[\\||\\]]]", NULL), "{a} [[1|2]] \\ |/{a} [[1|2]] \\ ]/");
	CHECK_TEXT("a backslash before other characters is plain", all("\\n \\alpha\\", NULL), "\\n \\alpha\\/");
	CHECK_TEXT("single brackets and bars are plain", all("[x] a|b } [[[c]|d]]", NULL), "[x] a|b } [c]/[x] a|b } d/");
	CHECK_TEXT("column names with blanks and signs", all("{measured log(x:y/z)}", NULL), "measured log(x:y/z)/");
	CHECK_TEXT("alternatives side by side", all("[[a|b]][[c|d]]", NULL), "ac/ad/bc/bd/");
}

static void test_errors(void) {
	CHECK_TEXT("brace not closed", all("ab {c", NULL), "byte 4 of \"ab {c\": '{' without its '}' (a plain brace is written \\{)");
	CHECK_TEXT("brace in a name", all("{a{b}}", NULL), "byte 1 of \"{a{b}}\": '{' without its '}' (a plain brace is written \\{)");
	CHECK_TEXT("no name", all("{}", NULL), "byte 1 of \"{}\": {} names no column (a plain brace is written \\{)");
	CHECK_TEXT("brackets not closed", all("a[[b|c]", NULL), "byte 2 of \"a[[b|c]\": '[[' without its ']]' (plain: \\[\\[)");
	CHECK_TEXT("brackets not opened", all("b|c]]", NULL), "byte 4 of \"b|c]]\": ']]' without its '[[' (plain: \\]\\])");
	CHECK_TEXT("nested", all("[[a|[[b]]]]", NULL),
		"byte 5 of \"[[a|[[b]]]]\": '[[' inside '[[…]]': alternatives do not nest (plain: \\[\\[)");
	struct buffer big = {0};
	for (int i = 0; i < 40; i++) buffer_add_string(&big, "[[0|1]]");
	struct templates t = {0};
	struct error e = {0};
	CHECK("too many variants", !templates_add(&t, buffer_text(&big), &e) && strstr(e.message, "more than 2^32 variants"));
	templates_free(&t);
	buffer_free(&big);
}

static void test_pick(void) {
	struct templates t = {0};
	struct error e = {0};
	/* variants 0: x  1: {a}x  2: y  3: {a}y  4: {b}  5: z{b} */
	CHECK("templates parse", templates_add(&t, text_of("[[|{a}]][[x|y]]"), &e) == true && templates_add(&t, text_of("[[|z]]{b}"), &e));
	CHECK("six variants", t.variants == 6 && t.columns.count == 2);
	/* [[|{a}]][[x|y]]: 0 = "x", 1 = "y", 2 = "{a}x", 3 = "{a}y" */
	static const bool none[2] = {false, false}, no_a[2] = {true, false}, no_b[2] = {false, true};
	static const bool *const cases[3] = {none, no_a, no_b};
	static const char *const names[3] = {
		"all variants equally likely", "those that use a are left out", "those that use b are left out"};
	static const int wanted[3][6] = {{1, 1, 1, 1, 1, 1}, {1, 1, 0, 0, 1, 1}, {1, 1, 1, 1, 0, 0}};
	for (int c = 0; c < 3; c++) {
		double counts[6] = {0}, chi = 0;
		int kinds = 0;
		struct random r = random_start(random_key_integer(random_key_start(3), c));
		for (int i = 0; i < 60000; i++) {
			uint64_t v = 6;
			if (templates_pick(&t, cases[c], &r, &v) && v < 6) counts[v]++;
		}
		for (int v = 0; v < 6; v++) kinds += wanted[c][v];
		double expected = 60000.0 / kinds;
		for (int v = 0; v < 6; v++)
			chi += wanted[c][v] ? (counts[v] - expected) * (counts[v] - expected) / expected : counts[v] * 1e9;
		CHECK(names[c], chi < 35);
	}
	templates_free(&t);
	struct templates only = {0};
	struct random r = random_start(random_key_start(1));
	uint64_t v;
	CHECK("no template, no variant", !templates_pick(&only, none, &r, &v));
	CHECK("parses", templates_add(&only, text_of("{a}"), &e));
	CHECK("none remains", !templates_pick(&only, no_a, &r, &v) && templates_pick(&only, no_b, &r, &v) && v == 0);
	templates_free(&only);
}

int main(void) {
	test_texts();
	test_errors();
	test_pick();
	buffer_free(&shown);
	return check_done();
}
