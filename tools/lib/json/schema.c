#include "json/schema.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/regex.h"
#include "base/stream.h"

struct schema {
	cJSON *root;
	struct map patterns; /* pattern → struct regex * */
	struct buffer place, scratch;
	size_t deepest; /* size of the place of the last error */
};

enum { DEPTH = 64 }; /* of $ref, which could run in a circle */

/* Keywords, by what stands in them. */
static const char *const of_schema[] = {"items", NULL};
static const char *const of_list[] = {"anyOf", "oneOf", NULL};
static const char *const of_object[] = {"properties", "$defs", NULL};
static const char *const plain[] = {"$schema", "$id", "title", "description", "examples", "$ref", "type", "enum", "const", "required",
	"additionalProperties", "minItems", "minimum", "maximum", "exclusiveMinimum", "minLength", "pattern", NULL};

static bool among(const char *const *list, const char *word) {
	for (; *list; list++)
		if (!strcmp(*list, word)) return true;
	return false;
}

static const char *const type_names[] = {"null", "boolean", "integer", "number", "string", "array", "object", NULL};

static bool known_type(const cJSON *type) { return cJSON_IsString(type) && among(type_names, type->valuestring); }

/* Whether the value of a keyword is of the form that schema_check relies on. */
static bool good_value(const struct schema *s, const cJSON *item) {
	const char *key = item->string;
	const cJSON *part;
	if (!strcmp(key, "$ref"))
		return cJSON_IsString(item) && !strncmp(item->valuestring, "#/$defs/", 8) &&
		       cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(s->root, "$defs"), item->valuestring + 8);
	if (!strcmp(key, "type") && cJSON_IsArray(item)) {
		cJSON_ArrayForEach(part, item) if (!known_type(part)) return false;
		return true;
	}
	if (!strcmp(key, "type")) return known_type(item);
	if (!strcmp(key, "enum") || !strcmp(key, "required")) {
		cJSON_ArrayForEach(part, item) if (!cJSON_IsString(part)) return false;
		return cJSON_IsArray(item);
	}
	if (!strcmp(key, "const")) return !cJSON_IsArray(item) && !cJSON_IsObject(item);
	if (!strncmp(key, "m", 1) || !strcmp(key, "exclusiveMinimum")) return cJSON_IsNumber(item);
	return strcmp(key, "pattern") != 0 || cJSON_IsString(item);
}

static bool check_keywords(const struct schema *s, const cJSON *node, const char *name, struct error *e) {
	if (cJSON_IsBool(node)) return true;
	if (!cJSON_IsObject(node)) return error_set(e, STATUS_USAGE, "%s: a schema should be an object, true or false", name);
	for (const cJSON *item = node->child, *part; item; item = item->next) {
		const char *key = item->string;
		bool of_one = among(of_schema, key) || (!strcmp(key, "additionalProperties") && cJSON_IsObject(item));
		if (of_one) {
			if (!check_keywords(s, item, name, e)) return false;
		} else if (among(of_list, key) || among(of_object, key)) {
			if (among(of_list, key) ? !cJSON_IsArray(item) : !cJSON_IsObject(item))
				return error_set(e, STATUS_USAGE, "%s: '%s' has the wrong form", name, key);
			cJSON_ArrayForEach(part, item) if (!check_keywords(s, part, name, e)) return false;
		} else if (!among(plain, key)) {
			return error_set(e, STATUS_USAGE, "%s: the keyword '%s' is not implemented here", name, key);
		} else if (!good_value(s, item)) {
			return error_set(e, STATUS_USAGE, "%s: '%s' has the wrong form", name, key);
		}
	}
	return true;
}

struct schema *schema_parse(const char *text, const char *name, struct error *e) {
	struct schema *s = memory_zeroed(1, sizeof *s);
	s->root = cJSON_Parse(text);
	if (!s->root) error_set(e, STATUS_USAGE, "%s: not JSON", name);
	if (s->root && check_keywords(s, s->root, name, e)) return s;
	schema_close(s);
	return NULL;
}

struct schema *schema_open(const char *path, struct error *e) {
	struct buffer text = {0};
	struct schema *s = input_load(path, 16 << 20, &text, e) ? schema_parse(buffer_string(&text), path, e) : NULL;
	buffer_free(&text);
	return s;
}

void schema_close(struct schema *s) {
	if (!s) return;
	cJSON_Delete(s->root);
	for (size_t i = 0; i < s->patterns.count; i++) regex_free((struct regex *)(uintptr_t)s->patterns.entries[i].value);
	map_free(&s->patterns);
	buffer_free(&s->place);
	buffer_free(&s->scratch);
	free(s);
}

