#include "base/relay.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

struct relay {
	relay_part *part;
	void *state;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t given, returned;
	size_t slots;
	size_t made, taken, back; /* counts of slots: filled, taken, given back */
	bool finished;
};

/* Neither side may wait for the other any more. */
static void finish(struct relay *r) {
	r->finished = true;
	pthread_cond_signal(&r->given);
	pthread_cond_signal(&r->returned);
}

static void *run(void *state) {
	struct relay *r = state;
	r->part(r, r->state);
	pthread_mutex_lock(&r->lock);
	finish(r);
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

static void destroy(struct relay *r) {
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->given);
	pthread_cond_destroy(&r->returned);
	free(r);
}

struct relay *relay_open(size_t slots, relay_part *part, void *state) {
	struct relay *r = memory_zeroed(1, sizeof *r);
	r->part = part;
	r->state = state;
	r->slots = slots;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->given, NULL);
	pthread_cond_init(&r->returned, NULL);
	if (!pthread_create(&r->thread, NULL, run, r)) return r;
	destroy(r);
	return NULL;
}

bool relay_claim(struct relay *r, size_t *slot) {
	pthread_mutex_lock(&r->lock);
	while (r->made - r->back == r->slots && !r->finished) pthread_cond_wait(&r->returned, &r->lock);
	bool wanted = !r->finished;
	*slot = r->made % r->slots;
	pthread_mutex_unlock(&r->lock);
	return wanted;
}

void relay_give(struct relay *r) {
	pthread_mutex_lock(&r->lock);
	r->made++;
	pthread_cond_signal(&r->given);
	pthread_mutex_unlock(&r->lock);
}

bool relay_take(struct relay *r, size_t *slot) {
	pthread_mutex_lock(&r->lock);
	if (r->taken > r->back) {
		r->back++;
		pthread_cond_signal(&r->returned);
	}
	while (r->made == r->taken && !r->finished) pthread_cond_wait(&r->given, &r->lock);
	bool got = r->made > r->taken;
	if (got) *slot = r->taken++ % r->slots;
	pthread_mutex_unlock(&r->lock);
	return got;
}

void relay_close(struct relay *r) {
	if (!r) return;
	pthread_mutex_lock(&r->lock);
	finish(r);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	destroy(r);
}
