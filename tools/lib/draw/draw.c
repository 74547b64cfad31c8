#include "draw/draw.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/progress.h"
#include "draw/cap.h"
#include "draw/sequence.h"

/* About this many bytes of sequences make a job; big instances are thus divided among threads. */
static const double JOB_BYTES = 512 * 1024;

/* An instance and what is done with it. Shared by its jobs; given back for the next instance with the last of them. */
struct shared_instance {
	struct draw_instance instance; /* .holders counts the jobs */
	struct sequence_plan plan;
	struct shared_instance *next; /* in the list of idle ones */
};

struct wanted {
	uint64_t number; /* of the sequence */
	size_t place;    /* in the cap */
	uint64_t ticket; /* its number there */
	size_t end;      /* where its bytes end in the job's output */
};

/* Some sequences of one instance; or, without an instance, the end of a task with a cap. */
struct job {
	struct shared_instance *of;
	struct cap *cap;
	struct wanted *wanted;
	size_t count, room;
	struct buffer out;
	struct job *next; /* in the list of idle ones */
};

struct draw {
	const struct draw_options *options;
	struct output *out;
	struct pool *pool;
	struct sequence_scratch *scratch; /* one a thread */
	struct shared_instance *idle_instances;
	struct job *idle_jobs;
	struct draw_task *task; /* of `cap`; held */
	struct cap *cap;
	uint64_t tickets;
	bool found, failed;
	struct error e;
};

static struct job *new_job(struct draw *d, struct shared_instance *of) {
	struct job *job = d->idle_jobs;
	if (job) d->idle_jobs = job->next;
	else job = memory_zeroed(1, sizeof *job);
	job->of = of;
	job->cap = d->cap;
	job->count = 0;
	buffer_clear(&job->out);
	if (of) of->instance.holders++;
	return job;
}

static void instance_release(struct draw *d, struct shared_instance *of) {
	if (--of->instance.holders) return;
	of->next = d->idle_instances;
	d->idle_instances = of;
}

/* On a worker's thread. */
static void work(void *job_pointer, size_t worker, void *context) {
	struct draw *d = context;
	struct job *job = job_pointer;
	struct sequence_scratch *scratch = &d->scratch[worker];
	if (!job->of) return;
	sequence_scratch_start(scratch);
	for (size_t i = 0; i < job->count; i++) {
		sequence_write(&job->of->instance, &job->of->plan, job->wanted[i].number, scratch, d->options->ascii, &job->out);
		job->wanted[i].end = job->out.size;
	}
}

static bool keep(struct job *job, struct error *e) {
	size_t from = 0;
	for (size_t i = 0; i < job->count; i++) {
		const struct wanted *w = &job->wanted[i];
		if (!cap_keep(job->cap, w->place, w->ticket, text_make(job->out.data + from, w->end - from), e)) return false;
		from = w->end;
	}
	return true;
}

/* On the reading thread, in order of submission. */
static void result(void *job_pointer, void *context) {
	struct draw *d = context;
	struct job *job = job_pointer;
	if (!d->failed && job->of && job->cap) d->failed = !keep(job, &d->e);
	else if (!d->failed && job->of) output_add(d->out, buffer_text(&job->out));
	else if (!d->failed) d->failed = !cap_write(job->cap, d->out, &d->e);
	if (job->of) instance_release(d, job->of);
	else cap_free(job->cap);
	job->next = d->idle_jobs;
	d->idle_jobs = job;
}

static void end_task(struct draw *d) {
	if (d->cap) pool_submit(d->pool, new_job(d, NULL));
	d->cap = NULL;
	draw_task_release(d->task);
	d->task = NULL;
}

static void start_task(struct draw *d, struct draw_task *task) {
	size_t most = (size_t)task->law.max_sequences;
	end_task(d);
	d->found = true;
	d->task = task;
	task->holders++;
	d->tickets = 0;
	if (d->options->limit && (!most || d->options->limit < most)) most = d->options->limit;
	if (most) d->cap = cap_make(most);
}

