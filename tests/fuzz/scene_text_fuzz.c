/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a scene's text is, its attributes lie in it one behind the other, on lines that only grow and that it
 * has, and what is found wrong is told in one line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "task/scene_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data, *before = text;
    struct scene_reader reader;
    struct scene_attribute attribute;
    struct scene_fault fault;
    unsigned lines = 1, line = 1;
    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    scene_reader_init(&reader, text, size);
    while (scene_next(&reader, &attribute)) {
        if (attribute.element.len == 0 || attribute.name.len == 0 || attribute.name.at < before ||
            attribute.value.at <= attribute.name.at || attribute.line < line ||
            attribute.value.at + attribute.value.len >= text + size)
            abort();
        before = attribute.value.at + attribute.value.len;
        line = attribute.line;
        if (!scene_check(&attribute, &fault) &&
            (fault.line < line || fault.line > lines || strchr(fault.words, '\n')))
            abort();
    }
    for (unsigned sentence = 0; sentence < 4; sentence++)
        if (scene_task_line(text, size, sentence) > lines)
            abort();
    return 0;
}
