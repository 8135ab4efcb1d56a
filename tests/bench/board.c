/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/board.h"

#include <assert.h>
#include <err.h>
#include <string.h>
#include <sys/mman.h>

#include "base/bytes.h"
#include "motion/clutch.h"
#include "motion/gesture.h"
#include "motion/script.h"

/* index u64 (all ones: warming up) | sampled_ns u64 | part u32 | zero u32, then a gesture where there
 * is room, then filler */
enum { AT_INDEX = 0, AT_SAMPLED = 8, AT_PART = 16, AT_ZERO = 20 };
static_assert(AT_ZERO + 4 == BOARD_MESSAGE_BYTES_MIN, "the last field ends the least message");

static size_t bytes_of(const struct board_load *load)
{
    return sizeof(struct board) + load->count * load->parts * sizeof(int64_t);
}

struct board *board_new(const struct board_load *load)
{
    size_t bytes = bytes_of(load);
    struct board *board =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (board == MAP_FAILED)
        err(1, "memory for %zu bytes of ages", bytes);
    board->load = *load;
    return board;
}

void board_free(struct board *board)
{
    munmap(board, bytes_of(&board->load));
}

/* What the built-in hands do at that moment: neighbours in time differ as a surgeon's do, which counts
 * for a transport that sends differences. */
static void write_gesture(uint64_t sampled_ns, uint8_t *out, size_t room)
{
    static struct clutch clutch; /* all zero at first, as clutch_init leaves it */
    struct clutch_hands hands;
    struct gesture gesture;

    script_hands(sampled_ns, &hands);
    if (room < gesture_bytes(hands.hand_count))
        return;
    clutch_gesture(&clutch, &hands, sampled_ns, &gesture);
    gesture_encode(&gesture, out);
}

void board_write_message(const struct board *board, int64_t index, size_t part, uint64_t sampled_ns,
                         uint8_t *out)
{
    assert(board->load.message_bytes >= BOARD_MESSAGE_BYTES_MIN);
    memset(out, 0x5a, board->load.message_bytes);
    write_gesture(sampled_ns, out + BOARD_MESSAGE_BYTES_MIN,
                  board->load.message_bytes - BOARD_MESSAGE_BYTES_MIN);
    put_be64(out + AT_INDEX, index < 0 ? UINT64_MAX : (uint64_t)index);
    put_be64(out + AT_SAMPLED, sampled_ns);
    put_be32(out + AT_PART, (uint32_t)part);
    put_be32(out + AT_ZERO, 0);
}

void board_take_message(struct board *board, const uint8_t *bytes, size_t len, uint64_t now_ns)
{
    const struct board_load *load = &board->load;
    uint64_t index = len == load->message_bytes ? get_be64(bytes + AT_INDEX) : 0;
    uint32_t part = len == load->message_bytes ? get_be32(bytes + AT_PART) : UINT32_MAX;
    int_fast64_t none = 0;

    if (index == UINT64_MAX)
        return;
    if (index >= load->count || part >= load->parts) {
        board->strange++;
        return;
    }
    if (!atomic_compare_exchange_strong(&board->age_ns[index * load->parts + part], &none,
                                        (int_fast64_t)(now_ns - get_be64(bytes + AT_SAMPLED))))
        board->copies++;
}

int64_t board_picture_age(const struct board *board, uint64_t index)
{
    int64_t oldest_ns = 0;

    for (size_t part = 0; part < board->load.parts; part++) {
        int64_t age_ns = board->age_ns[index * board->load.parts + part];

        if (age_ns == 0)
            return 0;
        if (age_ns > oldest_ns)
            oldest_ns = age_ns;
    }
    return oldest_ns;
}
