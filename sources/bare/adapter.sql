-- Rows as they are; one that lacks a field is left out of all four parts.
CREATE VIEW gsm8k AS SELECT question, answer FROM gsm8k_rows WHERE question <> '' AND answer <> '';
CREATE VIEW gsm8k_dropped AS SELECT 'a field is missing or empty' AS reason, (SELECT count(*) FROM gsm8k_rows) - (SELECT count(*) FROM gsm8k) AS n;

CREATE VIEW enron AS SELECT spam, email FROM enron_rows WHERE spam IS NOT NULL AND email <> '';
CREATE VIEW enron_dropped AS SELECT 'a field is missing or empty' AS reason, (SELECT count(*) FROM enron_rows) - (SELECT count(*) FROM enron) AS n;

CREATE VIEW hotpot AS SELECT context, question, answer FROM hotpot_rows WHERE context <> '' AND question <> '' AND answer <> '';
CREATE VIEW hotpot_dropped AS SELECT 'a field is missing or empty' AS reason, (SELECT count(*) FROM hotpot_rows) - (SELECT count(*) FROM hotpot) AS n;

CREATE VIEW lcb AS SELECT question, answer FROM lcb_rows WHERE question <> '' AND answer <> '';
CREATE VIEW lcb_dropped AS SELECT 'a field is missing or empty' AS reason, (SELECT count(*) FROM lcb_rows) - (SELECT count(*) FROM lcb) AS n;

CREATE VIEW newsgroups AS SELECT newsgroup, message FROM newsgroups_rows WHERE newsgroup <> '' AND message <> '';
CREATE VIEW newsgroups_dropped AS SELECT 'a field is missing or empty' AS reason, (SELECT count(*) FROM newsgroups_rows) - (SELECT count(*) FROM newsgroups) AS n;

CREATE VIEW pubmed AS SELECT context, question, answer FROM pubmed_rows WHERE context <> '' AND question <> '' AND answer <> '';
CREATE VIEW pubmed_dropped AS SELECT 'a field is missing or empty' AS reason, (SELECT count(*) FROM pubmed_rows) - (SELECT count(*) FROM pubmed) AS n;
