-- In the order of its key, so that each event's inferences stand together and as in the file.
CREATE TABLE inferences (premise TEXT, shard TEXT, row INTEGER, hypothesis TEXT, PRIMARY KEY (premise, shard, row)) WITHOUT ROWID;
INSERT INTO inferences
SELECT premise, shard, _row, nullif(strip(hypothesis), '') FROM novatomic WHERE premise <> '' ORDER BY premise, shard, _row;

CREATE VIEW novacomet_premise AS SELECT DISTINCT premise FROM inferences;

CREATE VIEW novacomet_premise_dropped AS
SELECT 'no event' AS reason, (SELECT count(*) FROM novatomic) - (SELECT count(*) FROM inferences) AS n
UNION ALL
SELECT 'another row of the same event', (SELECT count(*) FROM inferences) - (SELECT count(*) FROM novacomet_premise);

CREATE TABLE chosen AS
SELECT premise FROM inferences WHERE hypothesis IS NOT NULL GROUP BY premise
ORDER BY rand('uniform', '{}', 'premise', premise), premise LIMIT 100000;

CREATE VIEW novacomet_hypothesis AS
SELECT premise, (SELECT json_group_array(hypothesis)
                 FROM (SELECT hypothesis FROM inferences AS i
                       WHERE i.premise = chosen.premise AND hypothesis IS NOT NULL ORDER BY shard, row)) AS hypotheses
FROM chosen;

CREATE VIEW novacomet_hypothesis_dropped AS
SELECT 'no event' AS reason, (SELECT count(*) FROM novatomic) - (SELECT count(*) FROM inferences) AS n
UNION ALL
SELECT 'no inference', count(*) FROM inferences WHERE hypothesis IS NULL
UNION ALL
SELECT 'of events beyond the first 100,000 by hash', count(*) FROM inferences
WHERE hypothesis IS NOT NULL AND premise NOT IN (SELECT premise FROM chosen)
UNION ALL
SELECT 'inferences that share an example with another',
       (SELECT count(*) FROM inferences WHERE hypothesis IS NOT NULL AND premise IN (SELECT premise FROM chosen)) - (SELECT count(*) FROM chosen);
