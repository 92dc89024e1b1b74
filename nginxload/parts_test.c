/* The small parts: URLs, addresses, DNS packets, SHA-256. */
#include "dns.h"
#include "resolve.h"
#include "sha256.h"
#include "tap.h"
#include "url.h"

#include <stdlib.h>
#include <string.h>

static void test_sha256(void)
{
    static const struct {
        const char *text, *hex;
    } cases[] = {
        /* FIPS 180-4's own examples, and the empty message. */
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    struct sha256 sha;
    uint8_t digest[SHA256_BYTES];
    char hex[SHA256_HEX];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sha256_start(&sha);
        sha256_add(&sha, cases[i].text, strlen(cases[i].text));
        sha256_end(&sha, digest);
        tap_ok(strcmp(sha256_hex(digest, hex), cases[i].hex) == 0, "SHA-256 of '%s'",
               cases[i].text);
    }
    sha256_start(&sha);
    char many[1000];
    memset(many, 'a', sizeof many);
    for (size_t left = 1000000, part = 1; left; left -= part, part = part % 1000 + 1) {
        part = part < left ? part : left;
        sha256_add(&sha, many, part);
    }
    sha256_end(&sha, digest);
    tap_ok(strcmp(sha256_hex(digest, hex),
                  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0") == 0,
           "SHA-256 of a million a, in pieces of every length");
    uint8_t back[SHA256_BYTES];
    tap_ok(sha256_parse(hex, back) && memcmp(back, digest, sizeof back) == 0, "read back");
    tap_ok(!sha256_parse("cdc7", back) && !sha256_parse("", back), "half a digest is refused");
}

static void test_url(void)
{
    static const struct {
        const char *text, *host, *authority, *target;
        unsigned port;
    } good[] = {
        {"http://a/", "a", "a", "/", 80},
        {"http://a", "a", "a", "/", 80},
        {"HTTP://a:8080/b?c#d", "a", "a:8080", "/b?c", 8080},
        {"http://a?b", "a", "a", "/?b", 80},
        {"http://[::1]:81/x", "::1", "[::1]:81", "/x", 81},
        {"http://[::1]", "::1", "[::1]", "/", 80},
        {"http://unix:/run/s:/x", "/run/s", "localhost", "/x", 80},
        {"http://unix:/run/s", "/run/s", "localhost", "/", 80},
    };
    static const char *const bad[] = {"",
                                      "a",
                                      "ftp://a/",
                                      "https://a/",
                                      "http://",
                                      "http:///x",
                                      "http://:1",
                                      "http://a:0/",
                                      "http://a:",
                                      "http://a:1x",
                                      "http://a:65536/",
                                      "http://u@a/",
                                      "http://[::1",
                                      "http://[::1]x/",
                                      "http://a/ b",
                                      "http://unix:s"};
    struct url url;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const char *why = url_parse(&url, good[i].text);
        tap_ok(!why && strcmp(url.host, good[i].host) == 0 && url.port == good[i].port &&
                   strcmp(url.authority, good[i].authority) == 0 &&
                   strcmp(url.target, good[i].target) == 0,
               "%s", good[i].text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        tap_ok(url_parse(&url, bad[i]) != NULL, "'%s' is refused", bad[i]);
    char long_url[4096] = "http://a/";
    memset(long_url + 9, 'x', sizeof long_url - 10);
    tap_ok(url_parse(&url, long_url) != NULL, "an endless path is refused");
}

static void test_resolve(void)
{
    struct address list[ADDRESS_MAX];
    struct url url;
    const char *why;
    char text[ADDRESS_TEXT];
    url_parse(&url, "http://127.0.0.1:81/");
    tap_ok(resolve(&url, list, &why) == 1 && strcmp(address_text(list, text), "127.0.0.1:81") == 0,
           "an IPv4 address");
    url_parse(&url, "http://[2001:db8::1]/");
    tap_ok(resolve(&url, list, &why) == 1 &&
               strcmp(address_text(list, text), "[2001:db8::1]:80") == 0,
           "an IPv6 address");
    url_parse(&url, "http://localhost/");
    tap_ok(resolve(&url, list, &why) >= 1, "localhost");
}

static void test_dns(void)
{
    uint8_t packet[512];
    char numbers[4][INET6_ADDRSTRLEN];
    size_t query = dns_write(packet, 0x1234, "a.example", 1);
    tap_ok(query == 12 + 11 + 4 && packet[12] == 1 && packet[14] == 7, "a query");
    tap_ok(dns_write(packet, 1, "a..b", 1) == 0, "an empty label is refused");
    char label[80];
    memset(label, 'x', sizeof label);
    label[79] = '\0';
    tap_ok(dns_write(packet, 1, label, 1) == 0, "a label of 79 bytes is refused");

    /* The answer: the question again, an alias, then an address under a compressed name. */
    static const uint8_t answers[] = {0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 1, 0, 2,  0xc0, 12, 0xc0,
                                      12,   0,  1, 0, 1, 0, 0, 0, 1, 0, 4, 10, 0,    0,  7};
    query = dns_write(packet, 0x1234, "a.example", 1);
    packet[2] |= 0x80;
    packet[7] = 2;
    memcpy(packet + query, answers, sizeof answers);
    size_t bytes = query + sizeof answers;
    tap_ok(dns_read(packet, bytes, 0x1234, 1, numbers, 4) == 1 &&
               strcmp(numbers[0], "10.0.0.7") == 0,
           "an answer with an alias");
    tap_ok(dns_read(packet, bytes, 0x1235, 1, numbers, 4) == -1, "an answer to another query");
    tap_ok(dns_read(packet, bytes, 0x1234, 28, numbers, 4) == 0, "no address of that type");
    /* Cut anywhere, and with every byte damaged: whatever it says, it stays within the packet. */
    bool safe = true;
    for (size_t cut = 0; cut < bytes; cut++) {
        uint8_t *copy = malloc(cut + 1);
        memcpy(copy, packet, cut);
        safe = safe && dns_read(copy, cut, 0x1234, 1, numbers, 4) <= 1;
        free(copy);
    }
    for (size_t i = 2; i < bytes; i++) {
        uint8_t *copy = malloc(bytes);
        memcpy(copy, packet, bytes);
        copy[i] = 0xff;
        safe = safe && dns_read(copy, bytes, 0x1234, 1, numbers, 4) <= 4;
        free(copy);
    }
    tap_ok(safe, "damaged answers");
}

int main(void)
{
    test_sha256();
    test_url();
    test_resolve();
    test_dns();
    return tap_done();
}
