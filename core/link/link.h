/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The link: one encrypted conversation between two sites over up to eight lines at once.
 *
 * Sans I/O. The library opens no socket, asks no clock, makes no thread and no log. The caller
 * hands in datagrams as they arrive and takes out datagrams to send:
 *
 *     link_receive(link, &path, bytes, len, now);          for each datagram that came in
 *     while (link_event(link, &event)) ...                 what that meant
 *     while ((len = link_transmit(link, &path, out, now))) send it along `path`
 *     sleep until a datagram comes or link_deadline(link, now)
 *
 * Time is `now_ns`, nanoseconds of one monotonic clock, which never runs backwards. It is the only
 * unit of time here. Calls on one `struct link` come from one thread at a time.
 *
 * Memory: link_create allocates everything; a peer's share is link_peer_bytes() (8 MiB at most with
 * two pictures), and an answerer has one more than `peers` for whoever comes back. OpenSSL allocates
 * during a handshake. After LINK_EVENT_UP nothing is allocated.
 *
 * What comes from the network is data from strangers until it has been opened with a session's
 * key: a datagram that cannot be opened changes a counter and nothing else.
 *
 * Three natures of data, each with numbered channels from 0:
 *   samples   the newest matters (gestures, state): sent on every line, each datagram repeating some
 *             of those before; delivered in order, never twice, never waiting
 *   frames    pictures, sound: Reed-Solomon shards over the lines, whole or dropped by a deadline
 *   messages  commands, files: acknowledged, ordered, all of them, on every line
 *
 * The protocol is docs/protocol.md; section names below ("Lines") are its own. */
#ifndef JISR_LINK_H
#define JISR_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of this header; link_version tells that of the library that runs. Semantic versioning: as long as
 * MAJOR is 0, a new MINOR may change anything. */
#define LINK_VERSION_MAJOR 0
#define LINK_VERSION_MINOR 1
#define LINK_VERSION_PATCH 0

/* "0.1.0". Static text. */
const char *link_version(void);

enum {
    LINK_LINES_MAX = 8,
    LINK_PEERS_MAX = 4,
    LINK_SAMPLE_CHANNELS_MAX = 4,
    LINK_FRAME_CHANNELS_MAX = 2, /* each way */
    LINK_DATAGRAM_MAX = 1232,    /* UDP payload: IPv6's least MTU 1280 (RFC 8200 5) less 48 */
    LINK_SAMPLE_BYTES_MAX = 255,
    LINK_FRAME_BYTES_MAX = 256 * 1024,
    LINK_MESSAGE_BYTES_MAX = 16 * 1024,
    LINK_NAME_BYTES = 64,  /* a site's name, its closing zero included */
    LINK_REASON_BYTES = 96 /* a reason in words, likewise */
};

enum link_err {
    LINK_OK = 0,
    LINK_ERR_LENGTH,  /* longer than the limit named above, or empty */
    LINK_ERR_CHANNEL, /* no such channel in the settings */
    LINK_ERR_STATE,   /* the peer is not up (yet, or any more) */
    LINK_ERR_FULL,    /* the queue is full: nothing was taken, try later */
    LINK_ERR_LINES,   /* no line left, or no such line */
    LINK_ERR_PEERS,   /* every peer's place is taken */
};

/* In words: "the peer is not up". Static text. */
const char *link_err_text(enum link_err err);

/* What kind of place a site is; its certificate says so. Bits, so that a set can be given. */
enum link_kind {
    LINK_KIND_CART = 1,    /* the patient's side */
    LINK_KIND_CONSOLE = 2, /* the surgeon's side */
    LINK_KIND_CENTRE = 4,
    LINK_KIND_UNIT = 8,
    LINK_KIND_BEDSIDE = 16 /* the panel of the team at the patient's side */
};

/* Where a datagram comes from or goes to: which of the caller's sockets, and the far address as
 * bytes that only the caller understands (a sockaddr, a simulator's number). */
struct link_path {
    uint8_t socket;
    uint8_t address_bytes; /* 0 to 28, or LINK_PATH_NONE */
    uint8_t address[28];
    uint8_t host_bytes; /* so many of them, in front, name the machine whatever its port; 0: all */
};

/* As `address_bytes` of one of link_dial's paths: no line has this number. */
enum { LINK_PATH_NONE = UINT8_MAX };

struct link_identity; /* a site's key, certificate, and the authority whose sites it accepts */

/* Reads the folder that `jisr identity issue` wrote. NULL on failure, the reason in words, with
 * what to do, in `reason`. The caller frees it after the link. */
struct link_identity *link_identity_load(const char *folder, char reason[LINK_REASON_BYTES]);

struct link_pem {
    const void *bytes; /* NULL: absent */
    size_t len;
};

