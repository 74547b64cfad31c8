-- The first turn of the chats of users who have at least 4.
CREATE TABLE chats AS
SELECT judge, model_a, model_b,
       nullif(strip(conversation_a ->> '$[0].content'), '') AS opening_prompt,
       nullif(strip(conversation_a ->> '$[1].content'), '') AS model_a_response,
       nullif(strip(conversation_b ->> '$[1].content'), '') AS model_b_response,
       CASE winner WHEN 'model_a' THEN 'a' WHEN 'model_b' THEN 'b' WHEN 'tie' THEN 'tie' WHEN 'tie (bothbad)' THEN 'bothbad' END AS winner
FROM train WHERE judge IN (SELECT judge FROM train GROUP BY judge HAVING count(*) >= 4);

CREATE VIEW few AS
SELECT 'user with fewer than 4 chats' AS reason, (SELECT count(*) FROM train) - (SELECT count(*) FROM chats) AS n;

CREATE VIEW chatbotarena_prompts AS SELECT judge, opening_prompt FROM chats WHERE opening_prompt IS NOT NULL;

CREATE VIEW chatbotarena_prompts_dropped AS
SELECT * FROM few UNION ALL SELECT 'no opening prompt', count(*) FROM chats WHERE opening_prompt IS NULL;

CREATE VIEW chatbotarena_individual_prefs AS
SELECT judge, opening_prompt, model_a_response, model_b_response, winner FROM chats
WHERE opening_prompt IS NOT NULL AND model_a_response IS NOT NULL AND model_b_response IS NOT NULL;

CREATE VIEW chatbotarena_individual_prefs_dropped AS
SELECT * FROM few
UNION ALL
SELECT 'no text of the prompt or of an answer', (SELECT count(*) FROM chats) - (SELECT count(*) FROM chatbotarena_individual_prefs);

-- Each chat twice: once for each of its models.
CREATE VIEW chatbotarena_assistant AS
SELECT model_a AS model, opening_prompt, model_a_response AS response FROM chats WHERE opening_prompt IS NOT NULL AND model_a_response IS NOT NULL
UNION ALL
SELECT model_b, opening_prompt, model_b_response FROM chats WHERE opening_prompt IS NOT NULL AND model_b_response IS NOT NULL;

CREATE VIEW chatbotarena_assistant_dropped AS
SELECT * FROM few
UNION ALL
SELECT 'no text of the prompt or of the answer', 2 * (SELECT count(*) FROM chats) - (SELECT count(*) FROM chatbotarena_assistant);
