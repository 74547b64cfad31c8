-- Codes that may be an answer, counted from the last label of the file. Numbers (year of birth, age, sizes of households and families) are no choice.
CREATE TABLE options (variable TEXT, code TEXT, label TEXT, place INTEGER, PRIMARY KEY (variable, code)) WITHOUT ROWID;
INSERT INTO options
SELECT variable, value, strip(label), row_number() OVER (PARTITION BY variable ORDER BY position DESC) - 1
FROM answers_labels
WHERE NOT missing AND variable GLOB 'Q*' AND variable NOT IN ('Q261', 'Q262', 'Q270', 'Q274')
  AND variable IN (SELECT variable FROM answers_labels GROUP BY variable HAVING count(*) <= 17);

-- A label of two codes is listed at its first place, with the letter of its last.
CREATE TABLE listed (variable TEXT, label TEXT, place INTEGER, letter TEXT, PRIMARY KEY (variable, label)) WITHOUT ROWID;
INSERT INTO listed SELECT variable, label, min(place), letter(max(place)) FROM options GROUP BY variable, label;

CREATE TABLE questions (variable TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID;
INSERT INTO questions
SELECT variable, coalesce(nullif(strip(v.label), ''), variable) || char(10) || 'Options:' || char(10) || group_concat(line, char(10))
FROM (SELECT variable, letter || ': ' || label AS line FROM listed ORDER BY variable, place) JOIN answers_variables AS v USING (variable)
GROUP BY variable;

CREATE TABLE demographic (variable TEXT, code TEXT, label TEXT, PRIMARY KEY (variable, code)) WITHOUT ROWID;
INSERT INTO demographic
SELECT variable, value, strip(label) FROM answers_labels WHERE NOT missing AND variable IN ('B_COUNTRY', 'N_TOWN', 'S_INTLANGUAGE');

CREATE TABLE people (respondent INTEGER PRIMARY KEY, demographics TEXT);
INSERT INTO people
SELECT _row, spaced(nullif(without_nulls(json_object(
         (SELECT coalesce(label, variable) FROM answers_variables WHERE variable = 'B_COUNTRY'),
         (SELECT label FROM demographic WHERE variable = 'B_COUNTRY' AND code = B_COUNTRY),
         (SELECT coalesce(label, variable) FROM answers_variables WHERE variable = 'N_TOWN'),
         (SELECT label FROM demographic WHERE variable = 'N_TOWN' AND code = N_TOWN),
         (SELECT coalesce(label, variable) FROM answers_variables WHERE variable = 'S_INTLANGUAGE'),
         (SELECT label FROM demographic WHERE variable = 'S_INTLANGUAGE' AND code = S_INTLANGUAGE))), '{}'))
FROM answers GROUP BY _row;

CREATE VIEW wvs_individual AS
SELECT a._row AS respondent, q.text AS question_and_options, l.letter AS response_letter, p.demographics
FROM answers AS a
     CROSS JOIN options AS o ON o.variable = a.variable AND o.code = a.code
     JOIN listed AS l ON l.variable = o.variable AND l.label = o.label
     JOIN questions AS q ON q.variable = o.variable
     JOIN people AS p ON p.respondent = a._row;

CREATE VIEW wvs_individual_dropped AS
SELECT 'cell with a code that has no label' AS reason, count(*) AS n
FROM answers AS a JOIN questions AS q USING (variable)
WHERE a.code IS NOT NULL AND NOT EXISTS (SELECT 1 FROM answers_labels AS l WHERE l.variable = a.variable AND l.value = a.code)
UNION ALL
SELECT 'cell that is declared missing', count(*)
FROM answers AS a JOIN questions AS q USING (variable) JOIN answers_labels AS l ON l.variable = a.variable AND l.value = a.code
WHERE l.missing;
