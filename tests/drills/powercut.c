/* A disk that forgets: what would be left of one folder if the power failed now.

   Loaded before libc (LD_PRELOAD) into a process that writes files in POWERCUT_DIR. For each of them it keeps what an
   fsync has made durable, and the writes since. At moments chosen by POWERCUT_SEED, within POWERCUT_EVERY operations of
   each other, it writes the folder as the power cut would have left it to POWERCUT_OUT/1, /2, ... and says "cut N" on the
   descriptor POWERCUT_FD, on which the process also says what it has acknowledged: what stands there before is
   acknowledged before. After POWERCUT_CUTS of them the process dies.

   Odd cuts lose everything that was not synced: bytes, new lengths, and names whose folder was not synced. Even cuts are
   torn: every sector of 512 bytes, every new length and every name since the last sync is kept or lost by the toss of a
   coin, in any order. Memory shared between processes (-shm) is never durable: it is gone, or in torn cuts there as it was.
   No real fsync is done, which makes a cut cheap. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR 512
#define MOST_FDS 65536
#define MOST_NAMES 64

struct change {                 /* a write, or (bytes == NULL) a new length */
    off_t at;
    size_t length;
    char *bytes;
    struct change *next;
};

struct content { char *bytes; size_t length, room; };

struct file {
    dev_t dev;
    ino_t ino;
    int unlinked;
    struct content durable;
    struct change *first, *last;
    struct file *next;
};

struct name { char path[4096]; struct file *now, *durable; };

static int (*real_open)(const char *, int, ...);
static int (*real_close)(int), (*real_ftruncate)(int, off_t);
static int (*real_unlink)(const char *), (*real_rename)(const char *, const char *);
static ssize_t (*real_write)(int, const void *, size_t), (*real_pwrite)(int, const void *, size_t, off_t);
static void *(*real_mmap)(void *, size_t, int, int, int, off_t);
static int (*real_fsync)(int), (*real_fdatasync)(int);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *folder, *out;
static int fd_of_story, cuts, most_cuts, ready;
static uint64_t seed, every, countdown;
static struct file *files, a_folder, a_shared_memory, *open_files[MOST_FDS];
static struct name names[MOST_NAMES];
static int name_count, shm_fd = -1;
static char shm_path[4096];

static void die(const char *why) { fprintf(stderr, "powercut: %s: %s\n", why, strerror(errno)); _exit(70); }

static uint64_t dice(void) {
    seed ^= seed << 13; seed ^= seed >> 7; seed ^= seed << 17;
    return seed;
}

static int coin(void) { return dice() >> 33 & 1; }

/* Other libraries may write before our turn to begin comes. */
__attribute__((constructor(101))) static void begin(void) {
    real_open = dlsym(RTLD_NEXT, "open");
    real_close = dlsym(RTLD_NEXT, "close");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    real_rename = dlsym(RTLD_NEXT, "rename");
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite");
    real_mmap = dlsym(RTLD_NEXT, "mmap");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    if (!getenv("POWERCUT_DIR")) return;
    folder = getenv("POWERCUT_DIR");
    out = getenv("POWERCUT_OUT");
    fd_of_story = atoi(getenv("POWERCUT_FD"));
    most_cuts = atoi(getenv("POWERCUT_CUTS"));
    every = strtoull(getenv("POWERCUT_EVERY"), NULL, 10);
    seed = strtoull(getenv("POWERCUT_SEED"), NULL, 10) * 0x9E3779B97F4A7C15ull | 1;
    for (int i = 0; i < 16; i++) dice();
    countdown = 1 + dice() % every;
    ready = 1;
}

/* -- contents ------------------------------------------------------------------------------------------------------ */

static void grow(struct content *content, size_t length) {
    if (length > content->room) {
        content->room = length * 2;
        content->bytes = realloc(content->bytes, content->room);
        if (!content->bytes) die("memory");
    }
    if (length > content->length) memset(content->bytes + content->length, 0, length - content->length);
    content->length = length;
}

static void put(struct content *content, const char *bytes, size_t length, off_t at) {
    if (at + length > content->length) grow(content, at + length);
    memcpy(content->bytes + at, bytes, length);
}

static void note(struct file *file, const void *bytes, size_t length, off_t at) {
    struct change *change = calloc(1, sizeof *change);
    change->at = at;
    change->length = length;
    if (bytes) {
        change->bytes = malloc(length + 1);
        memcpy(change->bytes, bytes, length);
    }
    if (file->last) file->last->next = change; else file->first = change;
    file->last = change;
}

