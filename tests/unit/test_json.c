/* json: scanner and writer. */
#include "check.h"
#include "json/json.h"

static bool good(const char *text) {
	struct json_value v;
	struct error e;
	return json_check(text_of(text), &v, &e);
}

static struct text rewritten(struct buffer *b, const char *text, bool spaced, bool ascii) {
	struct json_value v;
	struct error e;
	buffer_clear(b);
	if (json_check(text_of(text), &v, &e)) json_add_value(b, v, spaced, ascii);
	return buffer_text(b);
}

int main(void) {
	struct buffer b = {0};
	struct json_value v;
	struct error e;
	/* quotes and backslashes at every place of a long string, walked over */
	bool walked = true;
	for (size_t i = 0; i < 40; i++)
		for (size_t run = 0; run < 4; run++) {
			char text[80] = "[\"0123456789012345678901234567890123456789", *at = text + 2 + i;
			for (size_t k = 0; k < run; k++) memcpy(at + 2 * k, k % 2 ? "\\\"" : "\\\\", 2);
			strcpy(i + 2 * run > 40 ? at + 2 * run : text + 42, "\",7]");
			if (!json_check(text_of(text), &v, &e)) walked = false;
			else walked = walked && json_count(v) == 2;
		}
	CHECK("long strings are walked over", walked);
	const char *broken = "\"a\xFF\" ";
	CHECK("a string that is not UTF-8 is one to decode", json_scan(&broken, broken + 5, &v, &e) && v.escaped && *broken == ' ');
	CHECK("values", good("0") && good(" [1, 2.5e-3, \"x\", null, true, false, {}] ") && good("{\"a\":{\"b\":[]}}"));
	CHECK("not values", !good("") && !good("01") && !good("1.") && !good("[1,]") && !good("{\"a\":1,}") && !good("{a:1}") &&
				    !good("nul") && !good("\"\n\"") && !good("\"\\x\"") && !good("1 2") && !good("NaN") && !good("-") &&
				    !good("\"abc") && !good("[1"));
	char deep[2003] = "";
	memset(deep, '[', 1000);
	memset(deep + 1000, ']', 1000);
	CHECK("1000 levels", good(deep));
	memset(deep, '[', 1001);
	memset(deep + 1001, ']', 1001);
	CHECK("depth is limited", !good(deep));
	CHECK_TEXT("numbers keep their text", rewritten(&b, "[1.50, 1E5, 12345678901234567890]", false, false),
		"[1.50,1E5,12345678901234567890]");
	CHECK_TEXT("spaced", rewritten(&b, "{\"a\":[1,2],\"b\":{}}", true, false), "{\"a\": [1, 2], \"b\": {}}");
	CHECK_TEXT("escapes are undone where JSON needs none", rewritten(&b, "\"\\u00e9\\/\\u0041\\ud83d\\ude00\"", false, false),
		"\"\xC3\xA9/A\xF0\x9F\x98\x80\"");
	CHECK_TEXT("ascii", rewritten(&b, "\"\xC3\xA9\xF0\x9F\x98\x80\"", false, true), "\"\\u00e9\\ud83d\\ude00\"");
	CHECK_TEXT("a lone surrogate becomes U+FFFD", rewritten(&b, "\"\\ud83dx\\udc00\"", false, false), "\"\xEF\xBF\xBDx\xEF\xBF\xBD\"");
	CHECK_TEXT("broken UTF-8 becomes U+FFFD", rewritten(&b, "\"a\xFFz\"", false, false), "\"a\xEF\xBF\xBDz\"");
	CHECK_TEXT("control characters", rewritten(&b, "\"\\u0000\\u001f\\n\\b\"", false, false), "\"\\u0000\\u001f\\n\\b\"");
	CHECK("check", json_check(text_of("{\"a\":1,\"b\" : [2, \"x:y\"],\"a\":3}"), &v, &e));
	const char *names[] = {"b", "c", "a"};
	struct json_value values[3];
	json_members(v, names, 3, values);
	CHECK("several members at once", text_is(values[0].raw, "[2, \"x:y\"]") && !values[1].type && text_is(values[2].raw, "3"));
	CHECK_TEXT("the last of equal names counts", json_member(v, "a").raw, "3");
	CHECK("members and elements are counted", json_count(v) == 3 && json_count(json_member(v, "b")) == 2 && !json_member(v, "c").type);
	struct json_value nul;
	json_check(text_of("\"a\\u0000b\""), &nul, &e);
	struct buffer scratch = {0};
	uint64_t replaced = 0;
	struct text t = json_string(nul, &scratch, &replaced);
	CHECK("text may hold NUL", t.size == 3 && !memcmp(t.data, "a\0b", 3) && !replaced);
	buffer_free(&scratch);
	buffer_free(&b);
	return check_done();
}
