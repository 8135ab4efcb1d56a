/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An ITP packet that we accept, we would have written byte for byte; and it moves no hand further
 * than a hand goes between two packets. */
#include <stdlib.h>
#include <string.h>

#include "motion/itp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct itp_packet packet;
    uint8_t again[ITP_PACKET_BYTES];
    struct itp itp;

    if (itp_decode(&packet, data, size) != MOTION_OK)
        return 0;
    itp_encode(&packet, again);
    if (memcmp(again, data, sizeof again) != 0)
        abort();
    itp_init(&itp);
    if (itp_take(&itp, data, size) != MOTION_OK)
        abort();
    for (int arm = 0; arm < ITP_ARMS; arm++)
        if (!(vec3_length(itp.hands.hands[arm].pose.position_m) <= ITP_STEP_MAX_M * 1.001))
            abort();
    return 0;
}
