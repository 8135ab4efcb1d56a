/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console_delay.h"

#define LOOK_NS UINT64_C(50000000)        /* 20 a second */
#define MOVED_NS_MAX UINT64_C(5000000000) /* a delay is of the last motion, not of one long ago */
#define SMOOTH_LOOKS 20

void console_delay_init(struct console_delay *delay)
{
    *delay = (struct console_delay){.hand_to_eye_ns = EYES_NONE};
}

void console_delay_smooth(int64_t *figure, int64_t now)
{
    if (*figure == EYES_NONE || now == EYES_NONE)
        *figure = now;
    else
        *figure += (now - *figure) / SMOOTH_LOOKS;
}

bool console_delay_turn(struct console_delay *delay, const struct eyes *eyes, uint64_t now_ns)
{
    if (now_ns < delay->look_ns)
        return false;
    delay->look_ns = now_ns + LOOK_NS;
    if (eyes->hand_to_eye.count != delay->count) {
        delay->count = eyes->hand_to_eye.count;
        delay->moved_ns = now_ns;
    }
    bool is_told = delay->count > 0 && now_ns - delay->moved_ns <= MOVED_NS_MAX;
    console_delay_smooth(&delay->hand_to_eye_ns, is_told ? eyes->last_hand_to_eye_ns : EYES_NONE);
    return true;
}

double console_delay_ms(const struct console_delay *delay, int64_t display_ns)
{
    if (delay->hand_to_eye_ns == EYES_NONE)
        return -1;
    int64_t shown_ns = display_ns == EYES_NONE ? 0 : display_ns;
    return (double)(delay->hand_to_eye_ns + shown_ns) / 1e6;
}
