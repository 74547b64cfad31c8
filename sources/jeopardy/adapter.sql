CREATE VIEW checked AS
SELECT strip(Question) AS Question, strip(Answer) AS Answer,
       CASE WHEN coalesce(strip(Round), '') NOT IN ('Jeopardy!', 'Double Jeopardy!') THEN 'round other than Jeopardy! and Double Jeopardy!'
            WHEN instr(lower(Question), 'href') THEN 'clue that links to a picture or a sound'
            WHEN coalesce(strip(Question), '') = '' THEN 'no clue'
            WHEN coalesce(strip(Answer), '') = '' THEN 'no answer'
            WHEN coalesce(strip(Category), '') = '' THEN 'no category'
       END AS fault
FROM clues;

CREATE VIEW jeopardy AS SELECT Question, Answer FROM checked WHERE fault IS NULL;

CREATE VIEW jeopardy_dropped AS SELECT fault AS reason, count(*) AS n FROM checked WHERE fault IS NOT NULL GROUP BY fault;
