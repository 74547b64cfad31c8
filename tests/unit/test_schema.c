/* JSON Schema: each keyword with a value that fits and one that does not. */
#include "check.h"
#include "json/schema.h"

static bool fits(const char *schema, const char *value) {
	struct error e = {0};
	struct schema *s = schema_parse(schema, "test", &e);
	struct json_value v;
	bool good = s && json_check(text_of(value), &v, &e) && schema_check(s, NULL, v, &e);
	schema_close(s);
	return good;
}

static void says(const char *what, const char *schema, const char *value, const char *wanted) {
	struct error e = {0};
	struct schema *s = schema_parse(schema, "test", &e);
	struct json_value v;
	if (s && json_check(text_of(value), &v, &e)) schema_check(s, NULL, v, &e);
	CHECK_TEXT(what, text_of(e.message), wanted);
	schema_close(s);
}

static bool parses(const char *schema) {
	struct schema *s = schema_parse(schema, "test", NULL);
	schema_close(s);
	return s != NULL;
}

static void keyword(const char *what, const char *schema, const char *good, const char *bad) {
	CHECK(what, fits(schema, good) && !fits(schema, bad));
}

int main(void) {
	keyword("type", "{\"type\":\"string\"}", "\"a\"", "1");
	keyword("type: several", "{\"type\":[\"null\",\"boolean\"]}", "false", "\"a\"");
	keyword("type: a whole number is an integer", "{\"type\":\"integer\"}", "1.0", "1.5");
	keyword("type: an integer is a number", "{\"type\":\"number\"}", "3", "\"3\"");
	keyword("enum", "{\"enum\":[\"train\",\"test\"]}", "\"t\\u0065st\"", "\"Test\"");
	keyword("const: text", "{\"const\":\"mds\"}", "\"mds\"", "\"md\"");
	keyword("const: number", "{\"const\":2}", "2.0", "3");
	keyword("const: null", "{\"const\":null}", "null", "false");
	keyword("minimum", "{\"minimum\":-100}", "-100", "-101");
	keyword("maximum", "{\"maximum\":1}", "1", "1.01");
	keyword("exclusiveMinimum", "{\"exclusiveMinimum\":0}", "0.1", "0");
	keyword("bounds hold for numbers only", "{\"minimum\":5}", "\"a\"", "4");
	keyword("a number too large for a double is large", "{\"maximum\":9e99}", "1", "1e999");
	keyword("minLength counts code points", "{\"minLength\":2}", "\"éé\"", "\"é\"");
	keyword("pattern is not anchored", "{\"pattern\":\"b+\"}", "\"abbc\"", "\"ac\"");
	keyword("required", "{\"required\":[\"a\"]}", "{\"a\":null}", "{\"b\":1}");
	keyword("properties", "{\"properties\":{\"a\":{\"type\":\"null\"}}}", "{\"a\":null,\"b\":1}", "{\"a\":0}");
	keyword("additionalProperties: false", "{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "{\"a\":1}", "{\"b\":1}");
	keyword("additionalProperties: a schema", "{\"additionalProperties\":{\"type\":\"null\"}}", "{\"x\":null}", "{\"x\":1}");
	keyword("items", "{\"items\":{\"minimum\":0}}", "[0,1]", "[0,-1]");
	keyword("minItems", "{\"minItems\":1}", "[0]", "[]");
	keyword("anyOf", "{\"anyOf\":[{\"type\":\"null\"},{\"minimum\":3,\"type\":\"number\"}]}", "3", "2");
	keyword("oneOf: exactly one", "{\"oneOf\":[{\"minimum\":0},{\"maximum\":10}]}", "11", "5");
	keyword("$ref", "{\"items\":{\"$ref\":\"#/$defs/a\"},\"$defs\":{\"a\":{\"type\":\"null\"}}}", "[null]", "[0]");
	keyword("a schema may be false", "{\"properties\":{\"a\":false}}", "{}", "{\"a\":1}");
	keyword("a name does not end at a NUL", "{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "{\"a\":1}", "{\"a\\u0000b\":1}");
	says("a wrong pattern is told each time", "{\"anyOf\":[{\"pattern\":\"(\"},{\"pattern\":\"(\"}]}", "\"a\"",
		": the pattern '(' is wrong at offset 1: missing closing parenthesis");
	CHECK("a $ref that runs in a circle ends", !fits("{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/a\"}}}", "1"));

	CHECK("an unknown keyword is refused", !parses("{\"maxLength\":3}"));
	CHECK("an unknown keyword deep inside is refused", !parses("{\"properties\":{\"a\":{\"items\":{\"uniqueItems\":true}}}}"));
	CHECK("an unknown type is refused", !parses("{\"type\":\"text\"}"));
	CHECK("a $ref to nothing is refused", !parses("{\"$ref\":\"#/$defs/b\"}"));
	CHECK("not JSON is refused", !parses("{"));

	says("the error says where", "{\"properties\":{\"a\":{\"items\":{\"type\":\"null\"}}}}", "{\"a\":[null,1]}",
		"/a/1: should be of type null");
	says("of alternatives, the one that fits furthest tells",
		"{\"oneOf\":[{\"properties\":{\"a\":{\"type\":\"null\"}}},{\"required\":[\"b\"]}]}", "{\"a\":1}",
		"/a: should be of type null");
	says("of equals, the last", "{\"anyOf\":[{\"type\":\"null\"},{\"type\":\"string\"}]}", "1",
		"(the whole): should be of type string");
	return check_done();
}