static void make_durable(struct file *file) {
    while (file->first) {
        struct change *change = file->first;
        if (change->bytes) put(&file->durable, change->bytes, change->length, change->at);
        else grow(&file->durable, change->at);
        file->first = change->next;
        free(change->bytes);
        free(change);
    }
    file->last = NULL;
}

static void tear(struct file *file, struct content *left) {
    for (struct change *change = file->first; change; change = change->next) {
        if (!change->bytes) {
            if (coin()) grow(left, change->at);
            continue;
        }
        for (size_t done = 0; done < change->length;) {
            size_t part = SECTOR - (change->at + done) % SECTOR;
            if (part > change->length - done) part = change->length - done;
            if (coin()) put(left, change->bytes + done, part, change->at + done);
            done += part;
        }
    }
}

/* -- names --------------------------------------------------------------------------------------------------------- */

static struct name *name_of(const char *path) {
    for (int i = 0; i < name_count; i++) if (!strcmp(names[i].path, path)) return &names[i];
    if (name_count == MOST_NAMES) die("too many names");
    strcpy(names[name_count].path, path);
    return &names[name_count++];
}

static int is_ours(const char *path) {
    size_t length = ready ? strlen(folder) : 0;
    return ready && !strncmp(path, folder, length) && path[length] == '/' && strlen(path) < 4000;
}

static int ends_with(const char *path, const char *end) {
    size_t a = strlen(path), b = strlen(end);
    return a >= b && !strcmp(path + a - b, end);
}

/* -- the cut ------------------------------------------------------------------------------------------------------- */

static void save(const char *path, const char *bytes, size_t length) {
    char target[8192];
    snprintf(target, sizeof target, "%s/%d%s", out, cuts, path + strlen(folder));
    int fd = real_open(target, O_CREAT | O_TRUNC | O_WRONLY, 0644);
    if (fd < 0) die(target);
    for (size_t done = 0; done < length;) {
        ssize_t wrote = real_write(fd, bytes + done, length - done);
        if (wrote < 0) die(target);
        done += wrote;
    }
    real_close(fd);
}

static void cut(void) {
    char text[8192];
    int torn = ++cuts % 2 == 0;
    snprintf(text, sizeof text, "%s/%d", out, cuts);
    if (mkdir(text, 0755)) die(text);
    for (int i = 0; i < name_count; i++) {
        struct name *name = &names[i];
        struct file *file = torn && name->now != name->durable && coin() ? name->now : name->durable;
        if (!file) continue;
        struct content left = {malloc(file->durable.length + 1), file->durable.length, file->durable.length + 1};
        memcpy(left.bytes, file->durable.bytes, file->durable.length);
        if (torn) tear(file, &left);
        save(name->path, left.bytes, left.length);
        free(left.bytes);
    }
    if (torn && shm_fd >= 0) {
        static char bytes[1 << 20];
        ssize_t length = pread(shm_fd, bytes, sizeof bytes, 0);
        if (length > 0) save(shm_path, bytes, length);
    }
    int length = snprintf(text, sizeof text, "cut %d\n", cuts);
    if (real_write(fd_of_story, text, length) != length) die("the story");
    if (cuts == most_cuts) _exit(0);
    countdown = 1 + dice() % every;
}

static void tick(void) { if (--countdown == 0) cut(); }

/* -- what the process calls ---------------------------------------------------------------------------------------- */

static void opened(const char *path, int fd, int existed, int flags) {
    struct stat about;
    if (fd >= MOST_FDS || fstat(fd, &about)) die(path);
    if (ends_with(path, "-shm")) {
        open_files[fd] = &a_shared_memory;
        shm_fd = fd;
        strcpy(shm_path, path);
        return;
    }
    struct file *file = files;
    while (file && (file->unlinked || file->dev != about.st_dev || file->ino != about.st_ino)) file = file->next;
    if (!file) {
        file = calloc(1, sizeof *file);
        file->dev = about.st_dev;
        file->ino = about.st_ino;
        file->next = files;
        files = file;
        name_of(path)->now = file;
        if (existed) {          /* from before we looked: durable */
            name_of(path)->durable = file;
            grow(&file->durable, about.st_size);
            if (pread(fd, file->durable.bytes, about.st_size, 0) != about.st_size) die(path);
        }
    }
    if (flags & O_TRUNC) note(file, NULL, 0, 0);
    open_files[fd] = file;
}

static int open_it(const char *path, int flags, mode_t mode) {
    if (ready && !strcmp(path, folder)) {
        int fd = real_open(path, flags, mode);
        if (fd >= 0 && fd < MOST_FDS) open_files[fd] = &a_folder;
        return fd;
    }
    if (!is_ours(path) || ends_with(path, ".lock")) return real_open(path, flags, mode);
    pthread_mutex_lock(&lock);
    int existed = !access(path, F_OK), fd = real_open(path, flags, mode);
    if (fd >= 0) opened(path, fd, existed, flags);
    pthread_mutex_unlock(&lock);
    return fd;
}

