CREATE VIEW checked AS
SELECT 'Passage: ' || coalesce(strip(passage), '') || char(10) || 'Question: ' || strip(question) AS prompt, answer_text,
       CASE WHEN coalesce(strip(question), '') = '' THEN 'no question'
            WHEN answer_text IS NULL THEN 'no answer'
       END AS fault
FROM (SELECT passage, question,
             (SELECT strip(value) FROM json_each(answers_spans, '$.spans') WHERE strip(value) <> '' ORDER BY key LIMIT 1) AS answer_text
      FROM validation);

CREATE VIEW "drop" AS SELECT prompt, answer_text FROM checked WHERE fault IS NULL;

CREATE VIEW drop_dropped AS SELECT fault AS reason, count(*) AS n FROM checked WHERE fault IS NOT NULL GROUP BY fault;
