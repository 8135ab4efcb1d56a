/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TCP with TLS 1.3: what most remote control is carried by. Each message goes out at once, in a TLS
 * record and, while the congestion window lets it, a segment of its own. */
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "bench/peers.h"
#include "bench/sockets.h"
#include "clock/clock.h"

enum {
    LENGTH_BYTES = 4,           /* before each message, big-endian */
    BACKLOG_BYTES_MAX = 1 << 20 /* of messages that TCP has not taken; more are dropped */
};

struct tls_end {
    const struct bench_setup *setup;
    SSL_CTX *context;
    SSL *ssl; /* NULL: the receiver waits for the sender */
    struct pollfd socket;
    size_t in_len, out_len;
    uint8_t in[BACKLOG_BYTES_MAX], out[BACKLOG_BYTES_MAX];
};

static struct tls_end *new_end(const struct bench_setup *setup, const SSL_METHOD *method)
{
    struct tls_end *end = calloc(1, sizeof *end);

    if (!end || !(end->context = SSL_CTX_new(method)) ||
        !SSL_CTX_set_min_proto_version(end->context, TLS1_3_VERSION))
        errx(1, "TLS context");
    end->setup = setup;
    SSL_CTX_set_mode(end->context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return end;
}

static void use_identity(SSL_CTX *context, const struct bench_setup *setup)
{
    BIO *key_text = BIO_new_mem_buf(setup->key_pem, -1);
    BIO *certificate_text = BIO_new_mem_buf(setup->certificate_pem, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(key_text, NULL, NULL, NULL);
    X509 *certificate = PEM_read_bio_X509(certificate_text, NULL, NULL, NULL);

    if (SSL_CTX_use_PrivateKey(context, key) != 1 ||
        SSL_CTX_use_certificate(context, certificate) != 1)
        errx(1, "TLS identity");
}

static void start_tls(struct tls_end *end, int fd)
{
    int yes = 1;

    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes))
        err(1, "TCP_NODELAY");
    end->socket = (struct pollfd){.fd = fd, .events = POLLIN};
    end->ssl = SSL_new(end->context);
    if (!end->ssl || SSL_set_fd(end->ssl, fd) != 1)
        errx(1, "TLS session");
}

static void *open_receiver(const struct bench_setup *setup)
{
    struct tls_end *end = new_end(setup, TLS_server_method());

    use_identity(end->context, setup);
    end->socket = (struct pollfd){.fd = sockets_open(SOCK_STREAM, &setup->line[0].receiver),
                                  .events = POLLIN};
    return listen(end->socket.fd, 1) ? NULL : end;
}

static void *open_sender(const struct bench_setup *setup)
{
    uint64_t limit_ns = clock_monotonic_ns() + UINT64_C(1000000) * BENCH_CONNECT_MS_MAX;
    const struct sockaddr_in *to = &setup->line[0].receiver;
    struct tls_end *end = new_end(setup, TLS_client_method());
    int fd = sockets_open(SOCK_STREAM, &setup->line[0].sender), result;

    if (connect(fd, (const struct sockaddr *)to, sizeof *to) && errno != EINPROGRESS)
        return NULL;
    if (!sockets_wait(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, limit_ns))
        return NULL;
    start_tls(end, fd);
    while ((result = SSL_connect(end->ssl)) != 1)
        if (SSL_get_error(end->ssl, result) != SSL_ERROR_WANT_READ ||
            !sockets_wait(&end->socket, 1, limit_ns))
            return NULL;
    return end;
}

static void flush(struct tls_end *end)
{
    while (end->out_len > 0) {
        int taken = SSL_write(end->ssl, end->out, (int)end->out_len);

        if (taken <= 0)
            break;
        end->out_len -= (size_t)taken;
        memmove(end->out, end->out + taken, end->out_len);
    }
    end->socket.events = end->out_len > 0 ? POLLIN | POLLOUT : POLLIN;
}

static void send_message(void *context, const void *bytes, size_t len)
{
    struct tls_end *end = context;

    if (len + LENGTH_BYTES > sizeof end->out - end->out_len)
        return;
    put_be32(end->out + end->out_len, (uint32_t)len);
    memcpy(end->out + end->out_len + LENGTH_BYTES, bytes, len);
    end->out_len += LENGTH_BYTES + len;
    flush(end);
}

static void hand_over(struct tls_end *end)
{
    size_t at = 0;

    while (end->in_len - at >= LENGTH_BYTES) {
        size_t len = get_be32(end->in + at);

        if (end->in_len - at - LENGTH_BYTES < len)
            break;
        end->setup->arrived(end->in + at + LENGTH_BYTES, len);
        at += LENGTH_BYTES + len;
    }
    end->in_len -= at;
    memmove(end->in, end->in + at, end->in_len);
}

static void receive_all(struct tls_end *end)
{
    int len;

    while ((len = SSL_read(end->ssl, end->in + end->in_len, (int)(sizeof end->in - end->in_len))) >
           0) {
        end->in_len += (size_t)len;
        hand_over(end);
    }
}

static void accept_sender(struct tls_end *end)
{
    int fd = accept4(end->socket.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0)
        return;
    start_tls(end, fd);
    SSL_set_accept_state(end->ssl); /* the handshake goes on inside SSL_read */
}

static void service(void *context, uint64_t until_ns)
{
    struct tls_end *end = context;

    do {
        if (!sockets_wait(&end->socket, 1, until_ns))
            continue;
        if (!end->ssl) {
            accept_sender(end);
            continue;
        }
        flush(end);
        receive_all(end);
    } while (clock_monotonic_ns() < until_ns);
}

const struct bench_peer bench_peer_tls = {
    .name = "tls",
    .notes = "TCP with TLS 1.3 (OpenSSL), TCP_NODELAY, the kernel's buffers and congestion control "
             "as they come, 1 MiB of backlog",
    .lines_max = 1,
    .pictures = true,
    .whole_pictures = true,
    .open_sender = open_sender,
    .open_receiver = open_receiver,
    .send = send_message,
    .service = service,
};
