/* Records what a process does to the files of one folder, by standing between it and the C
 * library (LD_PRELOAD). recorder.py compiles it, sets the environment and reads the trace.
 *
 * Every process appends to its own trace file. An operation is recorded before it is done, and
 * its end after it, each with a number from a counter that all processes share. An operation
 * that was under way at some number is thus known to be neither done nor undone by then.
 *
 * A shared writable mapping cannot be recorded: it leaves a record that makes recorder.py refuse
 * the trace. Calls inside the C library (stdio) are not seen.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { CREATE = 1, WRITE, TRUNCATE, SYNC, UNLINK, RENAME, UNSUPPORTED, END };

/* Mirrored by _HEADER in recorder.py. */
struct record {
    uint32_t magic, kind;
    uint64_t seq;      /* when it began; for END: when it ended */
    uint64_t began;    /* for END: the seq of what ended */
    int64_t position;  /* WRITE: offset, -1 if only END knows it; TRUNCATE: length */
    int64_t result;    /* END: what the call returned */
    uint32_t path_bytes, data_bytes;
};

/* Mirrored by Recorder: a counter, and a switch that makes the disk full. */
static struct shared { _Atomic uint64_t seq, is_full; } *shared;
static char folder[PATH_MAX], traces[PATH_MAX];
static size_t folder_bytes;

static uint64_t next_seq(void) { return ++shared->seq; }

__attribute__((constructor)) static void start(void) {
    const char *f = getenv("POWERCUT_FOLDER"), *t = getenv("POWERCUT_TRACES");
    char path[PATH_MAX + 16];
    if (!f || !t) return;
    snprintf(folder, sizeof folder, "%s", f);
    snprintf(traces, sizeof traces, "%s", t);
    folder_bytes = strlen(folder);
    snprintf(path, sizeof path, "%s/shared", traces);
    int fd = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    if (fd < 0) abort();
    void *map = (void *)syscall(SYS_mmap, 0, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) abort();
    shared = map;
    syscall(SYS_close, fd);
}

static int is_inside(const char *path) {
    return !strncmp(path, folder, folder_bytes)
        && (path[folder_bytes] == '/' || path[folder_bytes] == '\0');
}

/* The path behind a descriptor; 0 when it lies outside of the folder. */
static int find_path(int fd, char *path) {
    char link[64];
    if (!shared || fd < 0) return 0;
    int saved = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    errno = saved;
    if (n < 0) return 0;
    path[n] = '\0';
    return is_inside(path);
}

