-- Questions with their options as text; a wave whose info.csv lacks one of the columns fails here. A key that stands several times has a wording for each race: `race` says whose, '' that there is but one.
CREATE TABLE questions (id INTEGER PRIMARY KEY, wave TEXT, key TEXT NOT NULL, race TEXT, options TEXT NOT NULL, text TEXT NOT NULL);
INSERT INTO questions (wave, key, race, options, text)
SELECT wave, key,
       iif(count(*) OVER (PARTITION BY wave, key) = 1, '', fold(coalesce(regex_extract(question, '(?i)\b(white|black|hispanic|asian)\b', 1), 'other'))),
       options, strip(question) || char(10) || lettered(options)
FROM (SELECT wave, key, question, py_literal("references", _file || ': row ' || _row || ', column ''references''') AS options FROM info);
CREATE INDEX questions_by_key ON questions (wave, key, race);

CREATE TABLE options (question INTEGER, answer TEXT, letter TEXT, PRIMARY KEY (question, answer)) WITHOUT ROWID;
INSERT OR IGNORE INTO options SELECT questions.id, o.value, letter(o.key) FROM questions, json_each(options) AS o;

-- Every cell that was answered, in one pass, and all of a wave's first respondent, to know which columns there are. A cell that is none of the options has
-- no letter. Columns that are no question have no text.
CREATE TABLE cells AS
SELECT r.wave, r.key, r._row AS row, q.id AS question, r.answer, o.letter
FROM responses AS r
     CROSS JOIN questions AS q ON q.wave = r.wave AND q.key = r.key
                AND q.race IN ('', iif(fold(r.RACE) IN ('white', 'black', 'hispanic', 'asian'), fold(r.RACE), 'other'))
     LEFT JOIN options AS o ON o.question = q.id AND o.answer = r.answer
WHERE r.answer IS NOT NULL OR r._row = 1;

SELECT fail('human_resp/American_Trends_Panel_W' || wave || '/responses.csv: no column ''' || key || ''', which is a key of info.csv beside it')
FROM (SELECT wave, key FROM questions WHERE wave IN (SELECT wave FROM respondents) EXCEPT SELECT wave, key FROM cells ORDER BY wave, key);

CREATE VIEW answers AS SELECT wave, row, question, letter FROM cells WHERE answer IS NOT NULL;

-- Each attribute is shown with a probability of 0.7.
CREATE TABLE shown (wave TEXT, row INTEGER, attributes TEXT, PRIMARY KEY (wave, row)) WITHOUT ROWID;
INSERT INTO shown
SELECT wave, _row, spaced(nullif(without_nulls(json_object(
         'CREGION', iif(rand('uniform', '{}', 'CREGION', wave, _row) < 0.7, CREGION, NULL),
         'AGE', iif(rand('uniform', '{}', 'AGE', wave, _row) < 0.7, AGE, NULL),
         'SEX', iif(rand('uniform', '{}', 'SEX', wave, _row) < 0.7, SEX, NULL),
         'EDUCATION', iif(rand('uniform', '{}', 'EDUCATION', wave, _row) < 0.7, EDUCATION, NULL),
         'CITIZEN', iif(rand('uniform', '{}', 'CITIZEN', wave, _row) < 0.7, CITIZEN, NULL),
         'MARITAL', iif(rand('uniform', '{}', 'MARITAL', wave, _row) < 0.7, MARITAL, NULL),
         'RELIG', iif(rand('uniform', '{}', 'RELIG', wave, _row) < 0.7, RELIG, NULL),
         'RELIGATTEND', iif(rand('uniform', '{}', 'RELIGATTEND', wave, _row) < 0.7, RELIGATTEND, NULL),
         'POLPARTY', iif(rand('uniform', '{}', 'POLPARTY', wave, _row) < 0.7, POLPARTY, NULL),
         'INCOME', iif(rand('uniform', '{}', 'INCOME', wave, _row) < 0.7, INCOME, NULL),
         'POLIDEOLOGY', iif(rand('uniform', '{}', 'POLIDEOLOGY', wave, _row) < 0.7, POLIDEOLOGY, NULL),
         'RACE', iif(rand('uniform', '{}', 'RACE', wave, _row) < 0.7, RACE, NULL))), '{}'))
FROM respondents;

CREATE VIEW opinionqa_individual AS
SELECT 'American_Trends_Panel_W' || a.wave || '_' || (a.row - 1) AS respondent, a.wave, q.text AS Question, a.letter AS Response, s.attributes
FROM answers AS a JOIN questions AS q ON q.id = a.question JOIN shown AS s ON s.wave = a.wave AND s.row = a.row;

CREATE VIEW opinionqa_individual_dropped AS
SELECT 'a respondent without answers' AS reason,
       (SELECT count(*) FROM shown) - (SELECT count(*) FROM (SELECT DISTINCT wave, row FROM answers WHERE letter IS NOT NULL)) AS n;

CREATE VIEW opinionqa_questions AS
SELECT 'American_Trends_Panel_W' || wave AS survey, text AS Question FROM questions;
