CREATE VIEW cards AS
SELECT r.value || s.value AS sample
FROM json_each('["2","3","4","5","6","7","8","9","10","J","Q","K","A"]') AS r, json_each('["♣","♦","♥","♠"]') AS s;

-- Parameters first, then the number of draws, then the draws: 500 distributions a family.
CREATE TABLE poissons AS
SELECT value AS i, rand('gamma', '{"shape": 0.5, "scale": 2000}', 'poisson', 'lambda', value) AS lambda,
       rand('gp', '{"mean": 1024}', 'poisson', 'draws', value) AS draws FROM series(0, 499);
CREATE VIEW poisson AS
SELECT i, d.value AS sample, number(lambda) AS lambda
FROM poissons AS x, draws('poisson', json_object('mean', x.lambda), draws, 'poisson', i) AS d;

CREATE TABLE geometrics AS
SELECT task.value AS task, s.value AS i, rand('beta', '{"a": 1, "b": 1}', task.value, 'p', s.value) AS p,
       rand('gp', '{"mean": 1024}', task.value, 'draws', s.value) AS draws
FROM json_each('["geometric", "geometric_beta"]') AS task, series(0, 499) AS s;
CREATE VIEW geometric AS
SELECT i, d.value AS sample, number(x.p) AS p
FROM geometrics AS x, draws('geometric', json_object('p', x.p), draws, task, i) AS d WHERE task = 'geometric';
CREATE VIEW geometric_beta AS
SELECT i, d.value AS sample, fixed(x.p, iif(x.p < 0.0005, 6, 3)) AS p
FROM geometrics AS x, draws('geometric', json_object('p', x.p), draws, task, i) AS d WHERE task = 'geometric_beta';

CREATE TABLE binomials AS
SELECT value AS i, rand('uniform', '{}', 'binomial', 'p', value) AS p, rand('gp', '{"mean": 1024}', 'binomial', 'n', value) AS n,
       rand('gp', '{"mean": 1024}', 'binomial', 'draws', value) AS draws FROM series(0, 499);
CREATE VIEW binomial AS
SELECT i, d.value AS sample, x.n AS n, number(x.p) AS p
FROM binomials AS x, draws('binomial', json_object('n', x.n, 'p', x.p), draws, 'binomial', i) AS d;

CREATE TABLE negative_binomials AS
SELECT value AS i, 1 - rand('uniform', '{}', 'negative_binomial', 'r', value) AS r, 1 - rand('uniform', '{}', 'negative_binomial', 'p', value) AS p,
       rand('gp', '{"mean": 1024}', 'negative_binomial', 'draws', value) AS draws FROM series(0, 499);
CREATE VIEW negative_binomial AS
SELECT i, d.value AS sample, fixed(x.r, 4) AS r, fixed(x.p, 4) AS p
FROM negative_binomials AS x, draws('negative_binomial', json_object('r', x.r, 'p', x.p), draws, 'negative_binomial', i) AS d;

-- Categories and their probabilities, for two tasks; `chances` is what a description shows.
CREATE TABLE vectors AS
SELECT task, i, categories, p,
       (SELECT spaced(json_group_object(key, value)) FROM (SELECT key, round(value, 4) AS value FROM json_each(p) ORDER BY key)) AS chances
FROM (SELECT task, i, categories, rand('dirichlet', json_object('alpha', 1, 'k', categories), task, 'p', i) AS p
      FROM (SELECT task.value AS task, s.value AS i, max(2, rand('gp', '{"mean": 12}', task.value, 'categories', s.value)) AS categories
            FROM json_each('["categorical", "multinomial"]') AS task, series(0, 499) AS s));

CREATE TABLE categoricals AS
SELECT i, categories, p, chances, rand('gp', '{"mean": 1024}', task, 'draws', i) AS draws,
       (SELECT json_group_object(key, value) FROM (SELECT key, value FROM json_each(p) ORDER BY key)) AS law
FROM vectors WHERE task = 'categorical';
CREATE VIEW categorical AS
SELECT i, d.value AS sample, categories, chances, law
FROM categoricals AS x, draws('categorical', json_object('p', json(x.p)), draws, 'categorical', i) AS d;

CREATE TABLE multinomials AS
SELECT i, categories, p, chances, rand('gp', '{"mean": 32}', task, 'total', i) AS total, rand('gp', '{"mean": 1024}', task, 'draws', i) AS draws,
       rand('bernoulli', '{"p": 0.5}', task, 'style', i) AS as_object
FROM vectors WHERE task = 'multinomial';
CREATE VIEW multinomial AS
SELECT i, categories, total, chances,
       spaced(iif(as_object, (SELECT json_group_object(key, value) FROM (SELECT key, value FROM json_each(d.value) ORDER BY key)),
                  (SELECT json_group_array(CAST(value AS TEXT)) FROM (SELECT value FROM json_each(d.value) ORDER BY key)))) AS sample
FROM multinomials AS x, draws('multinomial', json_object('n', x.total, 'p', json(x.p)), draws, 'multinomial', i) AS d;

CREATE TABLE hypergeometrics AS
SELECT i, population, rand('gp', '{"mean": 1024}', 'hypergeometric', 'draws', i) AS draws,
       rand('integer', json_object('low', 1, 'high', population), 'hypergeometric', 'positives', i) AS positives,
       rand('integer', json_object('low', 1, 'high', population), 'hypergeometric', 'n', i) AS n
FROM (SELECT value AS i, rand('gp', '{"mean": 128}', 'hypergeometric', 'population', value) AS population FROM series(0, 499));
CREATE VIEW hypergeometric AS
SELECT i, d.value AS sample, population, positives, n
FROM hypergeometrics AS x,
     draws('hypergeometric', json_object('population', x.population, 'positives', x.positives, 'n', x.n), draws, 'hypergeometric', i) AS d;

CREATE TABLE zipfians AS
SELECT value AS i, rand('uniform', '{"low": 1.000001, "high": 2.5}', 'zipfian', 'alpha', value) AS alpha,
       rand('gp', '{"mean": 1024}', 'zipfian', 'draws', value) AS draws FROM series(0, 499);
CREATE VIEW zipfian AS
SELECT i, d.value AS sample, fixed(x.alpha, 3) AS alpha
FROM zipfians AS x, draws('zipf', json_object('exponent', x.alpha), draws, 'zipfian', i) AS d;
