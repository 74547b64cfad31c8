-- One pass over the comments. All members of a rating but its labels tell of the rater; a comment without ratings has the rater ''.
CREATE TABLE ratings (row INTEGER, rater TEXT, comment TEXT, toxic_score INTEGER, times INTEGER, PRIMARY KEY (row, rater)) WITHOUT ROWID;
INSERT INTO ratings
SELECT comments._row,
       CASE WHEN rating.value IS NULL THEN '' ELSE
       (SELECT json_group_object(key, value)
        FROM (SELECT key, value FROM json_each(rating.value)
              WHERE key NOT IN ('toxic_score', 'is_profane', 'is_threat', 'is_identity_attack', 'is_insult', 'is_sexual_harassment',
                                'fine_to_see_online', 'remove_from_online')
              ORDER BY key)) END,
       comment, CAST(rating.value ->> 'toxic_score' AS INTEGER), 1
FROM comments LEFT JOIN json_each(ratings) AS rating WHERE true
ON CONFLICT DO UPDATE SET toxic_score = excluded.toxic_score, times = times + 1;

CREATE VIEW hatespeech_individual AS
SELECT rater, comment, toxic_score FROM ratings WHERE rater <> '' AND comment <> '';

CREATE VIEW hatespeech_individual_dropped AS
SELECT 'comment without ratings' AS reason, count(*) AS n FROM ratings WHERE rater = ''
UNION ALL
SELECT 'rating of a comment without text', count(*) FROM ratings WHERE rater <> '' AND (comment IS NULL OR comment = '')
UNION ALL
SELECT 'a later rating by the same rater counts', sum(times - 1) FROM ratings;
