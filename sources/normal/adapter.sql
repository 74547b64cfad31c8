-- Which law the mean and the standard deviation follow, before scaling.
CREATE TABLE unscaled AS
SELECT i,
       CASE kind
         WHEN 1 THEN rand('uniform', '{"low": 0, "high": 100}', 'mean', i) * exp(rand('normal', '{"mean": 0, "sd": 4}', 'mean scale', i))
         WHEN 2 THEN rand('poisson', '{"mean": 10}', 'mean count', i) * iif(rand('bernoulli', '{"p": 0.5}', 'sign', i), -1.0, 1.0)
         ELSE rand('uniform', '{"low": 0, "high": 100}', 'mean', i) END AS mean,
       CASE kind
         WHEN 1 THEN rand('uniform', '{"low": 1, "high": 5}', 'sd', i) * exp(rand('normal', '{"mean": 0, "sd": 3}', 'sd scale', i))
         WHEN 2 THEN iif(rand('bernoulli', '{"p": 0.5}', 'reciprocal', i), 1.0 / count, 1.0 * count)
         ELSE rand('uniform', '{"low": 1, "high": 5}', 'sd', i) END AS sd
FROM (SELECT value AS i,
             min(CAST(5 * rand('uniform', '{}', 'kind', value) AS INTEGER), 3) AS kind,
             max(1, rand('poisson', '{"mean": 20}', 'sd count', value)) AS count
      FROM series(0, 999));

-- digits: decimals that show two digits of the standard deviation; mean_digits: decimals that show one of the mean
CREATE TABLE distributions AS
SELECT i, mean, sd, digits, iif(mean = 0, 0, -CAST(floor(log10(abs(mean))) AS INTEGER)) AS mean_digits,
       max(1 + rand('poisson', '{"mean": 3}', 'decimals', i), digits) AS decimals,
       rand('gp', '{"mean": 128}', 'draws', i) AS draws,
       rand('integer', '{"low": 0, "high": 5}', 'format', i) AS format
FROM (SELECT i, mean, sd, max(0, 1 - CAST(floor(log10(sd)) AS INTEGER)) AS digits
      FROM (SELECT i, mean * scale AS mean, sd * scale AS sd
            FROM (SELECT *, exp(rand('uniform', '{"low": -10, "high": 10}', 'scale', i)) AS scale FROM unscaled)));

CREATE TABLE described AS
SELECT *, CASE WHEN format < 4 THEN fixed(mean, max(5 - format, digits, mean_digits)) ELSE scientific(mean, iif(format = 4, 4, 2)) END AS mean_text,
       CASE WHEN format < 4 THEN fixed(sd, max(5 - format, digits)) ELSE scientific(sd, iif(format = 4, 4, 2)) END AS sd_text
FROM distributions;

CREATE VIEW normal AS
SELECT i AS distribution, fixed(d.value, decimals) AS draw, mean_text AS mean, sd_text AS sd, decimals
FROM described AS x, draws('normal', json_object('mean', x.mean, 'sd', x.sd), x.draws, 'draw', i) AS d;