static const cJSON *get(const cJSON *node, const char *key) { return cJSON_GetObjectItemCaseSensitive(node, key); }

static bool wrong(struct schema *s, struct error *e, const char *format, const char *what) {
	char message[600];
	snprintf(message, sizeof message, format, what); /* NOLINT: formats are constants of this file */
	s->deepest = s->place.size;
	return error_set(e, STATUS_DATA, "%s: %s", s->place.size ? buffer_string(&s->place) : "(the whole)", message);
}

/* The value of a number; how exact it is does not matter for the bounds that schemas state. */
static double number_of(struct json_value v) {
	double value = NAN;
	if (v.type == JSON_NUMBER && !number_parse_real(v.raw, &value)) value = v.raw.data[0] == '-' ? -HUGE_VAL : HUGE_VAL;
	return value;
}

static bool has_type(struct json_value v, const char *type) {
	switch (v.type) {
	case JSON_NULL: return !strcmp(type, "null");
	case JSON_FALSE:
	case JSON_TRUE: return !strcmp(type, "boolean");
	case JSON_STRING: return !strcmp(type, "string");
	case JSON_ARRAY: return !strcmp(type, "array");
	case JSON_OBJECT: return !strcmp(type, "object");
	case JSON_NUMBER: return !strcmp(type, "number") || (!strcmp(type, "integer") && number_of(v) == floor(number_of(v)));
	case JSON_NONE: break;
	}
	return false;
}

static bool check_type(struct schema *s, const cJSON *type, struct json_value v, struct error *e) {
	if (!type) return true;
	if (cJSON_IsString(type)) return has_type(v, type->valuestring) || wrong(s, e, "should be of type %s", type->valuestring);
	const cJSON *one;
	cJSON_ArrayForEach(one, type) if (has_type(v, one->valuestring)) return true;
	return wrong(s, e, "is of a type that is not allowed here%s", "");
}

static struct text string_of(struct schema *s, struct json_value v) {
	buffer_clear(&s->scratch);
	return json_string(v, &s->scratch, NULL);
}

static bool equals(struct schema *s, const cJSON *wanted, struct json_value v) {
	if (cJSON_IsString(wanted)) return v.type == JSON_STRING && text_is(string_of(s, v), wanted->valuestring);
	if (cJSON_IsNumber(wanted)) return v.type == JSON_NUMBER && number_of(v) == wanted->valuedouble;
	if (cJSON_IsBool(wanted)) return v.type == (cJSON_IsTrue(wanted) ? JSON_TRUE : JSON_FALSE);
	return v.type == JSON_NULL;
}

static bool check_enum(struct schema *s, const cJSON *list, struct json_value v, struct error *e) {
	if (!list) return true;
	const cJSON *one;
	struct buffer words = {0};
	cJSON_ArrayForEach(one, list) {
		if (equals(s, one, v)) {
			buffer_free(&words);
			return true;
		}
		buffer_printf(&words, "%s%s", words.size ? ", " : "", one->valuestring);
	}
	wrong(s, e, "should be one of: %s", buffer_string(&words));
	buffer_free(&words);
	return false;
}

static bool check_bounds(struct schema *s, const cJSON *node, struct json_value v, struct error *e) {
	const cJSON *least = get(node, "minimum"), *most = get(node, "maximum"), *above = get(node, "exclusiveMinimum");
	if (v.type != JSON_NUMBER || (!least && !most && !above)) return true;
	double value = number_of(v);
	if ((least && value < least->valuedouble) || (above && value <= above->valuedouble)) return wrong(s, e, "is too small%s", "");
	return !most || value <= most->valuedouble || wrong(s, e, "is too large%s", "");
}

static size_t code_points(struct text t) {
	size_t count = 0;
	for (const char *at = t.data, *end = t.data + t.size; at < end; count++) utf8_next(&at, end);
	return count;
}

static bool check_string(struct schema *s, const cJSON *node, struct json_value v, struct error *e) {
	const cJSON *least = get(node, "minLength"), *pattern = get(node, "pattern");
	if (v.type != JSON_STRING || (!least && !pattern)) return true;
	struct text t = string_of(s, v);
	if (least && (double)code_points(t) < least->valuedouble) return wrong(s, e, "is too short%s", "");
	if (!pattern) return true;
	struct map_entry *entry = map_put(&s->patterns, text_of(pattern->valuestring), NULL);
	if (!entry->value) entry->value = (uint64_t)(uintptr_t)regex_compile(text_of(pattern->valuestring), e);
	struct regex *re = (struct regex *)(uintptr_t)entry->value;
	int found = re ? regex_find(re, t, 0, e) : -1;
	if (found < 0) return error_within(e, "%s", buffer_string(&s->place));
	return found || wrong(s, e, "should match %s", pattern->valuestring);
}