struct link_identity_pem {
    struct link_pem key;         /* PKCS #8, not encrypted: P-256 or Ed25519 */
    struct link_pem certificate; /* the site's */
    struct link_pem authority;   /* the authority's certificate, signed by itself */
    struct link_pem revoked;     /* the authority's list of revoked certificates; may be absent */
};

/* The same from PEM texts in memory, which may (and the key should) be wiped afterwards. Dates, and
 * whether our own certificate is revoked, are left to the peer to judge. */
struct link_identity *link_identity_from_memory(const struct link_identity_pem *pem,
                                                char reason[LINK_REASON_BYTES]);
void link_identity_free(struct link_identity *identity);

struct link_sample_channel {
    uint64_t period_ns; /* usual time between two samples, for sizing repeats; 0: no such channel */
    bool every;         /* each sample matters (gestures); else only the newest does (state) */
};

struct link_frame_channel {
    uint64_t interval_ns; /* time between two frames; 0: no such channel */
    uint64_t budget_ns;   /* a frame not whole this long after its first shard came is lost;
                             0: the standard, four intervals and at least 100 ms */
    uint64_t rate_bps; /* sender: needs so much, no less will do (sound), and goes before channels
                             where this is 0, which take what is left (pictures) */
};

struct link_settings {
    const struct link_identity *identity; /* outlives the link */
    bool answers;                         /* strangers may dial us (a cart); else we only dial */
    uint32_t peer_kinds;                  /* set of enum link_kind that may be our peer */
    const char *peer_name;                /* only this name, or NULL for any */
    size_t peers;                         /* 1 to LINK_PEERS_MAX sessions at once */

    struct link_sample_channel samples[LINK_SAMPLE_CHANNELS_MAX]; /* alike at both ends */
    struct link_frame_channel frames_sent[LINK_FRAME_CHANNELS_MAX];
    struct link_frame_channel frames_received[LINK_FRAME_CHANNELS_MAX];

    /* Of one line; each 0: the standard ("Rate and the order of mercy"). */
    uint64_t rate_least_bps, rate_start_bps, rate_most_bps;
    uint64_t renew_keys_ns; /* at the latest; 0: the standard, 10 minutes ("Key renewal") */
    uint64_t silence_ns;    /* a peer silent this long is closed; 0: the standard, 30 s */

    /* Fills `out` with bytes nobody can guess. NULL: OpenSSL's generator. */
    void (*random)(void *context, uint8_t *out, size_t len);
    void *random_context;
    int64_t wall_s; /* seconds since 1970 when link_create is called: for certificates only */
};

struct link;
struct link_peer;

/* NULL when the settings make no sense or memory is short, the reason in words in `reason`, which may
 * be NULL. `now_ns` anchors `wall_s`. */
struct link *link_create(const struct link_settings *settings, uint64_t now_ns,
                         char reason[LINK_REASON_BYTES]);
void link_destroy(struct link *link);

/* From now on handshakes are made and judged by this identity, as when a list of revoked certificates
 * has grown. Sessions that are up go on. The former identity may be freed. */
void link_set_identity(struct link *link, const struct link_identity *identity);

/* From now on certificates are judged by this time of day, seconds since 1970: for a machine whose clock
 * was set after link_create. Sessions that are up go on. */
void link_set_wall(struct link *link, int64_t wall_s, uint64_t now_ns);

/* Bytes of memory that one peer takes under these settings. */
size_t link_peer_bytes(const struct link_settings *settings);

/* A site has one session with an answerer. While its former one was heard of within this, the site is
 * there: who dials with the same certificate beside it is refused. After it, it takes the place. */
#define LINK_ALIVE_NS UINT64_C(500000000)
#define LINK_REASON_ALIVE "this site has a session already"
#define LINK_REASON_SUPERSEDED "the same site has dialled again"

/* Whose certificate is good while all `peers` sessions are other sites' is refused with this. */
#define LINK_REASON_TAKEN "every place is taken"

/* Begins a session over `count` lines (1 to LINK_LINES_MAX), numbered as they stand in `paths`.
 * LINK_EVENT_UP or LINK_EVENT_REFUSED follows; it goes on trying for `silence_ns`, less when an answer
 * came and then nothing more. `*peer` belongs to the link, and dies with its CLOSED or REFUSED event once
 * the next event is asked for. */
enum link_err link_dial(struct link *link, const struct link_path *paths, size_t count,
                        uint64_t now_ns, struct link_peer **peer);

/* A datagram came. `bytes` is opened in place and spoilt. */
void link_receive(struct link *link, const struct link_path *path, uint8_t *bytes, size_t len,
                  uint64_t now_ns);

/* The next datagram to send now: its length, `*path` saying where; 0 when there is none. */
size_t link_transmit(struct link *link, struct link_path *path, uint8_t out[LINK_DATAGRAM_MAX],
                     uint64_t now_ns);

