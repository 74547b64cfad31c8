CREATE TABLE considerations AS
SELECT nullif(strip(situation), '') AS situation, strip(vrd) AS vrd, nullif(strip(text), '') AS text,
       nullif(strip(explanation), '') AS explanation, nullif(strip(valence), '') AS valence
FROM "full";

CREATE VIEW valueprism_situation AS
SELECT DISTINCT situation FROM considerations WHERE situation IS NOT NULL;

CREATE VIEW valueprism_situation_dropped AS
SELECT 'no situation' AS reason, count(*) AS n FROM considerations WHERE situation IS NULL
UNION ALL
SELECT 'situation that is there already', count(situation) - count(DISTINCT situation) FROM considerations;

-- Considerations go into the list in an order of their own before they are shuffled: that of the file should not matter.
CREATE VIEW valueprism_vrd AS
SELECT situation, spaced(shuffled(json_group_array(json(item)), 'valueprism_vrd', situation)) AS output
FROM (SELECT situation, without_nulls(json_object('text', text, 'vrd', vrd, 'explanation', explanation, 'valence', valence)) AS item
      FROM considerations WHERE situation IS NOT NULL AND text IS NOT NULL ORDER BY situation, item)
GROUP BY situation;

CREATE VIEW valueprism_vrd_dropped AS
SELECT 'no situation, or nothing to consider' AS reason, count(*) AS n FROM considerations WHERE situation IS NULL OR text IS NULL
UNION ALL
SELECT 'in one list with others', count(*) - count(DISTINCT situation) FROM considerations WHERE situation IS NOT NULL AND text IS NOT NULL;

CREATE VIEW typed AS
SELECT vrd, text FROM considerations WHERE vrd IN ('Value', 'Right', 'Duty') AND text IS NOT NULL;

CREATE VIEW valueprism_vrds_noncontextual AS
SELECT DISTINCT vrd, text FROM typed;

CREATE VIEW valueprism_vrds_noncontextual_dropped AS
SELECT 'without a name, or neither Value, Right nor Duty' AS reason, (SELECT count(*) FROM considerations) - (SELECT count(*) FROM typed) AS n
UNION ALL
SELECT 'name that is there already', (SELECT count(*) FROM typed) - (SELECT count(*) FROM valueprism_vrds_noncontextual);

CREATE TABLE common AS
SELECT text AS value, situation, count(*) OVER (PARTITION BY text) AS n FROM considerations WHERE vrd = 'Value' AND text IS NOT NULL;

CREATE VIEW valueprism_misc AS
SELECT DISTINCT value, situation FROM common WHERE n >= 10 AND situation IS NOT NULL;

CREATE VIEW valueprism_misc_dropped AS
SELECT 'no value' AS reason, (SELECT count(*) FROM considerations) - (SELECT count(*) FROM common) AS n
UNION ALL
SELECT 'value in fewer than 10 rows', count(*) FROM common WHERE n < 10
UNION ALL
SELECT 'no situation, or one that is there already',
       (SELECT count(*) FROM common WHERE n >= 10) - (SELECT count(*) FROM valueprism_misc);
