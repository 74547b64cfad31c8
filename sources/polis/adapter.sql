-- What a conversation is about; a description may be empty. The votes below are kept under its number, which is shorter than its name.
CREATE TABLE about (number INTEGER PRIMARY KEY, conversation TEXT NOT NULL UNIQUE, topic TEXT, description TEXT);
INSERT INTO about
SELECT NULL, conversation,
       max(CASE key WHEN 'topic' THEN nullif(strip(value), '') END) AS topic,
       max(CASE key WHEN 'conversation-description' THEN nullif(strip(value), '') END) AS description
FROM (SELECT conversation, key, value FROM summary UNION ALL SELECT conversation, NULL, NULL FROM comments) GROUP BY conversation;

-- Short statements are noise; vtaiwan.uberx is Chinese, where blanks do not divide words.
-- Their numbers say conversation and comment in one, which is what the votes look up fastest.
CREATE TABLE kept (statement INTEGER PRIMARY KEY, conversation TEXT, comment TEXT);
INSERT INTO kept
SELECT number << 32 | "comment-id", conversation, strip("comment-body")
FROM comments JOIN about USING (conversation)
WHERE "comment-body" IS NOT NULL
  AND (words("comment-body") >= 4 OR conversation = 'vtaiwan.uberx')
  AND NOT (words("comment-body") < 3 AND fold("comment-body") LIKE '%test%');

CREATE VIEW polis_comment AS
SELECT conversation, comment, topic, description
FROM kept LEFT JOIN about USING (conversation);

CREATE VIEW polis_comment_dropped AS
SELECT 'no text' AS reason, count(*) AS n FROM comments WHERE "comment-body" IS NULL
UNION ALL
SELECT 'fewer than 4 words', (SELECT count(*) FROM comments WHERE "comment-body" IS NOT NULL) - (SELECT count(*) FROM kept);

-- The last vote of each person on each statement, in one pass over the votes, in the order in which they are read below. Number 0: of a
-- conversation of which nothing else is known.
CREATE TABLE last_votes (number INTEGER, voter_id INTEGER, comment_id INTEGER, vote INTEGER, timestamp INTEGER, row INTEGER, times INTEGER,
                         PRIMARY KEY (number, voter_id, comment_id)) WITHOUT ROWID;
INSERT INTO last_votes
SELECT ifnull(number, 0), "voter-id", "comment-id", vote, timestamp, _row, 1
FROM votes LEFT JOIN about USING (conversation) WHERE true
ON CONFLICT DO UPDATE SET
       (vote, timestamp, row) = (SELECT vote, timestamp, row WHERE (timestamp, row) > (excluded.timestamp, excluded.row)
                                 UNION ALL SELECT excluded.vote, excluded.timestamp, excluded.row LIMIT 1),
       times = times + 1;

CREATE VIEW polis_vote AS
SELECT about.conversation, voter_id, comment AS comment_text,
       CASE vote WHEN 1 THEN 'Agree' WHEN 0 THEN 'Pass' WHEN -1 THEN 'Disagree' END AS vote_text,
       topic, description
FROM about CROSS JOIN last_votes USING (number) CROSS JOIN kept ON statement = number << 32 | comment_id;

CREATE VIEW polis_vote_dropped AS
SELECT 'a later vote of the same person counts' AS reason, sum(times - 1) AS n FROM last_votes
UNION ALL
SELECT 'on a statement that was dropped',
       (SELECT count(*) FROM last_votes) - (SELECT count(*) FROM last_votes CROSS JOIN kept ON statement = number << 32 | comment_id);
