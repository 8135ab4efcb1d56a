/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/subscription_word.h"

#include "rest/request.h"

static const char *const verbs[SUBSCRIPTION_VERBS] = {
    [SUBSCRIPTION_BIND] = "bind",
    [SUBSCRIPTION_BIND_WITH_TOKEN] = "bind-with-token",
    [SUBSCRIPTION_UNBIND] = "unbind",
};

enum { TOKEN_LEN_MAX = 128 };

const char *subscription_verb_word(enum subscription_verb verb)
{
    return verbs[verb];
}

static bool is_token(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.bytes[i] <= ' ' || text.bytes[i] >= 0x7F)
            return false;
    return text.len > 0 && text.len <= TOKEN_LEN_MAX;
}

bool subscription_word_read(struct subscription_word *word, struct text message)
{
    if (message.len && message.bytes[message.len - 1] == '\n')
        message.len--;
    if (message.len && message.bytes[message.len - 1] == '\r')
        message.len--;
    struct text said = text_cut(&message, ' ');
    for (enum subscription_verb verb = 0; verb < SUBSCRIPTION_VERBS; verb++) {
        if (!text_is(said, verbs[verb]))
            continue;
        *word = (struct subscription_word){verb, message};
        return verb == SUBSCRIPTION_BIND_WITH_TOKEN ? is_token(message) : rest_is_id(message);
    }
    return false;
}
