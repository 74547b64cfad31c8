-- A rater's demographics stand in his or her first row.
CREATE TABLE raters_990 AS
SELECT rater_id, min(_row) AS row,
       nullif(spaced(without_nulls(json_object('rater_gender', rater_gender, 'rater_locale', rater_locale, 'rater_race', rater_race,
                                               'rater_race_raw', rater_race_raw, 'rater_age', rater_age, 'rater_education', rater_education))), '{}') AS demographics
FROM ratings_990 GROUP BY rater_id;
CREATE INDEX raters_990_by_id ON raters_990 (rater_id);

CREATE TABLE raters_350 AS
SELECT rater_id, min(_row) AS row,
       nullif(spaced(without_nulls(json_object('rater_gender', rater_gender, 'rater_race', rater_race, 'rater_raw_race', rater_raw_race,
                                               'rater_age', rater_age, 'rater_education', rater_education))), '{}') AS demographics
FROM ratings_350 GROUP BY rater_id;
CREATE INDEX raters_350_by_id ON raters_350 (rater_id);

CREATE VIEW dices_990 AS
SELECT '990' AS file, rater_id, strip(context) AS context, strip(response) AS response, nullif(strip("Q_overall"), '') AS "Q_overall", demographics
FROM ratings_990 LEFT JOIN raters_990 USING (rater_id);

CREATE VIEW dices_350 AS
SELECT '350' AS file, rater_id, strip(context) AS context, strip(response) AS response, nullif(strip("Q_overall"), '') AS "Q_overall", demographics
FROM ratings_350 LEFT JOIN raters_350 USING (rater_id);
