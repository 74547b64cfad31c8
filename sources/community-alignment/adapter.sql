-- The rows of one edition of the file, the filtered one where it is there.
CREATE VIEW conversations AS
SELECT _row AS row, * FROM editions WHERE edition = (SELECT max(edition) FROM editions);

-- 10,000 rows, annotator by annotator in a keyed order: a sample of single rows would leave hardly anybody 4 of them.
CREATE TABLE sampled AS
SELECT row FROM (SELECT row, coalesce(annotator_id, 'row ' || row) AS person FROM conversations)
ORDER BY rand('uniform', '{}', 'annotator', person), person, row LIMIT 10000;

CREATE TABLE kept AS
SELECT row, annotator_id, assigned_lang, first_turn_prompt AS untrimmed, strip(first_turn_prompt) AS prompt,
       nullif(strip(replace(first_turn_response_a, '<|end_of_text|>', '')), '') AS response_a,
       nullif(strip(replace(first_turn_response_b, '<|end_of_text|>', '')), '') AS response_b,
       nullif(strip(replace(first_turn_response_c, '<|end_of_text|>', '')), '') AS response_c,
       nullif(strip(replace(first_turn_response_d, '<|end_of_text|>', '')), '') AS response_d,
       strip(first_turn_preferred_response) AS preferred_response,
       nullif(strip(first_turn_feedback), '') AS justification,
       nullif(strip(second_turn_prompt), '') AS reply
FROM conversations
WHERE row IN (SELECT row FROM sampled) AND strip(first_turn_prompt) <> '' AND strip(first_turn_preferred_response) <> '';

-- What is told of an annotator stands in his or her first row.
CREATE TABLE annotators AS
SELECT annotator_id, min(row) AS row,
       spaced(json_object('age', annotator_age, 'gender', annotator_gender, 'education_level', annotator_education_level,
                          'annotator_political', annotator_political, 'ethnicity', annotator_ethnicity, 'country', annotator_country)) AS demographics
FROM conversations WHERE row IN (SELECT row FROM kept) AND annotator_id IS NOT NULL GROUP BY annotator_id;
CREATE UNIQUE INDEX annotators_by_id ON annotators (annotator_id);

CREATE VIEW left_out AS
SELECT 'not in the sample' AS reason, (SELECT count(*) FROM editions) - (SELECT count(*) FROM sampled) AS n
UNION ALL
SELECT 'no prompt or no choice', (SELECT count(*) FROM sampled) - (SELECT count(*) FROM kept);

-- The first row of every prompt, over all languages.
CREATE TABLE prompts AS
SELECT assigned_lang, prompt, response_a, response_b, response_c, response_d, min(row) AS row FROM kept GROUP BY untrimmed;

CREATE VIEW community_alignment_initial_prompt AS SELECT assigned_lang, prompt FROM prompts;

CREATE VIEW community_alignment_initial_prompt_dropped AS
SELECT * FROM left_out
UNION ALL
SELECT 'prompt of an earlier row', (SELECT count(*) FROM kept) - (SELECT count(*) FROM prompts);

CREATE VIEW replies AS
SELECT annotator_id, prompt, reply, demographics,
       CASE preferred_response WHEN 'response_a' THEN response_a WHEN 'response_b' THEN response_b
                               WHEN 'response_c' THEN response_c WHEN 'response_d' THEN response_d END AS model_response
FROM kept LEFT JOIN annotators USING (annotator_id);

CREATE VIEW community_alignment_individual_reply AS SELECT * FROM replies WHERE reply IS NOT NULL AND model_response IS NOT NULL;

CREATE VIEW community_alignment_individual_reply_dropped AS
SELECT * FROM left_out
UNION ALL
SELECT CASE WHEN reply IS NULL THEN 'no second message' ELSE 'no text of the chosen answer' END, count(*)
FROM replies WHERE reply IS NULL OR model_response IS NULL GROUP BY reply IS NULL;

CREATE VIEW community_alignment_individual_preferences AS
SELECT annotator_id, prompt, response_a, response_b, response_c, response_d, preferred_response, justification, demographics
FROM kept LEFT JOIN annotators USING (annotator_id);

CREATE VIEW community_alignment_individual_preferences_dropped AS SELECT * FROM left_out;

CREATE VIEW community_alignment_response AS
SELECT assigned_lang, prompt, shuffled(json_array(response_a, response_b, response_c, response_d), 'responses', prompt) AS responses
FROM prompts WHERE response_a IS NOT NULL AND response_b IS NOT NULL AND response_c IS NOT NULL AND response_d IS NOT NULL;

CREATE VIEW community_alignment_response_dropped AS
SELECT * FROM community_alignment_initial_prompt_dropped
UNION ALL
SELECT 'fewer than 4 answers', (SELECT count(*) FROM prompts) - (SELECT count(*) FROM community_alignment_response);