#define OPEN(name)                                            \
    int name(const char *path, int flags, ...) {              \
        va_list more;                                         \
        va_start(more, flags);                                \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
        va_end(more);                                         \
        return open_it(path, flags, mode);                    \
    }
OPEN(open)
OPEN(open64)

static struct file *file_of(int fd) {
    return ready && fd >= 0 && fd < MOST_FDS && open_files[fd] != &a_shared_memory ? open_files[fd] : NULL;
}

int close(int fd) {
    if (ready && fd >= 0 && fd < MOST_FDS && open_files[fd]) {
        pthread_mutex_lock(&lock);
        if (fd == shm_fd) shm_fd = -1;
        open_files[fd] = NULL;
        pthread_mutex_unlock(&lock);
    }
    return real_close(fd);
}

static ssize_t pwrite_it(int fd, const void *bytes, size_t length, off_t at) {
    struct file *file = file_of(fd);
    if (!file) return real_pwrite(fd, bytes, length, at);
    pthread_mutex_lock(&lock);
    tick();
    ssize_t wrote = real_pwrite(fd, bytes, length, at);
    if (wrote > 0) note(file, bytes, wrote, at);
    pthread_mutex_unlock(&lock);
    return wrote;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return pwrite_it(fd, bytes, length, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at) { return pwrite_it(fd, bytes, length, at); }

ssize_t write(int fd, const void *bytes, size_t length) {
    if (!file_of(fd)) return real_write(fd, bytes, length);
    pthread_mutex_lock(&lock);
    tick();
    ssize_t wrote = real_write(fd, bytes, length);
    if (wrote > 0) note(file_of(fd), bytes, wrote, lseek(fd, 0, SEEK_CUR) - wrote);
    pthread_mutex_unlock(&lock);
    return wrote;
}

/* What is written through memory would escape us. */
static void *map_it(void *at, size_t length, int allowed, int flags, int fd, off_t from) {
    if (file_of(fd) && allowed & PROT_WRITE && flags & MAP_SHARED) die("a file is written through memory");
    return real_mmap(at, length, allowed, flags, fd, from);
}

void *mmap(void *at, size_t length, int allowed, int flags, int fd, off_t from) {
    return map_it(at, length, allowed, flags, fd, from);
}

void *mmap64(void *at, size_t length, int allowed, int flags, int fd, off_t from) {
    return map_it(at, length, allowed, flags, fd, from);
}

static int truncate_it(int fd, off_t length) {
    struct file *file = file_of(fd);
    if (!file) return real_ftruncate(fd, length);
    pthread_mutex_lock(&lock);
    tick();
    int failed = real_ftruncate(fd, length);
    if (!failed) note(file, NULL, 0, length);
    pthread_mutex_unlock(&lock);
    return failed;
}

int ftruncate(int fd, off_t length) { return truncate_it(fd, length); }
int ftruncate64(int fd, off_t length) { return truncate_it(fd, length); }

static int sync_it(int fd, int (*really)(int)) {
    struct file *file = file_of(fd);
    if (!file) return really(fd);
    pthread_mutex_lock(&lock);
    tick();
    if (file == &a_folder)
        for (int i = 0; i < name_count; i++) names[i].durable = names[i].now;
    else
        make_durable(file);
    pthread_mutex_unlock(&lock);
    return 0;
}

int fsync(int fd) { return sync_it(fd, real_fsync); }
int fdatasync(int fd) { return sync_it(fd, real_fdatasync); }

int unlink(const char *path) {
    if (!is_ours(path)) return real_unlink(path);
    pthread_mutex_lock(&lock);
    tick();
    int failed = real_unlink(path);
    if (!failed) {
        struct name *name = name_of(path);
        if (name->now) name->now->unlinked = 1;
        name->now = NULL;
    }
    pthread_mutex_unlock(&lock);
    return failed;
}

int rename(const char *from, const char *to) {
    if (!is_ours(from) || !is_ours(to)) return real_rename(from, to);
    pthread_mutex_lock(&lock);
    tick();
    int failed = real_rename(from, to);
    if (!failed) {
        if (name_of(to)->now) name_of(to)->now->unlinked = 1;
        name_of(to)->now = name_of(from)->now;
        name_of(from)->now = NULL;
    }
    pthread_mutex_unlock(&lock);
    return failed;
}
