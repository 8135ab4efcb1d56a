/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/cart.h"

#include <string.h>

#include "station/age.h"
#include "station/channels.h"

void cart_station_init(struct cart_station *cart, const struct instrument *instrument,
                       const struct follow_settings *settings, uint64_t now_ns)
{
    *cart = (struct cart_station){.hold_told = HOLD_NONE};
    follow_init(&cart->follow, instrument, settings, now_ns);
}

static struct cart_news meet(struct cart_station *cart, struct link_peer *peer, uint64_t now_ns)
{
    if (cart->peer && strcmp(link_peer_fingerprint(cart->peer), link_peer_fingerprint(peer)) != 0) {
        link_close(peer, "another console operates this cart", now_ns);
        return (struct cart_news){.kind = CART_SECOND_REFUSED};
    }
    if (cart->peer) /* the same console, started again: its former self is closed by the link */
        follow_session_lost(&cart->follow, now_ns);
    cart->peer = peer;
    cart->lines_good = 0;
    return (struct cart_news){.kind = CART_MET, .recover = true, .damaged_ns = now_ns};
}

static struct cart_news part(struct cart_station *cart, uint64_t now_ns)
{
    cart->peer = NULL;
    follow_session_lost(&cart->follow, now_ns);
    return (struct cart_news){.kind = CART_PARTED};
}

static struct cart_news take_gesture(struct cart_station *cart, const struct link_event *event,
                                     uint64_t now_ns)
{
    struct cart_news news = {.kind = CART_GESTURE, .outcome = FOLLOW_REFUSED};
    news.age = link_age_of(event->peer, event->stamp_ns, now_ns);
    struct follow_sample sample = {
        .sequence = event->sequence,
        .sampled_ns = event->stamp_ns,
        .measured = news.age.measured,
        .age_ns = age_most_ns(&news.age),
    };
    enum motion_err err = gesture_decode(&sample.gesture, event->bytes, event->len);

    cart->received++;
    if (err == MOTION_OK)
        news.outcome = follow_gesture(&cart->follow, &sample, now_ns);
    else
        follow_refuse(&cart->follow, err);
    return news;
}

static struct cart_news take_again(struct cart_station *cart)
{
    cart->again++;
    return (struct cart_news){.kind = CART_GESTURE, .outcome = FOLLOW_DUPLICATE};
}

static struct cart_news take_message(const struct link_event *event)
{
    struct cart_news news = {.kind = CART_NOTHING};
    news.recover = channels_recover_decode(&news.damaged_ns, event->bytes, event->len);
    return news;
}

/* After a silence of every line the console needs a picture that stands alone; to say so takes it a
 * round trip. */
static struct cart_news take_line(struct cart_station *cart, const struct link_event *event,
                                  uint64_t now_ns)
{
    uint8_t line = (uint8_t)(1U << event->line);
    bool was_dark = !cart->lines_good, is_good = event->line_state == LINK_LINE_GOOD;
    if (is_good)
        cart->lines_good |= line;
    else if (event->line_state != LINK_LINE_SUSPECT) /* a moment's doubt darkens nothing */
        cart->lines_good &= (uint8_t)~line;
    return (struct cart_news){.recover = is_good && was_dark, .damaged_ns = now_ns};
}

struct cart_news cart_station_event(struct cart_station *cart, const struct link_event *event,
                                    uint64_t now_ns)
{
    const struct cart_news nothing = {.kind = CART_NOTHING};
    if (event->kind == LINK_EVENT_UP)
        return meet(cart, event->peer, now_ns);
    if (!cart->peer || event->peer != cart->peer)
        return nothing;
    switch (event->kind) {
    case LINK_EVENT_CLOSED:
        return part(cart, now_ns);
    case LINK_EVENT_SAMPLE:
        return event->channel == STATION_GESTURES ? take_gesture(cart, event, now_ns) : nothing;
    case LINK_EVENT_SAMPLE_AGAIN:
        return event->channel == STATION_GESTURES ? take_again(cart) : nothing;
    case LINK_EVENT_MESSAGE:
        return take_message(event);
    case LINK_EVENT_LINE:
        return take_line(cart, event, now_ns);
    case LINK_EVENT_LINE_SIZE: /* it has swallowed whole pictures, which the console is yet to find out */
        return (struct cart_news){.recover = event->shrank, .damaged_ns = now_ns};
    case LINK_EVENT_UP:
    case LINK_EVENT_REFUSED:
    case LINK_EVENT_FRAME:
    case LINK_EVENT_LINE_MOVED:
    case LINK_EVENT_CLOCK_STEP:
    case LINK_EVENT_KEYS:
        break;
    }
    return nothing;
}

bool cart_station_tick(struct cart_station *cart, uint64_t now_ns)
{
    follow_tick(&cart->follow, now_ns);
    bool changed = cart->follow.hold != cart->hold_told;
    cart->hold_told = cart->follow.hold;
    return changed;
}

size_t cart_station_tell(const struct cart_station *cart, const struct arm_report *measured,
                         uint64_t now_ns, uint8_t out[static ARM_STATE_BYTES_MAX],
                         uint32_t *sequence)
{
    struct arm_state state;
    if (!cart->peer)
        return 0;
    follow_report(&cart->follow, &state);
    memcpy(state.arms, measured, state.arm_count * sizeof *measured);
    size_t len = arm_state_encode(&state, out);
    enum link_err err =
        link_send_sample(cart->peer, STATION_STATE, out, len, now_ns, now_ns, sequence);
    return err == LINK_OK ? len : 0; /* else the session ended this instant: its event follows */
}

struct cart_counts cart_station_counts(const struct cart_station *cart)
{
    const uint64_t *outcomes = cart->follow.outcomes;
    return (struct cart_counts){.received = cart->received,
                                .applied = outcomes[FOLLOW_APPLIED],
                                .late = outcomes[FOLLOW_LATE],
                                .duplicate = outcomes[FOLLOW_DUPLICATE] + cart->again,
                                .refused = outcomes[FOLLOW_REFUSED]};
}
