/* A file system that fails at a chosen call: loaded before libc, it counts the calls that change
 * anything below a folder and, at the n-th of them, ends the process or lets calls fail. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { COUNTED = 1, KILLED, TORN, CUT_OFF, FULL };

static char folder[PATH_MAX];
static long left, calls;
static int how;

void faults_arm(const char *below, long at, int kind) {
    snprintf(folder, sizeof folder, "%s", below);
    left = at, calls = 0, how = kind;
}

long faults_calls(void) { return calls; }

static int concerns(const char *path) {
    return how && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int concerns_open(int descriptor) {
    char link[64], path[PATH_MAX];
    if (!how) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return concerns(path);
}

/* Whether this call is to fail; what is left is 0 for the chosen call, below for those after. */
static int failing(int grows) {
    calls++;
    left--;
    if (left > 0) return 0;
    if (how == CUT_OFF) return errno = EIO;
    if (how == FULL && grows) return errno = ENOSPC;
    return 0;
}

static void done(void) {
    if ((how == KILLED || how == TORN) && left == 0) raise(SIGKILL);
}

#define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))
#define CHANGING(name, path, grows, parameters, arguments)     \
    int name parameters {                                      \
        if (!concerns(path)) return REAL(name) arguments;      \
        if (failing(grows)) return -1;                         \
        int result = REAL(name) arguments;                     \
        done();                                                \
        return result;                                         \
    }

CHANGING(rename, to, 0, (const char *from, const char *to), (from, to))
CHANGING(unlink, path, 0, (const char *path), (path))
CHANGING(rmdir, path, 0, (const char *path), (path))
CHANGING(mkdir, path, 1, (const char *path, mode_t mode), (path, mode))

int fsync(int descriptor) {
    if (!concerns_open(descriptor)) return REAL(fsync)(descriptor);
    if (failing(0)) return -1;
    int result = REAL(fsync)(descriptor);
    done();
    return result;
}

ssize_t write(int descriptor, const void *bytes, size_t size) {
    if (!concerns_open(descriptor)) return REAL(write)(descriptor, bytes, size);
    if (failing(1)) return -1;
    int torn = how == TORN && left == 0;
    ssize_t result = REAL(write)(descriptor, bytes, torn ? size / 2 : size);
    if (torn) raise(SIGKILL);
    done();
    return result;
}

#define OPENING(name)                                                            \
    int name(const char *path, int flags, ...) {                                 \
        va_list rest;                                                            \
        va_start(rest, flags);                                                   \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;                \
        va_end(rest);                                                            \
        int changes = flags & (O_CREAT | O_TRUNC) && concerns(path);             \
        if (changes && failing(1)) return -1;                                    \
        int result = REAL(name)(path, flags, mode);                              \
        if (changes) done();                                                     \
        return result;                                                           \
    }

OPENING(open)
OPENING(open64)
