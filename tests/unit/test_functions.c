/* functions: SQL functions against values typed by hand; where Python's functions are the model, the values are what Python 3.11 gives. Adapters of
 * the generated sources run at the end. */
#include "sql/functions.h"

#include <math.h>
#include <stdlib.h>

#include "base/stream.h"
#include "check.h"

static struct function_context context = {42, {"test", 4}, false};

static sqlite3 *open_with(const struct function_context *c) {
	sqlite3 *db;
	struct error e;
	if (sqlite3_open(":memory:", &db) || !functions_register(db, c, &e)) abort();
	return db;
}

/* All values of all rows with `|` between them; NULL is "NULL"; an error is "error: …". */
static struct text ask(sqlite3 *db, const char *sql) {
	static struct buffer b;
	sqlite3_stmt *s = NULL;
	buffer_clear(&b);
	int status = sqlite3_prepare_v2(db, sql, -1, &s, NULL);
	while (!status && sqlite3_step(s) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(s); i++) {
			if (b.size) buffer_add_char(&b, '|');
			if (sqlite3_column_type(s, i) == SQLITE_NULL) buffer_add_string(&b, "NULL");
			else if (sqlite3_column_bytes(s, i))
				buffer_add(&b, (const char *)sqlite3_column_text(s, i), (size_t)sqlite3_column_bytes(s, i));
		}
	if (sqlite3_finalize(s) || status) {
		buffer_clear(&b);
		buffer_printf(&b, "error: %s", sqlite3_errmsg(db));
	}
	return buffer_text(&b);
}

/* Triples: what is asked and what it gives; the question is the name of the test. */
static void check_table(sqlite3 *db, const char *const table[][2], size_t count) {
	for (size_t i = 0; i < count; i++) {
		char sql[1200];
		snprintf(sql, sizeof sql, "SELECT %s", table[i][0]);
		CHECK_TEXT(table[i][0], ask(db, sql), table[i][1]);
	}
}
#define CHECK_TABLE(db, table) check_table(db, table, sizeof(table) / sizeof *(table))

/* Errors: what is asked and what the message must hold. */
static void check_errors(sqlite3 *db, const char *const table[][2], size_t count) {
	for (size_t i = 0; i < count; i++) {
		char sql[1200];
		snprintf(sql, sizeof sql, "SELECT %s", table[i][0]);
		struct text got = ask(db, sql);
		bool good = text_starts(got, text_of("error: ")) && memmem(got.data, got.size, table[i][1], strlen(table[i][1]));
		printf(good ? "ok - fails: %s\n" : "not ok - fails: %s\n", table[i][0]);
		if (!good) printf("#   got %.*s\n#   wanted %s\n", TEXT_ARGS(got), table[i][1]), check_failures++;
	}
}
#define CHECK_ERRORS(db, table) check_errors(db, table, sizeof(table) / sizeof *(table))

static const char *const regexes[][2] = {
	{"regex_match('abc', 'b')", "1"},
	{"regex_match('abc', '^b')", "0"},
	{"regex_match(NULL, 'b')", "NULL"},
	{"regex_match('É', '(?i)^\\w$')", "1"},
	{"'abc' REGEXP 'c$', 'abc' NOT REGEXP 'c$'", "1|0"},
	{"regex_replace('a1b22', '\\d+', '<$0>')", "a<1>b<22>"},
	{"regex_replace('John Smith', '(?<first>\\w+) (\\w+)', '$2, ${first}')", "Smith, John"},
	{"regex_replace('abxd', 'x*', '-')", "-a-b--d-"}, /* re.sub */
	{"regex_replace('', 'x', 'y')", ""},
	{"regex_extract('yob1987.txt', 'yob(\\d+)', 1)", "1987"},
	{"regex_extract('yob1987.txt', 'yob(?<year>\\d+)', 'year')", "1987"},
	{"regex_extract('yob1987.txt', 'y.b', 0)", "yob"},
	{"regex_extract('abc', 'x', 0)", "NULL"},
	{"regex_extract('abc', '(x)?b', 1)", "NULL"},
	{"regex_extract('abc', '(x*)b', 1)", ""},
	{"regex_count('banana', 'a')", "3"},
	{"regex_count('banana', '(?=ana)')", "2"},
	{"regex_count('abc', '')", "4"},
	{"regex_count('', 'a')", "0"},
	{"regex_count(replace(printf('%.*c', 100000, 'x'), 'x', 'a é'), 'é')", "100000"}, /* not quadratic */
	{"group_concat(value, '/') FROM regex_split('a, b,c', ',\\s*')", "a/b/c"},
	{"group_concat('<' || value || '>', '') FROM regex_split('axbc', 'x*')", "<><a><><b><c><>"}, /* re.split */
	{"group_concat('<' || value || '>', '') FROM regex_split('', ',')", "<>"},
	{"group_concat(_i || value) FROM regex_split('a b', ' ')", "0a,1b"},
	{"count(*) FROM regex_split(NULL, ',')", "0"},
	/* a pattern that changes from row to row, and one that stays, in one statement */
	{"group_concat(regex_count('aab', value) || regex_count(value, 'a')) FROM json_each('[\"a\",\"b\",\"a\"]')", "21,10,21"},
};

