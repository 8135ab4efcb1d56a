/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/link/vectors.h"

#define FILE_NAME "docs/protocol-vectors.txt"
enum { LINES_MAX = 400, LINE_BYTES = 2 * VECTORS_VALUE_BYTES + 64 };

static char lines[LINES_MAX][LINE_BYTES];
static size_t line_count;
static bool writing; /* what is made goes into the file */

void vectors_begin(int argc, char **argv)
{
    FILE *in = fopen(FILE_NAME, "r");
    if (!in) {
        perror(FILE_NAME);
        exit(1);
    }
    while (line_count < LINES_MAX && fgets(lines[line_count], LINE_BYTES, in)) {
        lines[line_count][strcspn(lines[line_count], "\n")] = '\0';
        line_count++;
    }
    fclose(in);
    writing = argc > 1 && !strcmp(argv[1], "--write");
}

int vectors_end(int failed)
{
    if (!writing || failed)
        return failed;
    FILE *out = fopen(FILE_NAME, "w");
    if (!out)
        return 1;
    for (size_t i = 0; i < line_count; i++)
        fprintf(out, "%s\n", lines[i]);
    return fclose(out) != 0;
}

/* The value's text, in its line. */
static char *find(const char *block, const char *name)
{
    size_t block_len = strlen(block), name_len = strlen(name);
    bool inside = false;
    for (size_t i = 0; i < line_count; i++) {
        char *line = lines[i];
        if (line[0] == '[')
            inside = !strncmp(line + 1, block, block_len) && !strcmp(line + 1 + block_len, "]");
        else if (inside && !strncmp(line, name, name_len) && !strncmp(line + name_len, " = ", 3))
            return line + name_len + 3;
    }
    fail_msg("no %s in [%s]", name, block);
    abort();
}

uint64_t vectors_number(const char *block, const char *name)
{
    char *end;
    uint64_t number = strtoull(find(block, name), &end, 10);
    assert_int_equal(*end, '\0');
    return number;
}

size_t vectors_bytes(const char *block, const char *name, uint8_t out[VECTORS_VALUE_BYTES])
{
    const char *text = find(block, name);
    size_t len = strlen(text) / 2;
    assert_int_equal(strlen(text), 2 * len);
    for (size_t i = 0; i < len; i++) {
        const char digits[3] = {text[2 * i], text[2 * i + 1], '\0'};
        assert_true(isxdigit((unsigned char)digits[0]) && isxdigit((unsigned char)digits[1]));
        out[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return len;
}

void vectors_exactly(const char *block, const char *name, uint8_t *out, size_t len)
{
    uint8_t bytes[VECTORS_VALUE_BYTES];
    assert_int_equal(vectors_bytes(block, name, bytes), len);
    memcpy(out, bytes, len);
}

const char *vectors_words(const char *block, const char *name)
{
    return find(block, name);
}

void vectors_made(const char *block, const char *name, const uint8_t *bytes, size_t len)
{
    char text[2 * VECTORS_VALUE_BYTES + 1];
    assert_true(len > 0 && len <= VECTORS_VALUE_BYTES);
    for (size_t i = 0; i < len; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    char *known = find(block, name);
    if (writing)
        memcpy(known, text, 2 * len + 1);
    else
        assert_string_equal(known, text);
}

size_t vectors_seal(struct seal *seal, const struct wire_header *header, const uint8_t *text,
                    size_t len, uint8_t *out)
{
    wire_header_write(header, out);
    memcpy(out + WIRE_HEADER_BYTES, text, len);
    seal_close(seal, header->line, header->packet, out, WIRE_HEADER_BYTES, out + WIRE_HEADER_BYTES,
               len);
    return WIRE_HEADER_BYTES + len + WIRE_TAG_BYTES;
}

size_t vectors_open(struct seal *seal, struct wire_header *header, uint8_t *bytes, size_t len,
                    bool *renewed)
{
    size_t text_len = len - WIRE_HEADER_BYTES - WIRE_TAG_BYTES;
    assert_true(wire_header_read(header, bytes, len));
    assert_true(seal_open(seal, header->generation, header->line, header->packet, bytes,
                          WIRE_HEADER_BYTES, bytes + WIRE_HEADER_BYTES, text_len, 0, renewed));
    return text_len;
}
