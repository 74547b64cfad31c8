-- A moderators' footnote is a quoted line; the quote mark may be an HTML entity. It goes before the body is looked at.
CREATE TABLE trimmed AS
SELECT strip(title) AS title,
       strip(regex_replace(selftext, '(?im)^(?:>|&gt;)\s*\*[^\n]*This is a footnote[^\n]*\n?', '')) AS selftext,
       score, num_comments, comments
FROM threads;

CREATE TABLE judged AS
SELECT title, selftext, score,
       CASE WHEN coalesce(title, '') IN ('', '[deleted]', '[removed]') THEN 'no title'
            WHEN coalesce(selftext, '') IN ('', '[deleted]', '[removed]') THEN 'no text, or deleted'
            WHEN coalesce(num_comments, 0) <= 4 THEN 'fewer than 5 comments'
            WHEN NOT EXISTS (SELECT 1 FROM json_each(comments)
                             WHERE CASE type WHEN 'object' THEN json_extract(value, '$.body') NOT IN ('', '[deleted]', '[removed]')
                                                                AND json_extract(value, '$.score') IS NOT NULL END)
                 THEN 'no comment with text and score' END AS reason
FROM trimmed;

CREATE VIEW cmv_posts AS
SELECT title, selftext, score, title || char(10, 10) || selftext AS post FROM judged WHERE reason IS NULL;
CREATE VIEW cmv_posts_dropped AS
SELECT reason, count(*) AS n FROM judged WHERE reason IS NOT NULL GROUP BY reason;

CREATE VIEW cmv_questions AS SELECT DISTINCT post FROM cmv_posts;
CREATE VIEW cmv_questions_dropped AS
SELECT reason, n FROM cmv_posts_dropped
UNION ALL
SELECT 'posted before', count(*) - count(DISTINCT post) FROM cmv_posts;

CREATE VIEW cmv_title AS SELECT DISTINCT title FROM cmv_posts;
CREATE VIEW cmv_title_dropped AS
SELECT reason, n FROM cmv_posts_dropped
UNION ALL
SELECT 'title used before', count(*) - count(DISTINCT title) FROM cmv_posts;