/* The path an argument means, with its folder's links resolved; 0 when outside. */
static int resolve(int at, const char *name, char *path) {
    char parent[PATH_MAX];
    if (!shared) return 0;
    int saved = errno;
    const char *slash = strrchr(name, '/');
    size_t n = slash ? (size_t)(slash - name) + 1 : 0;
    snprintf(parent, sizeof parent, "%.*s", (int)n, n ? name : "");
    int fd = syscall(SYS_openat, at, n ? parent : ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    int ok = 0;
    if (fd >= 0) {
        ok = find_path(fd, path);
        syscall(SYS_close, fd);
    }
    errno = saved;
    if (ok) {
        size_t used = strlen(path);
        snprintf(path + used, PATH_MAX - used, "/%s", slash ? slash + 1 : name);
    }
    return ok;
}

static void emit(enum kind kind, uint64_t seq, uint64_t began, int64_t position, int64_t result,
                 const char *path, const void *data, size_t data_bytes) {
    char file[PATH_MAX + 32];
    struct record r = { 0x54554350, kind, seq, began, position, result,
                        path ? strlen(path) : 0, data_bytes };
    struct iovec parts[3] = { { &r, sizeof r }, { (void *)path, r.path_bytes },
                              { (void *)data, data_bytes } };
    int saved = errno;
    snprintf(file, sizeof file, "%s/%d.trace", traces, (int)getpid());
    int fd = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    ssize_t want = sizeof r + r.path_bytes + data_bytes;
    if (fd < 0 || syscall(SYS_writev, fd, parts, 3) != want) abort();
    syscall(SYS_close, fd);
    errno = saved;
}

static uint64_t begin(enum kind kind, int64_t position, const char *path, const void *data, size_t n) {
    uint64_t seq = next_seq();
    emit(kind, seq, 0, position, 0, path, data, n);
    return seq;
}

static void end(uint64_t began, int64_t result, int64_t position) {
    emit(END, next_seq(), began, position, result, NULL, NULL, 0);
}

/* A full disk still takes what overwrites; acknowledgements are the observer's, not the disk's. */
static int is_full_for(int fd, const char *path, int64_t until) {
    struct stat s;
    const char *name = strrchr(path, '/');
    if (!shared->is_full || (name && !strcmp(name, "/acks"))) return 0;
    return fstat(fd, &s) == 0 && until > s.st_size;
}

/* ---- files ---- */

static int do_open(int at, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    int was_there = 1;
    uint64_t seq = 0;
    if (shared && (flags & (O_CREAT | O_TRUNC)) && (flags & O_TMPFILE) != O_TMPFILE) {
        int saved = errno;
        was_there = !(flags & O_CREAT) || syscall(SYS_faccessat, at, name, F_OK) == 0;
        errno = saved;
        seq = next_seq();
    }
    int fd = syscall(SYS_openat, at, name, flags, mode);
    if (fd < 0 || !seq || !find_path(fd, path)) return fd;
    if (!was_there) {
        emit(CREATE, seq, 0, 0, 0, path, NULL, 0);
        end(seq, 0, 0);
    } else if (flags & O_TRUNC) {
        emit(TRUNCATE, seq, 0, 0, 0, path, NULL, 0);
        end(seq, 0, 0);
    }
    return fd;
}

#define OPEN(NAME, EXTRA)                                                                        \
    int NAME(const char *name, int flags, ...) {                                                 \
        va_list rest; va_start(rest, flags);                                                     \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; va_end(rest);    \
        return do_open(AT_FDCWD, name, flags | (EXTRA), mode);                                   \
    }
#define OPENAT(NAME)                                                                             \
    int NAME(int at, const char *name, int flags, ...) {                                         \
        va_list rest; va_start(rest, flags);                                                     \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; va_end(rest);    \
        return do_open(at, name, flags, mode);                                                   \
    }
OPEN(open, 0)
OPEN(open64, O_LARGEFILE)
OPENAT(openat)
OPENAT(openat64)
int creat(const char *name, mode_t mode) {
    return do_open(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

static ssize_t do_pwrite(int fd, const void *data, size_t n, off64_t offset) {
    char path[PATH_MAX];
    if (!find_path(fd, path)) return syscall(SYS_pwrite64, fd, data, n, offset);
    if (is_full_for(fd, path, offset + (int64_t)n)) { errno = ENOSPC; return -1; }
    uint64_t seq = begin(WRITE, offset, path, data, n);
    ssize_t done = syscall(SYS_pwrite64, fd, data, n, offset);
    end(seq, done, offset);
    return done;
}
ssize_t pwrite(int fd, const void *data, size_t n, off_t offset) {
    return do_pwrite(fd, data, n, offset);
}
ssize_t pwrite64(int fd, const void *data, size_t n, off64_t offset) {
    return do_pwrite(fd, data, n, offset);
}

ssize_t write(int fd, const void *data, size_t n) {
    char path[PATH_MAX];
    if (!find_path(fd, path)) return syscall(SYS_write, fd, data, n);
    off64_t at = syscall(SYS_fcntl, fd, F_GETFL) & O_APPEND ? syscall(SYS_lseek, fd, 0, SEEK_END)
                                                            : syscall(SYS_lseek, fd, 0, SEEK_CUR);
    if (is_full_for(fd, path, at + (int64_t)n)) { errno = ENOSPC; return -1; }
    uint64_t seq = begin(WRITE, -1, path, data, n);
    ssize_t done = syscall(SYS_write, fd, data, n);
    int saved = errno;
    end(seq, done, done < 0 ? 0 : syscall(SYS_lseek, fd, 0, SEEK_CUR) - done);
    errno = saved;
    return done;
}

static int do_ftruncate(int fd, off64_t length) {
    char path[PATH_MAX];
    if (!find_path(fd, path)) return syscall(SYS_ftruncate, fd, length);
    uint64_t seq = begin(TRUNCATE, length, path, NULL, 0);
    int result = syscall(SYS_ftruncate, fd, length);
    end(seq, result, length);
    return result;
}
int ftruncate(int fd, off_t length) { return do_ftruncate(fd, length); }
int ftruncate64(int fd, off64_t length) { return do_ftruncate(fd, length); }

static int do_truncate(const char *name, off64_t length) {
    char path[PATH_MAX];
    if (!resolve(AT_FDCWD, name, path)) return syscall(SYS_truncate, name, length);
    uint64_t seq = begin(TRUNCATE, length, path, NULL, 0);
    int result = syscall(SYS_truncate, name, length);
    end(seq, result, length);
    return result;
}
int truncate(const char *name, off_t length) { return do_truncate(name, length); }
int truncate64(const char *name, off64_t length) { return do_truncate(name, length); }

static int do_sync(long call, int fd) {
    char path[PATH_MAX];
    if (!find_path(fd, path)) return syscall(call, fd);
    uint64_t seq = begin(SYNC, 0, path, NULL, 0);
    int result = syscall(call, fd);
    end(seq, result, 0);
    return result;
}
int fsync(int fd) { return do_sync(SYS_fsync, fd); }
int fdatasync(int fd) { return do_sync(SYS_fdatasync, fd); }

/* ---- names ---- */

int unlinkat(int at, const char *name, int flags) {
    char path[PATH_MAX];
    if (flags & AT_REMOVEDIR || !resolve(at, name, path)) return syscall(SYS_unlinkat, at, name, flags);
    uint64_t seq = begin(UNLINK, 0, path, NULL, 0);
    int result = syscall(SYS_unlinkat, at, name, flags);
    end(seq, result, 0);
    return result;
}
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
    char old[PATH_MAX], new[PATH_MAX];
    if (!resolve(from_at, from, old) || !resolve(to_at, to, new))
        return syscall(SYS_renameat2, from_at, from, to_at, to, flags);
    uint64_t seq = begin(RENAME, 0, old, new, strlen(new));
    int result = syscall(SYS_renameat2, from_at, from, to_at, to, flags);
    end(seq, result, 0);
    return result;
}
int renameat(int from_at, const char *from, int to_at, const char *to) {
    return renameat2(from_at, from, to_at, to, 0);
}
int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }

/* ---- what would escape the record ---- */

static void *do_mmap(void *at, size_t n, int protection, int flags, int fd, off64_t offset) {
    char path[PATH_MAX];
    if ((flags & MAP_SHARED) && (protection & PROT_WRITE) && find_path(fd, path)) {
        size_t used = strlen(path);
        /* The wal-index is rebuilt after a crash: its content does not matter. */
        if (used < 4 || strcmp(path + used - 4, "-shm")) end(begin(UNSUPPORTED, 0, path, "mmap", 4), 0, 0);
    }
    return (void *)syscall(SYS_mmap, at, n, protection, flags, fd, offset);
}
void *mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset) {
    return do_mmap(at, n, protection, flags, fd, offset);
}
void *mmap64(void *at, size_t n, int protection, int flags, int fd, off64_t offset) {
    return do_mmap(at, n, protection, flags, fd, offset);
}

