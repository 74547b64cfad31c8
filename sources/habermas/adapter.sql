-- A person's opinion on a question: of several the first in text order.
CREATE TABLE opinions (worker_id TEXT, question_id TEXT, opinion TEXT, PRIMARY KEY (worker_id, question_id)) WITHOUT ROWID;
INSERT INTO opinions
SELECT worker_id, "question.id", min(strip("opinion.text")) FROM responses
WHERE worker_id IS NOT NULL AND "question.id" IS NOT NULL AND strip("opinion.text") NOT IN ('', 'No opinion was provided.')
GROUP BY worker_id, "question.id";

-- A rating is a list of one label.
CREATE VIEW labelled AS
SELECT nullif(worker_id, '') AS worker_id, "question.id" AS question_id, nullif(strip("question.text"), '') AS question,
       nullif(strip("question.affirming_statement"), '') AS statement, nullif(strip("question.negating_statement"), '') AS negation,
       rating_index, iif(json_array_length("ratings.agreement") = 1, "ratings.agreement" ->> 0, NULL) AS label
FROM ratings;

-- The first rating of each person and question counts, even when it lacks something: a later one is no substitute for it.
CREATE TABLE rated AS
SELECT *, row_number() OVER (PARTITION BY worker_id, question_id
                             ORDER BY rating_index NULLS LAST, label NULLS LAST, question, statement, negation) AS nth
FROM labelled WHERE worker_id IS NOT NULL AND label IS NOT 'MOCK';

CREATE TABLE answers AS
SELECT worker_id, question, statement, negation, opinion,
       CASE label WHEN 'STRONGLY_AGREE' THEN 'Strongly Agree' WHEN 'AGREE' THEN 'Agree' WHEN 'SOMEWHAT_AGREE' THEN 'Somewhat Agree'
                  WHEN 'NEUTRAL' THEN 'Neutral' WHEN 'SOMEWHAT_DISAGREE' THEN 'Somewhat Disagree' WHEN 'DISAGREE' THEN 'Disagree'
                  WHEN 'STRONGLY_DISAGREE' THEN 'Strongly Disagree' END AS agreement
FROM rated LEFT JOIN opinions USING (worker_id, question_id) WHERE nth = 1;

CREATE VIEW habermas AS
SELECT worker_id, question AS "question.text", statement, agreement AS "ratings.agreement", opinion AS "opinion.text"
FROM answers
WHERE question IS NOT NULL AND statement IS NOT NULL AND negation IS NOT NULL AND agreement IS NOT NULL AND opinion IS NOT NULL;

CREATE VIEW habermas_dropped AS
SELECT 'a bot, or no worker_id' AS reason, (SELECT count(*) FROM ratings) - (SELECT count(*) FROM rated) AS n
UNION ALL
SELECT 'an earlier rating of the same person counts', count(*) FROM rated WHERE nth > 1
UNION ALL
SELECT 'without a rating of the scale', count(*) FROM answers WHERE agreement IS NULL
UNION ALL
SELECT 'without an opinion', count(*) FROM answers WHERE agreement IS NOT NULL AND opinion IS NULL
UNION ALL
SELECT 'without question or statements', count(*) FROM answers
WHERE agreement IS NOT NULL AND opinion IS NOT NULL AND (question IS NULL OR statement IS NULL OR negation IS NULL);

CREATE VIEW habermas_question AS SELECT DISTINCT "question.text" AS question FROM habermas;

CREATE VIEW habermas_question_dropped AS
SELECT reason, n FROM habermas_dropped
UNION ALL
SELECT 'a question that others answered too', (SELECT count(*) FROM habermas) - (SELECT count(*) FROM habermas_question);
