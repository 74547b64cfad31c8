-- Twice the weights run from low to high: -2 to 1 as in the paper's suite; a high of 2 would make the range symmetric.
CREATE TABLE weights AS SELECT low, high - low + 1 AS base FROM (SELECT -2 AS low, 1 AS high);

-- A profile is four digits in that base, digit + low being twice a weight; the one that stands for four zeros is skipped.
CREATE TABLE people AS
SELECT person, profile % base + low AS departure, profile / base % base + low AS duration, profile / (base * base) % base + low AS price,
       profile / (base * base * base) + low AS stops
FROM (SELECT person, low, base, u + (u >= -low * (1 + base + base * base + base * base * base)) AS profile
      FROM (SELECT value AS person, low, base, rand('integer', json_object('low', 0, 'high', base * base * base * base - 2), 'profile', value) AS u
            FROM weights, series(0, 199)));

-- Attributes are k/99 with whole k, so all arithmetic is exact; utility is 198 times that of the process.
CREATE TABLE offers AS
SELECT person, round, flight, k0, k1, k2, stop,
       2 * (departure * k0 + duration * k1 + price * k2) + 99 * stops * stop AS utility,
       300 + 1140 * k0 / 99 AS minute
FROM (SELECT p.*, r.value AS round, f.value AS flight,
             rand('integer', '{"low": 0, "high": 99}', 'departure', person, r.value, f.value) AS k0,
             rand('integer', '{"low": 0, "high": 99}', 'duration', person, r.value, f.value) AS k1,
             rand('integer', '{"low": 0, "high": 99}', 'price', person, r.value, f.value) AS k2,
             rand('integer', '{"low": 0, "high": 2}', 'stops', person, r.value, f.value) AS stop
      FROM people AS p, series(0, 19) AS r, series(1, 3) AS f);

CREATE TABLE texts AS
SELECT person, round, flight, utility,
       printf('Flight %d:' || char(10) || 'Departure Time: %02d:%02d %s, Duration: %d hr %d min, Number of Stops: %d, Price: $%d.00', flight,
              (minute / 60 + 11) % 12 + 1, minute % 60, iif(minute / 60 % 24 < 12, 'AM', 'PM'),
              (45 + 915 * k1 / 99) / 60, (45 + 915 * k1 / 99) % 60, stop, 500 + 10 * (145 * k2 / 99)) AS text
FROM offers;

-- Of equal utilities the first flight wins: 4 * utility - flight is largest for it.
CREATE VIEW flight AS
SELECT person, round,
       max(iif(flight = 1, text, NULL)) || char(10) || max(iif(flight = 2, text, NULL)) || char(10) || max(iif(flight = 3, text, NULL)) AS Flights,
       CAST(CASE max(4 * utility - flight) WHEN max(iif(flight = 1, 4 * utility - 1, NULL)) THEN 1 WHEN max(iif(flight = 2, 4 * utility - 2, NULL)) THEN 2 ELSE 3 END AS TEXT) AS Rating
FROM texts GROUP BY person, round;
