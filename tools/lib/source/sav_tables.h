/* sav_tables: what SPSS files say of their variables, as tables beside those of the data. */
#ifndef SPECTRUM_SAV_TABLES_H
#define SPECTRUM_SAV_TABLES_H

#include "source/manifest.h"

/* Adds, for each table NAME of reader `sav`, the tables NAME_variables and NAME_labels of the same files (columns: see read/reader_sav.c). */
void sav_tables_add(struct source *s);

#endif
