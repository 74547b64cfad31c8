-- One row per question, with its option lines and the letter of the answer. Options that are numbered get letters: 1 is A.
CREATE VIEW listed AS
SELECT strip(question) AS question, choices, strip(answerKey) AS answer_key,
       (SELECT group_concat(label || '. ' || text, char(10))
        FROM (SELECT CASE WHEN strip(l.value) GLOB '[1-9]' THEN letter(strip(l.value) - 1) ELSE strip(l.value) END AS label, strip(t.value) AS text
              FROM json_each(choices, '$.label') l JOIN json_each(choices, '$.text') t USING (key) ORDER BY key)) AS options,
       (SELECT CASE WHEN strip(value) GLOB '[1-9]' THEN letter(strip(value) - 1) ELSE strip(value) END
        FROM json_each(choices, '$.label') WHERE strip(value) = strip(answerKey)) AS answer_letter
FROM test;

CREATE VIEW checked AS
SELECT 'Question: ' || question || char(10) || options AS prompt, answer_letter,
       CASE WHEN coalesce(question, '') = '' THEN 'no question'
            WHEN coalesce(json_array_length(choices, '$.label'), 0) = 0
              OR json_array_length(choices, '$.label') IS NOT json_array_length(choices, '$.text') THEN 'options and labels do not match'
            WHEN EXISTS (SELECT 1 FROM json_each(choices, '$.text') WHERE coalesce(strip(value), '') = '') THEN 'an option is empty'
            WHEN coalesce(answer_key, '') = '' OR answer_letter IS NULL THEN 'the answer is none of the options'
       END AS fault
FROM listed;

CREATE VIEW arc AS SELECT prompt, answer_letter FROM checked WHERE fault IS NULL;

CREATE VIEW arc_dropped AS SELECT fault AS reason, count(*) AS n FROM checked WHERE fault IS NOT NULL GROUP BY fault;
