/* pool: ordered parallel work. Jobs go in one by one, workers handle them, results come out in the order in which the jobs
 * went in, so the output is the same for any number of threads. */
#ifndef SPECTRUM_POOL_H
#define SPECTRUM_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool;

/* Called on a worker thread; `worker` is 0 … threads − 1, for scratch memory of its own. */
typedef void pool_work(void *job, size_t worker, void *context);

/* Called on the thread that calls pool_submit/pool_close, in order of submission; it owns `job` from then on. */
typedef void pool_result(void *job, void *context);

/* `threads` ≥ 1; with 1 everything happens inside pool_submit and no thread is made. At most `queue` (≥ 1) jobs a thread are under way. */
struct pool *pool_open(size_t threads, size_t queue, pool_work *work, pool_result *result, void *context);

/* Blocks while the queue is full, handing out finished results meanwhile. */
void pool_submit(struct pool *p, void *job);

/* Waits for all, hands out what is left, ends the threads, frees. */
void pool_close(struct pool *p);

/* Number of processors of this machine, ≥ 1. */
size_t pool_processors(void);

#endif
