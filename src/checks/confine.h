/* Functions that an answer has no business calling, and what it gets instead. The page simply has none of them;
 * natively the linker redirects the answer's calls (--wrap) to confine.c. This keeps accidents and curiosity inside;
 * against someone who writes machine code it is no wall, since the native run is a plain process. */
#ifndef CHECKS_CONFINE_H
#define CHECKS_CONFINE_H

/* clang-format off */
/* They end the check, and the verdict names them. */
#define CONFINE_REFUSED(X)                                                                                             \
    X(fork) X(vfork) X(system) X(popen) X(posix_spawn) X(posix_spawnp)                                                 \
    X(execl) X(execle) X(execlp) X(execv) X(execve) X(execvp)                                                          \
    X(socket) X(connect) X(getaddrinfo) X(gethostbyname)                                                               \
    X(kill) X(killpg) X(ptrace) X(dlopen) X(syscall) X(setsid) X(setpgid)

/* They find no file, as in the page: NULL, or -1. */
#define CONFINE_NULL(X) X(fopen) X(fopen64) X(freopen) X(freopen64) X(tmpfile) X(tmpfile64) X(opendir)
#define CONFINE_MINUS_1(X)                                                                                             \
    X(open) X(open64) X(openat) X(openat64) X(creat) X(remove) X(unlink) X(rename) X(mkdir) X(rmdir) X(chdir)          \
    X(link) X(symlink) X(truncate) X(chmod)
/* clang-format on */

/* Ends the check: the answer called a function that it may not. Defined by native.c. */
_Noreturn void confine_refuse(const char *function);

#endif
