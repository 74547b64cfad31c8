CREATE VIEW chemistry_esol AS
SELECT SMILES, SELFIES, InChI, IUPAC, "measured log(solubility:mol/L)" FROM molecules;

CREATE VIEW chemistry_oxidative AS
SELECT prompt, C2_yield FROM experiments WHERE prompt IS NOT NULL;

CREATE VIEW chemistry_oxidative_dropped AS
SELECT 'no prompt' AS reason, count(*) AS n FROM experiments WHERE prompt IS NULL;
