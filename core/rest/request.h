/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An HTTP request as FHIR understands it: which interaction, of what, under which conditions.
 *
 * Source: http://hl7.org/fhir/R4/http.html, operations.html; RFC 9110 for conditions, RFC 7240 for Prefer.
 * Pure; what it points to is in the request's own memory or in its arena. */
#ifndef REST_REQUEST_H
#define REST_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "rest/outcome.h"

enum rest_method { REST_GET, REST_HEAD, REST_POST, REST_PUT, REST_PATCH, REST_DELETE };

/* What came over the wire, the path without the server's base: "/Patient/12", "/Patient/_search", "/". */
struct rest_wire {
    enum rest_method method;
    struct text path;  /* as sent, with its %XX */
    struct text query; /* what is behind the ?, as sent; "" where there is none */
    struct text body;
    /* Headers, "" where they are not there. */
    struct text content_type, accept, accept_language, prefer;
    struct text if_match, if_none_match, if_modified_since, if_none_exist;
    struct text security_context; /* X-Security-Context, of a Binary */
};

enum rest_interaction {
    REST_CAPABILITIES,
    REST_READ,
    REST_VREAD,
    REST_UPDATE,    /* conditional where id is "" */
    REST_PATCH_OF,  /* likewise */
    REST_DELETE_OF, /* likewise */
    REST_CREATE,
    REST_SEARCH,  /* of a type, of the whole system where type is FHIR_NONE, or of a compartment */
    REST_HISTORY, /* of an instance, a type, or the system */
    REST_TRANSACTION, /* or a batch: the bundle says which */
    REST_OPERATION,   /* $name, on an instance, a type, or the system */
};

enum rest_return {
    REST_RETURN_DEFAULT,
    REST_RETURN_MINIMAL,
    REST_RETURN_REPRESENTATION,
    REST_RETURN_OUTCOME
};

struct rest_request {
    enum rest_method method;
    enum rest_interaction interaction;
    uint16_t type;       /* fhir/model.h; FHIR_NONE: the system */
    struct text id;      /* "" where none is named */
    struct text version; /* of a vread, or of an operation on a version; else "" */
    struct text
        compartment;       /* "Patient": the search is in the compartment of Patient/id; else "" */
    struct text operation; /* "everything" of $everything */
    struct text query;     /* of the URL, as sent */
    struct text form;      /* a search's, sent as a body; as sent */
    struct text body;      /* JSON; "" where there is none */
    struct text
        raw_type; /* of a Binary or lines sent as what they are: the media type, `body` the bytes; else "" */
    struct text maybe_raw_type;   /* likewise, unless `body` is a Binary itself: application/json */
    struct text security_context; /* whom a Binary sent as what it is is about: "Patient/12" */
    bool wants_raw;               /* a Binary is to be answered as what it is */
    bool is_json_patch;           /* the body's content type, of a patch */
    enum rest_return returns;     /* Prefer: return= */
    bool is_strict;               /* Prefer: handling=strict */
    bool is_lenient;              /* Prefer: handling=lenient */
    bool is_async;                /* Prefer: respond-async */
    bool is_pretty;               /* _pretty=true */
    bool must_be_there;           /* If-Match: * */
    bool has_if_match;
    uint64_t if_match; /* version; 0: one that no resource has */
    struct text if_none_match, if_modified_since, if_none_exist;
    const char
        *allow; /* where the method is refused (405): those that the address has; else NULL */
};

/* Reads `wire`. Returns 0, or the HTTP status of what is wrong (400, 404, 405, 406, 412, 415), told in `outcome`. */
MUST_USE unsigned rest_request_read(struct rest_request *request, const struct rest_wire *wire,
                                    struct arena *arena, struct outcome *outcome);

/* What is behind `name=` in a query string, as sent; "" where it is not there. */
struct text rest_query_value(struct text query, const char *name);

/* Whether `id` is an id: [A-Za-z0-9\-\.]{1,64}. */
bool rest_is_id(struct text id);

#endif
