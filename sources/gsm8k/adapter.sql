CREATE VIEW gsm8k AS
SELECT nullif(strip(question), '') AS question, nullif(strip(answer), '') AS answer FROM train;
