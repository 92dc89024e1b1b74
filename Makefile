# guestmark: `make` builds the programs, `make help` lists what else there is.
#
# Sources are found, not listed. In every folder NAME/ of a program, and in the rooms below it:
#   *.c           the program; NAME/NAME.c has main()
#   *_test.c      a TAP test, linked with the folder's other sources but for main()
#   *_helper.c    a program that tests use
#   *_fuzz.c      a libFuzzer target
#   *.t           a TAP test in shell
#   *.css         a style sheet, built in as the string html_style

# The version is the last tag and what came after it; where git does not know, that of the last release.
RELEASE := 0.2
VERSION ?= $(or $(patsubst v%,%,$(shell [ -e .git ] && git describe --tags --match 'v[0-9]*' --dirty 2>/dev/null)),$(RELEASE))

# The user's: honoured, never needed for correctness.
CC      ?= cc
CFLAGS  ?= -O2 -g
LDFLAGS ?=
BUILD   ?= build
STATIC  ?= -static
PREFIX  ?= /usr/local
# DESTDIR is empty, or where a packager gathers what is installed. V=1 shows whole commands.

# The five programs, as common/platforms/platform.sh names them for all scripts.
TOOLS := $(shell sed -n "s/^PLATFORM_TOOLS='\(.*\)'$$/\1/p" common/platforms/platform.sh)

gm_cflags := -std=gnu11 -D_GNU_SOURCE -pthread -fno-pie -fno-strict-aliasing \
	-Wall -Wextra -Wshadow -Wstrict-prototypes -Wvla -Icommon/lib -Icommon/test -MMD -MP
gm_ldflags := -pthread $(or $(STATIC),-no-pie)
gm_libs := -lm
comma := ,
# One short line for each file that is built; none under make -s.
silent  := $(findstring s,$(filter-out -% %=%,$(firstword $(MAKEFLAGS))))
short    = $(if $(V),,@$(if $(silent),,printf '  %-4s %s\n' $(1) $@;))

