/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QUIC datagrams (RFC 9221) by ngtcp2 with GnuTLS and BBR: neither ordered nor sent again. What the
 * congestion controller holds back waits in a queue, from which the oldest fall out. */
#include <assert.h>
#include <err.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <ngtcp2/ngtcp2.h>
#include <ngtcp2/ngtcp2_crypto.h>
#include <ngtcp2/ngtcp2_crypto_gnutls.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "bench/peers.h"
#include "bench/sockets.h"
#include "clock/clock.h"

enum {
    PACKET_BYTES_MAX = 1452, /* of UDP in 1500 bytes of IPv6, so that a message of 1400 fits */
    MESSAGE_BYTES_MAX = 1420,
    ID_BYTES = 16,
    QUEUE_MAX = 1024
};

static const char priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-SECP256R1:"
                                 "%DISABLE_TLS13_COMPAT_MODE";

struct quic_message {
    size_t len;
    uint8_t bytes[MESSAGE_BYTES_MAX];
};

struct quic_end {
    const struct bench_setup *setup;
    int socket;
    struct sockaddr_in local, remote;
    ngtcp2_conn *connection; /* NULL: the receiver waits for the sender */
    ngtcp2_crypto_conn_ref reference;
    gnutls_session_t session;
    uint64_t queue_first, queue_end; /* numbers of messages; each lives in queue[number % MAX] */
    struct quic_message queue[QUEUE_MAX];
};

static ngtcp2_conn *connection_of(ngtcp2_crypto_conn_ref *reference)
{
    return ((struct quic_end *)reference->user_data)->connection;
}

static void fill_random(uint8_t *out, size_t len, const ngtcp2_rand_ctx *context)
{
    (void)context;
    if (gnutls_rnd(GNUTLS_RND_NONCE, out, len))
        errx(1, "no random bytes");
}

static ngtcp2_cid new_id(void)
{
    ngtcp2_cid id = {.datalen = ID_BYTES};

    fill_random(id.data, id.datalen, NULL);
    return id;
}

static int get_new_id(ngtcp2_conn *connection, ngtcp2_cid *id, uint8_t *token, size_t len,
                      void *context)
{
    (void)connection, (void)context;
    id->datalen = len;
    fill_random(id->data, len, NULL);
    fill_random(token, NGTCP2_STATELESS_RESET_TOKENLEN, NULL);
    return 0;
}

static int receive_datagram(ngtcp2_conn *connection, uint32_t flags, const uint8_t *bytes,
                            size_t len, void *context)
{
    struct quic_end *end = context;

    (void)connection, (void)flags;
    end->setup->arrived(bytes, len);
    return 0;
}

static const ngtcp2_callbacks callbacks = {
    .client_initial = ngtcp2_crypto_client_initial_cb,
    .recv_client_initial = ngtcp2_crypto_recv_client_initial_cb,
    .recv_crypto_data = ngtcp2_crypto_recv_crypto_data_cb,
    .encrypt = ngtcp2_crypto_encrypt_cb,
    .decrypt = ngtcp2_crypto_decrypt_cb,
    .hp_mask = ngtcp2_crypto_hp_mask_cb,
    .recv_retry = ngtcp2_crypto_recv_retry_cb,
    .rand = fill_random,
    .get_new_connection_id = get_new_id,
    .update_key = ngtcp2_crypto_update_key_cb,
    .delete_crypto_aead_ctx = ngtcp2_crypto_delete_crypto_aead_ctx_cb,
    .delete_crypto_cipher_ctx = ngtcp2_crypto_delete_crypto_cipher_ctx_cb,
    .get_path_challenge_data = ngtcp2_crypto_get_path_challenge_data_cb,
    .version_negotiation = ngtcp2_crypto_version_negotiation_cb,
    .recv_datagram = receive_datagram,
};

static ngtcp2_settings settings(void)
{
    ngtcp2_settings settings;

    ngtcp2_settings_default(&settings);
    settings.cc_algo = NGTCP2_CC_ALGO_BBR;
    settings.initial_ts = clock_monotonic_ns();
    settings.max_tx_udp_payload_size = PACKET_BYTES_MAX; /* the lines' MTU is known */
    settings.no_tx_udp_payload_size_shaping = 1;
    settings.no_pmtud = 1;
    return settings;
}

static ngtcp2_transport_params parameters(void)
{
    enum { IDLE_S = 60, DATAGRAM_BYTES_MAX = 65535 };
    ngtcp2_transport_params parameters;

    ngtcp2_transport_params_default(&parameters);
    parameters.max_idle_timeout = IDLE_S * NGTCP2_SECONDS;
    parameters.max_datagram_frame_size = DATAGRAM_BYTES_MAX;
    return parameters;
}

