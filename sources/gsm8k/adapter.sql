CREATE VIEW checked AS
SELECT nullif(strip(question), '') AS question, nullif(strip(answer), '') AS answer FROM train;

CREATE VIEW gsm8k AS SELECT * FROM checked WHERE question IS NOT NULL AND answer IS NOT NULL;

CREATE VIEW gsm8k_dropped AS
SELECT iif(question IS NULL, 'no question', 'no answer') AS reason, count(*) AS n FROM checked WHERE question IS NULL OR answer IS NULL GROUP BY reason;
