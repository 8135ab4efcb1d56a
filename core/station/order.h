/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people at a console or at the bedside order the cart, and the roster with which it says who is there.
 * Messages of the link: acknowledged, in order, on every line.
 *
 * Wire form: STATION_ORDER u8 | order u8 | seat u8 | zero u8 | ordered_ns u64. STATION_ANSWER u8 | order u8 |
 * answer u8 | zero u8. STATION_ROSTER u8 | seats u8, then for each: seat u8 | role u8 | name_bytes u8 |
 * name (UTF-8, without a closing zero).
 * Pure values: no memory kept, any thread. */
#ifndef STATION_ORDER_H
#define STATION_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "supervisor/lease.h"
#include "supervisor/supervisor.h"

enum order {
    ORDER_REQUEST,     /* the lease, please; with the sender's `seat`: if nobody has it */
    ORDER_GRANT,       /* `seat` gets the lease: from its owner or the bedside */
    ORDER_REFUSE,      /* who asked does not get it */
    ORDER_RELEASE,     /* nobody has it any more: from its owner */
    ORDER_ENABLE,      /* from the bedside only, as are */
    ORDER_DISABLE,     /* the arm may not follow any more */
    ORDER_RESET,       /* what stopped it has been looked at */
    ORDER_UNDOCK,      /* withdraw the instruments, in an emergency */
    ORDER_UNDOCK_STOP, /* no further */
    ORDER_STOP,        /* safe stop: from everybody who is there */
    ORDER_MARK,        /* this moment is to be found again: from everybody */
    ORDER_DOCK,        /* bring the instruments in again: from the bedside */
    ORDERS
};

/* "request". */
const char *order_word(enum order order);

/* Whether only the team beside the patient may order it; what the supervisor is told then, into `*event`. */
bool order_is_bedsides(enum order order, enum supervisor_event *event);

/* One that begins something is refused when it is older (H-20): a message that waited for a line
 * reaches people who meanwhile look elsewhere. Ours: two looks at a panel that does not react. */
#define ORDER_YOUNG_NS UINT64_C(2000000000)

enum {
    ORDER_BYTES = 12,
    ORDER_ANSWER_BYTES = 4,
    ROSTER_BYTES_MAX = 2 + LEASE_SEATS * (3 + LEASE_NAME_BYTES)
};

struct order_message {
    enum order order;
    uint8_t seat;        /* ORDER_GRANT, ORDER_REQUEST by a program; else LEASE_NOBODY */
    uint64_t ordered_ns; /* by the clock of who orders */
};

/* Whether it lets something begin, and so counts only while it is young; so does a person's request for the lease,
 * which takes it from whoever has fallen silent meanwhile. What ends something always counts, and a program's own
 * request takes the lease from nobody. */
bool order_begins(const struct order_message *message);

/* What came of an order, to who gave it, when it did not come about. */
struct order_answer {
    enum order order;
    enum lease_answer answer;
};

void order_encode(const struct order_message *message, uint8_t out[static ORDER_BYTES]);

/* False, and nothing written: another message, or none that we know. */
MUST_USE bool order_decode(struct order_message *message, const uint8_t *in, size_t len);

void order_answer_encode(const struct order_answer *answer, uint8_t out[static ORDER_ANSWER_BYTES]);

/* False, and nothing written: another message, or one that makes no sense. */
MUST_USE bool order_answer_decode(struct order_answer *answer, const uint8_t *in, size_t len);

/* Those that are here or have the lease. Returns the bytes written. */
size_t roster_encode(const struct lease *lease, uint8_t out[static ROSTER_BYTES_MAX]);

struct roster {
    struct roster_seat {
        bool is_known;
        enum lease_role role;
        char name[LEASE_NAME_BYTES];
    } seats[LEASE_SEATS];
};

/* False, and nothing written: another message, or one that makes no sense. Bytes of a name that are no
 * printable text come out as '?'. */
MUST_USE bool roster_decode(struct roster *roster, const uint8_t *in, size_t len);

#endif
