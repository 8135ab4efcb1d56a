/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/listen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "centre/verb.h"

int listen_failed(const char *address, enum http_err err)
{
    bool is_clear = err == HTTP_ERR_CLEAR, is_proxy = err == HTTP_ERR_PROXY;
    if (is_clear)
        fprintf(stderr,
                "jisr centre: %s: not this machine's own address: give --certificate and --key, or "
                "--plain-http if names may cross the network in clear\n",
                address);
    else if (is_proxy)
        fprintf(stderr, "jisr centre: --proxy: %s\n", http_err_words(err));
    else
        fprintf(stderr, "jisr centre: --listen %s: %s%s%s\n", address, http_err_words(err),
                err == HTTP_ERR_ADDRESS ? ": " : "",
                err == HTTP_ERR_ADDRESS ? strerror(errno) : "");
    return is_clear || is_proxy ? WRONG_USAGE : FAILED;
}

int listen_check(const char *address, bool has_certificate, bool plain_http)
{
    const struct http_server_settings server = {.address = address,
                                                .certificate_file = has_certificate ? "" : NULL,
                                                .clear_anywhere = plain_http};
    enum http_err err = http_server_check(&server);
    return err == HTTP_OK ? DONE : listen_failed(address, err);
}
