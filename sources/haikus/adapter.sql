CREATE TABLE whole AS
SELECT source, "0" || char(10) || "1" || char(10) || "2" AS poem,
       regex_extract("0_syllables", '\d+', 0) || ', ' || regex_extract("1_syllables", '\d+', 0) || ', ' || regex_extract("2_syllables", '\d+', 0) AS syllables
FROM poems
WHERE strip("0") <> '' AND strip("1") <> '' AND strip("2") <> '';

CREATE VIEW incomplete AS
SELECT 'poem with an empty line' AS reason, (SELECT count(*) FROM poems) - (SELECT count(*) FROM whole) AS n;

CREATE VIEW uncounted AS
SELECT 'no syllables' AS reason, count(*) AS n FROM whole WHERE syllables IS NULL;

CREATE VIEW haikus_syllables AS
SELECT source, syllables, poem FROM whole WHERE syllables IS NOT NULL;

CREATE VIEW haikus_syllables_dropped AS
SELECT * FROM incomplete UNION ALL SELECT * FROM uncounted;

-- A poem of n words: the one at place 0 … n - 1, with what is attached to it.
CREATE VIEW haikus_includeword AS
SELECT source, value AS include_word, syllables, poem
FROM haikus_syllables, regex_split(strip(poem), '\s+')
WHERE _i = rand('integer', json_object('low', 0, 'high', regex_count(strip(poem), '\s+')), 'include_word', source, poem);

CREATE VIEW haikus_includeword_dropped AS
SELECT * FROM haikus_syllables_dropped;

CREATE VIEW haikus_egn AS
SELECT DISTINCT poem FROM whole;

CREATE VIEW haikus_egn_dropped AS
SELECT * FROM incomplete
UNION ALL
SELECT 'poem that stands twice', (SELECT count(*) FROM whole) - (SELECT count(*) FROM haikus_egn);
