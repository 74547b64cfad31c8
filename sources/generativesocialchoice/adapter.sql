CREATE VIEW pages AS
SELECT survey, user_id, question_type, json_choices,
       nullif(strip(replace(question_text, char(13, 10), char(10))), '') AS question_text,
       nullif(strip(choice), '') AS choice,
       nullif(strip(replace(text, char(13, 10), char(10))), '') AS response_text,
       CASE survey WHEN 'abortion' THEN 'abortion' ELSE 'the personalization of chatbots' END AS subject
FROM surveys;

CREATE VIEW generativesocialchoice_validation AS SELECT * FROM pages WHERE question_type = 'multiple choice + text';
CREATE VIEW generativesocialchoice_validation_dropped AS
SELECT 'page of type ' || coalesce(question_type, 'none') AS reason, count(*) AS n
FROM pages WHERE question_type IS NOT 'multiple choice + text' GROUP BY question_type;

CREATE VIEW generativesocialchoice_freetext AS SELECT * FROM pages WHERE question_type = 'text';
CREATE VIEW generativesocialchoice_freetext_dropped AS
SELECT 'page of type ' || coalesce(question_type, 'none') AS reason, count(*) AS n
FROM pages WHERE question_type IS NOT 'text' GROUP BY question_type;
