CREATE VIEW checked AS
SELECT 'Question: ' || strip(question) || char(10)
       || (SELECT group_concat(letter(key) || '. ' || text, char(10)) FROM (SELECT key, strip(value) AS text FROM json_each(choices) ORDER BY key)) AS prompt,
       letter(label) AS answer_letter,
       CASE WHEN coalesce(strip(question), '') = '' THEN 'no question'
            WHEN coalesce(json_array_length(choices), 0) = 0 THEN 'no options'
            WHEN EXISTS (SELECT 1 FROM json_each(choices) WHERE coalesce(strip(value), '') = '') THEN 'an option is empty'
            WHEN label IS NULL OR label NOT BETWEEN 0 AND json_array_length(choices) - 1 THEN 'the label is none of the options'
       END AS fault
FROM validation;

CREATE VIEW truthful_qa AS SELECT prompt, answer_letter FROM checked WHERE fault IS NULL;

CREATE VIEW truthful_qa_dropped AS SELECT fault AS reason, count(*) AS n FROM checked WHERE fault IS NOT NULL GROUP BY fault;
