CREATE VIEW checked AS
SELECT strip(text) AS review, CASE label WHEN 0 THEN 'negative' WHEN 1 THEN 'positive' END AS rating,
       CASE WHEN coalesce(strip(text), '') = '' THEN 'no text'
            WHEN label IS NULL OR label NOT IN (0, 1) THEN 'the label is neither 0 nor 1'
       END AS fault
FROM train;

CREATE VIEW imdb AS SELECT review, rating FROM checked WHERE fault IS NULL;

CREATE VIEW imdb_dropped AS SELECT fault AS reason, count(*) AS n FROM checked WHERE fault IS NOT NULL GROUP BY fault;
