-- Texts of the file may stand in single quotes. The type makes is_male print as true and false.
CREATE TABLE people (has_survived TEXT, passenger_class INTEGER, is_male BOOLEAN, age REAL, sibsp REAL, parch REAL, fare REAL, embarked TEXT);
INSERT INTO people
SELECT CASE fold(trim(has_survived, ' ''')) WHEN '0' THEN '0' WHEN 'no' THEN '0' WHEN '1' THEN '1' WHEN 'yes' THEN '1' END, passenger_class,
       CASE fold(trim(sex, ' ''')) WHEN 'male' THEN 1 WHEN 'female' THEN 0 END,
       age, sibsp, parch, fare,
       CASE WHEN trim(embarked, ' ''') NOT IN ('', '?') THEN trim(embarked, ' ''') END
FROM passengers;

CREATE VIEW titanic AS SELECT * FROM people WHERE has_survived IS NOT NULL;

CREATE VIEW titanic_dropped AS
SELECT 'survival is not known' AS reason, count(*) AS n FROM people WHERE has_survived IS NULL;
