-- Films that share their title are told apart by the year.
CREATE TABLE films (movie INTEGER PRIMARY KEY, title TEXT);
INSERT INTO films
SELECT movie, iif(count(*) OVER (PARTITION BY title) > 1 AND year <> '', title || ' (' || year || ')', title)
FROM (SELECT movie, year, nullif(strip(title), '') AS title FROM movie_titles);

-- The first pass over the ratings counts them, the second collects those of the chosen customers: nothing else is kept of 100 million rows.
CREATE TABLE customers (customer INTEGER PRIMARY KEY, n INTEGER);
INSERT INTO customers SELECT customer, 1 FROM ratings_first_pass WHERE true ON CONFLICT DO UPDATE SET n = n + 1;

CREATE TABLE chosen (customer INTEGER PRIMARY KEY);
INSERT INTO chosen
SELECT customer FROM customers WHERE n >= 10 ORDER BY rand('uniform', '{}', 'customer', customer), customer LIMIT 2000;

CREATE TABLE ratings AS
SELECT customer, movie, rating FROM ratings_second_pass WHERE customer IN (SELECT customer FROM chosen);

CREATE VIEW netflix AS
SELECT customer, title, CAST(rating AS TEXT) AS rating_str FROM ratings JOIN films USING (movie);

CREATE VIEW netflix_dropped AS
SELECT 'read in the first pass, to count' AS reason, (SELECT sum(n) FROM customers) AS n
UNION ALL
SELECT 'by a customer with fewer than 10 ratings', (SELECT sum(n) FROM customers WHERE n < 10)
UNION ALL
SELECT 'by a customer outside the sample', (SELECT sum(n) FROM customers WHERE n >= 10 AND customer NOT IN (SELECT customer FROM chosen))
UNION ALL
SELECT 'of a film without a title', (SELECT count(*) FROM ratings LEFT JOIN films USING (movie) WHERE title IS NULL)
UNION ALL
SELECT 'the films themselves', (SELECT count(*) FROM films);
