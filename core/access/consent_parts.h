/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A set of Consents as consent_read.c makes it and consent_ask.c walks it. For these two alone. */
#ifndef ACCESS_CONSENT_PARTS_H
#define ACCESS_CONSENT_PARTS_H

#include "access/consent.h"

enum consent_item_kind {
    CONSENT_ACTOR,    /* code: reference of who asks */
    CONSENT_AUTHOR,   /* code: reference of who wrote it: an actor with role AUT */
    CONSENT_ACTION,   /* code of consentaction */
    CONSENT_LABEL,    /* system, code */
    CONSENT_PURPOSE,  /* code of v3-ActReason */
    CONSENT_CLASS,    /* system, code */
    CONSENT_CODE,     /* system, code */
    CONSENT_INSTANCE, /* code: reference; data of this meaning, and so on: */
    CONSENT_RELATED,
    CONSENT_DEPENDENTS,
    CONSENT_AUTHORED,
    CONSENT_ITEM_KINDS
};

/* One code, reference or label that a provision names. `is_unknown`: it may mean anything (text without a code,
 * a code system we do not know, no literal reference). */
struct consent_item {
    uint8_t kind;
    bool is_unknown;
    struct text system, code;
};

struct consent_span {
    int64_t from_ms, to_ms; /* both within; since 1970 UTC */
};

/* Provisions stand as in the document: one, then those within it. */
struct consent_provision {
    enum consent_answer type; /* CONSENT_SILENT: none, of an outermost one */
    uint16_t end;             /* the first that is not within it */
    uint16_t number;          /* in its Consent, from 1 */
    uint16_t first_item, item_count;
    struct consent_span period, data_period;
    bool has_data_period;
};

struct consent {
    struct text id;
    enum consent_answer base; /* CONSENT_UNREADABLE: the whole is */
    bool is_research;
    uint16_t first_provision, end;
};

struct consents {
    struct arena *arena;
    struct text patient;
    struct consent consents[CONSENTS_MAX];
    struct consent_provision provisions[CONSENT_PROVISIONS_MAX];
    struct consent_item *items;
    uint16_t consent_count, provision_count, item_count;
    size_t items_room;
    enum consent_fault fault; /* of the one that was added last */
    uint32_t fault_node;
    bool has_failed; /* the arena had no room */
    bool is_over;    /* more Consents than there is room for: refuse everything */
};

#endif