static const char *const texts[][2] = {
	{"strip(char(8195, 160, 9) || ' x ' || char(12288, 31))", "x"},
	{"strip('  ')", ""},
	{"strip(NULL)", "NULL"},
	{"hex(strip(char(8203) || 'a'))", "E2808B61"}, /* a zero-width space is no white space */
	{"fold('STRASSE'), fold('Straße'), fold('ΣΊΣΥΦΟΣ')", "strasse|strasse|σίσυφοσ"},
	{"fold('İ') = 'i' || char(775), fold('ŉ') = 'ʼn', fold('ﬃ')", "1|1|ffi"},
	{"fold('ÀÞÿŸĀāŽ'), fold('ꭰ') = 'Ꭰ', fold('𞤀')", "àþÿÿāāž|1|𞤢"},
	{"words(''), words(' a  b' || char(10) || 'c '), words('a' || char(160) || 'b'), words(NULL)", "0|3|2|NULL"},
	{"letter(0), letter(25), letter(26), letter(701), letter(702), letter(9223372036854775807)", "A|Z|AA|ZZ|AAA|CRPXNLSKVLJFHH"},
	{"lettered('[\"x, y\", 2, null, [1,{\"a\":2}], \"\\u00e9\"]')", "A: x, y\nB: 2\nC: null\nD: [1, {\"a\": 2}]\nE: é"},
	{"lettered(NULL), lettered('[]')", "NULL|"},
	{"fail(NULL), CASE WHEN value > 0 THEN value ELSE fail('constant') END FROM series(1, 1)", "NULL|1"},
	{"fixed(2.5, 0), fixed(3.14159, 2), fixed(-0.001, 2), fixed(7, 2), fixed(1e22, 0)", "2|3.14|0.00|7.00|10000000000000000000000"},
	{"fixed(9223372036854775807, 1), fixed('12.345', 1), fixed(NULL, 1), fixed(0.1, 20)",
		"9223372036854775807.0|12.3|NULL|0.10000000000000000555"},
	{"scientific(12345.678, 2), scientific(-0.0, 1), scientific(0, 0), scientific(1e-300, 3), scientific(-1, 1)",
		"1.23e+04|0.0e+00|0e+00|1.000e-300|-1.0e+00"},
	{"number(17.0), number(17), number(0.1), number(1e16), number(1e-5), number(0.0001), number(123456789012345680.0)",
		"17.0|17|0.1|1e+16|1e-05|0.0001|1.2345678901234568e+17"},
	{"number(1.0/3), number('017'), number('2.50'), number(NULL), number(-0.0)", "0.3333333333333333|17|2.5|NULL|-0.0"},
};

static const char *const jsons[][2] = {
	{"spaced('{\"a\":[1,2.50,{}],\"b\" : \"\\u00e9\"}')", "{\"a\": [1, 2.50, {}], \"b\": \"é\"}"},
	{"spaced(json_array()), spaced('\"x\"'), spaced(NULL)", "[]|\"x\"|NULL"},
	{"json_array(spaced('[1,2]'))", "[\"[1, 2]\"]"},
	{"without_nulls('{\"a\": null, \"b\": {\"c\": null}, \"d\": [null, {\"e\": null, \"f\": 1}]}')",
		"{\"b\":{},\"d\":[null,{\"f\":1}]}"},
	{"without_nulls('null'), json_object('x', without_nulls('{\"a\":null}'))", "null|{\"x\":{}}"},
	{"py_literal('[1, -2.50, ''a'', \"it''s\", None, True, False, (1,), (2), (), {}, {''a'': 1, 2: (3, 4)}, {1, 2}]')",
		"[1,-2.5,\"a\",\"it's\",null,true,false,[1],2,[],{},{\"a\":1,\"2\":[3,4]},[1,2]]"},
	{"py_literal('''a\\n\\t\\''\\\"\\\\\\x41\\u00e9\\U0001F600\\101\\d''')", "\"a\\n\\t'\\\"\\\\Aé😀A\\\\d\""},
	{"py_literal('''\\ud83d\\ude00\\ud83d''')", "\"😀\xEF\xBF\xBD\""},
	{"py_literal('[''a'' \"b\" u''c'', r''\\d'', ''''''x''y'''''']')", "[\"abc\",\"\\\\d\",\"x'y\"]"},
	{"py_literal('[1e5, 1., .5, 1_000, 123456789012345678901234567890, nan, -inf, +3, --3]')",
		"[100000.0,1.0,0.5,1000,123456789012345678901234567890,null,null,3,3]"},
	{"py_literal('{True: 1, None: 2, 1.5: 3, }')", "{\"true\":1,\"null\":2,\"1.5\":3}"},
	{"py_literal(' [ ] '), py_literal(NULL), py_literal('''''')", "[]|NULL|\"\""},
	{"json_extract(py_literal('{''Yes'': 0.25}'), '$.Yes')", "0.25"},
	{"json_array_length(shuffled('[1,2,3]', 'k')), shuffled('[]', 1), shuffled('[{\"a\": 1}]', 1), shuffled(NULL, 1)",
		"3|[]|[{\"a\":1}]|NULL"},
};

