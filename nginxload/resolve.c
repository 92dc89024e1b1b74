#include "resolve.h"

#include "dns.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Makes an address of a number in text, an interface behind % included; 127.1 is a number, too. */
static bool from_number(struct address *address, const char *text, uint16_t port)
{
    char host[INET6_ADDRSTRLEN + IF_NAMESIZE];
    memset(address, 0, sizeof *address);
    if (inet_aton(text, &address->in.sin_addr)) {
        address->in.sin_family = AF_INET;
        address->in.sin_port = htons(port);
        address->bytes = sizeof address->in;
        return true;
    }
    size_t length = strcspn(text, "%");
    if (length >= sizeof host)
        return false;
    memcpy(host, text, length);
    host[length] = '\0';
    if (inet_pton(AF_INET6, host, &address->in6.sin6_addr) != 1)
        return false;
    if (text[length] == '%') {
        address->in6.sin6_scope_id = if_nametoindex(text + length + 1);
        if (address->in6.sin6_scope_id == 0)
            return false;
    }
    address->in6.sin6_family = AF_INET6;
    address->in6.sin6_port = htons(port);
    address->bytes = sizeof address->in6;
    return true;
}

/* Whether two names are one, but for case and the dot at the end that an absolute name may have. */
static bool same_name(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    a_length -= a_length > 0 && a[a_length - 1] == '.';
    b_length -= b_length > 0 && b[b_length - 1] == '.';
    return a_length == b_length && strncasecmp(a, b, a_length) == 0;
}

/* RFC 6761: localhost and all below it are the loopback interface, whatever a name server thinks.
 */
static bool is_localhost(const char *name)
{
    static const char suffix[] = ".localhost";
    size_t length = strlen(name);
    length -= length > 0 && name[length - 1] == '.';
    return same_name(name, "localhost") ||
           (length >= sizeof suffix &&
            strncasecmp(name + length - (sizeof suffix - 1), suffix, sizeof suffix - 1) == 0);
}

/* Lines of /etc/hosts: an address, then its names. */
static int from_hosts(const struct url *url, struct address list[ADDRESS_MAX])
{
    char line[1024], *rest;
    int count = 0;
    FILE *file = fopen("/etc/hosts", "re");
    while (file && count < ADDRESS_MAX && fgets(line, sizeof line, file)) {
        line[strcspn(line, "#\n")] = '\0';
        const char *number = strtok_r(line, " \t", &rest);
        for (const char *name; number && (name = strtok_r(NULL, " \t", &rest));) {
            if (same_name(name, url->host)) {
                count += from_number(&list[count], number, url->port);
                break;
            }
        }
    }
    if (file)
        fclose(file);
    return count;
}

static int from_dns(const struct url *url, struct address list[ADDRESS_MAX], const char **why)
{
    char numbers[ADDRESS_MAX][INET6_ADDRSTRLEN];
    int count = 0, found = dns_query(url->host, numbers, ADDRESS_MAX, why);
    for (int i = 0; i < found; i++)
        count += from_number(&list[count], numbers[i], url->port);
    return count;
}

int resolve(const struct url *url, struct address list[ADDRESS_MAX], const char **why)
{
    if (url->is_unix) {
        memset(list, 0, sizeof *list);
        list->un.sun_family = AF_UNIX;
        snprintf(list->un.sun_path, sizeof list->un.sun_path, "%.107s", url->host);
        list->bytes = sizeof list->un;
        return 1;
    }
    if (from_number(list, url->host, url->port))
        return 1;
    if (url->is_ipv6) {
        *why = strchr(url->host, '%') ? "no such address, or no such interface" : "no IPv6 address";
        return 0;
    }
    int count = from_hosts(url, list);
    if (count)
        return count;
    if (is_localhost(url->host))
        return from_number(&list[0], "127.0.0.1", url->port) +
               from_number(&list[1], "::1", url->port);
    return from_dns(url, list, why);
}

const char *address_text(const struct address *address, char text[ADDRESS_TEXT])
{
    char number[INET6_ADDRSTRLEN] = "?";
    if (address->any.sa_family == AF_UNIX) {
        snprintf(text, ADDRESS_TEXT, "%s", address->un.sun_path);
    } else if (address->any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &address->in6.sin6_addr, number, sizeof number);
        snprintf(text, ADDRESS_TEXT, "[%s]:%u", number, ntohs(address->in6.sin6_port));
    } else {
        inet_ntop(AF_INET, &address->in.sin_addr, number, sizeof number);
        snprintf(text, ADDRESS_TEXT, "%s:%u", number, ntohs(address->in.sin_port));
    }
    return text;
}
