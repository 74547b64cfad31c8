-- Python literals; the shares stand in a defaultdict: defaultdict(<class 'list'>, {'Chile': [0.3, …], …}). The steps of a ladder are numbers: 1.0, 2.0, ….
CREATE TABLE questions AS
SELECT place, strip(question) AS question, py_literal(options, place || ' ''options''') AS options,
       py_literal(coalesce(regex_extract(selections, '\{.*\}', 0), '{}'), place || ' ''selections''') AS shares
FROM (SELECT *, _file || ': row ' || _row || ', column' AS place FROM global_opinions);

-- Each country's list of shares.
CREATE TABLE countries AS
SELECT place, question, options, country.key AS country,
       CASE WHEN country.type IN ('array', 'null') THEN country.value
            ELSE fail(place || ' ''selections'': ' || country.key || ' has ' || country.value || ' and no list of shares') END AS shares
FROM questions, json_each(shares) AS country;

-- Options and shares pair up by position, what is over on either side falls away; shares of one text add up, as an object has it once.
-- fixed() rounds exact halves to even: 0.125 → 0.12 → 12.
CREATE TABLE answers AS
SELECT country, question, options,
       (SELECT json_group_object(option, CAST(replace(fixed(share, 2), '.', '') AS INTEGER))
        FROM (SELECT named.value AS option,
                     sum(CASE WHEN share.type IN ('integer', 'real') THEN share.value
                              ELSE fail(place || ' ''selections'': ' || country || ' has the share ' || share.value || ', which is no number') END) AS share
              FROM json_each(options) AS named JOIN json_each(shares) AS share ON share.key = named.key
              WHERE share.value IS NOT NULL GROUP BY named.value ORDER BY min(named.key))) AS distribution
FROM countries;

CREATE VIEW globaloqa AS
SELECT country, question, options, distribution FROM answers WHERE question <> '' AND distribution <> '{}';

CREATE VIEW globaloqa_dropped AS
SELECT 'a question without any country' AS reason, count(*) AS n FROM questions WHERE shares = '{}'
UNION ALL
SELECT 'no question, or no share of any option', (SELECT count(*) FROM answers) - (SELECT count(*) FROM globaloqa);
