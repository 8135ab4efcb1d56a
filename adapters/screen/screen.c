/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen/screen.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define REDRAW_NS UINT64_C(100000000)
#define SUMMARY_NS UINT64_C(1000000000)

/* Alternate screen, no cursor, long rows cut; and back (xterm, as every terminal of today). */
#define TAKE "\033[?1049h\033[?25l\033[?7l"
#define GIVE_BACK "\033[?7h\033[?25h\033[?1049l"

struct screen {
    int output;
    bool terminal;
    struct page_look look;
    uint64_t due_ns;
    uint64_t events_told;
    char page[PAGE_TEXT_BYTES];      /* the last one rendered */
    char frame[2 * PAGE_TEXT_BYTES]; /* the same with its codes for the terminal */
};

static struct screen screen;
static atomic_bool taken; /* read by the signal handler */

static void write_all(int file, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t written = write(file, text, len);
        if (written < 0 && errno != EINTR)
            return; /* a screen that is gone stops nothing */
        if (written > 0) {
            text += written;
            len -= (size_t)written;
        }
    }
}

static void give_back(void)
{
    if (atomic_exchange(&taken, false))
        write_all(screen.output, GIVE_BACK, strlen(GIVE_BACK));
}

static void die_of(int signal_number)
{
    give_back();
    raise(signal_number); /* SA_RESETHAND: the default kills us as it should */
}

/* Signals that the program handles itself are left to it. */
static void catch_deaths(void)
{
    static const int deaths[] = {SIGINT,  SIGTERM, SIGHUP, SIGQUIT, SIGABRT,
                                 SIGSEGV, SIGBUS,  SIGFPE, SIGILL};
    struct sigaction catching = {.sa_handler = die_of, .sa_flags = (int)SA_RESETHAND};
    struct sigaction before;

    sigemptyset(&catching.sa_mask);
    for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++)
        if (sigaction(deaths[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(deaths[i], &catching, NULL);
}

struct screen *screen_open(int output, enum words_language language)
{
    static bool prepared;
    const char *term = getenv("TERM");

    screen = (struct screen){.output = output, .look.language = language};
    screen.terminal = isatty(output) && term && strcmp(term, "dumb") != 0;
    screen.look.colour = screen.terminal && !getenv("NO_COLOR");
    if (!screen.terminal)
        return &screen;

    if (!prepared && atexit(give_back) == 0)
        prepared = true;
    catch_deaths();
    atomic_store(&taken, true);
    write_all(output, TAKE, strlen(TAKE));
    return &screen;
}

/* The rows of `page`, cut to the terminal's height, each on a row cleared first: behind one that fills it the
 * cursor stands on its last column, and clearing the rest would take that. */
static size_t frame_rows(char *frame, const char *page, unsigned rows)
{
    char *at = stpcpy(frame, "\033[H");

    for (unsigned row = 0; row < rows && *page; row++) {
        size_t len = strcspn(page, "\n");
        at = stpcpy(at, row == 0 ? "\033[K" : "\r\n\033[K");
        at = mempcpy(at, page, len);
        page += len + (page[len] == '\n');
    }
    at = stpcpy(at, "\033[J");
    return (size_t)(at - frame);
}

static void redraw(const struct operate_page *page)
{
    struct winsize size = {0};
    unsigned rows = PAGE_ROWS_LEAST;

    if (ioctl(screen.output, TIOCGWINSZ, &size) == 0 && size.ws_row > 0)
        rows = size.ws_row;
    if (rows > PAGE_ROWS_MOST)
        rows = PAGE_ROWS_MOST;
    screen.look.rows = rows;
    page_render(page, &screen.look, screen.page);
    write_all(screen.output, screen.frame, frame_rows(screen.frame, screen.page, rows));
}

static void print_events(const struct operate_page *page)
{
    if (page->event_count - screen.events_told > PAGE_EVENTS_KEPT)
        screen.events_told = page->event_count - PAGE_EVENTS_KEPT;
    for (; screen.events_told < page->event_count; screen.events_told++) {
        const struct page_event *event = &page->events[screen.events_told % PAGE_EVENTS_KEPT];
        char at[32];
        snprintf(at, sizeof at, "%6.1f", event->at_s);
        words_write_decimals(at, screen.look.language);
        dprintf(screen.output, "%s %s  * %s\n", at, words_of(WORD_SECONDS, screen.look.language),
                event->text);
    }
}

void screen_show(struct screen *shown, const struct operate_page *page, uint64_t now_ns)
{
    if (!shown->terminal)
        print_events(page);
    if (now_ns < shown->due_ns)
        return;
    shown->due_ns = now_ns + (shown->terminal ? REDRAW_NS : SUMMARY_NS);
    if (shown->terminal) {
        redraw(page);
        return;
    }
    size_t len = page_summarise(page, shown->look.language, shown->page);
    shown->page[len] = '\n';
    write_all(shown->output, shown->page, len + 1);
}

void screen_close(struct screen *shown)
{
    if (!atomic_load(&taken))
        return;
    give_back();
    write_all(shown->output, shown->page, strlen(shown->page));
}
