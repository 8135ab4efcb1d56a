/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/xhtml.h"

struct reader {
    const char *at, *end;
    struct text open[FHIR_XHTML_DEPTH_MAX]; /* names of elements that have begun */
    size_t depth;
    bool has_begun, has_content;
    struct fhir_xhtml_fault *fault;
};

static bool refuse(struct reader *reader, const char *words, struct text name)
{
    *reader->fault = (struct fhir_xhtml_fault){.words = words, .name = name};
    return false;
}

static bool refuse_as_unsafe(struct reader *reader, const char *words, struct text name)
{
    *reader->fault = (struct fhir_xhtml_fault){.words = words, .name = name, .is_security = true};
    return false;
}

static const struct text NOTHING;

/* clang-format off */
static const char *const ELEMENTS[] = {
    "a", "abbr", "acronym", "b", "big", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "dfn",
    "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre", "q", "samp",
    "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "ul", "var",
};
static const char *const ATTRIBUTES[] = {
    "abbr", "accesskey", "align", "alt", "axis", "bgcolor", "border", "cellhalign", "cellpadding", "cellspacing",
    "cellvalign", "char", "charoff", "charset", "cite", "class", "colspan", "compact", "coords", "dir", "frame",
    "headers", "height", "href", "hreflang", "hspace", "id", "lang", "longdesc", "name", "nowrap", "rel", "rev",
    "rowspan", "rules", "scope", "shape", "span", "src", "start", "style", "summary", "tabindex", "title", "type",
    "valign", "value", "vspace", "width", "xml:lang", "xmlns",
};
static const char *const LINKS[] = {"cite", "href", "longdesc", "src"};
static const char *const SCHEMES[] = {
    "cid", "ftp", "geo", "http", "https", "mailto", "sip", "sips", "sms", "tel", "urn",
};
/* What older browsers ran, and what fetches; with \ or &# each could be written otherwise. */
static const char *const UNSAFE_STYLES[] = {
    "\\", "&#", "expression", "javascript", "behavior", "-moz-binding", "@import",
};
/* clang-format on */

#define COUNT(list) (sizeof list / sizeof *list)

