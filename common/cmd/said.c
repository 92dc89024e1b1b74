#include "said.h"

#include <ctype.h>
#include <elf.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

void said_last(int fd, char line[SAID_MOST])
{
    enum { TAIL = 4096 };
    char text[TAIL + 1];
    off_t size = lseek(fd, 0, SEEK_END);
    off_t from = size > TAIL ? size - TAIL : 0;
    ssize_t got = pread(fd, text, TAIL, from);
    size_t end = got > 0 ? (size_t)got : 0;
    while (end && isspace((unsigned char)text[end - 1]))
        end--;
    size_t begin = end;
    while (begin && text[begin - 1] != '\n')
        begin--;
    while (begin < end && isspace((unsigned char)text[begin]))
        begin++;
    text[end] = '\0';
    snprintf(line, SAID_MOST, "%.*s", SAID_MOST - 1, text + begin);
}

/* Whether a number may begin behind this character. */
static bool is_border(char before)
{
    return !isalnum((unsigned char)before) && before != '.' && before != '_';
}

bool said_number(const char *line, double *value)
{
    bool found = false;
    for (const char *at = line; *at;) {
        bool begins = at == line || is_border(at[-1]);
        const char *digits = at + (*at == '-' || *at == '+');
        if (!begins || !isdigit((unsigned char)*digits)) {
            at++;
            continue;
        }
        char *end;
        double number = strtod(at, &end);
        if (isfinite(number)) {
            *value = number;
            found = true;
        }
        at = end;
    }
    return found;
}

/* The name in the program header PT_INTERP of a 64-bit program of this machine's byte order. */
static bool linker_of(int fd, const Elf64_Ehdr *head, char *interpreter, size_t size)
{
    for (int i = 0; i < head->e_phnum; i++) {
        Elf64_Phdr part;
        off_t at = (off_t)head->e_phoff + (off_t)i * head->e_phentsize;
        if (pread(fd, &part, sizeof part, at) != (ssize_t)sizeof part)
            return false;
        if (part.p_type != PT_INTERP)
            continue;
        ssize_t got = pread(fd, interpreter, size - 1, (off_t)part.p_offset);
        if (got <= 0)
            return false;
        interpreter[(size_t)got < part.p_filesz ? (size_t)got : part.p_filesz] = '\0';
        return true;
    }
    return false;
}

bool said_interpreter(const char *path, char *interpreter, size_t size)
{
    union {
        char text[256];
        Elf64_Ehdr elf;
    } head = {.text = ""};
    bool found = false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t got = pread(fd, head.text, sizeof head.text - 1, 0);
    if (got > 2 && memcmp(head.text, "#!", 2) == 0) {
        const char *word = head.text + 2 + strspn(head.text + 2, " \t");
        snprintf(interpreter, size, "%.*s", (int)strcspn(word, " \t\r\n"), word);
        found = *interpreter != '\0';
    } else if (got > (ssize_t)sizeof head.elf && memcmp(head.elf.e_ident, ELFMAG, SELFMAG) == 0 &&
               head.elf.e_ident[EI_CLASS] == ELFCLASS64) {
        found = linker_of(fd, &head.elf, interpreter, size);
    }
    close(fd);
    return found;
}
