/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the reasons of a refusal travel as TLS alerts. Internal to the link's TLS session.
 *
 * TLS has no alerts for "wrong kind" or "wrong name", and OpenSSL chooses the alert from its
 * own X.509 error; so each reason of ours is given one X.509 error that leads to an alert of
 * its own, and both ends read the alerts by the same table. */
#ifndef LINK_TLS_REFUSAL_H
#define LINK_TLS_REFUSAL_H

#include "link/tls.h"

/* Our reason for an error of OpenSSL's chain check (X509_V_ERR_...). */
enum tls_reason tls_reason_of_x509_error(int error);

/* The error that makes OpenSSL send the alert of `reason`, which concerns a certificate. */
int tls_x509_error_of_reason(enum tls_reason reason);

/* What an alert means in this protocol; TLS_REASON_PROTOCOL for those not in the table. */
enum tls_reason tls_reason_of_alert(int alert);

#endif
