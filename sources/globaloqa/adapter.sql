-- Python literals; the shares stand in a defaultdict: defaultdict(<class 'list'>, {'Chile': [0.3, …], …}).
CREATE TABLE questions AS
SELECT strip(question) AS question, py_literal(options) AS options,
       py_literal(coalesce(regex_extract(selections, '\{.*\}', 0), '{}')) AS shares
FROM global_opinions;

-- Options and shares pair up by position, what is over on either side falls away. fixed() rounds exact halves to even: 0.125 → 0.12 → 12.
CREATE TABLE answers AS
SELECT country.key AS country, question, options,
       (SELECT json_group_object(option, percent)
        FROM (SELECT named.value AS option, CAST(replace(fixed(share.value, 2), '.', '') AS INTEGER) AS percent
              FROM json_each(options) AS named JOIN json_each(country.value) AS share ON share.key = named.key
              WHERE share.value IS NOT NULL ORDER BY named.key)) AS distribution
FROM questions, json_each(shares) AS country;

CREATE VIEW globaloqa AS
SELECT country, question, options, distribution FROM answers WHERE question <> '' AND distribution <> '{}';

CREATE VIEW globaloqa_dropped AS
SELECT 'a question without any country' AS reason, count(*) AS n FROM questions WHERE shares = '{}'
UNION ALL
SELECT 'no question, or no share of any option', (SELECT count(*) FROM answers) - (SELECT count(*) FROM globaloqa);