static const char *const mathematics[][2] = {
	{"exp(0), exp('1') > 2.718281828459044, exp('x'), ln(1), ln(0), ln(-1), ln(NULL)", "1.0|1|NULL|0.0|NULL|NULL|NULL"},
	{"log10(1000), log(1e-5), log10(1e22), log(10, 1e100), log2(8), log(2, 0.125), log2(1)", "3.0|-5.0|22.0|100.0|3.0|-3.0|0.0"},
	{"number(log10(2)), number(log2(10)), number(ln(10)), number(exp(1))",
		"0.30102999566398114|3.3219280948873626|2.302585092994046|2.7182818284590455"},
	{"pow(2, 10), power(10, -3), pow(4, 0.5), pow(-2, 3), pow(-2, 0.5), pow(0, 0), pow(0, 1.5)", "1024.0|0.001|2.0|-8.0|NULL|1.0|0.0"},
	{"sqrt(2) = 1.4142135623730951, sqrt(-1), ceil(1.2), floor(-1.2), trunc(-1.7), ceiling(3), mod(7.5, 2), pi()",
		"1|NULL|2.0|-2.0|-1.0|3|1.5|3.14159265358979"},
	{"round(2.5), round(-0.5), round(2.675, 2), round(0.125, 2), round(-0.125, 2), round(7), round(1e300, 3), round(NULL), round(1.25, "
	 "1)",
		"3.0|-1.0|2.67|0.13|-0.13|7.0|1.0e+300|NULL|1.3"},
	{"round(0.49999999999999994), number(round(9007199254740991 / 2.0)), round(1.5, 30), round(3.7, -2)", "0.0|4503599627370496.0|1.5|4.0"},
};

/* sum, total, avg */
static const char *const sums[][2] = {
	{"sum(value), total(value), avg(value) FROM json_each('[1, 2, 4]')", "7|7.0|2.33333333333333"},
	{"sum(value), total(value), avg(value) FROM json_each('[]')", "NULL|0.0|NULL"},
	{"sum(value), total(value), avg(value) FROM json_each('[null, \"x\", \"2.5\"]')", "2.5|2.5|1.25"},
	{"number(sum(value)) FROM json_each('[0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]')", "1.0"}, /* math.fsum */
	{"number(sum(value)) FROM json_each('[1e100, 1.0, -1e100, 1e-300]')", "1.0"},
	{"number(sum(value)) FROM json_each('[1e308, 1e308, -1e308, -1e308, 3]')", "3.0"},
	{"number(sum(value)) FROM json_each('[5e-324, 5e-324, -1.5e-323]')", "-5e-324"},
	{"number(sum(value)) FROM json_each('[9007199254740992.0, 1, 1e-20]')", "9007199254740994.0"}, /* just above a tie */
	{"number(sum(value)) FROM json_each('[9007199254740992.0, 1]')", "9007199254740992.0"},        /* a tie, to even */
	{"number(sum(value)) FROM json_each('[-9007199254740992.0, -1, -1e-20]')", "-9007199254740994.0"},
	{"sum(value) = 9e999 FROM json_each('[1e308, 1e308]')", "1"}, {"sum(9e999), sum(-9e999)", "Inf|-Inf"},
	{"sum(value) FROM json_each('[9223372036854775807, 1, -2]')", "9223372036854775806"},
	{"number(avg(value)) FROM json_each('[9223372036854775807, 9223372036854775807]')", "9.223372036854776e+18"},
	{"sum(value) FROM json_each('[-9223372036854775808, -9223372036854775808, 9223372036854775807, 9223372036854775807, -3]')", "-5"},
	{"group_concat(s) FROM (SELECT sum(value) OVER (ORDER BY key ROWS 1 PRECEDING) AS s FROM json_each('[9223372036854775807, -1, -5, "
	 "6, -7]'))",
		"9223372036854775807,9223372036854775806,-6,1,-1"},
	{"group_concat(s) FROM (SELECT sum(value) OVER (ORDER BY key ROWS 1 PRECEDING) AS s FROM json_each('[1e17, 1.5, 2, 3]'))",
		"1.0e+17,1.0e+17,3.5,5"},
	{"count(DISTINCT s) FROM (SELECT a.value, sum(rand('normal', '{\"mean\": 0, \"sd\": 1e9}', b.value)) AS s FROM series(1, 9) AS a, "
	 "json_each(shuffled('[1,2,3,4,5,6,7,8,9,10,11,12]', a.value)) AS b GROUP BY 1)",
		"1"}, /* in any order */
};

