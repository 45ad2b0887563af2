/* Fails the n-th file operation below a folder. Preloaded into a process and armed from it:
   shim_arm("/folder", n, errno, sticky, kinds); shim_count(kind) tells how many operations of a kind there were,
   shim_hits() how many failed, shim_last() which one failed first. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, RENAME = 4, OPEN = 8, TRUNCATE = 16, UNLINK = 32, MKDIR = 64 };

static char prefix[PATH_MAX], last[PATH_MAX + 64];
static int nth, code, sticky, kinds, count, hits, counts[128];

void shim_arm(const char *path, int number, int error, int stays, int wanted) {
  prefix[0] = 0;
  strncpy(prefix, path, sizeof prefix - 1);
  nth = number; code = error; sticky = stays; kinds = wanted; count = 0; hits = 0; last[0] = 0;
  memset(counts, 0, sizeof counts);
}
int shim_count(int kind) { return counts[kind & 127]; }
int shim_hits(void) { return hits; }
const char *shim_last(void) { return last; }

static int below(const char *path) { return prefix[0] && path && !strncmp(path, prefix, strlen(prefix)); }

static int bad(const char *what, const char *path, int kind) {
  __atomic_add_fetch(&counts[kind], 1, __ATOMIC_SEQ_CST);
  if (!(kinds & kind)) return 0;
  int now = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
  if (nth > 0 && (now == nth || (sticky && now > nth))) {
    if (!hits++) snprintf(last, sizeof last, "%s %s", what, path + strlen(prefix));
    errno = code;
    return 1;
  }
  return 0;
}

static int of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, PATH_MAX - 1);
  if (n <= 0) return 0;
  path[n] = 0;
  return 1;
}

static int badfd(const char *what, int fd, int kind) {
  char path[PATH_MAX];
  if (!prefix[0]) return 0;
  int before = errno, found = of(fd, path);
  errno = before;
  return found && below(path) && bad(what, path, kind);
}

static int badat(const char *what, int folder, const char *name, int kind) {
  char path[PATH_MAX], whole[2 * PATH_MAX];
  if (!prefix[0] || !name) return 0;
  if (name[0] == '/' || folder == AT_FDCWD) return below(name) && bad(what, name, kind);
  if (!of(folder, path)) return 0;
  snprintf(whole, sizeof whole, "%s/%s", path, name);
  return below(whole) && bad(what, whole, kind);
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *b, size_t n) { REAL(write); return badfd("write", fd, WRITE) ? -1 : real(fd, b, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { REAL(pwrite); return badfd("write", fd, WRITE) ? -1 : real(fd, b, n, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { REAL(pwrite64); return badfd("write", fd, WRITE) ? -1 : real(fd, b, n, o); }
ssize_t writev(int fd, const struct iovec *v, int n) { REAL(writev); return badfd("write", fd, WRITE) ? -1 : real(fd, v, n); }
ssize_t sendfile(int to, int from, off_t *o, size_t n) { REAL(sendfile); return badfd("write", to, WRITE) ? -1 : real(to, from, o, n); }
ssize_t sendfile64(int to, int from, off64_t *o, size_t n) { REAL(sendfile64); return badfd("write", to, WRITE) ? -1 : real(to, from, o, n); }
ssize_t copy_file_range(int from, off64_t *i, int to, off64_t *o, size_t n, unsigned f) {
  REAL(copy_file_range);
  return badfd("write", to, WRITE) ? -1 : real(from, i, to, o, n, f);
}
int posix_fallocate(int fd, off_t o, off_t n) { REAL(posix_fallocate); return badfd("write", fd, WRITE) ? code : real(fd, o, n); }
int posix_fallocate64(int fd, off64_t o, off64_t n) { REAL(posix_fallocate64); return badfd("write", fd, WRITE) ? code : real(fd, o, n); }
int fallocate(int fd, int m, off_t o, off_t n) { REAL(fallocate); return badfd("write", fd, WRITE) ? -1 : real(fd, m, o, n); }
int fsync(int fd) { REAL(fsync); return badfd("fsync", fd, SYNC) ? -1 : real(fd); }
int fdatasync(int fd) { REAL(fdatasync); return badfd("fsync", fd, SYNC) ? -1 : real(fd); }
int ftruncate(int fd, off_t n) { REAL(ftruncate); return badfd("truncate", fd, TRUNCATE) ? -1 : real(fd, n); }
int ftruncate64(int fd, off64_t n) { REAL(ftruncate64); return badfd("truncate", fd, TRUNCATE) ? -1 : real(fd, n); }
int truncate(const char *a, off_t n) { REAL(truncate); return below(a) && bad("truncate", a, TRUNCATE) ? -1 : real(a, n); }
int rename(const char *a, const char *b) { REAL(rename); return below(b) && bad("rename", b, RENAME) ? -1 : real(a, b); }
int renameat(int x, const char *a, int y, const char *b) { REAL(renameat); return badat("rename", y, b, RENAME) ? -1 : real(x, a, y, b); }
int renameat2(int x, const char *a, int y, const char *b, unsigned f) {
  REAL(renameat2);
  return badat("rename", y, b, RENAME) ? -1 : real(x, a, y, b, f);
}
int link(const char *a, const char *b) { REAL(link); return below(b) && bad("link", b, RENAME) ? -1 : real(a, b); }
int unlink(const char *a) { REAL(unlink); return below(a) && bad("unlink", a, UNLINK) ? -1 : real(a); }
int unlinkat(int d, const char *a, int f) { REAL(unlinkat); return badat("unlink", d, a, UNLINK) ? -1 : real(d, a, f); }
int rmdir(const char *a) { REAL(rmdir); return below(a) && bad("unlink", a, UNLINK) ? -1 : real(a); }
int mkdir(const char *a, mode_t m) { REAL(mkdir); return below(a) && bad("mkdir", a, MKDIR) ? -1 : real(a, m); }
int mkdirat(int d, const char *a, mode_t m) { REAL(mkdirat); return badat("mkdir", d, a, MKDIR) ? -1 : real(d, a, m); }

static int written(int f) { return f & (O_CREAT | O_WRONLY | O_RDWR); }
#define MODE va_list l; va_start(l, f); mode_t m = va_arg(l, mode_t); va_end(l)
int open(const char *a, int f, ...) { MODE; REAL(open); return written(f) && below(a) && bad("open", a, OPEN) ? -1 : real(a, f, m); }
int open64(const char *a, int f, ...) { MODE; REAL(open64); return written(f) && below(a) && bad("open", a, OPEN) ? -1 : real(a, f, m); }
int openat(int d, const char *a, int f, ...) { MODE; REAL(openat); return written(f) && badat("open", d, a, OPEN) ? -1 : real(d, a, f, m); }
int openat64(int d, const char *a, int f, ...) { MODE; REAL(openat64); return written(f) && badat("open", d, a, OPEN) ? -1 : real(d, a, f, m); }
FILE *fopen(const char *a, const char *m) { REAL(fopen); return (strpbrk(m, "wa+") && below(a) && bad("open", a, OPEN)) ? NULL : real(a, m); }
FILE *fopen64(const char *a, const char *m) { REAL(fopen64); return (strpbrk(m, "wa+") && below(a) && bad("open", a, OPEN)) ? NULL : real(a, m); }
