/* Runs a challenge's checks natively, one a process: the other half of `laymanz check`. */
#define _POSIX_C_SOURCE 200809L
#include "native.h"
#include "confine.h"
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The leak half of AddressSanitizer's runtime; absent from a program that is built without it. */
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

static native_verdict *verdict;

static int list(void) {
    FILE *file = fdopen(NATIVE_FILE, "w");
    if (file == NULL)
        return 1;
    for (size_t i = 0; i < check_count(); i++) {
        const check_case *one = &check_cases[i];
        fprintf(file, "%s%c%s%c%s%c", one->name, 0, one->sentence, 0,
                one->visibility == CHECK_HIDDEN ? "hidden" : "shown", 0);
    }
    return fclose(file) == 0 ? 0 : 1;
}

_Noreturn void confine_refuse(const char *function) {
    fflush(NULL);
    if (verdict != NULL)
        strncpy(verdict->refused, function, sizeof verdict->refused - 1);
    _exit(1);
}

/* Old values of pointers on the part of the stack that is free again would hide a leak. */
static void wipe_stack(void) {
    volatile char old[16384];
    for (size_t i = 0; i < sizeof old; i++)
        old[i] = 0;
}

/* The last thing that is done: where no other process may be looked into, the leak check ends the program. */
static void look_for_leaks(void) {
    if (verdict->c.failed || __lsan_do_recoverable_leak_check == NULL)
        return;
    wipe_stack();
    verdict->leaked = __lsan_do_recoverable_leak_check() != 0;
}

static int run(size_t index) {
    if (index >= check_count() || ftruncate(NATIVE_FILE, sizeof(native_verdict)) != 0)
        return 1;
    void *shared = mmap(NULL, sizeof *verdict, PROT_READ | PROT_WRITE, MAP_SHARED, NATIVE_FILE, 0);
    if (shared == MAP_FAILED)
        return 1;
    close(NATIVE_FILE); /* the answer inherits no way to write its own verdict */
    verdict = shared;
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ); /* what was printed before a crash is told */
    if (!check_run(&check_cases[index], &verdict->c))
        check_told(&verdict->c, verdict->told, sizeof verdict->told);
    fflush(NULL);
    verdict->done = true;
    look_for_leaks();
    _exit(0); /* no handlers that the answer may have left */
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return list();
    if (argc == 3 && strcmp(argv[1], "run") == 0)
        return run(strtoul(argv[2], NULL, 10));
    fputs("this program is run by laymanz check\n", stderr);
    return 2;
}
