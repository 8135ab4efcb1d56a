/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/delay.h"

#include <string.h>

void delay_cart_session(struct delay_cart *delay)
{
    memset(delay->gestures, 0, sizeof delay->gestures);
    delay->has_shown = false;
}

void delay_cart_gesture(struct delay_cart *delay, uint32_t sequence, int64_t forth_ns,
                        uint64_t received_ns)
{
    size_t at = sequence % DELAY_GESTURES_KEPT;
    delay->gestures[at].sequence = sequence;
    delay->gestures[at].is_known = true;
    delay->gestures[at].forth_ns = forth_ns;
    delay->gestures[at].received_ns = received_ns;
}

struct picture_head delay_cart_picture(struct delay_cart *delay, uint32_t gesture,
                                       uint64_t captured_ns, uint64_t sent_ns)
{
    size_t at = gesture % DELAY_GESTURES_KEPT;
    uint64_t encode_ns = sent_ns - captured_ns;
    bool is_new = !delay->has_shown || gesture != delay->shown;
    bool is_known = delay->gestures[at].is_known && delay->gestures[at].sequence == gesture;

    spread_add(&delay->encode, (int64_t)encode_ns);
    if (is_new &&
        is_known) { /* else nothing moved since the picture before, or we do not know what */
        spread_add(&delay->forth, delay->gestures[at].forth_ns);
        spread_add(&delay->robot, (int64_t)(captured_ns - delay->gestures[at].received_ns));
    }
    delay->has_shown = true;
    delay->shown = gesture;
    return (struct picture_head){.encode_ns =
                                     encode_ns < UINT32_MAX ? (uint32_t)encode_ns : UINT32_MAX};
}

void delay_console_picture(struct delay_console *delay, const struct picture_head *head,
                           const int64_t *age_ns, uint64_t decode_ns)
{
    spread_add(&delay->decode, (int64_t)decode_ns);
    if (age_ns && head->encode_ns < UINT32_MAX)
        spread_add(&delay->back, *age_ns - (int64_t)decode_ns - (int64_t)head->encode_ns);
}
