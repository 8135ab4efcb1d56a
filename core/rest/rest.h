/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIR's RESTful API: from a request to an answer, over a store.
 *
 * An exchange is one request. rest_begin understands it and either answers at once, from a view of the store, or
 * leaves writes: jobs for the store, each whole or not at all. When the last of them is durable, or is not to be,
 * rest_end makes the answer. Nothing here waits.
 *
 *     turn = rest_begin(exchange, view);
 *     if (turn == REST_WRITES)
 *         for each of exchange->writes: submit a job with run = rest_write_run, done -> rest_write_done
 *         when rest_write_done has returned true: rest_end(exchange)
 *     send exchange->answer
 *
 * Source: http://hl7.org/fhir/R4/http.html. Pure: the time, random bytes and the store's functions come in. An
 * exchange belongs to one thread at a time; jobs of one exchange may run on several, each with its own arena. */
#ifndef REST_REST_H
#define REST_REST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/audit.h"
#include "access/oauth.h"
#include "base/arena.h"
#include "base/attr.h"
#include "fhir/validate.h"
#include "rest/outcome.h"
#include "rest/request.h"
#include "store/store.h"

struct rest_audit; /* rest/audit.h */
struct rest_exchange;
struct rest_audit_trail;

/* What all exchanges of a server share; read only. */
struct rest {
    struct text base; /* "https://example.org/fhir", as clients reach it; no slash behind it */
    struct access_policy policy; /* but for `matches` and `context`, which are ours */
    struct fhir_validator validator;
    const struct search_extractor *extractor; /* search/extract.h */
    const struct search_extractor *whose;     /* rest/compartment.h */
    /* Fills `out` with random bytes, for ids. */
    void (*random)(uint8_t *out, size_t len);
    /* Where AuditEvents are kept; NULL: beside the other resources, as these. */
    const struct rest_audit *audit;
    /* Monotonic, in ns; NULL: nobody minds how long a batch takes. */
    uint64_t (*clock_ns)(void);
    /* Whether a Subscription's endpoint may be called as far as its URL tells; any thread. NULL: nobody calls any. */
    bool (*may_call)(void *caller, struct text url);
    void *caller;
    /* Keeps what the audit has to be told of a write with the write: in its job, under the status that its answer will
     * have. An error undoes the job. NULL: the exchange's trail has it, after the write. */
    enum store_err (*tell)(const struct rest_exchange *exchange, struct store_write *store,
                           const struct rest_audit_trail *trail, unsigned status,
                           struct arena *arena);
    const struct oauth_site *site; /* who gives tokens for it; NULL: nobody is asked for one */
    bool has_origins;              /* pages of other sites may call */
    struct text software_version;  /* for the CapabilityStatement, as are both before */
    int64_t started_ms;            /* likewise: its date */
    struct text capabilities;      /* the CapabilityStatement: rest/capability.h */
};

/* Makes what is made once, at start: validator, extractors, CapabilityStatement. What else is in `rest` is set; the
 * arena must outlive it. False: no memory. */
MUST_USE bool rest_prepare(struct rest *rest, struct arena *arena);

struct rest_answer {
    unsigned status;
    struct text body;         /* FHIR JSON; "" of a 204 or 304 */
    uint64_t version;         /* of the one resource that it is about: ETag W/"version"; 0: none */
    int64_t modified_ms;      /* likewise: Last-Modified; INT64_MIN: none */
    struct text location;     /* URL; "" where there is none */
    struct text content_type; /* "": FHIR JSON */
    struct text security_context; /* of a Binary as what it is: whom it is about; "" for nobody */
    const char *allow;            /* of a 405: the methods that there are; NULL: unsaid */
    struct text content_location; /* URL; "" where there is none */
    struct text progress;       /* in words, of what goes on: X-Progress; "" where there is none */
    struct rest_stream *stream; /* instead of a body: rest/stream.h; NULL: the body is all */
};

struct rest_write {
    struct rest_exchange *exchange;
    struct arena arena;     /* of the job */
    struct rest_plan *plan; /* NULL: a transaction, whose plans are its entries' */
    enum store_err err;
    struct text help;
};

/* What the audit has to be told of an exchange: its decisions, and whose data its lists showed. */
struct rest_audit_trail {
    struct rest_audit_note {
        struct audit_record record; /* its texts are in the exchange's memory */
        struct text patient;        /* of the decision, which the record points to */
        struct rest_audit_note *next;
    } * notes; /* the last one first */
    struct text *patients;
    size_t patient_count, patient_room;
    bool is_short; /* not all found room: what was done has to be told as such */
    bool is_kept;  /* with the write, if that is */
};

struct rest_exchange {
    const struct rest *rest;
    struct arena *arena; /* of the request and its answer */
    int64_t now_ms;      /* since 1970 UTC */
    struct rest_wire wire;
    const struct access_subject
        *subject; /* who asks; NULL: nothing is asked of access: tests, and ourselves */
    struct rest_audit_trail *trail; /* where there is a subject */
    bool
        has_wrong_token; /* who asks is nobody, although there was a token: none of ours, or over */

    enum access_language
        language; /* of what people read in the answer: Accept-Language, else English */
    struct rest_request request;
    struct outcome outcome;
    struct rest_answer answer;
    struct rest_write *writes;
    size_t write_count;
    atomic_size_t writes_left;
    struct rest_bundle *bundle;         /* of a batch or transaction */
    bool is_entry;                      /* of a batch */
    struct rest_write *slot;            /* where that leaves its write, or NULL */
    struct gate_patient *gate_patients; /* gate.c's */
    struct known *
        known; /* rest/known.h; NULL: all is looked up. Not where a view has what is not committed */
    bool is_subject_whole; /* gate.c's: the subject has its PractitionerRoles */
    uint64_t known_seq;    /* gate.c's: where the view stands; 0: not asked yet */
    struct rest_note {
        struct text key, value;
        struct text attached; /* what comes with it, of any size */
        bool is_removed;
        enum store_err (*run)(struct store_write *write, struct rest_exchange *exchange);
        void (*end)(struct rest_exchange *exchange); /* answers when it is kept */
        void *context;                               /* the operation's own */
        unsigned status;                             /* of the answer, for the audit */
    } note; /* of an operation that keeps something beside the record */
};

enum rest_turn { REST_ANSWERED, REST_WRITES };

/* `exchange` has its members up to `has_wrong_token` set, all else zero. */
MUST_USE enum rest_turn rest_begin(struct rest_exchange *exchange, struct store_view *view);

/* How many entries its bundle has. */
size_t rest_bundle_count(const struct rest_exchange *exchange);

/* A job's `run`; `write` is a struct rest_write. */
enum store_err rest_write_run(struct store_write *store, void *write);

/* For a job's `done`. True: it was the exchange's last one. */
MUST_USE bool rest_write_done(struct rest_write *write, enum store_err err, const char *help);

/* After the last write: the answer. */
void rest_end(struct rest_exchange *exchange);

#endif
