-- Only the first sentence of a request says what is wanted; the rest is about braces and formats. It does not say what the lines of a person are.
CREATE TABLE lists AS
SELECT regex_extract(prompt, '^(.*)/', 1) AS folder, regex_extract(prompt, '[^/]+$', 0) AS list, targets,
       regex_extract(request, '^\s*([^.]*[^.\s])', 1)
       || iif(prompt LIKE 'ficticious-people/%', ' (name, gender, date of birth and place of birth, each on its own line)', '') AS request
FROM prompts;

-- Braces around each line, and blanks of no width.
CREATE VIEW diffuse_distribution AS
SELECT folder, list, request, nullif(strip(regex_replace(value, '[{}\x{200B}]', '')), '') AS sample
FROM lists, json_each(targets);

CREATE VIEW diffuse_distribution_dropped AS
SELECT 'file without targets' AS reason, count(*) AS n FROM lists WHERE coalesce(json_array_length(targets), 0) = 0;
