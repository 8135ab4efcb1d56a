/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a request's Host names this server, as far as this machine alone reaches it.
 *
 * A page of anywhere can have its own name lead to 127.0.0.1 (DNS rebinding): its browser then takes this server for
 * that page's, but tells the page's name in Host (hazard H-165). Bytes only. Any thread.
 *
 * Source: RFC 9110 7.4 and 15.5.20 (421), RFC 6761 6.3 ("localhost." is this machine's). */
#ifndef HTTP_OWN_HOST_H
#define HTTP_OWN_HOST_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/text.h"

/* `host` is a Host header's value, letters of any case. It is of the server that listens at `listens`, as
 * "http://127.0.0.1:8080", where it is a name or address of this machine's own (localhost, 127.0.0.0/8, [::1]) with
 * that port, or what `url` has in the host's place, as "https://record.example.org/fhir"; "": no such. */
MUST_USE bool http_host_is_own(struct text host, struct text listens, struct text url);

#endif