static bool check_node(struct schema *s, const cJSON *node, struct json_value v, int depth, struct error *e);

static bool check_inside(struct schema *s, const cJSON *node, struct json_value v, struct text step, int depth, struct error *e) {
	size_t outer = s->place.size;
	buffer_add_char(&s->place, '/');
	buffer_add_text(&s->place, step);
	bool good = check_node(s, node, v, depth + 1, e);
	s->place.size = outer;
	return good;
}

static bool check_array(struct schema *s, const cJSON *node, struct json_value v, int depth, struct error *e) {
	const cJSON *items = get(node, "items"), *least = get(node, "minItems");
	if (v.type != JSON_ARRAY || (!items && !least)) return true;
	struct json_walk walk = json_walk_start(v);
	struct json_value element;
	size_t count = 0;
	for (; json_walk_next(&walk, NULL, &element); count++) {
		char step[24];
		int size = items ? snprintf(step, sizeof step, "%zu", count) : 0;
		if (items && !check_inside(s, items, element, text_make(step, (size_t)size), depth, e)) return false;
	}
	return !least || (double)count >= least->valuedouble || wrong(s, e, "has too few elements%s", "");
}

static bool check_object(struct schema *s, const cJSON *node, struct json_value v, int depth, struct error *e) {
	if (v.type != JSON_OBJECT) return true;
	const cJSON *properties = get(node, "properties"), *more = get(node, "additionalProperties"), *key;
	cJSON_ArrayForEach(key, get(node, "required")) if (json_member(v, key->valuestring).type == JSON_NONE) return wrong(
		s, e, "lacks the key '%s'", key->valuestring);
	struct json_walk walk = json_walk_start(v);
	struct json_value name, value;
	while (json_walk_next(&walk, &name, &value)) {
		struct buffer decoded = {0};
		buffer_add_text(&decoded, string_of(s, name));
		const char *string = buffer_string(&decoded);
		const cJSON *property = strlen(string) == decoded.size ? get(properties, string) : NULL;
		bool good = true;
		if (property || (more && !cJSON_IsBool(more)))
			good = check_inside(s, property ? property : more, value, buffer_text(&decoded), depth, e);
		else if (more && cJSON_IsFalse(more)) good = wrong(s, e, "has the unknown key '%s'", string);
		buffer_free(&decoded);
		if (!good) return false;
	}
	return true;
}

/* anyOf and oneOf. The error is of the alternative that fits furthest inside, of several the last. */
static bool check_alternatives(struct schema *s, const cJSON *list, bool only_one, struct json_value v, int depth, struct error *e) {
	if (!list) return true;
	int fits = 0;
	size_t deepest = 0;
	struct error best = {0};
	const cJSON *one;
	cJSON_ArrayForEach(one, list) {
		struct error found = {0};
		if (check_node(s, one, v, depth + 1, &found)) fits++;
		else if (s->deepest >= deepest) {
			deepest = s->deepest;
			best = found;
		}
	}
	if (fits == 1 || (fits && !only_one)) return true;
	if (fits) return wrong(s, e, "fits more than one of the alternatives%s", "");
	s->deepest = deepest;
	if (e) *e = best;
	return false;
}

static bool check_node(struct schema *s, const cJSON *node, struct json_value v, int depth, struct error *e) {
	if (depth > DEPTH) return wrong(s, e, "is nested too deeply%s", "");
	if (cJSON_IsBool(node)) return cJSON_IsTrue(node) || wrong(s, e, "may not be there%s", "");
	const cJSON *reference = get(node, "$ref"), *constant = get(node, "const");
	if (reference && !check_node(s, get(get(s->root, "$defs"), reference->valuestring + 8), v, depth + 1, e)) return false;
	if (constant && !equals(s, constant, v))
		return wrong(s, e, "should be %s", cJSON_IsString(constant) ? constant->valuestring : "the constant of the schema");
	return check_type(s, get(node, "type"), v, e) && check_enum(s, get(node, "enum"), v, e) && check_bounds(s, node, v, e) &&
	       check_string(s, node, v, e) && check_array(s, node, v, depth, e) && check_object(s, node, v, depth, e) &&
	       check_alternatives(s, get(node, "anyOf"), false, v, depth, e) &&
	       check_alternatives(s, get(node, "oneOf"), true, v, depth, e);
}

bool schema_check(struct schema *s, const char *definition, struct json_value value, struct error *e) {
	const cJSON *node = definition ? get(get(s->root, "$defs"), definition) : s->root;
	buffer_clear(&s->place);
	if (!node) return error_set(e, STATUS_USAGE, "the schema has no definition '%s'", definition);
	return check_node(s, node, value, 0, e);
}
