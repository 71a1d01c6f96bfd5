/* fork, exec and limits. */
#define _POSIX_C_SOURCE 200809L
#include "process.h"
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* --- Signals ------------------------------------------------------------------------------------------------------ */

static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
enum { N_CAUGHT = sizeof caught / sizeof *caught };

static volatile sig_atomic_t stopped_by;
static sigset_t usual_mask; /* outside of process_run's waits the caught signals are held back */

static void note_signal(int signal) {
    stopped_by = signal;
}

void process_catch_signals(void) {
    sigset_t held;
    sigemptyset(&held);
    for (int i = 0; i < N_CAUGHT; i++) {
        struct sigaction action = {.sa_handler = note_signal}, before;
        sigaction(caught[i], NULL, &before);
        if (before.sa_handler == SIG_IGN) /* nohup */
            continue;
        sigaction(caught[i], &action, NULL);
        sigaddset(&held, caught[i]);
    }
    sigprocmask(SIG_BLOCK, &held, &usual_mask);
}

int process_stopped(void) {
    return stopped_by;
}

void process_wait_a_moment(void) {
    const struct timespec moment = {.tv_nsec = 10000000};
    pselect(0, NULL, NULL, NULL, &moment, &usual_mask);
}

void process_give_way(void) {
    signal(stopped_by, SIG_DFL);
    sigprocmask(SIG_SETMASK, &usual_mask, NULL);
    raise(stopped_by);
}

/* --- The child ---------------------------------------------------------------------------------------------------- */

enum { CHILD_FILE = 3, EXIT_NOT_FOUND = 127 };

static void limit(int resource, rlim_t soft, rlim_t hard) {
    setrlimit(resource, &(struct rlimit){soft, hard});
}

static void close_from(int first) {
    const long most = sysconf(_SC_OPEN_MAX);
    for (int i = first; i < (most > 0 && most < 4096 ? (int)most : 4096); i++)
        close(i);
}

static void become(const process *p, int output) {
    setpgid(0, 0);
    sigprocmask(SIG_SETMASK, &usual_mask, NULL);
    const int input = open("/dev/null", O_RDONLY);
    const rlim_t seconds = (rlim_t)p->cpu_seconds;
    if (input < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
        _exit(EXIT_NOT_FOUND);
    if (p->file >= 0 && p->file != CHILD_FILE)
        dup2(p->file, CHILD_FILE);
    close_from(p->file >= 0 ? CHILD_FILE + 1 : CHILD_FILE);
    if (p->folder != NULL && (chdir(p->folder) != 0 || setenv("TMPDIR", p->folder, 1) != 0))
        _exit(EXIT_NOT_FOUND);
    limit(RLIMIT_CPU, seconds, seconds + 1);
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_FSIZE, p->file_limit, p->file_limit);
    if (p->memory_limit > 0)
        limit(RLIMIT_AS, p->memory_limit, p->memory_limit);
    execvp(p->argv[0], p->argv);
    _exit(EXIT_NOT_FOUND);
}

/* --- The parent --------------------------------------------------------------------------------------------------- */

static double seconds_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Takes in what has been written. False at its end, and once it is too much. */
static bool take_output(process *p, int from) {
    char part[4096];
    const ssize_t got = read(from, part, sizeof part);
    if (got < 0)
        return errno == EINTR || errno == EAGAIN;
    size_t n = (size_t)got;
    if (n > p->output_limit - p->output_bytes) {
        n = p->output_limit - p->output_bytes;
        p->too_much_output = true;
    }
    p->output = cli_grow(p->output, p->output_bytes + n + 1);
    memcpy(p->output + p->output_bytes, part, n);
    p->output_bytes += n;
    p->output[p->output_bytes] = '\0';
    return got > 0 && !p->too_much_output;
}

/* Waits a moment for output, or, when that has ended, for the end of the program. */
static void wait_a_moment(process *p, int *from) {
    fd_set set;
    FD_ZERO(&set);
    if (*from >= 0)
        FD_SET(*from, &set);
    const struct timespec moment = {.tv_nsec = *from >= 0 ? 100000000 : 2000000};
    if (pselect(*from + 1, &set, NULL, NULL, &moment, &usual_mask) <= 0 || *from < 0)
        return;
    if (!take_output(p, *from)) {
        close(*from);
        *from = -1;
    }
}

static void watch(process *p, pid_t child, int from) {
    const double deadline = seconds_now() + 3.0 * p->cpu_seconds;
    bool killed = false;
    for (;;) {
        const bool over = from < 0 && waitpid(child, &p->status, WNOHANG) == child;
        if (over)
            break;
        p->too_long = p->too_long || seconds_now() > deadline;
        if (!killed && (p->too_long || p->too_much_output || stopped_by != 0)) {
            kill(-child, SIGKILL);
            killed = true;
        }
        wait_a_moment(p, &from);
    }
    kill(-child, SIGKILL); /* what it may have left behind */
    p->too_long = p->too_long || (WIFSIGNALED(p->status) && WTERMSIG(p->status) == SIGXCPU);
}

void process_run(process *p) {
    int ends[2];
    p->output = cli_alloc(1);
    p->output_bytes = 0;
    p->started = p->too_long = p->too_much_output = false;
    if (stopped_by != 0 || pipe(ends) != 0)
        return;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    const pid_t child = fork();
    if (child == 0)
        become(p, ends[1]);
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return;
    }
    setpgid(child, child); /* here too, so that it is done whoever runs first */
    watch(p, child, ends[0]);
    p->started = !(WIFEXITED(p->status) && WEXITSTATUS(p->status) == EXIT_NOT_FOUND);
}