/* When link_transmit may next have something, if nothing comes before; UINT64_MAX for never. */
uint64_t link_deadline(const struct link *link, uint64_t now_ns);

/* When a sample is to go out again; UINT64_MAX for not. Its copies are apart so that one burst of losses
 * takes few of them: a caller that sends several deadlines' worth at once must not let this one wait. */
uint64_t link_sample_deadline(const struct link *link);

enum link_event_kind {
    LINK_EVENT_UP,           /* both ends have proved who they are */
    LINK_EVENT_REFUSED,      /* never came up; `reason` says why */
    LINK_EVENT_CLOSED,       /* was up, ended; `reason` says why and by whom */
    LINK_EVENT_SAMPLE,       /* one sample, in order */
    LINK_EVENT_SAMPLE_AGAIN, /* a datagram whose newest sample was known already (for traces) */
    LINK_EVENT_FRAME,        /* a frame, or the news that it is lost */
    LINK_EVENT_MESSAGE,
    LINK_EVENT_LINE,       /* a line changed state: `line`, `line_state` */
    LINK_EVENT_LINE_MOVED, /* the peer answers from a new address on `line` */
    LINK_EVENT_LINE_SIZE,  /* what we send on `line` may be `datagram_bytes` long from now on */
    LINK_EVENT_CLOCK_STEP, /* the peer's clock jumped: ages may not be measured for a while */
    LINK_EVENT_KEYS        /* the peer's keys were renewed */
};

enum link_line_state {
    LINK_LINE_UNUSED,
    LINK_LINE_FRESH, /* nothing has come over it yet */
    LINK_LINE_GOOD,
    LINK_LINE_SUSPECT, /* silent for longer than is usual */
    LINK_LINE_LOST     /* silent for a second: probed, not counted on */
};

enum link_frame_state { LINK_FRAME_WHOLE, LINK_FRAME_REPAIRED, LINK_FRAME_LOST };

/* An age on our own clock. Unmeasured is not zero: treat it as too old. */
struct link_age {
    bool measured;
    int64_t ns;        /* best estimate */
    uint64_t bound_ns; /* the true age is within ns +- bound_ns */
};

struct link_event {
    enum link_event_kind kind;
    struct link_peer *peer;
    uint8_t channel;
    uint8_t line;
    enum link_line_state line_state;
    uint32_t datagram_bytes; /* LINE_SIZE: the most; ... */
    bool shrank;             /* ... less than it was: what was longer and on its way is lost */
    enum link_frame_state frame_state;

    /* SAMPLE, FRAME, MESSAGE: valid until the next call of link_receive, link_transmit or link_event. */
    const uint8_t *bytes;
    size_t len;

    uint32_t sequence;    /* SAMPLE: its number. FRAME: the frame's */
    uint64_t stamp_ns;    /* SAMPLE: when sampled, FRAME: when captured; by the PEER's clock */
    uint64_t received_ns; /* ours: when the datagram that completed it came */
    struct link_age age;  /* received_ns less stamp_ns, on our clock */
    uint32_t tag;         /* FRAME: as given to link_send_frame */

    const char *reason;    /* REFUSED, CLOSED: in words */
    bool by_peer;          /* REFUSED, CLOSED: the other end did it */
    struct link_path path; /* REFUSED, CLOSED: one that it had; no address: none was known */
};

/* Takes the oldest event; false when there is none. Drain after every link_receive, and after
 * link_transmit has given 0: time brings events too (a frame lost, a line lost, silence). */
bool link_event(struct link *link, struct link_event *event);

/* Gives a sample to channel `channel`. `*sequence`, if not NULL, receives its number. */
enum link_err link_send_sample(struct link_peer *peer, unsigned channel, const uint8_t *bytes,
                               size_t len, uint64_t sampled_ns, uint64_t now_ns,
                               uint32_t *sequence);

struct link_frame {
    const uint8_t *bytes; /* copied */
    size_t len;
    uint64_t captured_ns;
    uint32_t tag; /* the caller's: the cart puts the last gesture that had moved the arm */
};

enum link_err link_send_frame(struct link_peer *peer, unsigned channel,
                              const struct link_frame *frame, uint64_t now_ns);

/* Whether frames of `channel` that were given before still wait for the lines, for so long that one like the last
 * would come late, and those after it: leave the next one out before it is encoded, so that none refers to it.
 * Without asking, more than the lines have room for makes all of them late. */
bool link_frames_wait(const struct link_peer *peer, unsigned channel, uint64_t now_ns);

/* Whether a frame of so many bytes, given now, can be whole within the channel's budget at the rate of the lines.
 * One that cannot only takes the line from those after it. */
bool link_frame_fits(const struct link_peer *peer, unsigned channel, size_t bytes, uint64_t now_ns);

/* The peer's application says that its frames come at this interval (at least 1 ms): from now on we wait
 * for each by the standard budget of it. For ends that do not know before they meet. */
