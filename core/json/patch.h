/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON Patch: a list of add, remove, replace, move, copy and test, done one after another or not at all.
 *
 * What no operation names stays as it was written, white space too. Each operation makes a new text from the one
 * before and reads it, so all that holds of a document that was received (depth, members, size, no key twice) holds of
 * the result; what that may cost is limited. While it works it takes, beside the arena, up to three times as much as
 * that may hold. Pure. Source: RFC 6902. */
#ifndef JSON_PATCH_H
#define JSON_PATCH_H

#include "json/json.h"

enum json_patch_err {
    JSON_PATCH_OK = 0,
    JSON_PATCH_ERR_FORM,    /* the patch is no array, or this operation not as RFC 6902 has it */
    JSON_PATCH_ERR_POINTER, /* `path` or `from` is no JSON pointer */
    JSON_PATCH_ERR_NOWHERE, /* `path` or `from` names nothing that is there, or no place to add to */
    JSON_PATCH_ERR_WHOLE,   /* the whole document cannot be removed */
    JSON_PATCH_ERR_INTO,    /* a value cannot be moved into itself */
    JSON_PATCH_ERR_TEST,    /* a test found another value */
    JSON_PATCH_ERR_LIMIT,   /* too many operations, too much work, or a result past the limits */
    JSON_PATCH_ERR_MEMORY,  /* the arena had no room */
};

/* Operations in a patch; and bytes of all texts that they make, together, which is what a patch costs. */
enum { JSON_PATCH_OPS_MAX = 1000, JSON_PATCH_WORK_BYTES_MAX = 8 * 1024 * 1024 };

/* What a patch may cost that is not to be held up by anybody: as many bytes as 64 honest operations on such a target
 * make, so that a small patch that doubles a small target ends while it is small; JSON_PATCH_WORK_BYTES_MAX at most,
 * but of any target one operation and its result. Lengths in bytes. */
size_t json_patch_work_max(size_t target_len, size_t patch_len);

struct json_patch_fault {
    uint32_t op;   /* index of the operation, from 0; 0 where the patch is none at all */
    uint32_t node; /* of the patch: the operation, or what in it is wrong; for json_place_of */
};

/* `*result`, in the arena, is `target` after `patch`. On an error it is unset and `*fault` tells of which operation;
 * `target` is never changed. `work_bytes_max`: what it may cost, as above. */
MUST_USE enum json_patch_err json_patch(struct json *result, const struct json *target,
                                        const struct json *patch, const struct json_limits *limits,
                                        size_t work_bytes_max, struct arena *arena,
                                        struct json_patch_fault *fault);

/* In words, in English. */
const char *json_patch_err_text(enum json_patch_err err);

#endif