/* Submits the wanted sequences of an instance, a job at a time. */
static void submit(struct draw *d, struct shared_instance *of) {
	const struct draw_instance *i = &of->instance;
	double bytes = 200 + of->plan.length * (80 + (double)i->bytes / (double)i->count);
	size_t most = bytes < JOB_BYTES ? (size_t)(JOB_BYTES / bytes) : 1;
	struct job *job = NULL;
	for (uint64_t number = 0; number < of->plan.count && !d->failed; number++) {
		struct wanted w = {.number = number, .ticket = d->tickets++};
		if (d->cap && !cap_offer(d->cap, sequence_rank(i, &of->plan, number), w.ticket, &w.place)) continue;
		if (!job) job = new_job(d, of);
		job->wanted = memory_grow(job->wanted, &job->room, job->count + 1, sizeof *job->wanted);
		job->wanted[job->count++] = w;
		if (job->count < most) continue;
		pool_submit(d->pool, job);
		job = NULL;
		if (output_failed(d->out, NULL)) break;
	}
	if (job) pool_submit(d->pool, job);
}

static struct shared_instance *idle_instance(struct draw *d) {
	struct shared_instance *of = d->idle_instances;
	if (of) d->idle_instances = of->next;
	else of = memory_zeroed(1, sizeof *of);
	return of;
}

/* 1 = another instance is on its way, 0 = end, -1 = failure. */
static int draw_next(struct draw *d, struct instance_reader *reader, const char *path, struct error *e) {
	struct shared_instance *of = idle_instance(d);
	of->instance.holders = 1;
	int state = instance_reader_next(reader, &of->instance, e);
	if (state == 1 && of->instance.task != d->task) start_task(d, of->instance.task);
	if (state == 1 && sequence_plan_make(&of->plan, &of->instance, d->options->seed)) {
		submit(d, of);
	} else if (state == 1) {
		error_set(e, STATUS_DATA, "%s:%llu: all weights of this instance are 0, so nothing can be drawn", path,
			(unsigned long long)of->instance.line);
		state = -1;
	}
	instance_release(d, of);
	if (state == 1 && d->failed) {
		*e = d->e;
		return -1;
	}
	return state == 1 && output_failed(d->out, e) ? -1 : state;
}

struct draw *draw_open(const struct draw_options *options, struct output *out) {
	struct draw *d = memory_zeroed(1, sizeof *d);
	d->options = options;
	d->out = out;
	d->scratch = memory_zeroed(options->threads, sizeof *d->scratch);
	d->pool = pool_open(options->threads, 4, work, result, d);
	return d;
}

bool draw_file(struct draw *d, const char *path, struct error *e) {
	struct instance_reader *reader = instance_reader_open(path, d->options->tasks, d->options->ascii, e);
	if (!reader) return false;
	struct progress progress;
	uint64_t instances = 0;
	int state;
	progress_start(&progress, "drawing: instances", 0);
	while ((state = draw_next(d, reader, path, e)) == 1) progress_show(&progress, ++instances);
	progress_end(&progress);
	instance_reader_close(reader);
	if (state == 0) end_task(d);
	return state == 0;
}

bool draw_found_tasks(const struct draw *d) { return d->found; }

bool draw_close(struct draw *d, struct error *e) {
	end_task(d);
	pool_close(d->pool);
	bool good = !d->failed;
	if (!good) *e = d->e;
	for (size_t i = 0; i < d->options->threads; i++) sequence_scratch_free(&d->scratch[i]);
	for (struct shared_instance *of = d->idle_instances, *next; of; of = next) {
		next = of->next;
		draw_instance_free(&of->instance);
		free(of);
	}
	for (struct job *job = d->idle_jobs, *next; job; job = next) {
		next = job->next;
		free(job->wanted);
		buffer_free(&job->out);
		free(job);
	}
	free(d->scratch);
	free(d);
	return good;
}
