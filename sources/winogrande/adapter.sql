CREATE VIEW checked AS
SELECT 'Sentence: ' || replace(strip(sentence), '_', '_____') || '
Which option belongs in the blank?
A. ' || strip(option1) || '
B. ' || strip(option2) AS prompt,
       CASE answer WHEN '1' THEN 'A' WHEN '2' THEN 'B' END AS answer_letter,
       CASE WHEN coalesce(strip(sentence), '') = '' THEN 'no sentence'
            WHEN coalesce(strip(option1), '') = '' OR coalesce(strip(option2), '') = '' THEN 'an option is empty'
            WHEN answer IS NULL OR answer NOT IN ('1', '2') THEN 'the answer is neither 1 nor 2'
       END AS fault
FROM validation;

CREATE VIEW winogrande AS SELECT prompt, answer_letter FROM checked WHERE fault IS NULL;

CREATE VIEW winogrande_dropped AS SELECT fault AS reason, count(*) AS n FROM checked WHERE fault IS NOT NULL GROUP BY fault;
