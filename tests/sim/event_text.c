/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/event_text.h"

#include <stdio.h>

#include "link/peer.h" /* a session's number, which link.h does not tell */

static const char *end_text(enum pair_end end)
{
    return end == PAIR_CART ? "cart" : "console";
}

bool event_text(char text[static EVENT_TEXT_BYTES], enum pair_end end,
                const struct link_event *event)
{
    static const char *const states[] = {"unused", "fresh", "good", "suspect", "lost"};
    *text = 0;
    switch (event->kind) {
    case LINK_EVENT_UP:
        snprintf(text, EVENT_TEXT_BYTES, "%s: up, session %012llx", end_text(end),
                 (unsigned long long)event->peer->connection);
        break;
    case LINK_EVENT_REFUSED:
    case LINK_EVENT_CLOSED:
        snprintf(text, EVENT_TEXT_BYTES, "%s: session %012llx %s: %s%s", end_text(end),
                 (unsigned long long)event->peer->connection,
                 event->kind == LINK_EVENT_CLOSED ? "closed" : "refused", event->reason,
                 event->by_peer ? " (by the other end)" : "");
        break;
    case LINK_EVENT_LINE:
        snprintf(text, EVENT_TEXT_BYTES, "%s: line %u is %s", end_text(end), event->line,
                 states[event->line_state]);
        break;
    case LINK_EVENT_LINE_SIZE:
        snprintf(text, EVENT_TEXT_BYTES, "%s: line %u carries %u bytes", end_text(end), event->line,
                 event->datagram_bytes);
        break;
    case LINK_EVENT_LINE_MOVED:
        snprintf(text, EVENT_TEXT_BYTES, "%s: line %u has moved", end_text(end), event->line);
        break;
    case LINK_EVENT_CLOCK_STEP:
        snprintf(text, EVENT_TEXT_BYTES, "%s: the other's clock has stepped", end_text(end));
        break;
    case LINK_EVENT_KEYS:
        snprintf(text, EVENT_TEXT_BYTES, "%s: new keys", end_text(end));
        break;
    case LINK_EVENT_SAMPLE:
    case LINK_EVENT_SAMPLE_AGAIN:
    case LINK_EVENT_FRAME:
    case LINK_EVENT_MESSAGE:
        break;
    }
    return *text != 0;
}