static const char *const broken[][2] = {
	{"sum(value) FROM json_each('[9223372036854775807, 1]')", "integer overflow"},
	{"regex_match('a', '(')", "offset"},
	{"regex_match(printf('%.*c', 40, 'a') || 'b', '^(a|a|aa)*$')", "too many steps"},
	{"regex_extract('a', 'a', 1)", "no group '1'"},
	{"regex_extract('a', 'a', 'x')", "no group 'x'"},
	{"regex_extract('a', 'a', -1)", "no group '-1'"},
	{"regex_replace('a', 'a', '$1')", "no group"},
	{"value FROM regex_split('a', '(')", "offset"},
	{"value FROM regex_split('a')", "regex_split(text, pattern)"},
	{"regex_match(CAST(x'FF' AS TEXT), 'a')", "cannot be searched"},
	{"fixed('abc', 2)", "'abc' is not a number"},
	{"fixed(1, 301)", "from 0 to 300"},
	{"fixed(1, -1)", "from 0 to 300"},
	{"fixed(9e999, 1)", "not finite"},
	{"fixed(1, 1.5)", "not a whole number"},
	{"number('x')", "'x' is not a number"},
	{"number(-9e999)", "not finite"},
	{"letter(-1)", "below 0"},
	{"lettered('{}')", "JSON array"},
	{"lettered('[')", "not JSON"},
	{"fail('row ' || value) FROM series(7, 8)", "row 7"},
	{"spaced('{a:1}')", "not JSON: at byte 1"},
	{"spaced(replace(printf('%.*c', 5000, 'x'), 'x', '['))", "1000 levels"},
	{"py_literal(replace(printf('%.*c', 5000, 'x'), 'x', '['))", "200 levels"},
	{"py_literal(replace(printf('%.*c', 5000, 'x'), 'x', '{1:'))", "200 levels"},
	{"py_literal('[1, 2')", "closing bracket"},
	{"py_literal('[1, 2', 'a.csv: row ' || 3)", "a.csv: row 3: not a Python literal"},
	{"py_literal('[1 2]')", "closing bracket"},
	{"py_literal('''abc')", "closing quote"},
	{"py_literal('''\\x4''')", "hexadecimal"},
	{"py_literal('''\\U00110000''')", "code point"},
	{"py_literal('open(1)')", "at byte 0 there should be a value"},
	{"py_literal('1e999')", "a value"},
	{"py_literal('0x1F')", "a value"},
	{"py_literal('01')", "a value"},
	{"py_literal('{[1]: 2}')", "a key"},
	{"py_literal('{1: 2, 3}')", "':'"},
	{"py_literal('')", "a value"},
	{"py_literal('1 2')", "nothing behind"},
	{"py_literal('[,]')", "a value"},
	{"sin(1)", "trigonometric"},
	{"random()", "rand("},
	{"shuffled('{}', 1)", "JSON array"},
	{"shuffled('[1]')", "at least one key"},
	{"shuffled('[1]', NULL)", "key 1 is NULL"},
	{"rand('uniform', '{}')", "at least one key"},
	{"rand('unifrom', '{}', 1)", "no law 'unifrom'; the laws are: uniform integer"},
	{"rand(NULL, '{}', 1)", "no law"},
	{"rand('normal', NULL, 1)", "normal: the parameters should be a JSON object"},
	{"rand('normal', '[1]', 1)", "normal: the parameters should be a JSON object"},
	{"rand('normal', json_object('mean', 9e999, 'sd', 1), 1)", "normal: the parameters"},
	{"rand('normal', '{\"mean\": 1}', 1)", "normal: sd is missing"},
	{"rand('normal', '{\"mean\": 1, \"sd\": -1}', 1)", "normal: sd should be a number of at least 0"},
	{"rand('normal', '{\"mean\": null, \"sd\": 1}', 1)", "normal: mean should be"},
	{"rand('normal', '{\"mean\": \"1\", \"sd\": 1}', 1)", "normal: mean should be"},
	{"rand('normal', '{\"mu\": 1, \"sd\": 1}', 1)", "normal: there is no parameter 'mu'; it has: mean, sd"},
	{"rand('normal', '{\"mean\": 0, \"sd\": 1}', 1, NULL)", "key 2 is NULL"},
	{"rand('uniform', '{\"low\": 1, \"high\": 1}', 1)", "uniform: low should be below high"},
	{"rand('uniform', '{\"low\": 2}', 1)", "uniform: low should be below high"},
	{"rand('integer', '{\"low\": 2, \"high\": 1}', 1)", "integer: low should be at most high"},
	{"rand('integer', '{\"low\": 0, \"high\": 1.5}', 1)", "integer: high should be a whole number"},
	{"rand('integer', '{\"low\": 0, \"high\": 9223372036854775808}', 1)", "integer: high should be a whole number"},
	{"rand('gamma', '{\"shape\": 0, \"scale\": 1}', 1)", "gamma: shape should be"},
	{"rand('gamma', '{\"shape\": 1, \"scale\": -1}', 1)", "gamma: scale should be"},
	{"rand('gamma', '{\"shape\": 1e300, \"scale\": 1e300}', 1)", "gamma: a draw is beyond"},
	{"rand('beta', '{\"a\": 1, \"b\": 0}', 1)", "beta: b should be"},
	{"rand('dirichlet', '{\"alpha\": 1}', 1)", "dirichlet: k is missing"},
	{"rand('dirichlet', '{\"alpha\": [1, 2], \"k\": 2}', 1)", "dirichlet: k should be left out"},
	{"rand('dirichlet', '{\"alpha\": [1, 0]}', 1)", "dirichlet: alpha should be"},
	{"rand('dirichlet', '{\"alpha\": []}', 1)", "dirichlet: alpha should be"},
	{"rand('dirichlet', '{\"alpha\": 1, \"k\": 1e15}', 1)", "dirichlet: k should be"},
	{"rand('bernoulli', '{\"p\": 1.01}', 1)", "bernoulli: p should be a number from 0 to 1, not 1.01"},
	{"rand('binomial', '{\"n\": -1, \"p\": 0.5}', 1)", "binomial: n should be"},
	{"rand('geometric', '{\"p\": 0}', 1)", "geometric: p should be"},
	{"rand('negative_binomial', '{\"r\": 0, \"p\": 0.5}', 1)", "negative_binomial: r should be"},
	{"rand('poisson', '{\"mean\": -1}', 1)", "poisson: mean should be"},
	{"rand('hypergeometric', '{\"population\": 5, \"positives\": 6, \"n\": 1}', 1)",
		"hypergeometric: positives should be at most population"},
	{"rand('hypergeometric', '{\"population\": 5, \"positives\": 1, \"n\": 6}', 1)", "hypergeometric: n should be at most population"},
	{"rand('multinomial', '{\"n\": 5, \"p\": [0, 0]}', 1)", "multinomial: p should be"},
	{"rand('categorical', '{\"p\": [1, -1]}', 1)", "categorical: p should be"},
	{"rand('categorical', '{\"p\": 1}', 1)", "categorical: p should be"},
	{"rand('categorical', '{}', 1)", "categorical: p is missing"},
	{"rand('zipf', '{\"exponent\": 1}', 1)", "zipf: exponent should be"},
	{"rand('gp', '{\"mean\": 1}', 1)", "gp: mean should be a number from 2"},
	{"value FROM draws('poisson', '{\"mean\": -1}', 3, 'k')", "draws: poisson: mean should be"},
	{"value FROM draws('poisson', '{\"mean\": 1}', -3, 'k')", "draws: n should be at least 0"},
	{"value FROM draws('poisson', '{\"mean\": 1}', NULL, 'k')", "draws: n should be a whole number, not NULL"},
	{"value FROM draws('poisson', '{\"mean\": 1}', 3, NULL)", "draws: key 1 is NULL"},
	{"value FROM draws('poisson', '{\"mean\": 1}', 3)", "draws(law, parameters, n, key"},
	{"value FROM draws", "draws(law, parameters, n, key"},
	{"value FROM draws('poisson','{\"mean\":1}',3,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17)", "too many arguments"},
	{"value FROM picks(3, 4, 'k')", "k should be at most n"},
	{"value FROM picks(9999999999, 4000001, 'k')", "k should be at most 4000000"},
	{"value FROM picks(-1, 0, 'k')", "n should be at least 0"},
	{"value FROM series(1)", "series(first, last)"},
	{"value FROM series(1, 'x')", "series: last should be a whole number, not x"},
};

