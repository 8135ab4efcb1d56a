/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cart_pictures.h"

#include <inttypes.h>
#include <string.h>

#include "clock/clock.h"
#include "log/log.h"
#include "station/channels.h"

#define TELL_NS UINT64_C(1000000000)

void cart_pictures_init(struct cart_pictures *pictures, struct camera_thread *camera,
                        struct picture_line *line)
{
    memset(pictures, 0, sizeof *pictures);
    pictures->line = line;
    pictures->camera = camera;
    pictures->rate = camera_thread_rate(camera);
    pictures->bytes_most = UINT32_MAX;
}

void cart_pictures_meet(struct cart_pictures *pictures)
{
    moved_forget(&pictures->moved);
    delay_cart_session(&pictures->delay);
    pictures->bytes_most = UINT32_MAX;
}

static void keep_smaller(struct cart_pictures *pictures, size_t bytes)
{
    if (bytes < pictures->bytes_most)
        pictures->bytes_most = (uint32_t)bytes;
}

/* Who is there now; of whom was there before it is known what they have. */
static void seat_viewers(struct cart_pictures *pictures, struct link_peer *const *peers,
                         size_t count)
{
    struct cart_viewer seated[LINK_PEERS_MAX] = {0};
    for (size_t i = 0; i < count; i++) {
        seated[i].peer = peers[i];
        for (size_t j = 0; j < LINK_PEERS_MAX; j++)
            if (pictures->viewers[j].peer == peers[i])
                seated[i].awaits_alone = pictures->viewers[j].awaits_alone;
    }
    memcpy(pictures->viewers, seated, sizeof seated);
}

/* `frame` does not go, so the next ones would refer to what the console does not have. */
static void refuse(struct cart_pictures *pictures, const struct camera_frame *frame)
{
    pictures->refused++;
    pictures->viewers[0].awaits_alone = true;
    camera_thread_recover(pictures->camera, frame->captured_ns);
}

static void give_surgeon(struct cart_pictures *pictures, const struct camera_frame *frame,
                         struct link_peer *peer, const struct link_frame *picture, uint64_t now_ns)
{
    if (!picture_line_gives(pictures->line, frame->captured_ns, frame->stands_alone)) {
        pictures->no_room++;
        pictures->viewers[0].awaits_alone = true;
        return;
    }
    if (pictures->viewers[0].awaits_alone && !frame->stands_alone) {
        refuse(pictures, frame);
        return;
    }
    enum link_err err = link_send_frame(peer, STATION_PICTURES, picture, now_ns);
    if (err == LINK_ERR_LENGTH) {
        keep_smaller(pictures, frame->len / 2); /* one that stands alone is larger than others */
        refuse(pictures, frame);
    } else if (err == LINK_OK) { /* else the session ended this instant: its event follows */
        pictures->viewers[0].awaits_alone = false;
        pictures->sent++;
        pictures->sent_bytes += frame->len;
    }
}

/* Whether the lines of who only watches carry the picture in time. One that stands alone is tried now and then all the
 * same: on a line that carries nothing it would never be learnt what it can. */
static bool goes_to_watcher(const struct cart_viewer *viewer, bool stands_alone,
                            const struct link_peer *peer, size_t bytes, uint64_t now_ns)
{
    if (link_frames_wait(peer, STATION_PICTURES, now_ns))
        return false;
    return viewer->awaits_alone ? stands_alone
                                : link_frame_fits(peer, STATION_PICTURES, bytes, now_ns);
}

static void give_watcher(struct cart_pictures *pictures, struct cart_viewer *viewer,
                         bool stands_alone, struct link_peer *peer,
                         const struct link_frame *picture, uint64_t now_ns)
{
    viewer->awaits_alone = !goes_to_watcher(viewer, stands_alone, peer, picture->len, now_ns) ||
                           link_send_frame(peer, STATION_PICTURES, picture, now_ns) != LINK_OK;
    pictures->watchers_ask |= viewer->awaits_alone;
    pictures->left_out += viewer->awaits_alone;
}

void cart_pictures_give(struct cart_pictures *pictures, const struct camera_frame *frame,
                        struct link_peer *const *peers, size_t count, uint64_t now_ns)
{
    uint32_t moved_by = moved_at(&pictures->moved, frame->captured_ns);
    const struct link_frame picture = {.bytes = pictures->bytes,
                                       .len = PICTURE_HEAD_BYTES + frame->len,
                                       .captured_ns = frame->captured_ns,
                                       .tag = moved_by};
    struct picture_head head =
        delay_cart_picture(&pictures->delay, moved_by, frame->captured_ns, clock_monotonic_ns());
    head.rate = (uint8_t)pictures->rate;
    spread_add(&pictures->raw, (int64_t)frame->raw_ns);
    picture_head_encode(&head, pictures->bytes);
    memcpy(pictures->bytes + PICTURE_HEAD_BYTES, frame->bytes, frame->len);

    seat_viewers(pictures, peers, count);
    give_surgeon(pictures, frame, peers[0], &picture, now_ns);
    for (size_t i = 1; i < count; i++)
        give_watcher(pictures, &pictures->viewers[i], frame->stands_alone, peers[i], &picture,
                     now_ns);
}

void cart_pictures_send(struct cart_pictures *pictures, struct link_peer *const *peers,
                        size_t count, uint64_t now_ns)
{
    const struct camera_frame *frame;
    while ((frame = camera_thread_oldest(pictures->camera))) {
        if (count)
            cart_pictures_give(pictures, frame, peers, count, now_ns);
        camera_thread_release(pictures->camera);
    }
}

void cart_pictures_heed_lines(struct cart_pictures *pictures, const struct link_peer *peer,
                              uint64_t now_ns)
{
    if (picture_line_asks(pictures->line))
        camera_thread_recover(pictures->camera, now_ns);
    camera_thread_leave_out(pictures->camera,
                            peer && link_frames_wait(peer, STATION_PICTURES, now_ns));
}

uint32_t cart_pictures_rate_bps(const struct cart_pictures *pictures, uint64_t bps)
{
    uint64_t most_bps = (uint64_t)pictures->bytes_most * 8 * pictures->rate;
    if (pictures->line->is_poor && bps > PICTURE_LINE_BPS)
        bps = PICTURE_LINE_BPS;
    if (bps > most_bps)
        bps = most_bps;
    return bps < UINT32_MAX ? (uint32_t)bps : UINT32_MAX;
}

static void tell_line(struct cart_pictures *pictures)
{
    if (pictures->line->is_poor == pictures->told_poor)
        return;
    pictures->told_poor = pictures->line->is_poor;
    if (pictures->told_poor)
        log_event(LOG_WARN, "line_poor",
                  "what=\"the lines have no room for pictures: add a line, or change it\"");
    else
        log_event(LOG_INFO, "line_carries", "not_sent=%" PRIu64, pictures->no_room);
}

void cart_pictures_tell(struct cart_pictures *pictures, uint64_t now_ns)
{
    tell_line(pictures);
    if (pictures->refused == pictures->told || now_ns < pictures->told_ns + TELL_NS)
        return;
    log_event(LOG_WARN, "pictures_refused",
              "count=%" PRIu64 " what=\"too large for the datagrams of the lines: "
              "none that refers to them is sent\"",
              pictures->refused - pictures->told);
    pictures->told = pictures->refused;
    pictures->told_ns = now_ns;
}
