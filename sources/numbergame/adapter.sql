-- A set stands in the file as 3_ 9_ 27.
CREATE VIEW asked AS
SELECT id, regex_replace(strip("set"), '\s*_\s*', ', ') AS given_numbers, CAST(target AS TEXT) AS target_number,
       CASE rating WHEN 0 THEN 'No' WHEN 1 THEN 'Yes' END AS target_belongs_to_set, rating, p
FROM judgements;

CREATE VIEW numbergame_individual AS
SELECT id, given_numbers, target_number, target_belongs_to_set FROM asked
WHERE given_numbers <> '' AND target_number IS NOT NULL AND target_belongs_to_set IS NOT NULL;

CREATE VIEW numbergame_individual_dropped AS
SELECT 'no set or no target' AS reason, count(*) AS n FROM asked WHERE coalesce(given_numbers, '') = '' OR target_number IS NULL
UNION ALL
SELECT 'neither rated 0 nor 1', count(*) FROM asked
WHERE given_numbers <> '' AND target_number IS NOT NULL AND target_belongs_to_set IS NULL;

CREATE TABLE shares AS
SELECT given_numbers, target_number, count(*) AS times,
       CASE WHEN min(p) = max(p) THEN 100 * min(p)
            ELSE 100.0 * sum(target_belongs_to_set = 'Yes') / nullif(count(target_belongs_to_set), 0) END AS percent
FROM asked WHERE given_numbers <> '' AND target_number IS NOT NULL
GROUP BY given_numbers, target_number;

CREATE VIEW numbergame_perc AS
SELECT given_numbers, target_number, fixed(percent, 0) || '%' AS perc FROM shares WHERE percent IS NOT NULL;

CREATE VIEW numbergame_perc_dropped AS
SELECT 'no set or no target' AS reason, count(*) AS n FROM asked WHERE coalesce(given_numbers, '') = '' OR target_number IS NULL
UNION ALL
SELECT 'another answer about the same set and target', sum(times - 1) FROM shares
UNION ALL
SELECT 'neither a share nor ratings', count(*) FROM shares WHERE percent IS NULL;