static const char *const tables[][2] = {
	{"group_concat(value) FROM series(3, 6)", "3,4,5,6"},
	{"count(*) FROM series(3, 2)", "0"},
	{"group_concat(value || ':' || _i) FROM series(-1, 1)", "-1:0,0:1,1:2"},
	{"value FROM series(9223372036854775806, 9223372036854775807)", "9223372036854775806|9223372036854775807"},
	{"value FROM series(-9223372036854775808, 9223372036854775807) LIMIT 2", "-9223372036854775808|-9223372036854775807"},
	{"group_concat(a.value || b.value) FROM series(1, 3) AS a, series(a.value, 3) AS b", "11,12,13,22,23,33"},
	{"group_concat(a.value || b.value) FROM series(a.value, 2) AS b, series(1, 2) AS a", "11,12,22"}, /* the other order */
	{"* FROM series(7, 7)", "7|0"},
	{"count(*), min(value), max(value), count(DISTINCT value) FROM picks(10, 10, 'k')", "10|0|9|10"},
	{"count(*), count(DISTINCT value), max(value) < 1000000000000 FROM picks(1000000000000, 1000, 'k')", "1000|1000|1"},
	{"count(*) FROM picks(0, 0, 1)", "0"},
	{"count(*), max(_i) FROM draws('uniform', '{}', 7, 'k')", "7|6"},
	{"count(*) FROM draws('uniform', '{}', 0, 'k')", "0"},
	{"group_concat(n) FROM (SELECT a.value, count(*) AS n FROM series(1, 3) AS a, draws('gp', '{\"mean\": 9}', a.value, 'k') GROUP BY "
	 "1)",
		"1,2,3"},
	{"count(*) FROM series(1, 3) AS a LEFT JOIN draws('gp', '{\"mean\": 9}', a.value - 1, 'k') AS d", "4"},
	/* each law with parameters that leave one answer or a known range */
	{"rand('integer', '{\"low\": 5, \"high\": 5}', 1), rand('integer', '{\"low\": 3.0, \"high\": 3}', 1)", "5|3"},
	{"typeof(rand('integer', '{\"low\": -9223372036854775808, \"high\": 9223372036854775807}', 1))", "integer"},
	{"rand('normal', '{\"mean\": 2.5, \"sd\": 0}', 1), typeof(rand('normal', '{\"mean\": 0, \"sd\": 1}', 1))", "2.5|real"},
	{"rand('bernoulli', '{\"p\": 0}', 1), rand('bernoulli', '{\"p\": 1}', 1)", "0|1"},
	{"rand('binomial', '{\"n\": 7, \"p\": 1}', 1), rand('geometric', '{\"p\": 1}', 1), rand('negative_binomial', '{\"r\": 2, \"p\": "
	 "1}', 1)",
		"7|1|0"},
	{"rand('poisson', '{\"mean\": 0}', 1), rand('hypergeometric', '{\"population\": 9, \"positives\": 9, \"n\": 4}', 1)", "0|4"},
	{"rand('multinomial', '{\"n\": 5, \"p\": [0, 2, 0]}', 1), rand('categorical', '{\"p\": [0, 0, 3]}', 1)", "[0,5,0]|2"},
	{"rand('dirichlet', '{\"alpha\": [3]}', 1), json_array_length(rand('dirichlet', '{\"alpha\": 0.5, \"k\": 4}', 1))", "[1.0]|4"},
	{"abs(sum(value) - 1) < 1e-12 FROM json_each(rand('dirichlet', '{\"alpha\": [1, 2, 3]}', 1))", "1"},
	{"sum(value) FROM json_each(rand('multinomial', '{\"n\": 100, \"p\": [1, 2, 3]}', 1))", "100"},
	{"min(value) >= 10 AND max(value) < 20 FROM draws('uniform', '{\"low\": 10, \"high\": 20}', 1000, 1)", "1"},
	{"min(value), max(value), count(DISTINCT value) FROM draws('integer', '{\"low\": -2, \"high\": 2}', 1000, 1)", "-2|2|5"},
	{"min(value), count(*) FROM draws('zipf', '{\"exponent\": 2}', 1000, 1)", "1|1000"},
	{"min(value) > 0, max(value) < 1 FROM draws('beta', '{\"a\": 2, \"b\": 3}', 1000, 1)", "1|1"},
	{"rand('zipf', '{\"exponent\": 100}', 1), rand('zipf', '{\"exponent\": 1.000001}', 1) > 0", "1|1"},
	/* means: 1000 draws; the widths are about six standard errors */
	{"abs(avg(value) - 128) < 13 FROM draws('gp', '{\"mean\": 128}', 1000, 1)", "1"},
	{"abs(avg(value) - 6) < 1 FROM draws('gamma', '{\"shape\": 2, \"scale\": 3}', 1000, 1)", "1"},
	{"abs(avg(value) - 4) < 0.8 FROM draws('geometric', '{\"p\": 0.25}', 1000, 1)", "1"},
	{"abs(avg(value) - 6) < 1.1 FROM draws('negative_binomial', '{\"r\": 2, \"p\": 0.25}', 1000, 1)", "1"},
	{"abs(avg(value) - 3) < 0.3 FROM draws('hypergeometric', '{\"population\": 20, \"positives\": 12, \"n\": 5}', 1000, 1)", "1"},
	{"abs(avg(value) - 0.4) < 0.04 FROM draws('beta', '{\"a\": 2, \"b\": 3}', 1000, 1)", "1"},
	{"abs(avg(value) + 5) < 0.6 FROM draws('normal', '{\"mean\": -5, \"sd\": 3}', 1000, 1)", "1"},
	{"abs(avg(value) - 30) < 1 FROM draws('poisson', '{\"mean\": 30}', 1000, 1)", "1"},
	{"abs(avg(value) - 12) < 0.6 FROM draws('binomial', '{\"n\": 40, \"p\": 0.3}', 1000, 1)", "1"},
	{"abs(avg(value) - 1.5) < 0.11 FROM draws('categorical', '{\"p\": [0, 5, 5]}', 1000, 1)", "1"},
	{"abs(avg(json_extract(value, '$[1]')) - 0.75) < 0.05 FROM draws('dirichlet', '{\"alpha\": [1, 3]}', 1000, 1)", "1"},
};

