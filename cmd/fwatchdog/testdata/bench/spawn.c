/*
 * The least that one process per request can cost: start /bin/cat with two
 * pipes, write 1 kB, read to the end, wait. No HTTP, no STDERR, no deadline.
 *
 *     spawn LOOPS SECONDS
 *
 * has so many threads do that for so long, and prints how many were done a second.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 1024, MOST = 64 };

extern char **environ;
static double end;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void check(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

static pid_t start(int in, int out)
{
	char *argv[] = {"/bin/cat", NULL};
	posix_spawn_file_actions_t files;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, 0);
	posix_spawn_file_actions_adddup2(&files, out, 1);
	check(posix_spawn(&pid, argv[0], &files, NULL, argv, environ) == 0, "posix_spawn");
	posix_spawn_file_actions_destroy(&files);
	return pid;
}

static void once(void)
{
	static const char body[SIZE];
	char answer[2 * SIZE];
	int in[2], out[2], status;
	ssize_t n, total = 0;

	check(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0, "pipe2");
	pid_t pid = start(in[0], out[1]);
	close(in[0]);
	close(out[1]);
	check(write(in[1], body, SIZE) == SIZE, "write");
	close(in[1]);
	while ((n = read(out[0], answer, sizeof answer)) > 0)
		total += n;
	close(out[0]);
	check(waitpid(pid, &status, 0) == pid && status == 0 && total == SIZE, "cat");
}

static void *loop(void *done)
{
	for (; now() < end; ++*(long *)done)
		once();
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[MOST];
	long done[MOST] = {0}, total = 0;
	int loops = argc == 3 ? atoi(argv[1]) : 0;

	if (loops < 1 || loops > MOST) {
		fprintf(stderr, "usage: spawn LOOPS SECONDS\n");
		return 2;
	}
	double begin = now();
	end = begin + atof(argv[2]);
	for (int i = 0; i < loops; i++)
		check(pthread_create(&threads[i], NULL, loop, &done[i]) == 0, "pthread_create");
	for (int i = 0; i < loops; i++) {
		pthread_join(threads[i], NULL);
		total += done[i];
	}
	printf("%.1f\n", total / (now() - begin));
	return 0;
}