/* ---- what callers can do without: they then use the calls above ---- */

static int is_recorded(int fd) {
    char path[PATH_MAX];
    return find_path(fd, path);
}
static const struct iovec *first_of(const struct iovec *parts, int n) {
    while (n > 1 && !parts->iov_len) parts++, n--;
    return parts;
}
ssize_t writev(int fd, const struct iovec *parts, int n) {
    if (n < 1 || !is_recorded(fd)) return syscall(SYS_writev, fd, parts, n);
    parts = first_of(parts, n);
    return write(fd, parts->iov_base, parts->iov_len);
}
static ssize_t do_pwritev(int fd, const struct iovec *parts, int n, off64_t offset) {
    if (n < 1 || !is_recorded(fd)) return syscall(SYS_pwritev, fd, parts, n, (long)offset, 0L);
    parts = first_of(parts, n);
    return do_pwrite(fd, parts->iov_base, parts->iov_len, offset);
}
ssize_t pwritev(int fd, const struct iovec *parts, int n, off_t offset) {
    return do_pwritev(fd, parts, n, offset);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int n, off64_t offset) {
    return do_pwritev(fd, parts, n, offset);
}
/* An offset of -1 means the file's own position. */
static ssize_t do_pwritev2(int fd, const struct iovec *parts, int n, off64_t offset, int flags) {
    if (!is_recorded(fd)) return syscall(SYS_pwritev2, fd, parts, n, (long)offset, 0L, flags);
    return offset == -1 ? writev(fd, parts, n) : do_pwritev(fd, parts, n, offset);
}
ssize_t pwritev2(int fd, const struct iovec *parts, int n, off_t offset, int flags) {
    return do_pwritev2(fd, parts, n, offset, flags);
}
ssize_t pwritev64v2(int fd, const struct iovec *parts, int n, off64_t offset, int flags) {
    return do_pwritev2(fd, parts, n, offset, flags);
}

static int decline(int fd, int error) {
    if (!is_recorded(fd)) return 0;
    errno = error;
    return 1;
}
ssize_t sendfile(int out, int in, off_t *offset, size_t n) {
    return decline(out, EINVAL) ? -1 : syscall(SYS_sendfile, out, in, offset, n);
}
ssize_t sendfile64(int out, int in, off64_t *offset, size_t n) { return sendfile(out, in, offset, n); }
ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t n, unsigned flags) {
    return decline(out, EXDEV) ? -1 : syscall(SYS_copy_file_range, in, in_at, out, out_at, n, flags);
}
int fallocate(int fd, int mode, off_t offset, off_t n) {
    return decline(fd, EOPNOTSUPP) ? -1 : syscall(SYS_fallocate, fd, mode, offset, n);
}
int fallocate64(int fd, int mode, off64_t offset, off64_t n) { return fallocate(fd, mode, offset, n); }
int posix_fallocate(int fd, off_t offset, off_t n) {
    int saved = errno;
    int error = fallocate(fd, 0, offset, n) < 0 ? errno : 0;
    errno = saved;
    return error;
}
int posix_fallocate64(int fd, off64_t offset, off64_t n) { return posix_fallocate(fd, offset, n); }
