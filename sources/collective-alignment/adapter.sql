-- What was put to the model: the user's messages, without those of the system and of the assistant. Of a repeated prompt the last one counts.
CREATE TABLE prompts AS
SELECT prompt_id,
       (SELECT strip(group_concat(content, char(10)))
        FROM (SELECT value ->> 'content' AS content FROM json_each(prompt, '$.messages') WHERE value ->> 'role' = 'user' ORDER BY key)) AS conversation,
       responses
FROM comparisons WHERE _row IN (SELECT max(_row) FROM comparisons GROUP BY prompt_id);

-- The answers by letter; one that is missing is an empty text.
CREATE TABLE answers AS
SELECT prompt_id, conversation, coalesce(conversation, '') <> '' AS asked, coalesce(max(content) FILTER (WHERE letter IN ('a', 'b', 'c', 'd')), '') <> '' AS answered,
       coalesce(max(content) FILTER (WHERE letter = 'a'), '') AS response_a, coalesce(max(content) FILTER (WHERE letter = 'b'), '') AS response_b,
       coalesce(max(content) FILTER (WHERE letter = 'c'), '') AS response_c, coalesce(max(content) FILTER (WHERE letter = 'd'), '') AS response_d
FROM (SELECT prompt_id, conversation, lower(value ->> 'response_index') AS letter, strip(value ->> '$.messages[0].content') AS content
      FROM prompts LEFT JOIN json_each(responses))
GROUP BY prompt_id;
CREATE UNIQUE INDEX answers_by_prompt ON answers (prompt_id);

CREATE TABLE annotators AS
SELECT annotator_id, min(_row) AS row, count(*) AS times, nullif(spaced(without_nulls(demographics)), '{}') AS demographics
FROM assessments WHERE annotator_id IS NOT NULL GROUP BY annotator_id;
CREATE UNIQUE INDEX annotators_by_id ON annotators (annotator_id);

CREATE VIEW collective_alignment_individual AS
SELECT annotator_id, conversation, response_a, response_b, response_c, response_d,
       coalesce(strip(ranking_blocks ->> '$.personal[0].ranking'), '') AS personal_ranking,
       coalesce(strip(ranking_blocks ->> '$.world[0].ranking'), '') AS world_ranking,
       coalesce(strip(ranking_blocks ->> '$.personal[0].rationale'), '') AS personal_rationale,
       coalesce(strip(ranking_blocks ->> '$.world[0].rationale'), '') AS world_rationale,
       coalesce((SELECT group_concat(value, '|') FROM (SELECT value FROM json_each(ranking_blocks, '$.unacceptable[0].rating') ORDER BY key)), '')
       AS unacceptable_responses,
       coalesce(strip(ranking_blocks ->> '$.unacceptable[0].rationale'), '') AS unacceptable_rationale,
       nullif(importance ->> '$', '') AS importance, nullif(representativeness ->> '$', '') AS representativeness,
       nullif(subjectivity ->> '$', '') AS subjectivity, annotators.demographics
FROM assessments JOIN annotators USING (annotator_id) JOIN answers USING (prompt_id)
WHERE times >= 3 AND asked AND answered;

CREATE VIEW collective_alignment_individual_dropped AS
SELECT CASE WHEN annotator_id IS NULL THEN 'no annotator' WHEN times < 3 THEN 'annotator with fewer than 3 assessments'
            WHEN answers.prompt_id IS NULL THEN 'prompt is not among the comparisons' WHEN asked THEN 'prompt without an answer A to D'
            ELSE 'prompt without a text of the user' END AS reason,
       count(*) AS n
FROM assessments LEFT JOIN annotators USING (annotator_id) LEFT JOIN answers USING (prompt_id)
WHERE annotator_id IS NULL OR times < 3 OR answers.prompt_id IS NULL OR NOT asked OR NOT answered GROUP BY 1;
