/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "igtl/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const tool_names[IGTL_TOOLS_MAX] = {"Jisr-Left", "Jisr-Right"};

void igtl_client_open(struct igtl_client *client, int fd, uint64_t now_ns)
{
    const struct igtl_client_counts counts = client->counts;
    *client =
        (struct igtl_client){.is_there = true, .fd = fd, .moved_ns = now_ns, .counts = counts};
}

void igtl_client_close(struct igtl_client *client)
{
    if (!client->is_there)
        return;
    close(client->fd);
    free(client->bytes);
    client->bytes = NULL;
    client->is_there = false;
}

struct pollfd igtl_client_polled(const struct igtl_client *client)
{
    bool waits = client->taken < client->len;
    return (struct pollfd){.fd = client->is_there ? client->fd : -1,
                           .events = (short)(POLLIN | (waits ? POLLOUT : 0))};
}

/* Nothing it says has a meaning here. False: it has left. */
static bool hear(const struct igtl_client *client)
{
    char said[4096];
    ssize_t got = recv(client->fd, said, sizeof said, MSG_DONTWAIT);
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR));
}

/* False: it has left. */
static bool send_on(struct igtl_client *client, uint64_t now_ns)
{
    while (client->taken < client->len) {
        ssize_t sent = send(client->fd, client->bytes + client->taken, client->len - client->taken,
                            MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        client->taken += (size_t)sent;
        client->moved_ns = now_ns;
    }
    return true;
}

void igtl_client_flow(struct igtl_client *client, uint64_t now_ns)
{
    bool is_stuck = client->taken < client->len && now_ns - client->moved_ns > IGTL_STUCK_NS;
    if (client->is_there && (!hear(client) || !send_on(client, now_ns) || is_stuck))
        igtl_client_close(client);
}

/* Room for `bytes` more behind what waits; NULL: memory is short, and the message is left out. */
static uint8_t *room_for(struct igtl_client *client, size_t bytes)
{
    if (client->len + bytes > client->room) {
        size_t room = 2 * (client->len + bytes);
        uint8_t *larger = realloc(client->bytes, room);
        if (!larger)
            return NULL;
        client->bytes = larger;
        client->room = room;
    }
    return client->bytes + client->len;
}

static void put_status(struct igtl_client *client, const struct igtl_told *told, uint64_t wall_ns)
{
    const struct igtl_head head = {"Jisr", wall_ns};
    uint8_t *out = room_for(client, IGTL_STATUS_BYTES_MAX);
    if (!out || !told->why || (client->why == told->why && client->was_ready == told->is_ready))
        return;
    client->why = told->why;
    client->was_ready = told->is_ready;
    client->len += igtl_status(&head, told->is_ready ? IGTL_OK : IGTL_NOT_READY, told->why, out);
}

static void put_pose(struct igtl_client *client, const char *name, const struct pose *pose,
                     uint64_t wall_ns)
{
    const struct igtl_head head = {name, wall_ns};
    uint8_t *out = room_for(client, IGTL_TRANSFORM_BYTES);
    if (!out)
        return;
    client->len += igtl_transform(&head, pose, out);
    client->counts.poses++;
}

static void put_poses(struct igtl_client *client, const struct igtl_told *told,
                      uint64_t wall_ahead_ns)
{
    if (told->measured_ns == client->measured_ns)
        return;
    client->measured_ns = told->measured_ns;
    for (unsigned i = 0; i < told->tool_count; i++)
        put_pose(client, tool_names[i], &told->tools[i], told->measured_ns + wall_ahead_ns);
    if (told->has_camera)
        put_pose(client, "Jisr-Camera", &told->camera, told->measured_ns + wall_ahead_ns);
}

static void put_picture(struct igtl_client *client, const struct igtl_picture *picture,
                        uint64_t wall_ahead_ns)
{
    const struct igtl_head head = {"Jisr-Endoscope", picture->captured_ns + wall_ahead_ns};
    size_t pixels = (size_t)picture->width * picture->height * 3;
    if (picture->captured_ns == client->captured_ns)
        return;
    uint8_t *out = room_for(client, IGTL_IMAGE_PIXELS_AT + pixels);
    if (!out)
        return;
    client->captured_ns = picture->captured_ns;
    memcpy(out + IGTL_IMAGE_PIXELS_AT, picture->message + IGTL_IMAGE_PIXELS_AT, pixels);
    client->len += igtl_image(&head, picture->width, picture->height, out);
    client->counts.pictures++;
}

void igtl_client_tell(struct igtl_client *client, const struct igtl_told *told,
                      const struct igtl_picture *picture, uint64_t wall_ahead_ns, uint64_t now_ns)
{
    if (!client->is_there)
        return;
    if (client->taken < client->len) {
        client->counts.skipped++;
    } else {
        client->len = client->taken = 0;
        put_status(client, told, now_ns + wall_ahead_ns);
        put_poses(client, told, wall_ahead_ns);
        put_picture(client, picture, wall_ahead_ns);
        if (client->taken == client->len)
            return;
        client->moved_ns = now_ns;
    }
    igtl_client_flow(client, now_ns);
}
