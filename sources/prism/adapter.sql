-- One line about each person; what is not known is left out.
CREATE TABLE people AS
SELECT user_id, max(_row) AS row,
       nullif(substr(coalesce('; Age: ' || nullif(strip(age), ''), '')
                     || coalesce('; Gender: ' || nullif(strip(gender), ''), '')
                     || coalesce('; Education: ' || nullif(strip(education), ''), '')
                     || coalesce('; Employment: ' || nullif(strip(employment_status), ''), '')
                     || coalesce('; Country: ' || nullif(strip(location ->> 'reside_country'), ''), '')
                     || coalesce('; Religion: ' || nullif(strip(religion ->> 'simplified'), ''), ''), 3), '') AS demographics
FROM survey WHERE user_id IS NOT NULL GROUP BY user_id;
CREATE UNIQUE INDEX people_by_id ON people (user_id);

CREATE TABLE kinds (conversation_type TEXT PRIMARY KEY, told TEXT);
INSERT INTO kinds VALUES
('unguided', 'Talk about anything you like. The choice is free.'),
('values guided', 'Talk about something that is important to you or that shows your values, for example work, religion, family and relationships, politics or culture.'),
('controversy guided', 'Talk about something contested, on which the people around you disagree, be it in your community, your culture or your country.');

CREATE VIEW prism_prompts AS
SELECT user_id, told AS conversation_type, nullif(nullif(strip(opening_prompt), ''), 'EMPTY STRING') AS opening_prompt
FROM conversations JOIN kinds USING (conversation_type);

CREATE VIEW prism_prompts_dropped AS
SELECT 'unknown kind of conversation' AS reason,
       count(*) FILTER (WHERE conversation_type IS NULL OR conversation_type NOT IN (SELECT conversation_type FROM kinds)) AS n
FROM conversations;

CREATE VIEW prism_prompts_individual AS
SELECT user_id, conversation_type, opening_prompt, demographics FROM prism_prompts JOIN people USING (user_id);

CREATE VIEW prism_prompts_individual_dropped AS
SELECT * FROM prism_prompts_dropped
UNION ALL
SELECT 'person without a survey', count(*) FROM prism_prompts WHERE user_id IS NULL OR user_id NOT IN (SELECT user_id FROM people);

-- The rated answers of each first turn, numbered in the order within the turn (which is random and not that on the screen).
CREATE TABLE answers AS
SELECT _row AS conversation, nullif(nullif(entry.value ->> 'content', ''), 'EMPTY STRING') AS content, CAST(entry.value ->> 'score' AS INTEGER) AS score,
       entry.value ->> 'if_chosen' AS chosen,
       row_number() OVER (PARTITION BY _row ORDER BY CAST(entry.value ->> 'within_turn_id' AS INTEGER), entry.key) AS place
FROM conversations, json_each(conversation_history) AS entry
WHERE entry.value ->> 'role' = 'model' AND entry.value ->> 'turn' = 0
  AND entry.value ->> 'score' IS NOT NULL AND entry.value ->> 'if_chosen' IS NOT NULL;

-- One row a conversation. Of several chosen answers the last counts; an answer without text is no answer.
CREATE TABLE judged AS
SELECT conversation, count(*) AS answers, substr('abcd', max(place) FILTER (WHERE chosen), 1) AS chosen_response,
       max(content) FILTER (WHERE place = 1) AS response_a, max(score) FILTER (WHERE place = 1) AS score_a,
       max(content) FILTER (WHERE place = 2) AS response_b, max(score) FILTER (WHERE place = 2) AS score_b,
       max(content) FILTER (WHERE place = 3) AS response_c, max(score) FILTER (WHERE place = 3) AS score_c,
       max(content) FILTER (WHERE place = 4) AS response_d, max(score) FILTER (WHERE place = 4) AS score_d
FROM answers WHERE place <= 4 GROUP BY conversation;
CREATE UNIQUE INDEX judged_by_conversation ON judged (conversation);

-- Every conversation with what keeps it out, if anything does.
CREATE VIEW preferences AS
SELECT conversations.user_id, nullif(opening_prompt, 'EMPTY STRING') AS opening_prompt, judged.*, demographics,
       CASE WHEN opening_prompt IS NULL OR opening_prompt IN ('', 'EMPTY STRING') THEN 'no opening prompt'
            WHEN people.user_id IS NULL THEN 'person without a survey'
            WHEN answers IS NULL OR answers < 4 THEN 'fewer than 4 rated answers in the first turn'
            WHEN response_a IS NULL OR response_b IS NULL OR response_c IS NULL OR response_d IS NULL THEN 'an answer without text'
            WHEN chosen_response IS NULL THEN 'no answer was chosen' END AS reason
FROM conversations LEFT JOIN judged ON conversation = conversations._row LEFT JOIN people USING (user_id);

CREATE VIEW prism_individual_preferences AS SELECT * FROM preferences WHERE reason IS NULL;

CREATE VIEW prism_individual_preferences_dropped AS
SELECT reason, count(*) AS n FROM preferences WHERE reason IS NOT NULL GROUP BY reason;
