/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmocka.h with the headers it needs before it. */
#ifndef UNIT_CMOCKA_BASE_H
#define UNIT_CMOCKA_BASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
