-- One pass over the comments. All members of a rating but its labels tell of the rater; a comment without ratings has the rater ''.
CREATE TABLE ratings AS
SELECT CASE WHEN rating.value IS NULL THEN '' ELSE
       (SELECT json_group_object(key, value)
        FROM (SELECT key, value FROM json_each(rating.value)
              WHERE key NOT IN ('toxic_score', 'is_profane', 'is_threat', 'is_identity_attack', 'is_insult', 'is_sexual_harassment',
                                'fine_to_see_online', 'remove_from_online')
              ORDER BY key)) END AS rater,
       comment, CAST(rating.value ->> 'toxic_score' AS INTEGER) AS toxic_score
FROM comments LEFT JOIN json_each(ratings) AS rating;

CREATE VIEW hatespeech_individual AS
SELECT rater, comment, toxic_score FROM ratings WHERE rater <> '' AND comment <> '';

CREATE VIEW hatespeech_individual_dropped AS
SELECT 'comment without ratings' AS reason, count(*) AS n FROM ratings WHERE rater = ''
UNION ALL
SELECT 'rating of a comment without text', count(*) FROM ratings WHERE rater <> '' AND (comment IS NULL OR comment = '');
