-- Of each part: its rows with line ends as LF, users as whole numbers (the files write 0.0) and what is known of them; then two views for
-- its two tasks. A part stands on its own file alone.

-- email_rewriting
CREATE TABLE email_rewriting_rows AS
SELECT _row, regex_replace(user_id, '\.0+$', '') AS user,
       nullif(strip(regex_replace("original email", '\r\n?', char(10))), '') AS "original email",
       nullif(strip(regex_replace("revised email", '\r\n?', char(10))), '') AS "revised email",
       nullif(spaced(without_nulls(json_object('gender', strip(gender), 'race', strip(race), 'age', strip(age),
                                                'occupation', strip(occupation), 'education', strip(education)))), '{}') AS about
FROM email_rewriting;

CREATE VIEW email_rewriting_individual AS
SELECT user, "original email", "revised email", demographics
FROM (SELECT *, first_value(about) OVER (PARTITION BY user ORDER BY _row) AS demographics,
             row_number() OVER (PARTITION BY user, "original email" ORDER BY _row DESC) AS nth
      FROM email_rewriting_rows WHERE "original email" IS NOT NULL)
WHERE nth = 1 OR user IS NULL;

CREATE VIEW email_rewriting_individual_dropped AS
SELECT 'no text' AS reason, (SELECT count(*) FROM email_rewriting_rows WHERE "original email" IS NULL) AS n
UNION ALL
SELECT 'the same person''s later row for the text counts',
       (SELECT count(*) FROM email_rewriting_rows WHERE "original email" IS NOT NULL)
       - (SELECT count(*) FROM email_rewriting_individual);

CREATE VIEW email_rewriting_texts AS
SELECT DISTINCT "original email" AS text FROM email_rewriting_rows WHERE "original email" IS NOT NULL;

CREATE VIEW email_rewriting_texts_dropped AS
SELECT 'no text, or one that is there already' AS reason,
       (SELECT count(*) FROM email_rewriting_rows) - (SELECT count(*) FROM email_rewriting_texts) AS n;

-- offensiveness
CREATE TABLE offensiveness_rows AS
SELECT _row, regex_replace(user_id, '\.0+$', '') AS user,
       nullif(strip(regex_replace(text, '\r\n?', char(10))), '') AS text_to_rate,
       CAST(offensiveness AS INTEGER) AS offensiveness,
       nullif(spaced(without_nulls(json_object('gender', strip(gender), 'race', strip(race), 'age', strip(age),
                                                'occupation', strip(occupation), 'education', strip(education)))), '{}') AS about
FROM offensiveness;

CREATE VIEW offensiveness_individual AS
SELECT user, text_to_rate, offensiveness, demographics
FROM (SELECT *, first_value(about) OVER (PARTITION BY user ORDER BY _row) AS demographics,
             row_number() OVER (PARTITION BY user, text_to_rate ORDER BY _row DESC) AS nth
      FROM offensiveness_rows WHERE text_to_rate IS NOT NULL)
WHERE nth = 1 OR user IS NULL;

CREATE VIEW offensiveness_individual_dropped AS
SELECT 'no text' AS reason, (SELECT count(*) FROM offensiveness_rows WHERE text_to_rate IS NULL) AS n
UNION ALL
SELECT 'the same person''s later row for the text counts',
       (SELECT count(*) FROM offensiveness_rows WHERE text_to_rate IS NOT NULL)
       - (SELECT count(*) FROM offensiveness_individual);

CREATE VIEW offensiveness_texts AS
SELECT DISTINCT text_to_rate AS text FROM offensiveness_rows WHERE text_to_rate IS NOT NULL;

CREATE VIEW offensiveness_texts_dropped AS
SELECT 'no text, or one that is there already' AS reason,
       (SELECT count(*) FROM offensiveness_rows) - (SELECT count(*) FROM offensiveness_texts) AS n;

-- politeness_rating
CREATE TABLE politeness_rating_rows AS
SELECT _row, regex_replace(user_id, '\.0+$', '') AS user,
       nullif(strip(regex_replace(text, '\r\n?', char(10))), '') AS text_to_rate,
       CAST(politeness AS INTEGER) AS politeness,
       nullif(spaced(without_nulls(json_object('gender', strip(gender), 'race', strip(race), 'age', strip(age),
                                                'occupation', strip(occupation), 'education', strip(education)))), '{}') AS about
FROM politeness_rating;

CREATE VIEW politeness_rating_individual AS
SELECT user, text_to_rate, politeness, demographics
FROM (SELECT *, first_value(about) OVER (PARTITION BY user ORDER BY _row) AS demographics,
             row_number() OVER (PARTITION BY user, text_to_rate ORDER BY _row DESC) AS nth
      FROM politeness_rating_rows WHERE text_to_rate IS NOT NULL)
WHERE nth = 1 OR user IS NULL;

CREATE VIEW politeness_rating_individual_dropped AS
SELECT 'no text' AS reason, (SELECT count(*) FROM politeness_rating_rows WHERE text_to_rate IS NULL) AS n
UNION ALL
SELECT 'the same person''s later row for the text counts',
       (SELECT count(*) FROM politeness_rating_rows WHERE text_to_rate IS NOT NULL)
       - (SELECT count(*) FROM politeness_rating_individual);

CREATE VIEW politeness_rating_texts AS
SELECT DISTINCT text_to_rate AS text FROM politeness_rating_rows WHERE text_to_rate IS NOT NULL;

CREATE VIEW politeness_rating_texts_dropped AS
SELECT 'no text, or one that is there already' AS reason,
       (SELECT count(*) FROM politeness_rating_rows) - (SELECT count(*) FROM politeness_rating_texts) AS n;

-- question_answering: the file names no users; one is a profile of all that is known.
CREATE TABLE question_answering_rows AS
SELECT _row,
       (SELECT nullif(group_concat(value, '_'), '')
        FROM (SELECT strip(value) AS value FROM json_each(json_array(gender, race, age, occupation, education))
              WHERE value IS NOT NULL ORDER BY key)) AS user,
       nullif(strip(regex_replace(text, '\r\n?', char(10))), '') AS passage,
       regex_replace(question, '\r\n?', char(10)) AS question,
       regex_replace(groundtruth, '\r\n?', char(10)) AS groundtruth,
       regex_replace(answer, '\r\n?', char(10)) AS answer,
       CAST(CAST(difficulty AS INTEGER) AS TEXT) AS difficulty,
       nullif(spaced(without_nulls(json_object('gender', strip(gender), 'race', strip(race), 'age', strip(age),
                                                'occupation', strip(occupation), 'education', strip(education)))), '{}') AS about
FROM question_answering;

CREATE VIEW question_answering_individual AS
SELECT user, passage, question, groundtruth, answer, difficulty, first_value(about) OVER (PARTITION BY user ORDER BY _row) AS demographics
FROM question_answering_rows WHERE passage IS NOT NULL AND question IS NOT NULL;

CREATE VIEW question_answering_individual_dropped AS
SELECT 'no passage or no question' AS reason, count(*) AS n FROM question_answering_rows WHERE passage IS NULL OR question IS NULL;

CREATE VIEW question_answering_texts AS
SELECT DISTINCT passage AS text FROM question_answering_rows WHERE passage IS NOT NULL;

CREATE VIEW question_answering_texts_dropped AS
SELECT 'no text, or one that is there already' AS reason,
       (SELECT count(*) FROM question_answering_rows) - (SELECT count(*) FROM question_answering_texts) AS n;
