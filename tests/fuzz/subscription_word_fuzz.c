/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is understood of a message is its own bytes: verb, blank and argument, and a line's end at most behind them; the
 * argument can be said back and looked up as it is. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rest/request.h"
#include "rest/subscription_word.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct subscription_word word;
    const struct text message = {(const char *)data, size};
    if (!subscription_word_read(&word, message))
        return 0;
    struct text verb = text_of(subscription_verb_word(word.verb));
    size_t len = verb.len + 1 + word.argument.len;
    if (!text_starts(message, verb) || message.bytes[verb.len] != ' ' ||
        word.argument.bytes != message.bytes + verb.len + 1 || len > size || size > len + 2)
        abort();
    for (size_t i = len; i < size; i++)
        if (message.bytes[i] != '\r' && message.bytes[i] != '\n')
            abort();
    for (size_t i = 0; i < word.argument.len; i++)
        if ((unsigned char)word.argument.bytes[i] <= ' ' ||
            (unsigned char)word.argument.bytes[i] >= 0x7F)
            abort();
    if (word.verb != SUBSCRIPTION_BIND_WITH_TOKEN && !rest_is_id(word.argument))
        abort();
    return 0;
}
