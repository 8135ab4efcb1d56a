/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "supervisor/lease.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

const char *lease_answer_word(enum lease_answer answer)
{
    switch (answer) {
    case LEASE_GRANTED:
        return "granted";
    case LEASE_HAS_IT:
        return "has_it";
    case LEASE_ASKED:
        return "asked";
    case LEASE_BUSY:
        return "busy";
    case LEASE_DONE:
        return "done";
    case LEASE_DENIED:
        return "denied";
    case LEASE_TOO_LATE:
        return "too_late";
    case LEASE_NOT_NOW:
        return "not_now";
    case LEASE_UNMEASURED:
        return "unmeasured";
    case LEASE_AHEAD:
        return "ahead";
    case LEASE_ANSWERS:
        break;
    }
    return "unknown";
}

void lease_init(struct lease *lease)
{
    *lease = (struct lease){.owner = LEASE_NOBODY, .asking = LEASE_NOBODY};
}

/* The one place where the lease changes hands. */
static enum lease_answer give(struct lease *lease, uint8_t to)
{
    lease->owner = to;
    lease->asking = LEASE_NOBODY;
    lease->number++;
    return LEASE_GRANTED;
}

static uint8_t find_seat(const struct lease *lease, const char *fingerprint)
{
    uint8_t spare = LEASE_NOBODY;
    for (uint8_t i = 0; i < LEASE_SEATS; i++) {
        const struct lease_seat *seat = &lease->seats[i];
        if (strcmp(seat->fingerprint, fingerprint) == 0)
            return i;
        bool is_free = seat->fingerprint[0] == '\0', is_gone = !seat->here && i != lease->owner;
        bool spare_is_gone = spare != LEASE_NOBODY && lease->seats[spare].fingerprint[0];
        if (is_free && (spare == LEASE_NOBODY || spare_is_gone))
            spare = i;
        else if (is_gone && spare == LEASE_NOBODY)
            spare = i;
    }
    return spare;
}

/* By one who is here or has the lease: nobody else is named to anybody, such as a site's former certificate. */
static bool is_taken(const struct lease *lease, uint8_t but, const char *name)
{
    for (uint8_t i = 0; i < LEASE_SEATS; i++)
        if (i != but && (lease->seats[i].here || i == lease->owner) &&
            !strcmp(lease->seats[i].name, name))
            return true;
    return false;
}

/* A long name loses its end, in whole characters of UTF-8. */
static void name_seat(struct lease *lease, uint8_t at, const char *name)
{
    char called[LEASE_NAME_BYTES], number[8] = "";
    for (unsigned i = 2;; i++) {
        size_t len = strlen(name), room = sizeof called - 1 - strlen(number);
        if (len > room)
            for (len = room; len > 0 && ((uint8_t)name[len] & 0xC0) == 0x80;)
                len--;
        snprintf(called, sizeof called, "%.*s%s", (int)len, name, number);
        if (!is_taken(lease, at, called))
            break;
        snprintf(number, sizeof number, " (%u)", i);
    }
    memcpy(lease->seats[at].name, called, sizeof called);
}

uint8_t lease_join(struct lease *lease, const char *fingerprint, const char *name,
                   enum lease_role role, uint64_t now_ns)
{
    uint8_t at = find_seat(lease, fingerprint);
    if (at == LEASE_NOBODY)
        return at;
    struct lease_seat *seat = &lease->seats[at];
    bool is_new = strcmp(seat->fingerprint, fingerprint) != 0;
    snprintf(seat->fingerprint, sizeof seat->fingerprint, "%s", fingerprint);
    if (is_new || is_taken(lease, at, seat->name))
        name_seat(lease, at, name);
    seat->here = true;
    seat->role = role;
    seat->heard_ns = now_ns;
    if (at == lease->owner) /* a new session: what its former self has sent is fenced off */
        lease->number++;
    return at;
}

void lease_part(struct lease *lease, uint8_t seat, uint64_t now_ns)
{
    assert(seat < LEASE_SEATS);
    lease->seats[seat].here = false;
    lease->seats[seat].heard_ns = now_ns;
    if (lease->asking == seat)
        lease->asking = LEASE_NOBODY;
}

void lease_hear(struct lease *lease, uint8_t seat, uint64_t now_ns)
{
    assert(seat < LEASE_SEATS);
    lease->seats[seat].heard_ns = now_ns;
}

static bool is_bedside(const struct lease *lease, uint8_t seat)
{
    return lease->seats[seat].role == LEASE_BEDSIDE;
}

bool lease_owner_is_silent(const struct lease *lease, uint64_t now_ns)
{
    return lease->owner != LEASE_NOBODY &&
           now_ns - lease->seats[lease->owner].heard_ns > LEASE_SILENT_NS;
}

enum lease_answer lease_request(struct lease *lease, uint8_t seat, uint64_t now_ns)
{
    assert(seat < LEASE_SEATS && lease->seats[seat].here);
    if (lease->owner == seat)
        return LEASE_HAS_IT;
    if (lease->owner == LEASE_NOBODY || is_bedside(lease, seat) ||
        lease_owner_is_silent(lease, now_ns))
        return give(lease, seat);
    if (lease->asking != LEASE_NOBODY && lease->asking != seat)
        return LEASE_BUSY;
    lease->asking = seat;
    lease->asked_ns = now_ns;
    return LEASE_ASKED;
}

/* Whether `seat` decides over the lease. */
static bool decides(const struct lease *lease, uint8_t seat)
{
    assert(seat < LEASE_SEATS);
    return seat == lease->owner || is_bedside(lease, seat);
}

enum lease_answer lease_grant(struct lease *lease, uint8_t by, uint8_t to)
{
    if (!decides(lease, by) || to >= LEASE_SEATS || !lease->seats[to].here)
        return LEASE_DENIED;
    return to == lease->owner ? LEASE_HAS_IT : give(lease, to);
}

enum lease_answer lease_refuse(struct lease *lease, uint8_t by)
{
    if (!decides(lease, by) || lease->asking == LEASE_NOBODY)
        return LEASE_DENIED;
    lease->asking = LEASE_NOBODY;
    return LEASE_DONE;
}

enum lease_answer lease_release(struct lease *lease, uint8_t by)
{
    if (by != lease->owner)
        return LEASE_DENIED;
    (void)give(lease, LEASE_NOBODY);
    return LEASE_DONE;
}

void lease_tick(struct lease *lease, uint64_t now_ns)
{
    if (lease->asking != LEASE_NOBODY && now_ns - lease->asked_ns > LEASE_ASK_NS)
        lease->asking = LEASE_NOBODY;
}

bool lease_allows(const struct lease *lease, uint8_t seat, uint8_t number)
{
    return seat != LEASE_NOBODY && seat == lease->owner && number == (uint8_t)lease->number;
}
