/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/window.h"

#include <assert.h>

#define SECOND_NS UINT64_C(1000000000)

void window_add(struct window *window, int64_t value, uint64_t now_ns)
{
    uint64_t second = now_ns / SECOND_NS + 1;
    unsigned i = (unsigned)(second % WINDOW_SECONDS);

    if (window->slots[i].second == second && window->slots[i].least <= value)
        return;
    window->slots[i].second = second;
    window->slots[i].least = value;
}

int64_t window_least(const struct window *window, unsigned seconds, uint64_t now_ns, int64_t none)
{
    assert(seconds >= 1 && seconds <= WINDOW_SECONDS);
    uint64_t second = now_ns / SECOND_NS + 1;
    bool any = false;
    int64_t least = none;

    for (unsigned i = 0; i < WINDOW_SECONDS; i++) {
        uint64_t at = window->slots[i].second;
        if (at == 0 || at > second || second - at >= seconds)
            continue;
        if (!any || window->slots[i].least < least)
            least = window->slots[i].least;
        any = true;
    }
    return least;
}
