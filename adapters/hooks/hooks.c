/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hooks/hooks.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "hooks/address.h"

enum { HOST_BYTES = 300, CONNECT_MS_MAX = 10000 };

struct sending {
    struct sending *next;
    CURL *curl;
    struct curl_slist *headers;
    char *url;
    void *context;
    char *answer;
    size_t answer_len, answer_len_max;
    bool may_anywhere; /* the site allows this host */
    bool is_too_long;  /* more came back than is kept */
    bool is_refused;   /* the address was none that it may go to */
};

struct hooks {
    CURLM *multi;
    const char *const *allowed;
    struct sending *sending;
    int count;             /* of those */
    struct sending *ended; /* whose answer is being looked at */
};

const char *hook_err_words(enum hook_err err)
{
    switch (err) {
    case HOOK_OK:
        return "received";
    case HOOK_ERR_URL:
        return "the endpoint is no URL that can be called";
    case HOOK_ERR_SITE:
        return "this site calls no such address: https and the public internet, or what it is "
               "started with as --hooks";
    case HOOK_ERR_REACH:
        return "the endpoint cannot be reached";
    case HOOK_ERR_TLS:
        return "the endpoint's certificate does not prove that it is that host";
    case HOOK_ERR_TIME:
        return "the endpoint does not answer in time";
    case HOOK_ERR_STATUS:
        return "the endpoint refuses what it is sent";
    case HOOK_ERR_LENGTH:
        return "the endpoint answers more than is taken";
    case HOOK_ERR_FAILED:
        break;
    }
    return "it could not be sent";
}

struct hooks *hooks_open(const char *const *allowed)
{
    struct hooks *hooks = calloc(1, sizeof *hooks);
    if (!hooks || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(hooks);
        return NULL;
    }
    hooks->allowed = allowed;
    hooks->multi = curl_multi_init();
    if (hooks->multi)
        return hooks;
    free(hooks);
    return NULL;
}

/* --- where it may go ------------------------------------------------------------------------------- */

static bool is_allowed(const char *const *allowed, const char *host, const char *port)
{
    char both[HOST_BYTES];
    snprintf(both, sizeof both, "%s:%s", host, port);
    for (; allowed && *allowed; allowed++)
        if (strcmp(*allowed, both) == 0 || strcmp(*allowed, host) == 0)
            return true;
    return false;
}

/* This machine by name, or an address in numbers, which curl has brought to its usual form, that is none of the public
 * internet's. Other names are judged by what they resolve to. */
static bool is_private(const char *host)
{
    struct sockaddr_in in4 = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    char bare[HOST_BYTES];
    size_t len = strlen(host), local = strlen("localhost");
    bool is_bracketed = host[0] == '[';
    if (len > 1 && host[len - 1] == '.')
        len--;
    if (len >= local && strncasecmp(host + len - local, "localhost", local) == 0 &&
        (len == local || host[len - local - 1] == '.'))
        return true;
    snprintf(bare, sizeof bare, "%.*s", (int)(len - (is_bracketed ? 2 : 0)),
             host + (is_bracketed ? 1 : 0));
    if (inet_pton(AF_INET, bare, &in4.sin_addr) == 1)
        return !hooks_address_is_public((struct sockaddr *)&in4);
    if (is_bracketed)
        return inet_pton(AF_INET6, bare, &in6.sin6_addr) != 1 ||
               !hooks_address_is_public((struct sockaddr *)&in6);
    return false;
}

/* Takes a URL apart as curl will. */
static enum hook_err judge(const char *const *allowed, const char *url, bool *may_anywhere)
{
    char *scheme = NULL, *host = NULL, *port = NULL;
    enum hook_err err = HOOK_ERR_URL;
    CURLU *parts = curl_url();
    if (!parts)
        return HOOK_ERR_FAILED;
    if (curl_url_set(parts, CURLUPART_URL, url, CURLU_DISALLOW_USER) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK) {
        *may_anywhere = is_allowed(allowed, host, port);
        bool is_web = strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0;
        if (is_web)
            err =
                *may_anywhere || (scheme[4] == 's' && !is_private(host)) ? HOOK_OK : HOOK_ERR_SITE;
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(parts);
    return err;
}

enum hook_err hooks_check(const struct hooks *hooks, struct text url)
{
    bool unused;
    char *copy = text_terminated(url);
    enum hook_err err = copy ? judge(hooks->allowed, copy, &unused) : HOOK_ERR_FAILED;
    free(copy);
    return err;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct sending *sending = context;
    (void)purpose;
    if (!sending->may_anywhere && !hooks_address_is_public(&address->addr)) {
        sending->is_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* --- sending --------------------------------------------------------------------------------------- */

/* What comes back is nobody's, unless it was asked for. */
static size_t take(char *bytes, size_t size, size_t count, void *context)
{
    struct sending *sending = context;
    size_t len = size * count;
    if (sending->answer_len_max == 0)
        return len;
    sending->is_too_long |= len > sending->answer_len_max - sending->answer_len;
    if (sending->is_too_long)
        return CURL_WRITEFUNC_ERROR;
    memcpy(sending->answer + sending->answer_len, bytes, len);
    sending->answer_len += len;
    return len;
}

static void free_sending(struct sending *sending)
{
    curl_slist_free_all(sending->headers);
    if (sending->curl)
        curl_easy_cleanup(sending->curl);
    free(sending->url);
    free(sending->answer);
    free(sending);
}

static bool add_header(struct sending *sending, struct text header)
{
    char *line = text_terminated(header);
    struct curl_slist *grown = line ? curl_slist_append(sending->headers, line) : NULL;
    free(line);
    if (grown)
        sending->headers = grown;
    return grown != NULL;
}

/* "Name:" takes a header of curl's own out. */
static bool add_type(struct sending *sending, const struct hook_request *request)
{
    char line[128] = "Content-Type:";
    struct text type = request->type.len ? request->type : TEXT("application/fhir+json");
    if (request->body.len)
        snprintf(line, sizeof line, "Content-Type: %.*s", (int)type.len, type.bytes);
    return add_header(sending, text_of(line));
}

static bool add_headers(struct sending *sending, const struct hook_request *request)
{
    bool is_added = add_header(sending, TEXT("Expect:")) && add_type(sending, request);
    for (size_t i = 0; i < request->header_count; i++)
        is_added = is_added && add_header(sending, request->headers[i]);
    return is_added;
}

static bool set_up(struct sending *sending, const struct hook_request *request)
{
    CURL *curl = sending->curl;
    const char *protocols = sending->may_anywhere ? "https,http" : "https";
    long timeout_ms = (long)request->timeout_ms;
    return curl_easy_setopt(curl, CURLOPT_URL, sending->url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, "Jisr") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                            timeout_ms < CONNECT_MS_MAX ? timeout_ms : (long)CONNECT_MS_MAX) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, sending) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, sending) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PRIVATE, sending) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTPHEADER, sending->headers) == CURLE_OK;
}

