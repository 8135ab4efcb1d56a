/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fast reader against the slow one, on texts that are almost JSON: pieces of it put together by chance, and
 * bytes of those changed. */
#include "base/random.h"
#include "unit/cmocka_base.h"
#include "unit/json/slow.h"

enum { TEXTS = 100000 / UNIT_SLOWER, TEXT_BYTES_MAX = 400, DEPTH = 6 };

static const struct json_limits limits = {DEPTH, 20, TEXT_BYTES_MAX};

struct made {
    char bytes[TEXT_BYTES_MAX + 100];
    size_t len;
};

static void add(struct made *made, const char *piece)
{
    size_t len = strlen(piece);
    if (made->len + len > TEXT_BYTES_MAX)
        return;
    memcpy(made->bytes + made->len, piece, len);
    made->len += len;
}

static void add_blank(struct made *made, struct random *random)
{
    static const char *const blanks[] = {"", "", "", " ", "\n\t", "\r\n                        "};
    add(made, blanks[random_below(random, sizeof blanks / sizeof *blanks)]);
}

static void add_string(struct made *made, struct random *random)
{
    static const char *const pieces[] = {
        "a",
        "b",
        "c",
        "\\u0061",
        "\\n",
        "\xc3\xa9",
        "\\u00e9",
        "\xd8\xb9\xd8\xb1\xd8\xa8\xd9\x8a",
        "\xf0\x9f\x98\x80",
        "\\ud83d\\ude00",
        "abatementDateTime",
        "\\/",
        "\\\\",
    };
    static const char *const wrong[] = {
        "\\u0000",      "\\ud800",          "\\udc00\\ud800", "\xc1\xbf",
        "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe0\x9f\xbf",
    };
    add(made, "\"");
    if (random_chance(random, 0.01))
        add(made, wrong[random_below(random, sizeof wrong / sizeof *wrong)]);
    for (uint64_t i = random_below(random, 3); i > 0; i--)
        add(made, pieces[random_below(random, sizeof pieces / sizeof *pieces)]);
    add(made, "\"");
}

static void add_value(struct made *made, struct random *random, unsigned depth)
{
    static const char *const scalars[] = {"null", "true", "false", "0", "-1.50e+7", "1e999", "12"};
    uint64_t kind = random_below(random, depth > DEPTH ? 4 : 8);
    add_blank(made, random);
    if (kind < 3) {
        add(made, scalars[random_below(random, sizeof scalars / sizeof *scalars)]);
    } else if (kind == 3) {
        add_string(made, random);
    } else {
        bool is_object = kind >= 6;
        uint64_t count = random_below(random, depth == 0 ? 24 : 5);
        add(made, is_object ? "{" : "[");
        for (uint64_t i = 0; i < count; i++) {
            if (i)
                add(made, ",");
            if (is_object) {
                add_blank(made, random);
                add_string(made, random);
                add_blank(made, random);
                add(made, ":");
            }
            add_value(made, random, depth + 1);
        }
        add(made, is_object ? "}" : "]");
    }
    add_blank(made, random);
}

static void change_bytes(struct made *made, struct random *random)
{
    static const char likely[] = "\"\\{}[],:0e.u\x80\xc0\xed\xff\x1f ";
    for (uint64_t i = random_below(random, 3); made->len && i > 0; i--)
        made->bytes[random_below(random, made->len)] = likely[random_below(random, sizeof likely)];
    if (made->len && random_chance(random, 0.1))
        made->len = random_below(random, made->len);
}

static void h85_both_readers_agree_and_what_is_taken_is_written_as_it_was(void **state)
{
    (void)state;
    struct random random;
    unsigned taken = 0;
    random_seed(&random, 4);
    for (int i = 0; i < TEXTS; i++) {
        struct made made = {.len = 0};
        add_value(&made, &random, 0);
        if (i % 2)
            change_bytes(&made, &random);
        struct text text = {made.bytes, made.len};
        json_property(text, &limits);
        taken += slow_accepts(text, &limits);
    }
    assert_in_range(taken, TEXTS / 4, 3 * TEXTS / 4); /* neither side is a rare case */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h85_both_readers_agree_and_what_is_taken_is_written_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
