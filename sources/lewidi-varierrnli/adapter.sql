-- One line a rater, with the fields that are known.
CREATE TABLE profiles AS
SELECT _key AS rater, char(10) || 'Rater profile: ' ||
       (SELECT group_concat(key || ': ' || strip(value), '; ')
        FROM (SELECT key, value
              FROM json_each(json_object('Gender', Gender, 'Age', Age, 'Nationality', Nationality, 'Education', Education, 'annotator_id', _key))
              WHERE strip(value) NOT IN ('', 'nan', 'NaN', 'None', 'DATA_EXPIRED', 'CONSENT_REVOKED') ORDER BY id)) AS profile
FROM people;
CREATE UNIQUE INDEX profiles_by_rater ON profiles (rater);

-- The n-th explanation is that of the n-th rater listed; a rater who gave two labels is listed twice.
CREATE TABLE listed (item INTEGER, rater TEXT, place INTEGER, explanation TEXT, PRIMARY KEY (item, rater, place)) WITHOUT ROWID;
INSERT INTO listed
SELECT train._row, strip(one.value), one._i, nullif(strip(other_info -> 'explanations' ->> one._i), '')
FROM train, regex_split(annotators, ',') AS one;

CREATE TABLE judgements AS
SELECT rater, strip(text ->> 'context') AS context, strip(text ->> 'statement') AS statement, coalesce(lang, '') AS lang,
       (SELECT nullif(value, '') FROM json_each(annotations) WHERE strip(key) = rater) AS nli_label, coalesce(explanation, '') AS explanation, times
FROM (SELECT item, rater, group_concat(explanation, ' ') AS explanation, count(*) AS times
      FROM (SELECT * FROM listed ORDER BY item, rater, place) GROUP BY item, rater)
     JOIN train ON train._row = item;

CREATE VIEW lewidi_varierrnli AS
SELECT rater, context, statement, lang, nli_label, explanation, coalesce(profile, '') AS profile
FROM judgements LEFT JOIN profiles USING (rater)
WHERE nli_label IS NOT NULL AND context <> '' AND statement <> '';

CREATE VIEW lewidi_varierrnli_dropped AS
SELECT 'the second label of a rater is in the first row' AS reason, sum(times - 1) AS n FROM judgements
UNION ALL
SELECT 'a listed rater gave no label', count(*) FROM judgements WHERE nli_label IS NULL
UNION ALL
SELECT 'no premise or no hypothesis', count(*) FROM judgements
WHERE nli_label IS NOT NULL AND NOT (coalesce(context, '') <> '' AND coalesce(statement, '') <> '');
