#include "base/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void progress_start(struct progress *p, const char *what, uint64_t total) {
	*p = (struct progress){.what = isatty(2) ? what : NULL, .total = total};
	if (p->what) p->started = p->shown = now();
}

void progress_show(struct progress *p, uint64_t done) {
	if (!p->what) return;
	double t = now();
	if (t - p->started < 2 || t - p->shown < 0.2) return;
	p->shown = t;
	p->visible = 1;
	if (p->total) fprintf(stderr, "\r%s: %.0f %%\x1b[K", p->what, 100.0 * (double)done / (double)p->total);
	else fprintf(stderr, "\r%s: %llu\x1b[K", p->what, (unsigned long long)done);
}

void progress_end(struct progress *p) {
	if (p->visible) fputs("\r\x1b[K", stderr);
	p->visible = 0;
}
