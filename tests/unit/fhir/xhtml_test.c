/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/xhtml.h"

#include <stdio.h>

#include "cmocka_base.h"

#define DIV "<div xmlns=\"http://www.w3.org/1999/xhtml\">"

static bool is_allowed(const char *inner, struct fhir_xhtml_fault *fault)
{
    static char whole[4096];

    snprintf(whole, sizeof whole, DIV "%s</div>", inner);
    return fhir_xhtml_is_allowed(text_of(whole), fault);
}

static void takes(const char *inner)
{
    struct fhir_xhtml_fault fault;

    if (!is_allowed(inner, &fault))
        fail_msg("refused: %s: %s", inner, fault.words);
}

static void refuses(const char *inner)
{
    struct fhir_xhtml_fault fault;

    if (is_allowed(inner, &fault))
        fail_msg("taken: %s", inner);
}

static void refuses_as_unsafe(const char *inner)
{
    struct fhir_xhtml_fault fault;

    if (is_allowed(inner, &fault))
        fail_msg("taken: %s", inner);
    assert_true(fault.is_security);
}

static void refuses_whole(const char *div)
{
    struct fhir_xhtml_fault fault;

    if (fhir_xhtml_is_allowed(text_of(div), &fault))
        fail_msg("taken: %s", div);
}

static void formatting_is_allowed(void **state)
{
    (void)state;
    takes("text");
    takes("<p>a <b>b</b><br/> &amp; &lt; &#233; &#xE9;</p><!-- no comment -->");
    takes("<table class='grid' border=\"1\"><tr><td colspan=\"2\">x</td></tr></table >");
    takes("<img src=\"#pic1\" alt=\"a\"/>");
    takes("<img src=\"data:image/png;base64,AAAA\"/>");
    takes("<a href=\"Patient/1\">x</a><a href=\"https://example.org/?a=b&amp;c=d:e\">y</a>");
    takes("<a href=\"mailto:a@example.org\">x</a><a href=\"#a:b\">y</a>");
    takes("<p style=\"color: red; border: 1px solid\">x</p>");
    takes("<p style=\"background-image: url(data: image/png;base64,AAAA)\">x</p>");
    takes("<p style=\"background: url( &quot;data:image/png;base64,AAAA&quot;)\">x</p>");
    takes("<p xml:lang=\"ar\" dir=\"rtl\">\xd8\xb3</p>");
}

static void h87_what_runs_or_fetches_is_refused(void **state)
{
    (void)state;
    refuses_as_unsafe("<script>alert(1)</script>x");
    refuses_as_unsafe("<p onclick=\"alert(1)\">x</p>");
    refuses_as_unsafe("<a href=\"javascript:alert(1)\">x</a>");
    refuses_as_unsafe("<a href=\"JavaScript:alert(1)\">x</a>");
    refuses_as_unsafe("<a href=\" javascript:alert(1)\">x</a>");
    refuses_as_unsafe("<a href=\"java\tscript:alert(1)\">x</a>");
    refuses_as_unsafe("<a href=\"javascript&#58;alert(1)\">x</a>");
    refuses_as_unsafe("<a href=\"&#106;avascript:alert(1)\">x</a>");
    refuses_as_unsafe("<a href=\"data:text/html,x\">x</a>");
    refuses_as_unsafe("<img src=\"data:text/html,x\"/>");
    refuses_as_unsafe("<a href=\"vbscript:x\">x</a>");
    refuses_as_unsafe("<p style=\"background: URL(http://example.org)\">x</p>");
    refuses_as_unsafe("<p style=\"background: url('x.png')\">x</p>");
    refuses_as_unsafe("<p style=\"background: url(data:text/html,x)\">x</p>");
    refuses_as_unsafe("<p style=\"background: url(data:image/png,x); a: url(http:x)\">x</p>");
    refuses_as_unsafe("<p style=\"width: exp\\ression(1)\">x</p>");
    refuses_as_unsafe("<iframe src=\"http://example.org\">x</iframe>");
    refuses_as_unsafe("<object>x</object>");
    refuses_as_unsafe("<form><input/></form>");
    refuses_as_unsafe("<SCRIPT>x</SCRIPT>");
    refuses_as_unsafe("<svg/>x");
    refuses_as_unsafe("<![CDATA[<script>]]>");
    refuses_as_unsafe("<?php x ?>");
    refuses_as_unsafe("<!--><script>x</script>-->x"); /* to HTML, the comment ends at once */
    refuses_as_unsafe("<!---><script>x</script>-->x");
    refuses_as_unsafe("<!-- --!><script>x</script>-->x");
}

static void h87_only_well_formed_xml_is_taken(void **state)
{
    (void)state;
    refuses("<p>x");
    refuses("x</p>");
    refuses("<p><b>x</p></b>");
    refuses("<p class=a>x</p>");
    refuses("<p class>x</p>");
    refuses("<p class=\"a\" class=\"b\">x</p>");
    refuses("<p class=\"a\"id=\"b\">x</p>");
    refuses("<p title=\"a<b\">x</p>");
    refuses("<p title=\"a>x</p>");
    refuses("a & b");
    refuses("&nbsp;x");
    refuses("&amp x");
    refuses("&#xzz;");
    refuses("&#;");
    refuses("a < b");
    refuses("<!-- x");
    refuses("a\x01");
    refuses("<p title=\"\x01\">x</p>");
    refuses("<p unknown=\"a\">x</p>");
    refuses("<p xmlns=\"http://www.w3.org/2000/svg\">x</p>");
}

static void it_is_one_div_with_something_in_it(void **state)
{
    (void)state;
    refuses("");
    refuses(" \n ");
    refuses("<p> </p>");
    refuses("<img alt=\"a\"/>");
    refuses_whole("");
    refuses_whole("x");
    refuses_whole("<div>x</div>");
    refuses_whole("<p xmlns=\"http://www.w3.org/1999/xhtml\">x</p>");
    refuses_whole(DIV "x</div>" DIV "x</div>");
    refuses_whole(DIV "x</div>x");
    refuses_whole(DIV "x");
}

static void h87_depth_is_bounded(void **state)
{
    (void)state;
    char deep[4096] = "";
    struct fhir_xhtml_fault fault;

    for (int at = 0; at < FHIR_XHTML_DEPTH_MAX - 1; at++)
        memcpy(deep + at * 3, "<b>", 4);
    strcat(deep, "x");
    assert_false(is_allowed(deep, &fault)); /* they do not end, but are not too deep */
    assert_string_equal(fault.words, "an end of what has not begun");
    memcpy(deep + (FHIR_XHTML_DEPTH_MAX - 1) * 3, "<b>x", 5);
    assert_false(is_allowed(deep, &fault));
    assert_string_equal(fault.words, "elements more than 100 deep");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formatting_is_allowed),
        cmocka_unit_test(h87_what_runs_or_fetches_is_refused),
        cmocka_unit_test(h87_only_well_formed_xml_is_taken),
        cmocka_unit_test(it_is_one_div_with_something_in_it),
        cmocka_unit_test(h87_depth_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
