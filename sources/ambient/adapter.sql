CREATE VIEW ambient_disambiguation AS
SELECT premise AS original_premise, hypothesis AS original_hypothesis, value ->> '$.label' AS target_label,
       value ->> '$.premise' AS disambiguated_premise, value ->> '$.hypothesis' AS disambiguated_hypothesis
FROM pairs, json_each(disambiguations);

CREATE VIEW ambient_disambiguation_dropped AS
SELECT 'pair that is not ambiguous' AS reason, count(*) AS n FROM pairs WHERE coalesce(json_array_length(disambiguations), 0) = 0;

-- worker_ids and annotations run in parallel.
CREATE VIEW ambient_linguist_annotations AS
SELECT worker.value AS worker_id, premise, hypothesis, annotation.value AS annotation
FROM linguists, json_each(worker_ids) AS worker, json_each(annotations) AS annotation
WHERE worker.key = annotation.key;

-- So do interpretations and labels; the distractor has no label.
CREATE VIEW readings AS
SELECT premise, hypothesis, ambiguous_sent, interpretation.value AS interpretation, label.value AS entailment_label
FROM crowd, json_each(interpretations) AS interpretation, json_each(labels) AS label
WHERE interpretation.key = label.key;

CREATE VIEW ambient_interpretation_labels AS
SELECT * FROM readings WHERE entailment_label IS NOT NULL;

CREATE VIEW ambient_interpretation_labels_dropped AS
SELECT 'distractor' AS reason, count(*) AS n FROM readings WHERE entailment_label IS NULL;

-- Of the nine labels of the pair in its ambiguous wording.
CREATE VIEW counts AS
SELECT premise, hypothesis, ambiguous_sent,
       (SELECT count(value) FROM json_each(q0_gold)) AS total,
       (SELECT count(*) FROM json_each(q0_gold) WHERE value = 'entailment') AS entailment,
       (SELECT count(*) FROM json_each(q0_gold) WHERE value = 'neutral') AS neutral,
       (SELECT count(*) FROM json_each(q0_gold) WHERE value = 'contradiction') AS contradiction
FROM crowd;

CREATE VIEW ambient_annotation_distributions AS
SELECT premise, hypothesis, ambiguous_sent,
       spaced(json_object('entailment_fraction', entailment || '/' || total, 'entailment_percentage', round(100.0 * entailment / total, 4),
                          'neutral_fraction', neutral || '/' || total, 'neutral_percentage', round(100.0 * neutral / total, 4),
                          'contradiction_fraction', contradiction || '/' || total,
                          'contradiction_percentage', round(100.0 * contradiction / total, 4))) AS label_distribution
FROM counts WHERE total > 0;

CREATE VIEW ambient_annotation_distributions_dropped AS
SELECT 'no labels' AS reason, count(*) AS n FROM counts WHERE total = 0;
