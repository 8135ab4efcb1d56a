/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same bytes for every GET, through our server (`ours`) or libmicrohttpd alone (`mhd`, `mhd-early`), until it is
 * ended: http_serving.py asks them, beside nginx. usage: bench-http ours|mhd|mhd-early FILE */
#include <fcntl.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "http/server.h"

static struct text body;

static enum http_turn handle(void *context, struct http_exchange *exchange)
{
    struct http_response *response = &exchange->response;
    (void)context;
    response->status = 200;
    response->body = body;
    http_response_header(response, TEXT("Content-Type"), TEXT("application/fhir+json"));
    http_response_header(response, TEXT("ETag"), TEXT("W/\"1\""));
    http_response_header(response, TEXT("Last-Modified"), TEXT("Sun, 29 Nov 2026 16:50:00 GMT"));
    return HTTP_NOW;
}

static int serve_ours(void)
{
    struct http_server *server;
    const struct http_server_settings settings = {
        .address = "127.0.0.1:0", .workers = 1, .handler = handle};
    if (http_server_start(&server, &settings) != HTTP_OK)
        return 1;
    printf("%s\n", http_server_url(server));
    fflush(stdout);
    return pause();
}

static bool
    answers_early; /* at the handler's first call, before the library knows that no body follows */

static enum MHD_Result handle_mhd(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_bytes, void **state)
{
    (void)context, (void)url, (void)method, (void)version, (void)upload, (void)upload_bytes;
    if (!*state && !answers_early) {
        *state = &body;
        return MHD_YES;
    }
    struct MHD_Response *response = MHD_create_response_from_buffer(
        body.len, (void *)(uintptr_t)body.bytes, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "application/fhir+json");
    MHD_add_response_header(response, "ETag", "W/\"1\"");
    MHD_add_response_header(response, "Last-Modified", "Sun, 29 Nov 2026 16:50:00 GMT");
    enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
}

static int serve_mhd(bool early)
{
    answers_early = early;
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL,
                                                 handle_mhd, NULL, MHD_OPTION_END);
    if (!daemon)
        return 1;
    printf("http://127.0.0.1:%u\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    return pause();
}

static bool read_body(const char *path)
{
    static char bytes[16 << 20];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd >= 0 ? read(fd, bytes, sizeof bytes) : -1;
    if (fd >= 0)
        close(fd);
    body = (struct text){bytes, len > 0 ? (size_t)len : 0};
    return len >= 0;
}

int main(int argc, char **argv)
{
    if (argc != 3 || !read_body(argv[2])) {
        fputs("usage: bench-http ours|mhd|mhd-early FILE\n", stderr);
        return 2;
    }
    if (!strcmp(argv[1], "ours"))
        return serve_ours();
    if (!strcmp(argv[1], "mhd") || !strcmp(argv[1], "mhd-early"))
        return serve_mhd(!strcmp(argv[1], "mhd-early"));
    return 2;
}
