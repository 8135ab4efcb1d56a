/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever datagrams come, from whom and when: the hands stay finite and move no further with each than a
 * hand goes, the foot is down only for a sender that is heard and not frozen, and nothing is held down
 * through a silence. The input is a row of: sender u8, milliseconds u8, a flag whether the checksum is made
 * to agree, then a packet. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "motion/itp_live.h"

#define MS UINT64_C(1000000)

enum { HEAD = 3, RECORD = HEAD + ITP_PACKET_BYTES, AT_MODE = 116, AT_CHECKSUM = 120 };

static void make_agree(uint8_t packet[static ITP_PACKET_BYTES])
{
    uint32_t sum = get_le32(packet) + get_le32(packet + AT_MODE);
    for (size_t at = 12; at < 36; at += 4)
        sum += get_le32(packet + at);
    sum += get_le32(packet + 100) + get_le32(packet + 104);
    for (int i = 0; i < 4; i++)
        packet[AT_CHECKSUM + i] = (uint8_t)(sum >> 8 * i);
}

static struct clutch_hands look(const struct itp_live *live)
{
    struct clutch_hands hands;
    if (itp_live_hands(live, &hands) && hands.pedal)
        abort();
    if (hands.pedal && live->sender_len == 0)
        abort();
    return hands;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct itp_live live;
    uint64_t now_ns = 0;
    itp_live_init(&live);
    for (size_t at = 0; at + RECORD <= size; at += RECORD) {
        uint8_t packet[ITP_PACKET_BYTES];
        const struct clutch_hands before = look(&live);
        memcpy(packet, data + at + HEAD, sizeof packet);
        if (data[at + 2])
            make_agree(packet);
        now_ns += data[at + 1] * MS;
        enum motion_err err = itp_live_take(&live, data + at, 1, packet, sizeof packet, now_ns);
        const struct clutch_hands after = look(&live);
        for (int arm = 0; arm < ITP_ARMS; arm++) {
            struct vec3 step =
                vec3_subtract(after.hands[arm].pose.position_m, before.hands[arm].pose.position_m);
            if (pose_check(&after.hands[arm].pose) != MOTION_OK ||
                vec3_length(step) > (err ? 0 : ITP_STEP_MAX_M * 1.001))
                abort();
        }
        if (data[at + 1] > 100 && before.pedal && after.pedal)
            abort();
    }
    return 0;
}
