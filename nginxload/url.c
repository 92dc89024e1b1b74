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
    if (!copy(digits, sizeof digits, text, length) || !parse_u64(digits, &port) || port == 0 ||
        port > 65535)
        return "the port is no number from 1 to 65535";
    url->port = (uint16_t)port;
    return NULL;
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
    if (!copy(url->host, sizeof url->host, host, length) ||
        !copy(url->authority, sizeof url->authority, text, authority))
        return "host too long";
    const char *why = NULL;
    if (*rest == ':')
        why = parse_port(url, rest + 1, authority - (size_t)(rest + 1 - text));
    else if (rest != text + authority)
        why = "something between the host and the path";
    return why ? why : parse_target(url, text + authority);
}