static ngtcp2_path path_of(struct quic_end *end)
{
    return (ngtcp2_path){
        .local = {.addr = (ngtcp2_sockaddr *)&end->local, .addrlen = sizeof end->local},
        .remote = {.addr = (ngtcp2_sockaddr *)&end->remote, .addrlen = sizeof end->remote}};
}

/* The TLS side of an end; the receiver alone has an identity, as on the web. */
static bool open_session(struct quic_end *end, bool is_receiver)
{
    static uint8_t protocol_name[] = {'b', 'e', 'n', 'c', 'h'};
    const gnutls_datum_t protocol = {.data = protocol_name, .size = sizeof protocol_name};
    gnutls_datum_t key = {.data = (uint8_t *)strdup(end->setup->key_pem),
                          .size = (unsigned)strlen(end->setup->key_pem)};
    gnutls_datum_t certificate = {.data = (uint8_t *)strdup(end->setup->certificate_pem),
                                  .size = (unsigned)strlen(end->setup->certificate_pem)};
    gnutls_certificate_credentials_t credentials;

    end->reference = (ngtcp2_crypto_conn_ref){.get_conn = connection_of, .user_data = end};
    if (gnutls_certificate_allocate_credentials(&credentials) ||
        gnutls_certificate_set_x509_key_mem(credentials, &certificate, &key, GNUTLS_X509_FMT_PEM) ||
        gnutls_init(&end->session, is_receiver ? GNUTLS_SERVER : GNUTLS_CLIENT) ||
        (is_receiver ? ngtcp2_crypto_gnutls_configure_server_session(end->session)
                     : ngtcp2_crypto_gnutls_configure_client_session(end->session)) ||
        gnutls_priority_set_direct(end->session, priorities, NULL) ||
        gnutls_credentials_set(end->session, GNUTLS_CRD_CERTIFICATE, credentials) ||
        gnutls_alpn_set_protocols(end->session, &protocol, 1, GNUTLS_ALPN_MANDATORY))
        return false;
    gnutls_session_set_ptr(end->session, &end->reference);
    return true;
}

static struct quic_end *new_end(const struct bench_setup *setup, const struct sockaddr_in *local,
                                bool is_receiver)
{
    struct quic_end *end = calloc(1, sizeof *end);
    socklen_t len = sizeof end->local;

    if (!end)
        err(1, "memory");
    end->setup = setup;
    end->socket = sockets_open(SOCK_DGRAM, local);
    if (getsockname(end->socket, (struct sockaddr *)&end->local, &len) ||
        !open_session(end, is_receiver))
        return NULL;
    return end;
}

static void *open_receiver(const struct bench_setup *setup)
{
    return new_end(setup, &setup->line[0].receiver, true);
}

/* The receiver's connection, made from the sender's first packet; NULL if it is not one. */
static ngtcp2_conn *accept_connection(struct quic_end *end, const uint8_t *bytes, size_t len)
{
    ngtcp2_settings ours = settings();
    ngtcp2_transport_params offered = parameters();
    ngtcp2_cid id = new_id();
    ngtcp2_path path = path_of(end);
    ngtcp2_pkt_hd header;
    ngtcp2_conn *connection;

    if (ngtcp2_accept(&header, bytes, len))
        return NULL;
    offered.original_dcid = header.dcid;
    if (ngtcp2_conn_server_new(&connection, &header.scid, &id, &path, header.version, &callbacks,
                               &ours, &offered, NULL, end))
        return NULL;
    ngtcp2_conn_set_tls_native_handle(connection, end->session);
    return connection;
}

static void receive_all(struct quic_end *end)
{
    uint8_t bytes[2048];
    ngtcp2_pkt_info info = {0};
    ssize_t len;
    socklen_t from_len = sizeof end->remote;

    while ((len = recvfrom(end->socket, bytes, sizeof bytes, 0, (struct sockaddr *)&end->remote,
                           &from_len)) >= 0) {
        ngtcp2_path path = path_of(end);

        if (!end->connection && !(end->connection = accept_connection(end, bytes, (size_t)len)))
            continue;
        int failure = ngtcp2_conn_read_pkt(end->connection, &path, &info, bytes, (size_t)len,
                                           clock_monotonic_ns());
        if (failure)
            errx(1, "QUIC: %s", ngtcp2_strerror(failure));
    }
}

/* Writes the next packet that may go: with the first message of the queue when there is one.
 * Returns its length, 0 when nothing may go now. */
