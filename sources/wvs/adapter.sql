-- What each code means, and how far from the end of the file's list it stands.
CREATE TABLE labels (variable TEXT, code TEXT, label TEXT, missing INTEGER, position INTEGER, PRIMARY KEY (variable, code)) WITHOUT ROWID;
INSERT OR IGNORE INTO labels SELECT variable, value, strip(label), missing, position FROM answers_labels;

-- Codes that may be an answer, from the last label to the first. Numbers (year of birth, age, sizes of households and families) are no choice.
CREATE TABLE options (variable TEXT, code TEXT, label TEXT, place INTEGER, PRIMARY KEY (variable, code)) WITHOUT ROWID;
INSERT INTO options
SELECT variable, code, label, row_number() OVER (PARTITION BY variable ORDER BY position DESC) - 1
FROM labels
WHERE NOT missing AND variable GLOB 'Q*' AND variable NOT IN ('Q261', 'Q262', 'Q270', 'Q274')
  AND variable IN (SELECT variable FROM labels GROUP BY variable HAVING count(*) <= 17);

-- A label of two codes is listed at its first place, with the letter of its last.
CREATE TABLE listed (variable TEXT, label TEXT, place INTEGER, letter TEXT, PRIMARY KEY (variable, label)) WITHOUT ROWID;
INSERT INTO listed SELECT variable, label, min(place), letter(max(place)) FROM options GROUP BY variable, label;

CREATE TABLE questions (variable TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID;
INSERT INTO questions
SELECT variable, coalesce(nullif(strip(v.label), ''), variable) || char(10) || 'Options:' || char(10) || group_concat(line, char(10))
FROM (SELECT variable, letter || ': ' || label AS line FROM listed ORDER BY variable, place) JOIN answers_variables AS v USING (variable)
GROUP BY variable;

CREATE TABLE people (respondent INTEGER PRIMARY KEY, demographics TEXT);
INSERT INTO people
SELECT _row, spaced(nullif(without_nulls(json_object(
         (SELECT coalesce(label, variable) FROM answers_variables WHERE variable = 'B_COUNTRY'),
         (SELECT label FROM labels WHERE variable = 'B_COUNTRY' AND code = B_COUNTRY AND NOT missing),
         (SELECT coalesce(label, variable) FROM answers_variables WHERE variable = 'N_TOWN'),
         (SELECT label FROM labels WHERE variable = 'N_TOWN' AND code = N_TOWN AND NOT missing),
         (SELECT coalesce(label, variable) FROM answers_variables WHERE variable = 'S_INTLANGUAGE'),
         (SELECT label FROM labels WHERE variable = 'S_INTLANGUAGE' AND code = S_INTLANGUAGE AND NOT missing))), '{}'))
FROM (SELECT DISTINCT _row, B_COUNTRY, N_TOWN, S_INTLANGUAGE FROM answers);

CREATE VIEW wvs_individual AS
SELECT a._row AS respondent, q.text AS question_and_options, l.letter AS response_letter, p.demographics
FROM answers AS a
     CROSS JOIN options AS o ON o.variable = a.variable AND o.code = a.code
     CROSS JOIN listed AS l ON l.variable = o.variable AND l.label = o.label
     CROSS JOIN questions AS q ON q.variable = o.variable
     CROSS JOIN people AS p ON p.respondent = a._row;

CREATE VIEW wvs_individual_dropped AS
SELECT iif(l.missing, 'cell that is declared missing', 'cell with a code that has no label') AS reason, count(*) AS n
FROM answers AS a CROSS JOIN questions AS q ON q.variable = a.variable LEFT JOIN labels AS l ON l.variable = a.variable AND l.code = a.code
WHERE a.code IS NOT NULL AND l.missing IS NOT 0
GROUP BY reason;
