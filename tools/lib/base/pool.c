#include "base/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

enum job_state { JOB_WAITING, JOB_RUNNING, JOB_FINISHED };

struct pool {
	pool_work *work;
	pool_result *result;
	void *context;
	size_t threads, capacity;
	pthread_t *ids;
	struct pool_worker *workers;
	pthread_mutex_t lock;
	pthread_cond_t wake, finished;
	/* a ring of jobs: [taken, submitted); `next` is the first one that waits for a worker */
	void **jobs;
	enum job_state *states;
	size_t taken, next, submitted;
	bool ending;
};

struct pool_worker {
	struct pool *pool;
	size_t index;
};

static void *run(void *state) {
	struct pool_worker *worker = state;
	struct pool *p = worker->pool;
	pthread_mutex_lock(&p->lock);
	for (;;) {
		while (p->next == p->submitted && !p->ending) pthread_cond_wait(&p->wake, &p->lock);
		if (p->next == p->submitted) break;
		size_t slot = p->next++ % p->capacity;
		p->states[slot] = JOB_RUNNING;
		void *job = p->jobs[slot];
		pthread_mutex_unlock(&p->lock);
		p->work(job, worker->index, p->context);
		pthread_mutex_lock(&p->lock);
		p->states[slot] = JOB_FINISHED;
		pthread_cond_signal(&p->finished);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

struct pool *pool_open(size_t threads, size_t queue, pool_work *work, pool_result *result, void *context) {
	struct pool *p = memory_zeroed(1, sizeof *p);
	p->work = work;
	p->result = result;
	p->context = context;
	p->capacity = threads * queue;
	p->jobs = memory_zeroed(p->capacity, sizeof *p->jobs);
	p->states = memory_zeroed(p->capacity, sizeof *p->states);
	if (threads < 2) return p;
	p->ids = memory_zeroed(threads, sizeof *p->ids);
	p->workers = memory_zeroed(threads, sizeof *p->workers);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, NULL);
	pthread_cond_init(&p->finished, NULL);
	for (; p->threads < threads; p->threads++) {
		p->workers[p->threads] = (struct pool_worker){p, p->threads};
		if (pthread_create(&p->ids[p->threads], NULL, run, &p->workers[p->threads])) break; /* fewer threads, same output */
	}
	return p;
}

/* Hands out finished results from the front; waits for the front one first when `wait`. The lock is held on entry and exit. */
static void hand_out(struct pool *p, bool wait) {
	while (p->taken < p->submitted) {
		size_t slot = p->taken % p->capacity;
		while (wait && p->states[slot] != JOB_FINISHED) pthread_cond_wait(&p->finished, &p->lock);
		if (p->states[slot] != JOB_FINISHED) return;
		void *job = p->jobs[slot];
		p->taken++;
		pthread_mutex_unlock(&p->lock);
		p->result(job, p->context);
		pthread_mutex_lock(&p->lock);
		wait = false;
	}
}

void pool_submit(struct pool *p, void *job) {
	if (!p->threads) {
		p->work(job, 0, p->context);
		p->result(job, p->context);
		return;
	}
	pthread_mutex_lock(&p->lock);
	hand_out(p, p->submitted - p->taken == p->capacity);
	size_t slot = p->submitted++ % p->capacity;
	p->jobs[slot] = job;
	p->states[slot] = JOB_WAITING;
	pthread_cond_signal(&p->wake);
	pthread_mutex_unlock(&p->lock);
}

void pool_close(struct pool *p) {
	if (p->threads) {
		pthread_mutex_lock(&p->lock);
		while (p->taken < p->submitted) hand_out(p, true);
		p->ending = true;
		pthread_cond_broadcast(&p->wake);
		pthread_mutex_unlock(&p->lock);
		for (size_t i = 0; i < p->threads; i++) pthread_join(p->ids[i], NULL);
	}
	if (p->ids) {
		pthread_mutex_destroy(&p->lock);
		pthread_cond_destroy(&p->wake);
		pthread_cond_destroy(&p->finished);
	}
	free(p->ids);
	free(p->workers);
	free(p->jobs);
	free(p->states);
	free(p);
}

size_t pool_processors(void) {
	long count = sysconf(_SC_NPROCESSORS_ONLN);
	return count > 0 ? (size_t)count : 1;
}
