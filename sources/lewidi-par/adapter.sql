-- One line a rater, with the fields that are known.
CREATE TABLE profiles AS
SELECT _key AS rater, char(10) || 'Rater profile: ' ||
       (SELECT group_concat(key || ': ' || strip(value), '; ')
        FROM (SELECT key, value
              FROM json_each(json_object('annotator_id', _key, 'Gender', Gender, 'Age', Age, 'Nationality', Nationality, 'Education', Education))
              WHERE strip(value) NOT IN ('', 'nan', 'NaN', 'None', 'DATA_EXPIRED', 'CONSENT_REVOKED') ORDER BY id)) AS profile
FROM people;
CREATE UNIQUE INDEX profiles_by_rater ON profiles (rater);

-- The n-th explanation is that of the n-th rater listed; should an id be listed twice, its last explanation counts.
CREATE TABLE judgements AS
SELECT train._row AS item, strip(listed.value) AS rater, max(listed._i) AS place, text ->> 'Question1' AS question1, text ->> 'Question2' AS question2,
       coalesce(lang, '') AS lang, iif(regex_match(judged.value, '^[+-]?\d+(\.0)?$'), CAST(judged.value AS INTEGER), NULL) AS paraphrase_rating,
       coalesce(strip(other_info -> 'explanations' ->> listed._i), '') AS explanation
FROM train, regex_split(annotators, ',') AS listed LEFT JOIN json_each(annotations) AS judged ON strip(judged.key) = strip(listed.value)
GROUP BY item, rater;

CREATE VIEW lewidi_par AS
SELECT rater, question1, question2, lang, paraphrase_rating, explanation, coalesce(profile, '') AS profile
FROM judgements LEFT JOIN profiles USING (rater)
WHERE paraphrase_rating IS NOT NULL AND question1 IS NOT NULL AND question2 IS NOT NULL;

CREATE VIEW lewidi_par_dropped AS
SELECT 'a listed rater gave no rating, or no whole number' AS reason, count(*) AS n FROM judgements WHERE paraphrase_rating IS NULL
UNION ALL
SELECT 'a question is missing', count(*) FROM judgements
WHERE paraphrase_rating IS NOT NULL AND (question1 IS NULL OR question2 IS NULL);
