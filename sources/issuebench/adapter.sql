-- What the authors gave in place of a topic where a cluster of prompts has none.
CREATE TABLE aside AS
SELECT value AS topic FROM json_each('["UNASSIGNED CLUSTER", "SPAM", "TOXIC / UNSAFE", "FORMAT NOT TOPIC", "FORECAST"]');

CREATE TABLE kept AS
SELECT strip(topic_neutral) AS topic_neutral, strip(topic_pro) AS topic_pro, strip(topic_con) AS topic_con
FROM issues WHERE coalesce(strip(topic_neutral), '') NOT IN (SELECT topic FROM aside);

CREATE VIEW wordings AS
SELECT topic_neutral AS topic FROM kept UNION ALL SELECT topic_pro FROM kept UNION ALL SELECT topic_con FROM kept;

CREATE VIEW topics AS
SELECT DISTINCT topic FROM wordings WHERE topic <> '';

CREATE VIEW topics_dropped AS
SELECT 'issue that the authors set aside' AS reason, (SELECT count(*) FROM issues) - (SELECT count(*) FROM kept) AS n
UNION ALL
SELECT 'empty wording', count(*) FROM wordings WHERE coalesce(topic, '') = ''
UNION ALL
SELECT 'wording that is there already', (SELECT count(*) FROM wordings WHERE topic <> '') - (SELECT count(*) FROM topics);

CREATE VIEW templates AS
SELECT DISTINCT strip(annot1_template) AS template FROM ingredients WHERE strip(annot1_template) <> '';

CREATE VIEW templates_dropped AS
SELECT 'empty template' AS reason, count(*) AS n FROM ingredients WHERE coalesce(strip(annot1_template), '') = ''
UNION ALL
SELECT 'template that is there already',
       (SELECT count(*) FROM ingredients WHERE strip(annot1_template) <> '') - (SELECT count(*) FROM templates);