# A program's sources are those of its folder and of the rooms below it; what it includes, too.
rooms   = $(1) $(addprefix $(1)/,$(rooms_of_$(notdir $(1))))
sources = $(filter-out %_test.c %_helper.c %_fuzz.c,$(foreach r,$(call rooms,$(1)),$(wildcard $(r)/*.c $(r)/*.css)))
objects = $(patsubst %,$(BUILD)/obj/%.o,$(basename $(1)))
parts   = $(call objects,$(filter-out $(1)/$(notdir $(1)).c,$(call sources,$(1))))
rooms_of_compare := read judge fleet text html

# What is built like the five programs, and is none of them.
others := common/cmd common/turns common/compare
folders  := common/lib common/test $(foreach f,$(others) $(TOOLS),$(call rooms,$(f)))
lib      := $(BUILD)/libguestmark.a
programs := $(foreach f,$(TOOLS) $(others),$(BUILD)/$(notdir $(f)))
tests    := $(foreach f,$(folders),$(patsubst %.c,$(BUILD)/test/%.t,$(notdir $(wildcard $(f)/*_test.c))))
helpers  := $(foreach f,$(folders),$(patsubst %.c,$(BUILD)/test/%,$(notdir $(wildcard $(f)/*_helper.c))))
c_files  := $(foreach f,$(folders),$(wildcard $(f)/*.c $(f)/*.h))
sh_folders := common/driver common/platforms common/dev $(folders) docker vm-image
lab := vm-image/lab
sh_files := run.sh .ci/run $(foreach f,$(sh_folders),$(wildcard $(f)/*.sh $(f)/*.t)) $(wildcard $(lab)/*) \
	$(wildcard vm-image/root/usr/local/sbin/* vm-image/guest/usr/local/sbin/*)

.PHONY: all check check-lab check-sanitize bench fuzz $(fuzz_targets:%=fuzz-%) lint format deps run man install uninstall \
	dist clean help FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(programs)

# What must be installed to be read: each program's --help and a part written by hand, NAME/NAME.1.in.
pages := $(TOOLS:%=$(BUILD)/man/%.1) $(BUILD)/man/compare.1
man: $(pages)
define page_rule
$(BUILD)/man/$(notdir $(1)).1: $(1)/$(notdir $(1)).1.in $(BUILD)/$(notdir $(1)) common/dev/man.sh
	@mkdir -p $$(@D)
	$$(call short,MAN)sh common/dev/man.sh $(BUILD)/$(notdir $(1)) $$< $(BUILD)/man/$(notdir $(1)).help >$$@
endef
$(foreach f,common/compare $(TOOLS),$(eval $(call page_rule,$(f))))

help:
	@echo "make            build the programs into $(BUILD)/"
	@echo "make deps       install what is missing for run and check, or for what is named beside it:"
	@echo "                make deps run, make deps lint, make deps bench (Debian, Ubuntu)"
	@echo "make run        measure every platform that is usable here; results/latest/report.html"
	@echo "make check      every test that can run here"
	@echo "make check-lab  what needs a machine of its own, emulated: every variant of kvm (an hour);"
	@echo "                and campaigns in which something is killed, a hundred"
	@echo "make check-sanitize  the tests of the programs under ASan and UBSan"
	@echo "make bench      the programs side by side with their peers (fio, wrk, OpenBLAS, ...)"
	@echo "make fuzz       what reads input from outside under libFuzzer (clang): fuzz-http, fuzz-rows"
	@echo "make lint       gcc and clang warnings, clang-format, shellcheck, shfmt, cppcheck, mandoc"
	@echo "make install    programs and man pages into PREFIX ($(PREFIX)), below DESTDIR; uninstall"
	@echo "make dist       one archive of static programs per architecture, in $(BUILD)/dist/"
	@echo "make clean      remove what was built"

# Objects depend on the compiler and flags that made them: changing CC rebuilds everything.
flags := $(CC) $(CFLAGS) $(LDFLAGS) $(STATIC) $(gm_cflags)
$(BUILD)/flags: FORCE
	@mkdir -p $(BUILD)
	@printf '%s\n' '$(subst ','\'',$(flags))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(flags))' >$@

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call short,CC)$(CC) $(gm_cflags) $(CFLAGS) -c -o $@ $<

# Arrows go one way: what a room of compare may include.
may_include = $(foreach r,$(1),-Icommon/compare/$(r))
$(BUILD)/obj/common/compare/read/%.o: gm_cflags += $(call may_include,read)
$(BUILD)/obj/common/compare/judge/%.o: gm_cflags += $(call may_include,read judge)
$(BUILD)/obj/common/compare/fleet/%.o: gm_cflags += $(call may_include,read judge fleet)
$(BUILD)/obj/common/compare/text/%.o: gm_cflags += $(call may_include,read judge fleet text)
$(BUILD)/obj/common/compare/html/%.o: gm_cflags += $(call may_include,read judge fleet html)
$(BUILD)/obj/common/compare/compare.o: gm_cflags += $(call may_include,$(rooms_of_compare))

$(BUILD)/obj/%.o: %.css $(BUILD)/flags
	@mkdir -p $(@D)
	$(call short,CSS){ echo 'const char html_style[] ='; sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $<; echo ';'; } | \
		$(CC) $(gm_cflags) $(CFLAGS) -x c -c -o $@ -

# A commit changes the version: that is one object, not all.
version := const char gm_version[] = "$(VERSION)";
version += const char gm_compiler[] = "$(shell $(CC) --version 2>&1 | head -n 1 | tr -d \"\')";
$(BUILD)/version.c: FORCE
	@mkdir -p $(@D)
	@echo '$(version)' | cmp -s - $@ || echo '$(version)' >$@
$(BUILD)/obj/version.o: $(BUILD)/version.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call short,CC)$(CC) $(gm_cflags) $(CFLAGS) -c -o $@ $<

$(lib): $(call objects,$(call sources,common/lib)) $(BUILD)/obj/version.o
	$(call short,AR)rm -f $@ && $(AR) rcs $@ $^

# forksum's children are copies of the program, or the program run anew: fewer mappings for the
# kernel to copy or to set up, and an entry point before libc's (forksum/anew.h).
forksum_entry := $(if $(findstring x86_64,$(shell $(CC) -dumpmachine)),-Wl$(comma)-e$(comma)forksum_entry)
$(BUILD)/forksum: gm_ldflags += $(if $(STATIC),-Wl$(comma)-z$(comma)norelro -Wl$(comma)-z$(comma)noseparate-code $(forksum_entry))
$(BUILD)/obj/forksum/%.o: gm_cflags += -fno-stack-protector

# Two hardware threads of a core share what fetches its instructions: a loop that begins in the midst of a
# line takes one more fetch, 15 % of Zen 3's rate.
$(BUILD)/obj/linpack/kernel.o: gm_cflags += -falign-loops=64

link = $(call short,LD)$(CC) $(CFLAGS) $(gm_ldflags) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(gm_libs)

# test_rules FOLDER OBJECTS: a folder's tests, linked with these objects, and its helpers.
define test_rules
$(patsubst %.c,$(BUILD)/test/%.t,$(notdir $(wildcard $(1)/*_test.c))): $(BUILD)/test/%.t: $(BUILD)/obj/$(1)/%.o $(2) $(lib)
	@mkdir -p $$(@D)
	$$(link)
$(patsubst %.c,$(BUILD)/test/%,$(notdir $(wildcard $(1)/*_helper.c))): $(BUILD)/test/%: $(BUILD)/obj/$(1)/%.o $(lib)
	@mkdir -p $$(@D)
	$$(link)
endef
define program_rules
$(BUILD)/$(notdir $(1)): $(call objects,$(call sources,$(1))) $(lib)
	$$(link)
endef
$(foreach f,$(others) $(TOOLS),$(eval $(call program_rules,$(f))))
$(foreach f,$(others) $(TOOLS),$(foreach r,$(call rooms,$(f)),$(eval $(call test_rules,$(r),$(call parts,$(f))))))
$(eval $(call test_rules,common/lib))

# TESTS=... runs a part: make check TESTS=forksum/forksum.t
TESTS ?= $(tests) $(foreach f,$(sh_folders),$(wildcard $(f)/*.t))
check: all $(tests) $(helpers)
	BUILD=$(BUILD) sh common/test/check.sh $(TESTS)

check-lab:
	GUESTMARK_KILLS=100 $(MAKE) TESTS='$(wildcard $(lab)/*.t) common/driver/kills.t' check

# The programs' own tests, not the platforms'; static binaries and the sanitizers exclude each other.
sanitizers := -fsanitize=address,undefined -fno-sanitize-recover=undefined
check-sanitize:
	$(MAKE) BUILD=$(BUILD)/sanitize STATIC= CFLAGS='-g -O1 -fno-omit-frame-pointer $(sanitizers)' \
		TESTS='$(subst $(BUILD)/,$(BUILD)/sanitize/,$(tests)) $(foreach t,$(TOOLS) $(call rooms,common/compare),$(wildcard $(t)/*.t))' check

bench: all $(helpers)
	BUILD=$(BUILD) sh common/dev/bench.sh $(BENCH)

# Feeds hostile input to what reads input from outside, a target at a time: FUZZ=-max_total_time=3600
# and other options of libFuzzer; with several, it is -max_total_time=60 by default.
fuzz_targets := http rows
fuzz_http := nginxload/http_fuzz.c nginxload/http.c
fuzz_rows := common/compare/read/rows_fuzz.c \
	$(filter %.c,$(filter-out common/compare/compare.c,$(call sources,common/compare))) \
	$(filter-out common/lib/err.c,$(call sources,common/lib)) $(BUILD)/version.c
fuzz_rows_flags := $(call may_include,$(rooms_of_compare)) $(foreach f,malloc calloc realloc free vasprintf scandir,-Wl$(comma)--wrap=$(f))
fuzz_http_corpus := nginxload/corpus
fuzz_rows_corpus := common/compare/read/corpus
# Counting how rare each feature is, by which libFuzzer chooses what to change next, would take half of the time.
fuzz_rows_options := -entropic=0
FUZZ ?= -max_total_time=60

fuzz: $(fuzz_targets:%=fuzz-%)
$(fuzz_targets:%=fuzz-%): fuzz-%: $(BUILD)/version.c
	@mkdir -p $(BUILD)/fuzz/$*-corpus
	clang $(filter-out -MMD -MP,$(gm_cflags)) -g -O2 -no-pie -fsanitize=fuzzer,address,undefined \
		-DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION $(fuzz_$*_flags) \
		-o $(BUILD)/fuzz/$* $(fuzz_$*) $(gm_libs)
	$(BUILD)/fuzz/$* $(fuzz_$*_options) $(FUZZ) $(BUILD)/fuzz/$*-corpus $(fuzz_$*_corpus)

lint: man
	CC='$(CC)' BUILD=$(BUILD) sh common/dev/lint.sh $(sh_files) -- $(pages) -- $(c_files)

format:
	clang-format -i $(c_files)
	shfmt -w -i 4 -ln posix $(sh_files)

# What the goals named beside it need; alone, what `make run` and `make check` need.
deps_groups := $(filter run check lint bench dist,$(MAKECMDGOALS)) $(if $(filter check,$(MAKECMDGOALS)),run)
deps:
	@sh common/dev/deps.sh $(or $(strip $(deps_groups)),run check)

# RUN=... hands options to it: make run RUN='--quick -n 1'
run: all
	./run.sh $(RUN)

# What is installed needs nothing of this folder; run.sh does, and stays. compare is also ImageMagick's name.
installed := $(foreach p,$(TOOLS) guestmark-compare,$(PREFIX)/bin/$(p) $(PREFIX)/share/man/man1/$(p).1)
install: all man
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(TOOLS:%=$(BUILD)/%) $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(BUILD)/compare $(DESTDIR)$(PREFIX)/bin/guestmark-compare
	install -m 644 $(TOOLS:%=$(BUILD)/man/%.1) $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(BUILD)/man/compare.1 $(DESTDIR)$(PREFIX)/share/man/man1/guestmark-compare.1
uninstall:
	rm -f $(addprefix $(DESTDIR),$(installed))

# DIST=... are the architectures, of x86_64, aarch64 and riscv64.
DIST ?= x86_64 aarch64 riscv64
dist:
	BUILD='$(BUILD)' VERSION='$(VERSION)' MAKE='$(MAKE)' sh common/dev/dist.sh $(DIST)

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
