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
        {"http://a:", "a", "a", "/", 80},
        {"http://a:/x", "a", "a", "/x", 80},
        {"http://localhost.:8080/", "localhost.", "localhost.:8080", "/", 8080},
        {"http://[fe80::1%25eth0]:81/x", "fe80::1%eth0", "[fe80::1]:81", "/x", 81},
        {"http://[fe80::1%eth0]:", "fe80::1%eth0", "[fe80::1]", "/", 80},
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

/* Whether `text` is one that resolves to `wanted`, among others. */
static bool resolves(const char *text, const char *wanted)
{
    struct address list[ADDRESS_MAX];
    struct url url;
    const char *why;
    char number[ADDRESS_TEXT];
    if (url_parse(&url, text))
        return false;
    int count = resolve(&url, list, &why);
    for (int i = 0; i < count; i++) {
        if (strcmp(address_text(&list[i], number), wanted) == 0)
            return true;
    }
    return false;
}

static void test_resolve(void)
{
    static const char *const loopback[] = {"localhost",     "LOCALHOST",     "localhost.",
                                           "app.localhost", "a.b.LocalHost", "app.localhost.",
                                           "127.1",         "127.0.0.1",     "2130706433"};
    static const char *const none[] = {"http://[::1%nosuch0]/", "http://[::g]/",
                                       "http://[localhost]/"};
    char text[64];
    tap_ok(resolves("http://127.0.0.1:81/", "127.0.0.1:81"), "an IPv4 address");
    tap_ok(resolves("http://[2001:db8::1]/", "[2001:db8::1]:80"), "an IPv6 address");
    for (size_t i = 0; i < sizeof loopback / sizeof loopback[0]; i++) {
        snprintf(text, sizeof text, "http://%s:81/", loopback[i]);
        tap_ok(resolves(text, "127.0.0.1:81"), "%s is loopback", loopback[i]);
    }
    /* The interface that every host has. */
    tap_ok(resolves("http://[fe80::1%25lo]/", "[fe80::1]:80"), "an address on an interface");
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        struct address list[ADDRESS_MAX];
        struct url url;
        const char *why = NULL;
        tap_ok(!url_parse(&url, none[i]) && resolve(&url, list, &why) == 0 && why,
               "%s is none, and asked of nobody", none[i]);
    }
}

static void test_dns(void)
{
    /* The question, an alias as its answer, and then an address under a compressed name. */
    static const uint8_t packet[] = {
        0x12, 0x34, 0x81, 0x80, 0,   1,   0,   2,   0,   0,   0, 0, /* header: 1 question, 2 answers
                                                                     */
        1,    'a',  7,    'e',  'x', 'a', 'm', 'p', 'l', 'e', 0, 0,    1,  0, 1, 0xc0,
        12,   0,    5,    0,    1,   0,   0,   0,   1,   0,   2, 0xc0, 12, /* an alias */
        0xc0, 12,   0,    1,    0,   1,   0,   0,   0,   1,   0, 4,    10, 0, 0, 7};
    char numbers[4][INET6_ADDRSTRLEN];
    size_t bytes = sizeof packet;
    tap_ok(dns_read(packet, bytes, 1, numbers, 4) == 1 && strcmp(numbers[0], "10.0.0.7") == 0,
           "an answer with an alias");
    tap_ok(dns_read(packet, bytes, 28, numbers, 4) == 0, "no address of that type");
    /* Cut anywhere, and with every byte damaged: whatever it says, it stays within the packet. */
    bool safe = true;
    for (size_t cut = 0; cut < bytes; cut++) {
        uint8_t *copy = malloc(cut + 1);
        memcpy(copy, packet, cut);
        safe = safe && dns_read(copy, cut, 1, numbers, 4) <= 1;
        free(copy);
    }
    for (size_t i = 0; i < bytes; i++) {
        uint8_t *copy = malloc(bytes);
        memcpy(copy, packet, bytes);
        copy[i] = 0xff;
        safe = safe && dns_read(copy, bytes, 1, numbers, 4) <= 4;
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
