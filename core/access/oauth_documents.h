/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What clients read first: .well-known/smart-configuration (under the FHIR base), .well-known/openid-configuration
 * (under the issuer) and the public keys. Sources: SMART App Launch 2.2.0 "Conformance"; OpenID Connect Discovery 1.0;
 * RFC 8414. */
#ifndef ACCESS_OAUTH_DOCUMENTS_H
#define ACCESS_OAUTH_DOCUMENTS_H

#include "access/oauth.h"

void oauth_write_smart_configuration(struct buffer *out, const struct oauth_site *site);
void oauth_write_openid_configuration(struct buffer *out, const struct oauth_site *site);
void oauth_write_keys(struct buffer *out, const struct oauth_site *site);

#endif
