CREATE VIEW checked AS
SELECT 'Question: ' || question || '
A. ' || (choices ->> 0) || '
B. ' || (choices ->> 1) || '
C. ' || (choices ->> 2) || '
D. ' || (choices ->> 3) AS prompt,
       letter(answer) AS answer_letter,
       CASE WHEN coalesce(strip(question), '') = '' THEN 'no question'
            WHEN coalesce(json_array_length(choices), 0) <> 4 OR EXISTS (SELECT 1 FROM json_each(choices) WHERE type <> 'text') THEN 'not four options'
            WHEN answer IS NULL OR answer NOT BETWEEN 0 AND 3 THEN 'the answer is none of the options'
       END AS fault
FROM test;

CREATE VIEW mmlu AS SELECT prompt, answer_letter FROM checked WHERE fault IS NULL;

CREATE VIEW mmlu_dropped AS SELECT fault AS reason, count(*) AS n FROM checked WHERE fault IS NOT NULL GROUP BY fault;