static size_t write_packet(struct quic_end *end, uint8_t packet[static PACKET_BYTES_MAX],
                           uint64_t now_ns)
{
    ngtcp2_path_storage path;
    ngtcp2_pkt_info info;
    ngtcp2_ssize len;
    int taken = 0;

    ngtcp2_path_storage_zero(&path);
    if (end->queue_first < end->queue_end && ngtcp2_conn_get_handshake_completed(end->connection)) {
        struct quic_message *message = &end->queue[end->queue_first % QUEUE_MAX];
        ngtcp2_vec vector = {.base = message->bytes, .len = message->len};

        len = ngtcp2_conn_writev_datagram(end->connection, &path.path, &info, packet,
                                          PACKET_BYTES_MAX, &taken, NGTCP2_WRITE_DATAGRAM_FLAG_NONE,
                                          end->queue_first, &vector, 1, now_ns);
        end->queue_first += taken ? 1 : 0;
    } else {
        len = ngtcp2_conn_write_pkt(end->connection, &path.path, &info, packet, PACKET_BYTES_MAX,
                                    now_ns);
    }
    if (len < 0)
        errx(1, "QUIC: %s", ngtcp2_strerror((int)len));
    return (size_t)len;
}

static void flush(struct quic_end *end)
{
    uint8_t packet[PACKET_BYTES_MAX];
    uint64_t now_ns = clock_monotonic_ns();
    size_t len;

    while ((len = write_packet(end, packet, now_ns)) > 0)
        sendto(end->socket, packet, len, 0, (const struct sockaddr *)&end->remote,
               sizeof end->remote);
    ngtcp2_conn_update_pkt_tx_time(end->connection, now_ns);
}

/* One turn: waits for a packet, a timer of the connection or `until_ns`. */
static void turn(struct quic_end *end, uint64_t until_ns)
{
    struct pollfd socket = {.fd = end->socket, .events = POLLIN};
    uint64_t timer_ns = end->connection ? ngtcp2_conn_get_expiry(end->connection) : UINT64_MAX;
    int failure;

    if (sockets_wait(&socket, 1, timer_ns < until_ns ? timer_ns : until_ns))
        receive_all(end);
    if (!end->connection)
        return;
    failure = ngtcp2_conn_handle_expiry(end->connection, clock_monotonic_ns());
    if (failure)
        errx(1, "QUIC: %s", ngtcp2_strerror(failure));
    flush(end);
}

static void *open_sender(const struct bench_setup *setup)
{
    uint64_t limit_ns = clock_monotonic_ns() + BENCH_CONNECT_MS_MAX * NGTCP2_MILLISECONDS;
    struct quic_end *end = new_end(setup, &setup->line[0].sender, false);
    ngtcp2_settings ours = settings();
    ngtcp2_transport_params offered = parameters();
    ngtcp2_cid to = new_id(), from = new_id();
    ngtcp2_path path;

    if (!end)
        return NULL;
    end->remote = setup->line[0].receiver;
    path = path_of(end);
    if (ngtcp2_conn_client_new(&end->connection, &to, &from, &path, NGTCP2_PROTO_VER_V1, &callbacks,
                               &ours, &offered, NULL, end))
        return NULL;
    ngtcp2_conn_set_tls_native_handle(end->connection, end->session);
    flush(end);
    while (!ngtcp2_conn_get_handshake_completed(end->connection)) {
        if (clock_monotonic_ns() >= limit_ns)
            return NULL;
        turn(end, limit_ns);
    }
    return end;
}

static void send_message(void *context, const void *bytes, size_t len)
{
    struct quic_end *end = context;
    struct quic_message *message = &end->queue[end->queue_end % QUEUE_MAX];

    assert(len <= sizeof message->bytes);
    message->len = len;
    memcpy(message->bytes, bytes, len);
    end->queue_end++;
    if (end->queue_end - end->queue_first > QUEUE_MAX)
        end->queue_first++;
    flush(end);
}

static void service(void *context, uint64_t until_ns)
{
    do {
        turn(context, until_ns);
    } while (clock_monotonic_ns() < until_ns);
}

const struct bench_peer bench_peer_quic = {
    .name = "quic",
    .notes = "QUIC datagrams (ngtcp2 0.12, GnuTLS), BBR, pacing as it comes, a queue of 1,024 "
             "messages before the congestion window",
    .lines_max = 1,
    .pictures = true,
    .open_sender = open_sender,
    .open_receiver = open_receiver,
    .send = send_message,
    .service = service,
};
