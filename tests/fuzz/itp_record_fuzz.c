/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a recorded stream holds, the gestures made of it have a meaning, and a refused packet
 * moves nothing; at most it lifts the pedal. */
#include <stdlib.h>
#include <string.h>

#include "motion/itp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct itp itp;
    struct clutch clutch;
    struct itp_record record;
    struct gesture gesture;

    itp_init(&itp);
    clutch_init(&clutch);
    for (size_t at = 0; itp_record_read(&record, data + at, size - at) == MOTION_OK;
         at += ITP_RECORD_BYTES) {
        struct clutch_hands before = itp.hands;
        if (itp_take(&itp, record.packet, ITP_PACKET_BYTES) != MOTION_OK) {
            before.pedal = before.pedal && itp.hands.pedal;
            if (memcmp(&before, &itp.hands, sizeof before) != 0)
                abort();
        }
        clutch_gesture(&clutch, &itp.hands, at, &gesture);
        if (gesture_check(&gesture) != MOTION_OK)
            abort();
    }
    return 0;
}
