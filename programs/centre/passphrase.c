/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static bool fail(char words[static PASSPHRASE_WORDS_BYTES], const char *what, const char *why)
{
    snprintf(words, PASSPHRASE_WORDS_BYTES, "%.180s: %.100s", what, why);
    return false;
}

/* Byte by byte, so that a second line is still there for who reads it. */
static bool read_line(int fd, struct passphrase *passphrase, const char *from,
                      char words[static PASSPHRASE_WORDS_BYTES])
{
    char byte = 0;
    for (;;) {
        ssize_t got = read(fd, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(words, from, strerror(errno));
        if (got == 0 || byte == '\n')
            return passphrase->len > 0 || fail(words, from, "there is no passphrase in it");
        if (passphrase->len == sizeof passphrase->bytes)
            return fail(words, from, "a passphrase has at most 1024 bytes");
        passphrase->bytes[passphrase->len++] = byte;
    }
}

static bool ask(struct passphrase *passphrase, const char *prompt,
                char words[static PASSPHRASE_WORDS_BYTES])
{
    struct termios shown, hidden;
    if (tcgetattr(STDIN_FILENO, &shown) < 0)
        return read_line(STDIN_FILENO, passphrase, "standard input", words);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) < 0)
        return fail(words, "the terminal", strerror(errno));
    fprintf(stderr, "%s: ", prompt); /* not before: who answers at once would be seen */
    fflush(stderr);
    bool is_read = read_line(STDIN_FILENO, passphrase, "the terminal", words);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    return is_read;
}

static bool read_file(struct passphrase *passphrase, const char *path,
                      char words[static PASSPHRASE_WORDS_BYTES])
{
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(words, path, strerror(errno));
    bool is_open_to_others =
        fstat(fd, &facts) < 0 || (S_ISREG(facts.st_mode) && (facts.st_mode & 077) != 0);
    bool is_read = is_open_to_others ? fail(words, path, "others may read it: chmod 600")
                                     : read_line(fd, passphrase, path, words);
    close(fd);
    return is_read;
}

bool passphrase_read(struct passphrase *passphrase, const char *from, const char *prompt,
                     char words[static PASSPHRASE_WORDS_BYTES])
{
    passphrase->len = 0;
    (void)mlock(passphrase, sizeof *passphrase); /* where the system allows */
    bool is_read = strcmp(from, "-") == 0 ? ask(passphrase, prompt, words)
                                          : read_file(passphrase, from, words);
    if (!is_read)
        passphrase_wipe(passphrase);
    return is_read;
}

static bool is_same(const struct passphrase *a, const struct passphrase *b)
{
    return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

bool passphrase_choose(struct passphrase *passphrase, const char *from,
                       char words[static PASSPHRASE_WORDS_BYTES])
{
    struct passphrase again;
    if (!passphrase_read(passphrase, from, "New passphrase", words))
        return false;
    bool is_good = passphrase->len >= KEYS_PASSPHRASE_MIN ||
                   fail(words, "the new passphrase", "it needs 8 bytes or more");
    if (is_good && strcmp(from, "-") == 0 && isatty(STDIN_FILENO)) {
        is_good = passphrase_read(&again, from, "The same again", words) &&
                  (is_same(passphrase, &again) ||
                   fail(words, "the new passphrase", "the second one is another"));
        passphrase_wipe(&again);
    }
    if (!is_good)
        passphrase_wipe(passphrase);
    return is_good;
}

void passphrase_wipe(struct passphrase *passphrase)
{
    explicit_bzero(passphrase, sizeof *passphrase);
    (void)munlock(passphrase, sizeof *passphrase);
}

struct keys_secret passphrase_secret(const struct passphrase *passphrase)
{
    return (struct keys_secret){.method = KEYS_BY_PASSPHRASE,
                                .passphrase = passphrase->bytes,
                                .passphrase_len = passphrase->len};
}
