-- The type makes `controversial` print as true and false.
CREATE TABLE questions (controversial BOOLEAN, language TEXT, country TEXT, question TEXT, fault TEXT);
INSERT INTO questions
SELECT part LIKE 'controversial%', regex_extract(part, '_(.*)_', 1), regex_extract(part, '[^_]*$', 0), strip(question),
       CASE WHEN rephrase THEN 'paraphrase'
            WHEN rephrase IS NULL THEN 'nothing says whether it is a paraphrase'
            WHEN coalesce(strip(question), '') = '' THEN 'no question'
       END
FROM asked;

CREATE VIEW valueconsistency AS SELECT controversial, language, country, question FROM questions WHERE fault IS NULL;

CREATE VIEW valueconsistency_dropped AS SELECT fault AS reason, count(*) AS n FROM questions WHERE fault IS NOT NULL GROUP BY fault;
