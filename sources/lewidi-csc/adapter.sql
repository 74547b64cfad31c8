-- One line a rater, with the fields that are known.
CREATE TABLE profiles AS
SELECT _key AS rater, char(10) || 'Rater profile: ' ||
       (SELECT group_concat(key || ': ' || strip(value), '; ')
        FROM (SELECT key, value FROM json_each(json_object('Gender', Gender, 'Age', Age, 'annotator_id', _key))
              WHERE strip(value) NOT IN ('', 'nan', 'NaN', 'None', 'DATA_EXPIRED', 'CONSENT_REVOKED') ORDER BY id)) AS profile
FROM people;
CREATE UNIQUE INDEX profiles_by_rater ON profiles (rater);

-- One row for each item and rater that is listed there; an id listed twice is one.
CREATE TABLE judgements AS
SELECT DISTINCT train._row AS item, strip(listed.value) AS rater, text ->> 'context' AS context, text ->> 'response' AS response,
       coalesce(lang, '') AS lang, nullif(CAST(judged.value AS TEXT), '') AS sarcasm_rating
FROM train, regex_split(annotators, ',') AS listed LEFT JOIN json_each(annotations) AS judged ON strip(judged.key) = strip(listed.value);

CREATE VIEW lewidi_csc_sarcasm_detection_individual AS
SELECT rater, context, response, lang, sarcasm_rating, coalesce(profile, '') AS profile
FROM judgements LEFT JOIN profiles USING (rater)
WHERE sarcasm_rating IS NOT NULL AND context IS NOT NULL AND response IS NOT NULL;

CREATE VIEW lewidi_csc_sarcasm_detection_individual_dropped AS
SELECT 'a listed rater gave no rating' AS reason, count(*) AS n FROM judgements WHERE sarcasm_rating IS NULL
UNION ALL
SELECT 'no situation or no reply', count(*) FROM judgements
WHERE sarcasm_rating IS NOT NULL AND (context IS NULL OR response IS NULL);
