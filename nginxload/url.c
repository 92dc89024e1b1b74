#include "url.h"

#include "parse.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Copies text[0 .. length-1]; false if it does not fit. */
static bool copy(char *to, size_t room, const char *text, size_t length)
{
    if (length >= room)
        return false;
    memcpy(to, text, length);
    to[length] = '\0';
    return true;
}

static const char *parse_target(struct url *url, const char *text)
{
    size_t length = strcspn(text, "#");
    if (length == 0 || *text == '?') {
        /* RFC 9112, 3.2.1: an empty path is asked for as "/". */
        url->target[0] = '/';
        return copy(url->target + 1, sizeof url->target - 1, text, length) ? NULL : "path too long";
    }
    return copy(url->target, sizeof url->target, text, length) ? NULL : "path too long";
}

static const char *parse_unix(struct url *url, const char *text)
{
    const char *colon = strchr(text, ':');
    size_t length = colon ? (size_t)(colon - text) : strlen(text);
    url->is_unix = true;
    if (*text != '/')
        return "the socket's path must begin with a slash";
    /* sun_path of struct sockaddr_un has 108 bytes. */
    if (length >= 108 || !copy(url->host, sizeof url->host, text, length))
        return "the socket's path is too long";
    snprintf(url->authority, sizeof url->authority, "localhost");
    return parse_target(url, colon ? colon + 1 : "");
}

static const char *parse_port(struct url *url, const char *text, size_t length)
{
    char digits[8];
    uint64_t port;
    if (length == 0) /* RFC 3986, 3.2.3: as if it were not there */
        return NULL;
    if (!copy(digits, sizeof digits, text, length) || !parse_u64(digits, &port) || port == 0 ||
        port > 65535)
        return "the port is no number from 1 to 65535";
    url->port = (uint16_t)port;
    return NULL;
}

/*
 * What the Host header says: host[0 .. length-1] and the port as they are written, but for an
 * interface, which means something on this host only, and a colon with no port behind it.
 */
static bool write_authority(struct url *url, const char *host, size_t length, const char *port,
                            size_t port_length)
{
    size_t zone = strcspn(host, "%");
    bool has_zone = url->is_ipv6 && zone < length;
    int written = snprintf(url->authority, sizeof url->authority, "%.*s%s%.*s",
                           (int)(has_zone ? zone : length), host, has_zone ? "]" : "",
                           port_length > 1 ? (int)port_length : 0, port);
    return (size_t)written < sizeof url->authority;
}

/* Copies the host; of "%25" in an IPv6 address only the "%" (RFC 6874). */
static bool copy_host(struct url *url, const char *host, size_t length)
{
    if (!copy(url->host, sizeof url->host, host, length))
        return false;
    char *zone = url->is_ipv6 ? strstr(url->host, "%25") : NULL;
    if (zone && zone[3])
        memmove(zone + 1, zone + 3, strlen(zone + 3) + 1);
    return true;
}

const char *url_parse(struct url *url, const char *text)
{
    memset(url, 0, sizeof *url);
    url->port = 80;
    for (const char *c = text; *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f)
            return "a space or control character";
    }
    if (strncasecmp(text, "https://", 8) == 0)
        return "https is not loaded: it would measure the cipher";
    if (strncasecmp(text, "http://", 7) != 0)
        return "does not begin with http://";
    text += 7;
    if (strncmp(text, "unix:", 5) == 0)
        return parse_unix(url, text + 5);

    size_t authority = strcspn(text, "/?#");
    if (memchr(text, '@', authority))
        return "user names are not sent";
    size_t bracket = *text == '[' ? strcspn(text, "]") : 0;
    const char *host = text + (bracket != 0);
    size_t length = bracket ? bracket - 1 : strcspn(text, ":/?#");
    const char *rest = bracket ? text + bracket + 1 : text + length;
    if (bracket >= authority || length == 0)
        return "no host";
    size_t port_length = authority - (size_t)(rest - text);
    url->is_ipv6 = bracket != 0;
    if (!copy_host(url, host, length) ||
        !write_authority(url, text, (size_t)(rest - text), rest, port_length))
        return "host too long";
    const char *why = NULL;
    if (*rest == ':')
        why = parse_port(url, rest + 1, port_length - 1);
    else if (rest != text + authority)
        why = "something between the host and the path";
    return why ? why : parse_target(url, text + authority);
}
