-- Options that are not blank as [text, is it right], in random order.
CREATE TABLE asked AS
SELECT Question AS question, strip("Correct Answer") AS correct,
       shuffled((SELECT json_group_array(json(value))
                 FROM (SELECT value FROM json_each(json_array(json_array(strip("Incorrect Answer 1"), 0), json_array(strip("Incorrect Answer 2"), 0),
                                                              json_array(strip("Incorrect Answer 3"), 0), json_array(strip("Correct Answer"), 1)))
                       WHERE coalesce(value ->> 0, '') <> '' ORDER BY key)),
                'options', coalesce(Question, ''), coalesce("Correct Answer", '')) AS options
FROM main;

CREATE VIEW checked AS
SELECT 'Question: ' || question || char(10)
       || (SELECT group_concat(letter(key) || '. ' || text, char(10)) FROM (SELECT key, value ->> 0 AS text FROM json_each(options) ORDER BY key)) AS prompt,
       (SELECT letter(key) FROM json_each(options) WHERE value ->> 1 = 1) AS answer_letter,
       CASE WHEN coalesce(strip(question), '') = '' THEN 'no question'
            WHEN coalesce(correct, '') = '' THEN 'no right answer'
       END AS fault
FROM asked;

CREATE VIEW gpqa AS SELECT prompt, answer_letter FROM checked WHERE fault IS NULL;

CREATE VIEW gpqa_dropped AS SELECT fault AS reason, count(*) AS n FROM checked WHERE fault IS NOT NULL GROUP BY fault;