static bool is_one_of(struct text name, const char *const *list, size_t count)
{
    for (size_t at = 0; at < count; at++)
        if (text_is(name, list[at]))
            return true;
    return false;
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool is_name(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == ':' || byte == '-' || byte == '_' || byte == '.';
}

static struct text left(const struct reader *reader)
{
    return (struct text){reader->at, (size_t)(reader->end - reader->at)};
}

static bool skip(struct reader *reader, struct text what)
{
    if (!text_starts(left(reader), what))
        return false;
    reader->at += what.len;
    return true;
}

static bool skip_spaces(struct reader *reader)
{
    const char *first = reader->at;

    while (reader->at < reader->end && is_space(*reader->at))
        reader->at++;
    return reader->at > first;
}

static struct text read_name(struct reader *reader)
{
    const char *first = reader->at;

    while (reader->at < reader->end && is_name(*reader->at))
        reader->at++;
    return (struct text){first, (size_t)(reader->at - first)};
}

/* Characters that XML does not have. */
static bool is_control(char byte)
{
    return (unsigned char)byte < ' ' && !is_space(byte);
}

/* &amp; and the other four of XML, &#233;, &#xe9;: R4 knows no others. */
static bool read_entity(struct reader *reader)
{
    static const char *const ENTITIES[] = {"amp", "apos", "gt", "lt", "quot"};
    struct text name;

    reader->at++; /* & */
    if (skip(reader, TEXT("#"))) {
        bool is_hex = skip(reader, TEXT("x"));

        name = read_name(reader);
        for (size_t at = 0; at < name.len; at++) {
            char byte = text_lower(name.bytes[at]);

            if (!(byte >= '0' && byte <= '9') && !(is_hex && byte >= 'a' && byte <= 'f'))
                return refuse(reader, "a character reference that is no number", name);
        }
        if (name.len == 0 || name.len > 7)
            return refuse(reader, "a character reference that is no number", name);
    } else {
        name = read_name(reader);
        if (!is_one_of(name, ENTITIES, COUNT(ENTITIES)))
            return refuse(reader, "an entity that XML does not know, or a bare &", name);
    }
    return skip(reader, TEXT(";")) || refuse(reader, "an entity without its semicolon", name);
}

static bool read_text(struct reader *reader)
{
    while (reader->at < reader->end && *reader->at != '<') {
        if (!is_space(*reader->at)) {
            if (reader->depth == 0)
                return refuse(reader, "text outside of the div", NOTHING);
            reader->has_content = true;
        }
        if (is_control(*reader->at))
            return refuse(reader, "a control character", NOTHING);
        if (*reader->at != '&')
            reader->at++;
        else if (!read_entity(reader))
            return false;
    }
    return true;
}

/* XML has no -- within; a > or -> at once would end it for HTML, and what follows would be shown. */
static bool read_comment(struct reader *reader)
{
    if (skip(reader, TEXT(">")) || skip(reader, TEXT("->")))
        return refuse_as_unsafe(reader, "a comment that HTML takes otherwise", NOTHING);
    for (; reader->at < reader->end; reader->at++) {
        if (skip(reader, TEXT("-->")))
            return true;
        if (skip(reader, TEXT("--")))
            return refuse_as_unsafe(reader, "-- within a comment", NOTHING);
    }
    return refuse(reader, "a comment that does not end", NOTHING);
}

/* An image written into its link, or behind a url(; HL7's own tools have a space behind "data:". */
static bool image_is_within(struct text link)
{
    static const char *const OPENINGS[] = {" ", "'", "&quot;", "&apos;"};
    const struct text data = TEXT("data:");
    bool is_open = true;

    while (is_open) {
        is_open = false;
        for (size_t at = 0; at < COUNT(OPENINGS); at++)
            if (text_starts(link, text_of(OPENINGS[at]))) {
                link = (struct text){link.bytes + strlen(OPENINGS[at]),
                                     link.len - strlen(OPENINGS[at])};
                is_open = true;
            }
    }
    if (!text_starts(link, data))
        return false;
    link = (struct text){link.bytes + data.len, link.len - data.len};
    while (text_starts(link, TEXT(" ")))
        link = (struct text){link.bytes + 1, link.len - 1};
    return text_starts(link, TEXT("image/"));
}

/* A link without a scheme, or with one that only leads somewhere; an image may also be written into its link. */
static bool link_is_safe(struct text link, bool is_image)
{
    size_t len = 0;

    if (is_image && image_is_within(link))
        return true;
    while (len < link.len && !memchr(":/?#", link.bytes[len], 4))
        if (!is_name(link.bytes[len++]))
            return !memchr(link.bytes, ':', link.len) && !memchr(link.bytes, '&', link.len);
    if (len == link.len || link.bytes[len] != ':')
        return true;
    for (size_t at = 0; at < COUNT(SCHEMES); at++)
        if (strlen(SCHEMES[at]) == len && text_starts_in_any_case(link, SCHEMES[at]))
            return true;
    return false;
}

static bool style_is_safe(struct text style)
{
    const struct text url = TEXT("url(");

    for (; style.len > 0; style.bytes++, style.len--) {
        for (size_t at = 0; at < COUNT(UNSAFE_STYLES); at++)
            if (text_starts_in_any_case(style, UNSAFE_STYLES[at]))
                return false;
        if (text_starts_in_any_case(style, url.bytes) &&
            !image_is_within((struct text){style.bytes + url.len, style.len - url.len}))
            return false;
    }
    return true;
}

static bool value_is_allowed(struct reader *reader, struct text element, struct text name,
                             struct text value)
{
    if (text_is(name, "xmlns") && !text_is(value, "http://www.w3.org/1999/xhtml"))
        return refuse(reader, "a namespace other than http://www.w3.org/1999/xhtml", name);
    if (text_is(name, "style") && !style_is_safe(value))
        return refuse_as_unsafe(reader, "a style that could run or fetch something", name);
    if (is_one_of(name, LINKS, COUNT(LINKS)) && !link_is_safe(value, text_is(name, "src")))
        return refuse_as_unsafe(reader, "a link with a scheme that is not allowed", name);
    if (text_is(element, "img") && text_is(name, "src"))
        reader->has_content = true;
    return true;
}

/* The value between quotes. */
static bool read_value(struct reader *reader, struct text name, struct text *value)
{
    char quote;

    if (reader->at == reader->end || (*reader->at != '"' && *reader->at != '\''))
        return refuse(reader, "an attribute whose value is not in quotes", name);
    quote = *reader->at++;
    value->bytes = reader->at;
    while (reader->at < reader->end && *reader->at != quote) {
        if (*reader->at == '<')
            return refuse(reader, "a < in an attribute", name);
        if (is_control(*reader->at))
            return refuse(reader, "a control character", name);
        if (*reader->at != '&')
            reader->at++;
        else if (!read_entity(reader))
            return false;
    }
    if (reader->at == reader->end)
        return refuse(reader, "an attribute that does not end", name);
    value->len = (size_t)(reader->at++ - value->bytes);
    return true;
}

static bool read_attributes(struct reader *reader, struct text element)
{
    struct text names[FHIR_XHTML_ATTRIBUTES_MAX];
    bool has_namespace = false;

    for (size_t count = 0;; count++) {
        bool was_space = skip_spaces(reader);
        struct text name = read_name(reader), value;

        if (name.len == 0)
            break;
        if (!was_space)
            return refuse(reader, "no space before an attribute", name);
        if (count == FHIR_XHTML_ATTRIBUTES_MAX)
            return refuse(reader, "more attributes than 32", element);
        if (!is_one_of(name, ATTRIBUTES, COUNT(ATTRIBUTES)))
            return text_starts(name, TEXT("on"))
                       ? refuse_as_unsafe(reader, "an attribute that runs a script", name)
                       : refuse(reader, "an attribute that R4 does not allow", name);
        for (size_t at = 0; at < count; at++)
            if (text_equal(names[at], name))
                return refuse(reader, "an attribute twice", name);
        names[count] = name;
        skip_spaces(reader);
        if (!skip(reader, TEXT("=")))
            return refuse(reader, "an attribute without a value", name);
        skip_spaces(reader);
        if (!read_value(reader, name, &value) || !value_is_allowed(reader, element, name, value))
            return false;
        has_namespace |= text_is(name, "xmlns");
    }
    if (reader->depth == 0 && !has_namespace)
        return refuse(reader, "the div lacks xmlns=\"http://www.w3.org/1999/xhtml\"", NOTHING);
    return true;
}

static bool read_start(struct reader *reader)
{
    struct text name = read_name(reader);

    if (name.len == 0)
        return refuse(reader, "a bare <", NOTHING);
    if (!is_one_of(name, ELEMENTS, COUNT(ELEMENTS)))
        return refuse_as_unsafe(reader, "an element that R4 does not allow", name);
    if (reader->depth == 0 && (reader->has_begun || !text_is(name, "div")))
        return refuse(reader, "the narrative is not one div", name);
    if (reader->depth == FHIR_XHTML_DEPTH_MAX)
        return refuse(reader, "elements more than 100 deep", name);
    if (!read_attributes(reader, name))
        return false;
    reader->has_begun = true;
    if (skip(reader, TEXT("/>")))
        return true;
    if (!skip(reader, TEXT(">")))
        return refuse(reader, "an element's beginning that does not end", name);
    reader->open[reader->depth++] = name;
    return true;
}

static bool read_end(struct reader *reader)
{
    struct text name = read_name(reader);

    skip_spaces(reader);
    if (reader->depth == 0 || !text_equal(name, reader->open[reader->depth - 1]) ||
        !skip(reader, TEXT(">")))
        return refuse(reader, "an end of what has not begun", name);
    reader->depth--;
    return true;
}

static bool read_markup(struct reader *reader)
{
    if (skip(reader, TEXT("<!--")))
        return read_comment(reader);
    if (skip(reader, TEXT("<!")) || skip(reader, TEXT("<?")))
        return refuse_as_unsafe(reader, "a declaration or an instruction", NOTHING);
    if (skip(reader, TEXT("</")))
        return read_end(reader);
    reader->at++; /* < */
    return read_start(reader);
}

bool fhir_xhtml_is_allowed(struct text div, struct fhir_xhtml_fault *fault)
{
    struct reader reader = {.at = div.bytes, .end = div.bytes + div.len, .fault = fault};

    while (reader.at < reader.end)
        if (!read_text(&reader) || (reader.at < reader.end && !read_markup(&reader)))
            return false;
    if (reader.depth > 0)
        return refuse(&reader, "an element that does not end", reader.open[reader.depth - 1]);
    if (!reader.has_begun)
        return refuse(&reader, "the narrative is not one div", NOTHING);
    if (!reader.has_content)
        return refuse(&reader, "the div has no text and no image", NOTHING);
    return true;
}
