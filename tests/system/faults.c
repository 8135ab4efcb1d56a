/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loaded before a program (LD_PRELOAD), gives it a disk that is full and a clock that was set, as the file that FAULTS
 * names says, which a test writes meanwhile: nanoseconds that the wall clock is off, and whether no file may grow. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct faults {
    _Atomic int64_t off_ns;
    _Atomic int64_t is_full;
    _Atomic int64_t refused; /* writes that found it so */
};

static struct faults none;
static struct faults *faults = &none;

__attribute__((constructor)) static void open_file(void)
{
    const char *name = getenv("FAULTS");
    int file = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *memory = mmap(NULL, sizeof *faults, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED)
        faults = memory;
}

/* What is there may be written over; no file gets longer. */
static int grows(int fd, uint64_t end)
{
    struct stat facts;
    if (!atomic_load(&faults->is_full) || fstat(fd, &facts) < 0 || !S_ISREG(facts.st_mode) ||
        end <= (uint64_t)facts.st_size)
        return 0;
    atomic_fetch_add(&faults->refused, 1);
    errno = ENOSPC;
    return 1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
    return grows(fd, (uint64_t)at + len) ? -1 : syscall(SYS_pwrite64, fd, bytes, len, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    return grows(fd, (uint64_t)at + len) ? -1 : syscall(SYS_pwrite64, fd, bytes, len, at);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    off_t at = lseek(fd, 0, SEEK_CUR);
    if (at >= 0 && grows(fd, (uint64_t)at + len))
        return -1;
    return syscall(SYS_write, fd, bytes, len);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    enum { SECOND_NS = 1000000000 };
    int failed = (int)syscall(SYS_clock_gettime, clock, now);
    if (failed || clock != CLOCK_REALTIME)
        return failed;
    int64_t ns = (int64_t)now->tv_sec * SECOND_NS + now->tv_nsec + atomic_load(&faults->off_ns);
    now->tv_sec = (time_t)(ns / SECOND_NS);
    now->tv_nsec = (long)(ns % SECOND_NS);
    return 0;
}

time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}
