/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/place.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <ftw.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock/clock.h"
#include "outside.h"
#include "tls/authority_files.h"

enum { AUTHORITY_DAYS = 3, DAYS = 1, OPEN_FILES = 8 };

static bool join(char path[static PLACE_PATH_BYTES], const char *folder, const char *name)
{
    int len = snprintf(path, PLACE_PATH_BYTES, "%s/%s", folder, name);
    return len > 0 && len < PLACE_PATH_BYTES;
}

static bool issue(const char *folder, const char *name, const char *site, enum link_kind kind,
                  struct identity_error *error)
{
    const struct authority_files_issue wanted = {
        .name = site, .kind = kind, .key_type = KEY_ED25519, .days = DAYS};
    char authority[PLACE_PATH_BYTES], end[PLACE_PATH_BYTES];

    return join(authority, folder, "authority") && join(end, folder, name) &&
           authority_files_issue(authority, end, &wanted, clock_wall_s(), error);
}

static bool make_identities(const char *folder, struct identity_error *error)
{
    static const struct authority_files_new wanted = {
        .name = "rehearsal", .key_type = KEY_ED25519, .days = AUTHORITY_DAYS};
    char authority[PLACE_PATH_BYTES];

    return join(authority, folder, "authority") &&
           authority_files_init(authority, &wanted, clock_wall_s(), error) &&
           issue(folder, "cart", "casablanca", LINK_KIND_CART, error) &&
           issue(folder, "bedside", "casablanca-team", LINK_KIND_BEDSIDE, error) &&
           issue(folder, "console", "shanghai", LINK_KIND_CONSOLE, error);
}

bool place_make_folder(const char *program, const char *folder)
{
    if (!folder || mkdir(folder, 0777) == 0 || errno == EEXIST)
        return true;
    fprintf(stderr, "jisr %s: %s: %s\n", program, folder, strerror(errno));
    return false;
}

bool place_make(char folder[static PLACE_PATH_BYTES], char why[static PLACE_WHY_BYTES])
{
    struct identity_error error = {.text = "its path is too long"};
    const char *temporary = getenv("TMPDIR");

    if (!join(folder, temporary && *temporary ? temporary : "/tmp", "jisr-operate-XXXXXX") ||
        !mkdtemp(folder)) {
        snprintf(why, PLACE_WHY_BYTES, "no temporary folder: %s", strerror(errno));
        folder[0] = '\0';
        return false;
    }
    if (!make_identities(folder, &error)) {
        snprintf(why, PLACE_WHY_BYTES, "no identities: %s", error.text);
        place_remove(folder);
        folder[0] = '\0';
        return false;
    }
    return true;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

void place_remove(const char *folder)
{
    if (*folder && nftw(folder, remove_one, OPEN_FILES, FTW_DEPTH | FTW_PHYS) != 0)
        fprintf(stderr, "jisr: %s could not be removed: %s\n", folder, strerror(errno));
}

static int bind_any(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
                    getsockname(fd, (struct sockaddr *)&address, &len) != 0)) {
        close(fd);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return fd;
}

bool place_ports(uint16_t *ports, size_t count)
{
    int fds[PLACE_PORTS_MAX];
    size_t bound = 0;

    assert(count <= PLACE_PORTS_MAX);
    while (bound < count && (fds[bound] = bind_any(&ports[bound])) >= 0)
        bound++;
    for (size_t i = 0; i < bound; i++) /* all at once, or the system might give one twice */
        close(fds[i]);
    return bound == count;
}

const char *place_source(const char *asked, const char *kind, const char *recorded,
                         const char *built_in, char text[static PLACE_SOURCE_BYTES])
{
    char path[PLACE_PATH_BYTES];

    if (asked)
        return asked;
    if (!outside_data(recorded, path))
        return built_in;
    snprintf(text, PLACE_SOURCE_BYTES, "%s:%s", kind, path);
    return text;
}