/* Keys: every pair of these differs, and each is the same when asked again, also from a table. */
static void test_keys(sqlite3 *db) {
	static const char *const keys[] = {"1", "2", "'1'", "'a'", "'a', 'b'", "'ab'", "'ab', ''", "'', 'ab'", "1, 1", "'a', 1", "1.5",
		"x'00'", "x'0000'", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15"};
	enum { KEYS = sizeof keys / sizeof *keys };
	char first[KEYS][64], sql[600];
	bool distinct = true, again = true, tables_agree = true;
	for (int k = 0; k < KEYS; k++) {
		snprintf(sql, sizeof sql, "SELECT number(rand('uniform', '{}', %s))", keys[k]);
		struct text got = ask(db, sql);
		snprintf(first[k], sizeof first[k], "%.*s", TEXT_ARGS(got));
		again = again && text_is(ask(db, sql), first[k]);
		for (int j = 0; j < k; j++) distinct = distinct && strcmp(first[j], first[k]);
	}
	CHECK("keys of other lengths and types give other draws", distinct);
	CHECK("the same key gives the same draw", again);
	for (int k = 0; k < KEYS; k++) {
		snprintf(sql, sizeof sql, "SELECT group_concat(number(value)) FROM draws('uniform', '{}', 2, %s)", keys[k]);
		struct text got = ask(db, sql);
		snprintf(first[k], sizeof first[k], "%.*s", TEXT_ARGS(got));
		tables_agree = tables_agree && text_is(ask(db, sql), first[k]) && strchr(first[k], ',') && strncmp(first[k], "error", 5);
		for (int j = 0; j < k; j++) distinct = distinct && strcmp(first[j], first[k]);
	}
	CHECK("draws: other keys, other draws; the same keys, the same draws", distinct && tables_agree);
	static const char *const facts[][2] = {
		{"rand('uniform', '{}', 1) = rand('uniform', '{}', 1.0)", "0"}, /* a real is not an integer */
		{"rand('uniform', '{}', 0.1 + 0.2) = rand('uniform', '{}', 0.3)", "0"},
		{"rand('uniform', '{\"low\": 0, \"high\": 2}', 1) = 2 * rand('uniform', '{}', 1)",
			"1"}, /* parameters are not part of the key */
		{"rand('uniform', '{}', 1) = rand('beta', '{\"a\": 1, \"b\": 1}', 1)", "0"},
		{"(SELECT group_concat(value) FROM draws('gp', '{\"mean\": 50}', 3, 1)) = (SELECT group_concat(value) FROM (SELECT value "
		 "FROM draws('gp', "
		 "'{\"mean\": 50}', 9, 1) LIMIT 3))",
			"1"}, /* more draws leave the first ones as they are */
		{"shuffled('[1,2,3,4,5,6,7,8,9]', 'a') = shuffled('[1,2,3,4,5,6,7,8,9]', 'a')", "1"},
		{"shuffled('[1,2,3,4,5,6,7,8,9]', 'a') = shuffled('[1,2,3,4,5,6,7,8,9]', 'b')", "0"},
		{"(SELECT sum(value) FROM json_each(shuffled('[1,2,3,4,5,6,7,8,9]', 'a')))", "45"},
		{"count(DISTINCT rand('uniform', '{}', value)) FROM series(1, 1000)", "1000"},
		{"count(DISTINCT rand('uniform', '{}', value % 2, value / 1000)) FROM series(0, 999)", "2"},
	};
	CHECK_TABLE(db, facts);
}

/* The same bits on every machine, and other ones for another seed or source. */
static void test_golden(sqlite3 *db) {
	CHECK_TEXT("golden draws",
		ask(db, "SELECT number(rand('uniform', '{}', 'k')), number(rand('normal', '{\"mean\": 0, \"sd\": 1}', 'k')), rand('gp', "
			"'{\"mean\": 128}', 'k'), "
			"(SELECT group_concat(value) FROM draws('poisson', '{\"mean\": 100}', 3, 'k', 1)), (SELECT group_concat(value) "
			"FROM picks(100, 3, 'k')), "
			"shuffled('[0,1,2,3,4,5]', 'k')"),
		"0.46891265429069984|-1.513292226646353|300|78,97,101|21,84,80|[3,5,4,1,2,0]");
	struct function_context seed = {43, {"test", 4}, false}, source = {42, {"best", 4}, false};
	sqlite3 *a = open_with(&seed), *b = open_with(&source);
	char first[64];
	const char *sql = "SELECT number(rand('uniform', '{}', 'k'))";
	struct text got = ask(db, sql);
	snprintf(first, sizeof first, "%.*s", TEXT_ARGS(got));
	CHECK("another seed, another draw", !text_is(ask(a, sql), first));
	CHECK("another source, another draw", !text_is(ask(b, sql), first));
	sqlite3_close(a);
	sqlite3_close(b);
}

static void test_planning(void) {
	struct function_context planning = {42, {"test", 4}, true};
	sqlite3 *db = open_with(&planning);
	CHECK_TEXT("planning: table-valued functions give no rows",
		ask(db, "SELECT (SELECT count(*) FROM series(1, 9)), (SELECT count(*) FROM draws('x', NULL, NULL, NULL)), (SELECT count(*) "
			"FROM picks(9, 9, 1)), "
			"(SELECT count(*) FROM regex_split('a', 'b'))"),
		"0|0|0|0");
	sqlite3_close(db);
}

/* A text with NUL inside goes through whole. */
static void test_nul(sqlite3 *db) {
	CHECK_TEXT("NUL inside a text",
		ask(db, "SELECT hex(strip(' a' || char(0) || 'b ')), hex(fold('A' || char(0) || 'B')), hex(regex_replace('a' || char(0) || "
			"'b', 'b', 'c')), "
			"words('a' || char(0) || ' b')"),
		"610062|610062|610063|2");
}

/* Runs an adapter of a generated source and asks. */
static void test_adapter(const char *source, const char *question, const char *wanted) {
	char path[200], what[300];
	struct buffer sql = {0};
	struct error e;
	snprintf(path, sizeof path, "sources/%s/adapter.sql", source);
	if (!input_load(path, 0, &sql, &e)) {
		printf("ok - adapter of %s # skip %s\n", source, e.message);
		return;
	}
	struct function_context c = {42, text_of(source), false};
	sqlite3 *db = open_with(&c);
	snprintf(what, sizeof what, "adapter of %s runs", source);
	bool good = sqlite3_exec(db, buffer_string(&sql), NULL, NULL, NULL) == SQLITE_OK;
	if (!good) printf("#   %s\n", sqlite3_errmsg(db));
	CHECK(what, good);
	snprintf(what, sizeof what, "%s: %s", source, question);
	CHECK_TEXT(what, ask(db, question), wanted);
	sqlite3_close(db);
	buffer_free(&sql);
}

static void test_adapters(void) {
	test_adapter("coinflip",
		"SELECT count(*), abs(avg(n) - 128) < 13, abs(avg(heads) - 0.5) < 0.06 FROM (SELECT count(*) AS n, avg(flip = 'Heads') AS "
		"heads FROM coinflip GROUP BY coin)",
		"1000|1|1");
	test_adapter("normal",
		"SELECT count(DISTINCT distribution), sum(draw IS NULL OR mean IS NULL OR sd IS NULL), min(decimals) > 0 FROM normal",
		"1000|0|1");
	test_adapter("flight",
		"SELECT count(*), count(DISTINCT person), min(Rating), max(Rating), sum(Flights LIKE 'Flight 1:%Flight 2:%Flight 3:%') "
		"FROM flight",
		"4000|200|1|3|4000");
	test_adapter("discrete-dists",
		"SELECT (SELECT count(DISTINCT i) FROM geometric), (SELECT min(sample) FROM binomial) >= 0, (SELECT count(*) FROM cards), "
		"(SELECT max(i) FROM hypergeometric), (SELECT sum(sample > positives OR sample > n) FROM hypergeometric), (SELECT "
		"sum(sample >= categories) FROM categorical), "
		"(SELECT min(sample) FROM zipfian), (SELECT sum(json_valid(sample)) = count(*) FROM multinomial WHERE i < 20), (SELECT "
		"sum(sample < 0) FROM poisson), "
		"(SELECT sum(sample < 0) FROM negative_binomial), (SELECT count(DISTINCT i) FROM geometric_beta)",
		"500|1|52|499|0|0|1|1|0|0|500");
}

int main(void) {
	sqlite3 *db = open_with(&context);
	CHECK_TABLE(db, regexes);
	CHECK_TABLE(db, texts);
	CHECK_TABLE(db, jsons);
	CHECK_TABLE(db, mathematics);
	CHECK_TABLE(db, sums);
	CHECK_ERRORS(db, broken);
	CHECK_TABLE(db, tables);
	test_keys(db);
	test_golden(db);
	test_planning();
	test_nul(db);
	sqlite3_close(db);
	test_adapters();
	return check_done();
}
