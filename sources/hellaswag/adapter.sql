CREATE VIEW scenes AS
SELECT nullif(strip(activity_label), '') AS activity,
       coalesce(nullif(strip(ctx), ''), nullif(strip(coalesce(strip(ctx_a), '') || ' ' || coalesce(strip(ctx_b), '')), '')) AS context,
       endings, label
FROM val;

CREATE VIEW checked AS
SELECT coalesce('Activity: ' || activity || char(10), '') || coalesce('Context: ' || context || char(10), '')
       || 'Choose the ending that fits best:
A. ' || (endings ->> 0) || '
B. ' || (endings ->> 1) || '
C. ' || (endings ->> 2) || '
D. ' || (endings ->> 3) AS prompt,
       letter(CAST(label AS INTEGER)) AS answer_letter,
       CASE WHEN activity IS NULL AND context IS NULL THEN 'neither activity nor context'
            WHEN coalesce(json_array_length(endings), 0) <> 4 OR EXISTS (SELECT 1 FROM json_each(endings) WHERE type <> 'text') THEN 'not four endings'
            WHEN label IS NULL OR label NOT IN ('0', '1', '2', '3') THEN 'the label is none of the endings'
       END AS fault
FROM scenes;

CREATE VIEW hellaswag AS SELECT prompt, answer_letter FROM checked WHERE fault IS NULL;

CREATE VIEW hellaswag_dropped AS SELECT fault AS reason, count(*) AS n FROM checked WHERE fault IS NOT NULL GROUP BY fault;
