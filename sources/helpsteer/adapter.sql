-- The first two answers of each prompt, as they stand in the file.
CREATE TABLE answers AS
SELECT *, row_number() OVER (PARTITION BY prompt ORDER BY _row) AS place FROM train WHERE strip(prompt) <> '' AND strip(response) <> '';
CREATE INDEX answers_by_prompt ON answers (prompt) WHERE place = 2;

-- Pairs that can be told apart, numbered from 0, with the first answer's lead in each attribute.
CREATE TABLE pairs AS
SELECT row_number() OVER (ORDER BY a._row) - 1 AS pair, strip(a.prompt) AS prompt, strip(a.response) AS response1, strip(b.response) AS response2,
       a.helpfulness - b.helpfulness AS helpfulness, a.correctness - b.correctness AS correctness, a.coherence - b.coherence AS coherence,
       a.complexity - b.complexity AS complexity, a.verbosity - b.verbosity AS verbosity
FROM answers AS a JOIN answers AS b ON b.prompt = a.prompt AND b.place = 2
WHERE a.place = 1
  AND (a.helpfulness, a.correctness, a.coherence, a.complexity, a.verbosity) <> (b.helpfulness, b.correctness, b.coherence, b.complexity, b.verbosity);
CREATE UNIQUE INDEX pairs_by_number ON pairs (pair);

CREATE TABLE raters AS
SELECT value AS rater,
       rand('uniform', '{"low": -0.05, "high": 0.95}', 'weight', value, 'helpfulness') AS helpfulness,
       rand('uniform', '{"low": -0.05, "high": 0.95}', 'weight', value, 'correctness') AS correctness,
       rand('uniform', '{"low": -0.05, "high": 0.95}', 'weight', value, 'coherence') AS coherence,
       rand('uniform', '{"low": -0.5, "high": 0.5}', 'weight', value, 'complexity') AS complexity,
       rand('uniform', '{"low": -0.5, "high": 0.5}', 'weight', value, 'verbosity') AS verbosity
FROM series(0, 499);

CREATE TABLE judgements AS
SELECT rater, value AS pair FROM raters, picks((SELECT count(*) FROM pairs), (SELECT min(40, count(*)) FROM pairs), 'pairs', rater);

-- Adding 0.0 makes a rounded -0.0 a plain 0.0.
CREATE VIEW helpsteer AS
SELECT rater, prompt, response1, response2, CASE WHEN lead > 0 THEN 1 WHEN lead < 0 THEN 2 END AS winner,
       '{"helpfulness": ' || number(round(w1, 2) + 0.0) || ', "correctness": ' || number(round(w2, 2) + 0.0) || ', "coherence": '
       || number(round(w3, 2) + 0.0) || ', "complexity": ' || number(round(w4, 2) + 0.0) || ', "verbosity": ' || number(round(w5, 2) + 0.0) || '}' AS weights
FROM (SELECT r.rater, p.prompt, p.response1, p.response2,
             r.helpfulness AS w1, r.correctness AS w2, r.coherence AS w3, r.complexity AS w4, r.verbosity AS w5,
             r.helpfulness * p.helpfulness + r.correctness * p.correctness + r.coherence * p.coherence
             + r.complexity * p.complexity + r.verbosity * p.verbosity AS lead
      FROM judgements AS j JOIN raters AS r USING (rater) JOIN pairs AS p USING (pair));

CREATE VIEW helpsteer_dropped AS
SELECT 'answer without text' AS reason, (SELECT count(*) FROM train) - (SELECT count(*) FROM answers) AS n
UNION ALL
SELECT 'prompt with one answer', (SELECT count(*) FROM answers WHERE place = 1) - (SELECT count(*) FROM answers WHERE place = 2)
UNION ALL
SELECT 'third or later answer of a prompt', count(*) FROM answers WHERE place > 2
UNION ALL
SELECT 'answer of a pair with equal scores', 2 * ((SELECT count(*) FROM answers WHERE place = 2) - (SELECT count(*) FROM pairs));