void link_expect_frames(struct link_peer *peer, unsigned channel, uint64_t interval_ns);

/* Queues a message; LINK_ERR_FULL when 64 KiB wait already. */
enum link_err link_send_message(struct link_peer *peer, const uint8_t *bytes, size_t len);

/* How far messages have gone, in bytes since the session began: all that were given, and those the peer has
 * acknowledged. A message is there once `acknowledged` is what `given` was after it. */
struct link_messages {
    uint64_t given, acknowledged;
};

struct link_messages link_messages_of(const struct link_peer *peer);

/* The bit rate, bit/s, that the frames of `channel` should keep to now, overhead already taken
 * off: what the encoder is to be set to. That of its settings, where these name one. */
uint64_t link_frame_rate_bps(const struct link_peer *peer, unsigned channel);

/* Adds a line while up (the dialling end); `*line` is its number. */
enum link_err link_line_add(struct link_peer *peer, const struct link_path *path, uint64_t now_ns,
                            uint8_t *line);
/* Stops using a line, at both ends. */
enum link_err link_line_pull(struct link_peer *peer, uint8_t line, uint64_t now_ns);

/* Ends the session; the other end is told `reason` over every line. */
void link_close(struct link_peer *peer, const char *reason, uint64_t now_ns);

/* As its certificate says; "" until that is known to be signed by our authority. So it tells who was
 * refused for another reason (revoked, expired, wrong kind). */
const char *link_peer_name(const struct link_peer *peer);
enum link_kind link_peer_kind(const struct link_peer *peer);
const char *link_peer_fingerprint(const struct link_peer *peer); /* SHA-256, 64 hex digits */

struct link_clock_reading {
    bool measured;
    int64_t offset_ns; /* the peer's clock less ours */
    uint64_t bound_ns; /* the true offset is within this of it */
    int64_t drift_ppb;
    uint64_t steps; /* jumps of the peer's clock so far */
};

struct link_clock_reading link_peer_clock(const struct link_peer *peer, uint64_t now_ns);

/* The age at `at_ns` (our clock) of something stamped `stamp_ns` by the peer's clock. */
struct link_age link_age_of(const struct link_peer *peer, uint64_t stamp_ns, uint64_t at_ns);

/* One line, seen from this end. Counts since the session began. Figures of -1: not measured. */
struct link_line_stats {
    enum link_line_state state;
    struct link_path path; /* its far end now; of a line not used any more, as it was */
    uint64_t sent, sent_bytes;
    uint64_t received, received_bytes;
    uint64_t lost;      /* sent to us and never came */
    uint64_t sent_lost; /* sent by us, and the peer reports it never came */
    uint64_t duplicate, reordered;
    int64_t rtt_ns, rtt_least_ns;
    int64_t delay_in_ns; /* one way, towards us; its error bound is the clock's */
    int64_t delay_out_ns;
    int64_t jitter_ns;          /* of arrivals, RFC 3550 6.4.1 */
    uint64_t loss_episodes;     /* runs of `lost` (RFC 6534), ... */
    uint64_t loss_longest;      /* ... and the longest of them, datagrams */
    double loss_out;            /* share lost lately, 0 to 1; -1 */
    double burst_out;           /* mean run of losses lately, datagrams */
    double loss_out_worst;      /* share in the worst second of the last minute, 0 to 1; -1 */
    uint32_t burst_out_longest; /* longest run of the last minute, datagrams */
    int64_t queue_ns;           /* delay out above its own floor */
    uint64_t rate_bps;          /* what we may send */
    uint64_t outage_longest_ns;
    uint32_t datagram_bytes_max;
};

struct link_stats {
    struct link_line_stats lines[LINK_LINES_MAX];
    uint64_t samples_sent, samples_received, samples_missed, samples_again;
    uint64_t frames_sent, frames_whole, frames_repaired, frames_lost;
    uint64_t frame_bytes_sent, frame_wire_bytes_sent; /* pictures, and what carried them */
    uint64_t messages_sent, messages_received;
    uint64_t refused; /* authentic, but not according to the protocol */
    uint64_t key_generation;
};

void link_peer_stats(const struct link_peer *peer, uint64_t now_ns, struct link_stats *stats);

/* What strangers sent. Counts since link_create. */
struct link_stranger_stats {
    uint64_t malformed; /* not a datagram of ours */
    uint64_t forged;    /* could not be opened */
    uint64_t replayed;  /* opened before, or too old to tell */
    uint64_t unknown;   /* for no session of ours, nor one of the last few that ended */
    uint64_t hellos, cookies_wrong, handshakes_begun, handshakes_turned_away;
};

void link_stranger_stats(const struct link *link, struct link_stranger_stats *stats);

#ifdef __cplusplus
}
#endif
#endif