static bool set_method(struct sending *sending, const struct hook_request *request)
{
    CURL *curl = sending->curl;
    if (request->is_get)
        return curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L) == CURLE_OK;
    return curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS,
                            request->body.len ? request->body.bytes : "") == CURLE_OK &&
           (!request->is_put || curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "PUT") == CURLE_OK);
}

enum hook_err hooks_send(struct hooks *hooks, const struct hook_request *request)
{
    struct sending *sending = calloc(1, sizeof *sending);
    if (!sending)
        return HOOK_ERR_FAILED;
    sending->context = request->context;
    sending->url = text_terminated(request->url);
    sending->answer_len_max = request->answer_len_max;
    sending->answer = request->answer_len_max ? malloc(request->answer_len_max) : NULL;
    const char *const *allowed = request->allowed ? request->allowed : hooks->allowed;
    enum hook_err err = sending->url && (sending->answer || !request->answer_len_max)
                            ? judge(allowed, sending->url, &sending->may_anywhere)
                            : HOOK_ERR_FAILED;
    if (err == HOOK_OK) {
        sending->curl = curl_easy_init();
        if (!sending->curl || !add_headers(sending, request) || !set_up(sending, request) ||
            !set_method(sending, request) ||
            curl_multi_add_handle(hooks->multi, sending->curl) != CURLM_OK)
            err = HOOK_ERR_FAILED;
    }
    if (err != HOOK_OK) {
        free_sending(sending);
        return err;
    }
    sending->next = hooks->sending;
    hooks->sending = sending;
    hooks->count++;
    return HOOK_OK;
}

void hooks_wait(struct hooks *hooks, int wait_ms)
{
    int running = 0;
    (void)curl_multi_perform(hooks->multi, &running);
    if (running < hooks->count) /* one has ended: nothing is to be waited for */
        return;
    (void)curl_multi_poll(hooks->multi, NULL, 0, wait_ms, NULL);
    (void)curl_multi_perform(hooks->multi, &running);
}

void hooks_wake(struct hooks *hooks)
{
    (void)curl_multi_wakeup(hooks->multi);
}

static enum hook_err err_of(const struct sending *sending, CURLcode code, long status)
{
    if (sending->is_refused)
        return HOOK_ERR_SITE;
    if (sending->is_too_long)
        return HOOK_ERR_LENGTH;
    switch (code) {
    case CURLE_OK:
        return status >= 200 && status < 300 ? HOOK_OK : HOOK_ERR_STATUS;
    case CURLE_OPERATION_TIMEDOUT:
        return HOOK_ERR_TIME;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
        return HOOK_ERR_TLS;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        return HOOK_ERR_REACH;
    default:
        return HOOK_ERR_FAILED;
    }
}

static void unlink_sending(struct hooks *hooks, const struct sending *sending)
{
    struct sending **at = &hooks->sending;
    while (*at != sending)
        at = &(*at)->next;
    *at = sending->next;
    hooks->count--;
}

static void forget_ended(struct hooks *hooks)
{
    if (hooks->ended)
        free_sending(hooks->ended);
    hooks->ended = NULL;
}

bool hooks_ended(struct hooks *hooks, struct hook_outcome *outcome)
{
    CURLMsg *message;
    int left;
    forget_ended(hooks);
    while ((message = curl_multi_info_read(hooks->multi, &left)) != NULL) {
        struct sending *sending = NULL;
        long status = 0;
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &sending);
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
        (void)curl_multi_remove_handle(hooks->multi, message->easy_handle);
        *outcome = (struct hook_outcome){.context = sending->context,
                                         .err = err_of(sending, code, status),
                                         .status = (unsigned)status,
                                         .answer = {sending->answer, sending->answer_len}};
        unlink_sending(hooks, sending);
        hooks->ended = sending;
        return true;
    }
    return false;
}

void hooks_close(struct hooks *hooks)
{
    if (!hooks)
        return;
    forget_ended(hooks);
    while (hooks->sending) {
        struct sending *sending = hooks->sending;
        hooks->sending = sending->next;
        (void)curl_multi_remove_handle(hooks->multi, sending->curl);
        free_sending(sending);
    }
    curl_multi_cleanup(hooks->multi);
    curl_global_cleanup();
    free(hooks);
}
