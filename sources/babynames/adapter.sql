-- What a list can cover: all years (place 0, year 0), or one year, the latest first.
CREATE TABLE spans AS
SELECT 0 AS place, 0 AS year, 'all' AS span, 'from ' || min(year) || ' to ' || max(year) AS period FROM births WHERE year <= 2023
UNION ALL
SELECT row_number() OVER (ORDER BY year DESC), year, year, 'in ' || year FROM (SELECT DISTINCT year FROM births WHERE year <= 2023);

-- With n spans, the one at place p has weight n - p.
CREATE VIEW span_law AS
SELECT json_object('p', json(json_group_array(weight))) AS law
FROM (SELECT (SELECT count(*) FROM spans) - place AS weight FROM spans ORDER BY place);

CREATE TABLE configurations AS
SELECT i AS configuration, list_sex, strategy, k, year, span, period,
       iif(list_sex = 'balanced', k / 2, k) AS of_each_sex
FROM (SELECT value AS i,
             json_extract('["balanced", "M", "F"]', '$[' || rand('integer', '{"low": 0, "high": 2}', 'sex', value) || ']') AS list_sex,
             json_extract('["uniform", "population"]', '$[' || rand('integer', '{"low": 0, "high": 1}', 'strategy', value) || ']') AS strategy,
             json_extract('[10, 100, 1000, 5000]', '$[' || rand('integer', '{"low": 0, "high": 3}', 'k', value) || ']') AS k,
             rand('categorical', (SELECT law FROM span_law), 'span', value) AS place
      FROM series(0, 499))
     JOIN spans USING (place);

-- How far down a span's names of one sex are listed. Within a year a name stands once for each sex, so only all years need a sum.
CREATE TABLE ranked AS
SELECT year, sex, name, n, row_number() OVER (PARTITION BY year, sex ORDER BY n DESC, name) AS rank
FROM (SELECT 0 AS year, sex, name, sum(count) AS n FROM births WHERE year <= 2023 GROUP BY sex, name
      UNION ALL
      SELECT year, sex, name, count FROM births WHERE year IN (SELECT year FROM configurations));
CREATE UNIQUE INDEX ranked_by_rank ON ranked (year, sex, rank);

-- share: of its sex's part of the list. Half and half, each part weighs the same, however many children it stands for.
CREATE TABLE entries AS
SELECT configuration, name, n,
       1.0 * n / sum(n) OVER (PARTITION BY configuration, sex) AS share,
       count(*) OVER (PARTITION BY configuration) AS top
FROM configurations AS c JOIN ranked AS r ON r.year = c.year AND r.rank <= c.of_each_sex
WHERE c.list_sex IN ('balanced', r.sex) AND r.sex IN ('F', 'M');

CREATE VIEW babynames AS
SELECT configuration, list_sex, strategy, k, span, name, top, period,
       CASE list_sex WHEN 'M' THEN 'boy names' WHEN 'F' THEN 'girl names' ELSE 'names' END AS names,
       iif(strategy = 'population', ', drawn at random in proportion to how common they are', '') AS chance,
       CASE WHEN strategy = 'uniform' THEN NULL WHEN list_sex = 'balanced' THEN sum(share) / 2 ELSE sum(n) END AS weight
FROM entries JOIN configurations USING (configuration)
GROUP BY configuration, name;

CREATE VIEW babynames_dropped AS
SELECT 'year after 2023' AS reason, (SELECT count(*) FROM births WHERE year > 2023) AS n
UNION ALL
SELECT 'not in the list of a single year (lists of all years count it)',
       (SELECT count(*) FROM births WHERE year <= 2023)
       - (SELECT count(*)
          FROM (SELECT year, sex, max(of_each_sex) AS reach
                FROM configurations JOIN (SELECT 'F' AS sex UNION ALL SELECT 'M') ON list_sex IN ('balanced', sex)
                WHERE year > 0 GROUP BY year, sex)
               JOIN ranked USING (year, sex)
          WHERE rank <= reach);
