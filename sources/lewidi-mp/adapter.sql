-- One line a rater, with the fields that are known. The metadata call Ann7 of the judgements 7.
CREATE TABLE profiles AS
SELECT 'Ann' || _key AS rater, char(10) || 'Rater profile: ' ||
       (SELECT group_concat(key || ': ' || strip(value), '; ')
        FROM (SELECT key, value
              FROM json_each(json_object('Age', regex_replace(Age, '\.0+$', ''), 'Gender', Gender,
                                         'Ethnicity simplified', "Ethnicity simplified", 'Country of birth', "Country of birth",
                                         'Country of residence', "Country of residence", 'Nationality', Nationality,
                                         'Student status', "Student status", 'Employment status', "Employment status",
                                         'annotator_id', _key))
              WHERE strip(value) NOT IN ('', 'nan', 'NaN', 'None', 'DATA_EXPIRED', 'CONSENT_REVOKED') ORDER BY id)) AS profile
FROM people;
CREATE UNIQUE INDEX profiles_by_rater ON profiles (rater);

-- One row for each item and rater that is listed there; an id listed twice is one.
CREATE TABLE judgements AS
SELECT DISTINCT train._row AS item, strip(listed.value) AS rater,
       strip(text ->> 'post') AS post, strip(text ->> 'reply') AS reply, coalesce(other_info ->> 'source', '') AS source,
       coalesce(regex_replace(other_info ->> 'level', '\.0+$', ''), '') AS level,
       coalesce(other_info ->> 'language_variety', '') AS language_variety, coalesce(lang, '') AS lang,
       nullif(CAST(judged.value AS TEXT), '') AS irony_rating
FROM train, regex_split(annotators, ',') AS listed LEFT JOIN json_each(annotations) AS judged ON strip(judged.key) = strip(listed.value);

CREATE VIEW lewidi_mp_irony_detection_individual AS
SELECT rater, post, reply, source, level, language_variety, lang, irony_rating, coalesce(profile, '') AS profile
FROM judgements LEFT JOIN profiles USING (rater)
WHERE irony_rating IS NOT NULL AND post <> '' AND reply <> '';

CREATE VIEW lewidi_mp_irony_detection_individual_dropped AS
SELECT 'a listed rater gave no judgement' AS reason, count(*) AS n FROM judgements WHERE irony_rating IS NULL
UNION ALL
SELECT 'no post or no reply', count(*) FROM judgements
WHERE irony_rating IS NOT NULL AND NOT (coalesce(post, '') <> '' AND coalesce(reply, '') <> '');
