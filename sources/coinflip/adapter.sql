CREATE TABLE coins AS
SELECT coin, p, round(p, 3) AS shown, rand('gp', '{"mean": 128}', 'flips', coin) AS flips
FROM (SELECT value AS coin, rand('uniform', '{}', 'bias', value) AS p FROM series(0, 999));

CREATE VIEW coinflip AS
SELECT coin,
       iif(d.value, 'Heads', 'Tails') AS flip,
       json_object('Heads', p, 'Tails', 1 - p) AS law,
       '["Heads", "Tails"]' AS names,
       '{"Heads": ' || fixed(shown, 3) || ', "Tails": ' || fixed(1 - shown, 3) || '}' AS chances,
       '{"Heads": "' || fixed(100 * shown, 1) || '%", "Tails": "' || fixed(100 * (1 - shown), 1) || '%"}' AS percentages,
       CASE WHEN p > 0.5 THEN 'Heads is likelier.' WHEN p < 0.5 THEN 'Tails is likelier.' ELSE 'Both are equally likely.' END AS likelier
FROM coins, draws('bernoulli', json_object('p', p), flips, 'flip', coin) AS d;
