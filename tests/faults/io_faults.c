/* Counts the I/O calls of a process tree below one folder, and spoils the one that it is told to.
 *
 * Loaded with LD_PRELOAD. IO_FAULTS_ROOT is the folder, IO_FAULTS_STATE a file of four 64-bit
 * numbers that all processes share: calls so far, the call to spoil (0: none), how (1: it fails
 * with the error number that follows, 2: the process group is killed before it, 3: every write is
 * cut to half, 4: the process group is killed behind it, of a write behind its first half), the
 * error number. Calls elsewhere (Python's own imports, pipes) are neither counted nor
 * spoiled.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <unistd.h>

enum { FAIL = 1, KILL = 2, SHORT = 3, TEAR = 4 };
enum { UNHARMED, FAILS, DIES_BEHIND };

struct state {
  _Atomic int64_t calls;
  int64_t at, how, error;
};

static struct state *state;
static const char *root;
static size_t root_length;

#define NEXT(name) ((__typeof__(&name))next_of(#name))

static void *next_of(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("IO_FAULTS_STATE");
  root = getenv("IO_FAULTS_ROOT");
  if (!path || !root) return;
  root_length = strlen(root);
  int fd = NEXT(open)(path, O_RDWR);
  if (fd < 0) return;
  void *mapped = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped != MAP_FAILED) state = mapped;
  NEXT(close)(fd);
}

static int below_root(const char *path) {
  return strncmp(path, root, root_length) == 0 &&
         (path[root_length] == '/' || path[root_length] == '\0');
}

static int path_counts(int folder, const char *path) {
  char whole[PATH_MAX];
  if (!state || !path) return 0;
  if (path[0] == '/') return below_root(path);
  if (folder == AT_FDCWD) return getcwd(whole, sizeof whole) && below_root(whole);
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
  ssize_t length = readlink(link, whole, sizeof whole - 1);
  if (length < 0) return 0;
  whole[length] = '\0';
  return below_root(whole);
}

static int fd_counts(int fd) {
  return state && path_counts(fd, ".");
}

static void die(void) {
  kill(0, SIGKILL);
  for (;;) pause();
}

/* What is to happen to this call, which counts where `counts` says so. */
static int fate(int counts) {
  if (!counts) return UNHARMED;
  int64_t number = atomic_fetch_add(&state->calls, 1) + 1;
  if (number != state->at) return UNHARMED;
  if (state->how == KILL) die();
  if (state->how == TEAR) return DIES_BEHIND;
  if (state->how != FAIL) return UNHARMED;
  errno = (int)state->error;
  return FAILS;
}

#define SPOILED(result, counts, call)                                \
  int spoil = fate(counts);                                          \
  if (spoil == FAILS) return (result)-1;                             \
  result made = call;                                                \
  if (spoil == DIES_BEHIND) die();                                   \
  return made;

#define PATH_CALL(result, name, parameters, counts, ...)             \
  result name parameters { SPOILED(result, counts, NEXT(name)(__VA_ARGS__)) }

static mode_t mode_of(int flags, va_list more) {
  return flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
}

#define OPEN(name)                                                   \
  int name(const char *path, int flags, ...) {                       \
    va_list more;                                                    \
    va_start(more, flags);                                           \
    mode_t mode = mode_of(flags, more);                              \
    va_end(more);                                                    \
    SPOILED(int, path_counts(AT_FDCWD, path), NEXT(name)(path, flags, mode)) \
  }
#define OPENAT(name)                                                 \
  int name(int folder, const char *path, int flags, ...) {           \
    va_list more;                                                    \
    va_start(more, flags);                                           \
    mode_t mode = mode_of(flags, more);                              \
    va_end(more);                                                    \
    SPOILED(int, path_counts(folder, path), NEXT(name)(folder, path, flags, mode)) \
  }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int fd, const void *bytes, size_t count) {
  int counts = fd_counts(fd), spoil = fate(counts);
  if (spoil == FAILS) return -1;
  if (counts && count > 1 && (state->how == SHORT || spoil == DIES_BEHIND)) count /= 2;
  ssize_t made = NEXT(write)(fd, bytes, count);
  if (spoil == DIES_BEHIND) die();
  return made;
}

PATH_CALL(ssize_t, writev, (int fd, const struct iovec *parts, int count), fd_counts(fd),
          fd, parts, count)
PATH_CALL(ssize_t, pwrite64, (int fd, const void *bytes, size_t count, off64_t at), fd_counts(fd),
          fd, bytes, count, at)
PATH_CALL(ssize_t, read, (int fd, void *bytes, size_t count), fd_counts(fd), fd, bytes, count)
PATH_CALL(ssize_t, pread64, (int fd, void *bytes, size_t count, off64_t at), fd_counts(fd),
          fd, bytes, count, at)
PATH_CALL(ssize_t, sendfile, (int to, int from, off_t *at, size_t count), fd_counts(to),
          to, from, at, count)
PATH_CALL(ssize_t, copy_file_range,
          (int from, off64_t *at, int to, off64_t *where, size_t count, unsigned flags),
          fd_counts(to), from, at, to, where, count, flags)

static int is_file(int fd) {
  struct stat found;
  return fstat(fd, &found) == 0 && S_ISREG(found.st_mode);
}

int close(int fd) {  /* of a file: no system fails to close a folder */
  int spoil = fate(is_file(fd) && fd_counts(fd)), error = errno;
  int made = NEXT(close)(fd);
  if (spoil == DIES_BEHIND) die();
  if (spoil != FAILS) return made;
  errno = error;
  return -1;
}

PATH_CALL(int, fsync, (int fd), fd_counts(fd), fd)
PATH_CALL(int, fdatasync, (int fd), fd_counts(fd), fd)
PATH_CALL(int, ftruncate, (int fd, off_t length), fd_counts(fd), fd, length)
PATH_CALL(int, ftruncate64, (int fd, off64_t length), fd_counts(fd), fd, length)
PATH_CALL(int, flock, (int fd, int how), fd_counts(fd), fd, how)
PATH_CALL(int, rename, (const char *old, const char *new), path_counts(AT_FDCWD, new), old, new)
PATH_CALL(int, renameat, (int a, const char *old, int b, const char *new), path_counts(b, new),
          a, old, b, new)
PATH_CALL(int, renameat2, (int a, const char *old, int b, const char *new, unsigned flags),
          path_counts(b, new), a, old, b, new, flags)
PATH_CALL(int, link, (const char *old, const char *new), path_counts(AT_FDCWD, new), old, new)
PATH_CALL(int, linkat, (int a, const char *old, int b, const char *new, int flags),
          path_counts(b, new), a, old, b, new, flags)
PATH_CALL(int, mkdir, (const char *path, mode_t mode), path_counts(AT_FDCWD, path), path, mode)
PATH_CALL(int, rmdir, (const char *path), path_counts(AT_FDCWD, path), path)
PATH_CALL(int, unlink, (const char *path), path_counts(AT_FDCWD, path), path)
PATH_CALL(int, unlinkat, (int folder, const char *path, int flags), path_counts(folder, path),
          folder, path, flags)
