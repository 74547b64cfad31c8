/* progress: one line on standard error for work longer than two seconds, only on a terminal; pipes and CI see nothing. */
#ifndef SPECTRUM_PROGRESS_H
#define SPECTRUM_PROGRESS_H

#include <stdint.h>

struct progress {
	const char *what; /* "reading votes.csv"; NULL = silent */
	uint64_t total;   /* 0 = unknown */
	double started, shown;
	int visible;
};

void progress_start(struct progress *p, const char *what, uint64_t total);
void progress_show(struct progress *p, uint64_t done); /* cheap; draws at most five times a second */
void progress_end(struct progress *p);                 /* wipes the line */

#endif
