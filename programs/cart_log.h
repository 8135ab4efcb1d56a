/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a cart's log tells of its operation. The thread that has the station. */
#ifndef CART_LOG_H
#define CART_LOG_H

#include "station/cart.h"

/* That the arm follows or why it holds; with the parts of the robot, where these are why. */
void cart_log_hold(const struct cart_station *operation);

/* What bars an instrument or the camera, when that is another than `*last`, or the first since it moves;
 * kept there. */
void cart_log_barred(const struct cart_station *operation, const struct fixture **last);

#endif
